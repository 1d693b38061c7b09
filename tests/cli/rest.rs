//! Whatever is broken, the rest is checked in the same run: beside a template that is none, beside a version or a place that is
//! none, and beside a reference that nothing fills.

use super::support::{Done, Repo, SETTINGS};

/// A box whose `Mode` is none, with other fields in the place of these.
fn slow(key: &str, from: &str, to: &str) -> String {
    let content =
        "location: demo, product_name: box, provisioning_artifact_name: v1, parameters: {Name: x, Mode: slo}";
    assert!(content.contains(from), "{from}");
    format!("  {key}: {{{}}}\n", content.replace(from, to))
}

fn repo(declared: &str) -> Repo {
    let repo = Repo::new(declared);
    repo.write("provisor.yaml", &format!("{SETTINGS}variables:\n  env: {{default: dev}}\n"));
    repo
}

/// Insists on these errors, by how each begins, and on no others.
#[track_caller]
fn tells(repo: &Repo, line: &str, wanted: &[&str]) -> Done {
    repo.sh(line).exits(1).only(wanted)
}

const MODE: &str = "parameter `Mode` must be one of";
const TYP: &str = "Invalid template parameter property 'Typ'";

/// A template that is none is that of one version, whoever declares it.
#[test]
fn a_template_that_is_none_hides_nothing_of_other_products() {
    let repo = repo(&slow("one", "", ""));
    repo.edit("vault.yaml", "Label: {Type", "Label: {Typ");
    for line in ["plan", "plan --out p.bin", "apply --auto-approve"] {
        tells(&repo, line, &[MODE, TYP]).tells(&["vault.yaml:3:", "products.yaml:2:", "2 errors in 2 files"]);
    }
    // what is only seen when all is decided is seen too
    repo.declare(
        "  one: {product_name: box, provisioning_artifact_name: v1, parameters: {Name: \"${two.outputs.Nme}\"}}\n  two: {product_name: box, provisioning_artifact_name: v1, parameters: {Name: x}}\n",
    );
    tells(&repo, "plan", &[TYP, "`two` has no output `Nme`"]);
    repo.declare(&slow("one", "Mode: slo", "Mode: slow"));
    for line in ["validate", "plan", "apply --auto-approve"] {
        tells(&repo, line, &[TYP]);
    }
}

/// What a version takes is not known whose template is none, and nothing is said of that.
#[test]
fn a_template_that_is_none_is_told_once() {
    let password = "product_name: vault, provisioning_artifact_name: v1, parameters: {Password: a, Labl: x}";
    let repo =
        repo(&(format!("  pw: {{{password}}}\n") + &slow("one", "Name: x", "Name: \"${pw.outputs.Nope}\"")));
    repo.edit("vault.yaml", "Label: {Type", "Label: {Typ");
    tells(&repo, "plan", &[MODE, TYP]);
    repo.edit("sandbox.yaml", "template: vault.yaml", "template: nope.yaml");
    tells(&repo, "plan", &[MODE, "cannot read template `nope.yaml`"]);
    repo.edit("sandbox.yaml", "{name: v1, template: nope.yaml}", "{name: v1}");
    tells(&repo, "plan", &[MODE, "this version names no `template`"]);
}

/// What stands in a world stays as it is while its file is broken.
#[test]
fn a_world_that_is_kept_is_looked_at_and_left() {
    let repo = repo(&slow("one", "Mode: slo", "Mode: slow"));
    repo.apply().exits(0);
    let kept = || std::fs::read(repo.path().join("state/sandbox/sandbox/world.jsonl")).unwrap();
    let before = kept();
    repo.edit("vault.yaml", "Label: {Type", "Label: {Typ");
    tells(&repo, "plan", &[TYP]);
    repo.declare(&(slow("one", "Mode: slo", "Mode: slow") + &slow("two", "", "")));
    tells(&repo, "plan", &[MODE, TYP]);
    assert!(before == kept());
    repo.edit("vault.yaml", "Label: {Typ", "Label: {Type");
    tells(&repo, "plan", &[MODE]);
}

