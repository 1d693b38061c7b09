//! Findings beside the lines of a change: only when asked for, and in the form that a platform takes.

use serde_json::Value;

use super::support::{Repo, boxed};

fn wrong() -> Repo {
    let repo = Repo::new(&boxed("one", "Size: 0"));
    repo.write(
        "more.yaml",
        "provisioned_products:\n  two: {product_name: box, provisioning_artifact_nam: v1}\n",
    );
    let settings = repo.read("provisor.yaml").replace("[products.yaml]", "[products.yaml, more.yaml]");
    repo.write("provisor.yaml", &settings);
    repo
}

#[test]
fn github_is_told_of_each_finding_at_its_line() {
    let repo = wrong();
    let plain = repo.run(&["validate"]);
    assert!(!plain.err.contains("::error"), "{}", plain.err);
    let root = repo.path().parent().unwrap();
    let name = repo.path().file_name().unwrap().to_str().unwrap();
    let mut plan = repo.command(&["plan", "--annotations", "github"]);
    let plan = plan.env("GITHUB_WORKSPACE", root).output().unwrap();
    let said = String::from_utf8_lossy(&plan.stderr);
    assert_eq!(plan.status.code(), Some(1), "{said}");
    let commands: Vec<&str> = said.lines().filter(|line| line.starts_with("::")).collect();
    assert!(
        commands.iter().any(|line| line.starts_with(&format!("::error file={name}/more.yaml,line=2,col="))
            && line.contains("title=unknown-key::")
            && line.contains("%0Ahint: did you mean `provisioning_artifact_name`?")),
        "{said}"
    );
    assert!(
        commands.iter().any(|line| line.starts_with(&format!("::error file={name}/products.yaml,line="))),
        "{said}"
    );
}

#[test]
fn gitlab_gets_a_report_that_is_empty_once_all_is_mended() {
    let repo = wrong();
    let report = || serde_json::from_str::<Value>(&repo.read("quality.json")).unwrap();
    let mut told = repo.command(&["validate", "--annotations", "gitlab=quality.json"]);
    assert_eq!(told.env("CI_PROJECT_DIR", repo.path()).output().unwrap().status.code(), Some(1));
    assert_eq!(report()[0]["location"]["path"], "more.yaml");
    assert_eq!(report()[0]["location"]["lines"]["begin"], 2);
    repo.write("more.yaml", "provisioned_products: {}\n");
    repo.declare(&boxed("one", "Size: 1"));
    assert_eq!(repo.run(&["validate", "--annotations", "gitlab=quality.json"]).code, Some(0));
    assert_eq!(report(), Value::Array(Vec::new()));
    // what somebody else wrote there stays
    repo.write("quality.json", "[{\"check_name\": \"eslint\"}]");
    assert_eq!(repo.run(&["validate", "--annotations", "gitlab=quality.json"]).code, Some(1));
    assert!(repo.read("quality.json").contains("eslint"));
    assert_eq!(repo.run(&["validate", "--annotations", "jenkins"]).code, Some(64));
}

#[test]
fn a_refused_step_is_an_annotation() {
    let repo = Repo::new(&boxed("one", "Note: a"));
    assert_eq!(repo.run(&["apply", "--auto-approve"]).code, Some(0));
    repo.declare("");
    let settings = repo.read("provisor.yaml") + "guards: {max_terminate: 0}\n";
    repo.write("provisor.yaml", &settings);
    let plan = repo.run(&["plan", "--annotations", "github"]);
    assert_eq!(plan.code, Some(5), "{}", plan.err);
    assert!(plan.err.contains("::error file=") && plan.err.contains("this plan is refused"), "{}", plan.err);
    assert!(!plan.out.contains("::error"), "the plan stays as it is");
}

#[test]
fn a_refused_step_stands_at_its_declaration() {
    let repo = Repo::new(&(boxed("one", "Note: a") + &boxed("two", "Note: a")));
    assert_eq!(repo.run(&["apply", "--auto-approve"]).code, Some(0));
    // a name cannot be changed in place
    let two = boxed("two", "Note: a").replacen(
        "{product_name",
        "{provisioned_product_name: other, product_name",
        1,
    );
    repo.declare(&(boxed("one", "Note: a") + &two));
    let line = repo.read("products.yaml").lines().position(|line| line.trim_start().starts_with("two:"));
    let line = line.map(|at| at + 1).unwrap();
    let at = format!("products.yaml,line={line},col=3,title=refused::");
    let told = |arguments: &[&str]| {
        let done = repo.run(&[arguments, &["--annotations", "github"]].concat());
        let commands = done.err.lines().filter(|line| line.starts_with("::")).map(str::to_owned);
        (done.code, commands.collect::<Vec<String>>())
    };
    for arguments in [&["plan"][..], &["apply", "--auto-approve"]] {
        let (code, commands) = told(arguments);
        assert_eq!((code, commands.len()), (Some(5), 1), "{commands:?}");
        assert!(commands[0].starts_with("::error file=") && commands[0].contains(&at), "{commands:?}");
    }
    // what is left out all the same is said too
    let (code, commands) = told(&["plan", "--skip-refused"]);
    assert_eq!((code, commands.len()), (Some(0), 1), "{commands:?}");
    assert!(commands[0].starts_with("::warning file=") && commands[0].contains(&at), "{commands:?}");
    assert_eq!(repo.run(&["plan", "--annotations", "gitlab=quality.json"]).code, Some(5));
    let report: Value = serde_json::from_str(&repo.read("quality.json")).unwrap();
    assert_eq!(report[0]["location"]["lines"]["begin"], line, "{report}");
}

#[test]
fn what_is_written_or_drawn_is_told_to_programs() {
    let repo = Repo::new(&(boxed("one", "Note: a") + &boxed("two", "Note: \"${one.outputs.Arn}\"")));
    let json = |arguments: &[&str]| {
        let done = repo.run(arguments);
        assert_eq!(done.code, Some(0), "{}", done.err);
        serde_json::from_str::<Value>(&done.out).unwrap_or_else(|error| panic!("{error}: {}", done.out))
    };
    let init = json(&["init", "--json", "new"]);
    assert_eq!(
        (&init["format"], &init["files"][0]["path"]),
        (&"provisor.files/v1".into(), &"new/products.yaml".into())
    );
    let scaffold = json(&["catalog", "scaffold", "box", "--json"]);
    assert_eq!(scaffold["to_fill"], serde_json::json!([]));
    assert!(scaffold["files"][0]["text"].as_str().unwrap().contains("product_name: box"), "{scaffold}");
    let graph = json(&["graph", "--json"]);
    assert_eq!(graph["nodes"][1]["needs"], serde_json::json!(["one"]));
    assert_eq!(graph, json(&["graph", "--format", "json"]));
    assert_eq!(json(&["iam-policy", "--plan", "--json"]), json(&["iam-policy", "--plan"]));
}