/// What exists from a version whose template is none cannot be shown, and nothing is said of that.
#[test]
fn what_exists_from_a_template_that_is_none() {
    let repo = repo(&slow("one", "", ""));
    let there = "provisioned_products: [{name: pw, product: vault, version: v1, parameters: {Password: long-enough}}]\n";
    repo.write("sandbox.yaml", &(repo.read("sandbox.yaml") + there));
    repo.write(
        "products.yaml",
        &format!("imports: [{{to: one, provisioned_product_name: pw}}]\n{}", repo.read("products.yaml")),
    );
    repo.edit("vault.yaml", "Label: {Type", "Label: {Typ");
    tells(&repo, "plan", &[MODE, TYP]);
}

const V9: &str = "`box` has no active version `v9`";

/// Parameters are held against all that may be meant.
#[test]
fn a_version_that_is_none_hides_nothing_that_holds_of_all() {
    let v9 = |from: &str, to: &str| slow("one", from, to).replace("v1", "v9");
    let so = "it is so in every version that is offered";
    let repo = repo(&v9("", ""));
    tells(&repo, "plan", &[V9, MODE]).tells(&[so, "2 errors in 1 file"]);
    repo.declare(&v9("Mode: slo", "Mdoe: slow, Size: big"));
    tells(&repo, "plan", &[V9, "`box` v2 has no parameter `Mdoe`", "parameter `Size` must be a number"])
        .tells(&["did you mean `Mode`?", so]);
    repo.declare(&v9("Name: x, Mode: slo", "Mode: slow"));
    tells(&repo, "plan", &[V9, "`one` needs the parameter `Name`"]);
    repo.declare(
        &(v9("Name: x, Mode: slo", "Name: \"${two.outputs.Nme}\"")
            + &slow("two", "Mode: slo", "Mode: slow")
            + &slow("three", "Mode: slo", "Note: \"${one.outputs.Nope}\"")),
    );
    tells(&repo, "plan", &[V9, "`two` has no output `Nme`", "`one` has no output `Nope`"]);
    // what one of them takes may be meant
    repo.edit("box-v2.yaml", "AllowedValues: [slow, fast]", "AllowedValues: [slo, fast]");
    repo.declare(&v9("", ""));
    tells(&repo, "plan", &[V9]);
    // a launch path says nothing of parameters
    repo.declare(&slow("one", "location: demo", "location: demo, path_name: nope"));
    let done = tells(&repo, "plan", &["there is no launch path `nope`", MODE]);
    assert!(!done.err.contains(so), "{}", done.err);
    // of a product that is none, references are what can be checked
    repo.declare(
        &(slow("one", "product_name: box", "product_name: bocks")
            .replace("Name: x", "Name: \"${two.outputs.Nme}\"")
            + &slow("two", "Mode: slo", "Mode: slow")),
    );
    tells(&repo, "plan", &["there is no product `bocks`", "`two` has no output `Nme`"]);
}

/// A plan in which nothing is wrong asks no more than before.
#[test]
fn a_version_that_is_gone_is_not_looked_into() {
    let repo = repo(&slow("one", "Mode: slo", "Mode: slow"));
    repo.apply().exits(0);
    repo.edit("sandbox.yaml", "template: box-v1.yaml}", "template: box-v1.yaml, active: false}");
    let asked = || {
        let calls = repo.calls();
        calls.iter().filter(|call| call["operation"] == "DescribeProvisioningParameters").count()
    };
    let before = asked();
    repo.sh("plan").exits(0);
    assert_eq!(asked(), before);
}

/// One value may hold several mistakes, each of its own kind.
#[test]
fn a_reference_that_nothing_fills_hides_nothing_beside_it() {
    let one = |field: &str| slow("one", "Name: x, Mode: slo", field);
    let two = slow("two", "Mode: slo", "Mode: slow");
    let repo = repo("");
    for (field, wanted) in [
        (
            "Name: \"${var.nope}${two.outputs.Nme}\"",
            &["there is no variable `nope`", "`two` has no output `Nme`"][..],
        ),
        (
            "Name: \"${nix.outputs.A} ${two.outputs.Nme} ${two.outputs.Bla}\"",
            &["there is no declaration `nix`", "`two` has no output `Nme`", "`two` has no output `Bla`"],
        ),
        (
            "Name: [\"${var.nope}\", \"${two.outputs.Nme}\"]",
            &["there is no variable `nope`", "`two` has no output `Nme`"],
        ),
        (
            "Name: {a: [\"${var.nope}\"], b: \"${two.outputs.Nme}\"}",
            &["there is no variable `nope`", "`two` has no output `Nme`"],
        ),
        (
            "Name: x, Nte: \"${var.nope}${two.outputs.Nme}\"",
            &["there is no variable `nope`", "`two` has no output `Nme`", "`box` v1 has no parameter `Nte`"],
        ),
        ("Name: \"${var.nope}\"", &["there is no variable `nope`"]),
        ("Name: x, Mode: \"${var.nope}${two.outputs.Arn}\"", &["there is no variable `nope`"]),
    ] {
        repo.declare(&(one(field) + &two));
        let done = tells(&repo, "plan", wanted);
        assert!(!done.err.contains("products.yaml:3:"), "{}", done.err);
    }
    let tag = "tags: {a: \"${var.nope}${two.outputs.Nme}\"}, parameters: {Name: x";
    repo.declare(&(slow("one", "parameters: {Name: x, Mode: slo", tag) + &two));
    tells(&repo, "plan", &["there is no variable `nope`", "`two` has no output `Nme`"]);
}

/// A field that cannot be read leaves open what it says, and nothing else.
#[test]
fn a_field_that_cannot_be_read_hides_nothing_in_its_declaration() {
    let prod = "  prod: {sandbox: sandbox.yaml, account_id: \"444455556666\"}\n";
    let two = slow("two", "Mode: slo", "Mode: slow");
    let name = ("Name: x", "Name: \"${var.nope} ${two.outputs.Nme}\"");
    let both = ["there is no variable `nope`", "`two` has no output `Nme`"];
    for settings in ["", prod] {
        let repo = repo("");
        repo.edit("provisor.yaml", "variables:", &format!("{settings}variables:"));
        for (from, to, wrong, is_version_told) in [
            ("location: demo", "location: [a]", "`location` must be a text, not a list", true),
            ("location: demo", "locations: [[a]]", "item 1 of `locations` must be a text", true),
            ("location: demo", "locations: 5", "there is no location `5`", false),
            (
                "provisioning_artifact_name: v1",
                "provisioning_artifact_name: [v1]",
                "`provisioning_artifact_name` must be a text",
                false,
            ),
            ("provisioning_artifact_name: v1, ", "", "`one` has no provisioning artifact", false),
            ("location: demo", "location: demo, path_name: {a: b}", "`path_name` must be a text", true),
            (
                "location: demo",
                "location: demo, provisioned_product_name: [x]",
                "`provisioned_product_name` must be a text",
                true,
            ),
        ] {
            let broken = slow("one", from, to);
            repo.declare(&(broken.replace(name.0, name.1) + &two));
            if to.ends_with('5') {
                // it stands nowhere, and what is asked of no location is not told
                repo.sh("plan").exits(1).tells(&[wrong, both[0]]);
                continue;
            }
            let told = [wrong, both[0], both[1], MODE];
            let done = tells(&repo, "plan", &told);
            let is_so = done.err.contains("it is so in every version that is offered");
            assert_eq!(is_so, !is_version_told, "{to}\n{}", done.err);
            assert!(!done.err.contains("on `prod`"), "{}", done.err);
        }
        repo.declare(
            &(slow("one", "product_name: box", "product_name: [box]").replace(name.0, name.1) + &two),
        );
        tells(&repo, "plan", &["`product_name` must be a text", both[0], both[1]]);
        repo.declare(&(slow("one", "product_name: box, ", "").replace(name.0, name.1) + &two));
        tells(&repo, "plan", &["`one` has no product", both[0], both[1]]);
    }
    // on one of the locations it may be right
    let repo = repo(&slow("one", "location: demo", "location: [a]"));
    let other = repo.read("sandbox.yaml").replace("111122223333", "444455556666").replace("box-v", "other-v");
    repo.write("other.yaml", &other);
    let box_of = |name: &str| repo.read(name).replace("[slow, fast]", "[slo, slow]");
    repo.write("other-v1.yaml", &box_of("box-v1.yaml"));
    repo.write("other-v2.yaml", &box_of("box-v2.yaml"));
    repo.edit("provisor.yaml", "variables:", "  prod: {sandbox: other.yaml}\nvariables:");
    tells(&repo, "plan", &["`location` must be a text, not a list"]);
}

/// A list that holds something else than texts is pointed at where that stands.
#[test]
fn an_item_that_is_no_text() {
    let repo = repo("");
    repo.edit("box-v1.yaml", "Note: {Type: String, Default: none}", "Note: {Type: List<Number>, Default: 1}");
    repo.edit("box-v1.yaml", "Value: !Ref Note", "Value: !Join [\",\", !Ref Note]");
    repo.declare(&slow("one", "Mode: slo", "Note: [80, [1]]"));
    let line = repo.read("products.yaml").lines().nth(1).unwrap().to_owned();
    let column = line.find("[1]").unwrap() + 1;
    let at = format!("--> products.yaml:2:{column}");
    tells(&repo, "plan", &["parameter `Note` takes a list of texts"]).tells(&[&at]);
}

/// The state's folder is no place for a file, and that is said before anything is planned.
#[test]
fn what_is_written_is_not_the_state() {
    let repo = repo(&slow("one", "Mode: slo", "Mode: slow"));
    for line in ["plan --out state", "plan --write json=state", "plan --out ./x/../state"] {
        let done =
            repo.sh(line).exits(1).tells(&["state` is where the state is kept", "= hint: ", "1 error\n"]);
        assert_eq!(done.out, "", "{line}");
        assert!(!repo.path().join("state").is_file());
        std::fs::create_dir_all(repo.path().join("x")).unwrap();
    }
    let done = repo.sh("plan --out nowhere/p.bin").exits(1);
    done.tells(&["= hint: make the folder first: `mkdir -p nowhere`", "1 error\n"]);
    let done = repo.sh("plan --target oen").exits(1).tells(&["  = hint: did you mean `one`?", "1 error\n"]);
    assert_eq!(done.out, "");
}

/// What is wrong with the settings has a place in JSON too, and a world's hint is a hint.
#[test]
fn places_and_hints_for_programs() {
    let repo = repo(&slow("one", "Mode: slo", "Mode: slow"));
    repo.apply().exits(0);
    repo.edit("sandbox.yaml", "account_id: \"111122223333\"", "account_id: \"444455556666\"");
    let done = repo.sh("plan --format json").exits(1).tells(&["--> provisor.yaml:4:3", "1 error in 1 file"]);
    let found = done.json()["diagnostics"][0].clone();
    assert_eq!(found["code"], "catalog", "{found}");
    assert_eq!(found["place"]["line"], 4, "{found}");
    repo.edit("sandbox.yaml", "time_scale", "tiem_scale");
    let done = repo.sh("plan --format json").exits(1);
    let found = done.json()["diagnostics"].as_array().unwrap().clone();
    let found = found.into_iter().find(|one| one["code"] == "world").unwrap();
    assert_eq!(found["message"], "unknown key `tiem_scale`");
    assert_eq!(found["hint"], "did you mean `time_scale`?");
    repo.edit("sandbox.yaml", "tiem_scale", "bla");
    done.tells(&["= hint: did you mean `time_scale`?"]);
    repo.sh("plan").exits(1).tells(&["Error: unknown key `bla`\n", "= note: there is `format`"]);
}
