//! What is broken in one place hides nothing in another: a location that is wrong is out, and everything else is told in one
//! run, each thing once and at its place.

use std::fs;
use std::io::Read;
use std::net::TcpListener;
use std::process::Command;

use super::support::{Done, Repo, SETTINGS, first_line, the_same};

/// Two locations, with a world each, and a mistake in the declaration on each.
fn two() -> Repo {
    let repo = Repo::new(DECLARED);
    let world = repo.read("sandbox.yaml").replace("111122223333", "444455556666");
    repo.write("prod.yaml", &world);
    repo.write("provisor.yaml", &format!("{SETTINGS}  prod: {{sandbox: prod.yaml}}\n{VARIABLES}"));
    repo
}

const VARIABLES: &str = "variables:\n  size: {type: number, default: 1}\n";

const DECLARED: &str = "  one:
    location: demo
    product_name: box
    provisioning_artifact_name: v1
    parameters: {Name: one, Mode: slo}
  two:
    location: prod
    product_name: bocks
    provisioning_artifact_name: v1
    parameters: {Name: two}
";

const SLOW: &str = "products.yaml:6:35 parameter `Mode`";
const BOCKS: &str = "products.yaml:9:19 there is no product `bocks`";

/// Every error with its place, in the order in which they are told.
fn told(done: &Done) -> Vec<String> {
    let mut told: Vec<String> = Vec::new();
    for line in done.err.lines() {
        if let Some(message) = line.strip_prefix("Error: ") {
            told.push(format!(" {message}"));
        } else if let (Some(place), Some(last)) = (line.trim().strip_prefix("--> "), told.last_mut()) {
            last.insert_str(0, place);
        }
    }
    told
}

/// Insists on these errors, by how each begins, and on no others.
#[track_caller]
fn tells(repo: &Repo, line: &str, wanted: &[&str]) {
    let done = repo.sh(line);
    the_same(told(&done), wanted, &format!("{line}\n{}{}", done.out, done.err));
}

#[test]
fn a_setting_that_is_wrong_hides_nothing_of_the_catalog() {
    let top = "project: test\n";
    let demo = "{sandbox: sandbox.yaml}";
    let more = "locations:\n";
    let rows = [
        (top, "project: test\nfoo: 1\n", "provisor.yaml:2:1 unknown key `foo`"),
        (top, "project: test\nproject: b\n", "provisor.yaml:2:1 the key `project` stands here twice"),
        (top, "project: test\nstat: {path: x}\n", "provisor.yaml:2:1 unknown key `stat`"),
        (top, "project: test\nstate: {pth: x}\n", "provisor.yaml:2:9 unknown key `pth`"),
        (top, "project: test\ndrift: dep\n", "provisor.yaml:2:8 `drift` must be one of"),
        ("variables:", "variabels:", "provisor.yaml:6:1 unknown key `variabels`"),
        ("variables:\n", "variables:\n  size: {}\n", "provisor.yaml:8:3 the key `size` stands here twice"),
        (demo, "{sandbox: sandbox.yaml, drift: deep, drift: deep}", ""),
        (
            more,
            "locations:\n  a: {account_id: \"12\", regions: [eu-west-1]}\n",
            "provisor.yaml:4:19 `12` is not",
        ),
        (more, "locations:\n  a: {regions: [eu-west-1], bla: 1}\n", "provisor.yaml:4:29 unknown key `bla`"),
        (
            more,
            "locations:\n  a: {regions: [eu-west-1], variables: {x: 1}}\n",
            "provisor.yaml:4:41 there is no variable `x`",
        ),
        (
            more,
            "locations:\n  a: {regions: [eu-west-1], profile: \"${var.x}\"}\n",
            "provisor.yaml:4:39 there is no variable `x`",
        ),
        (more, "locations:\n  a: {regions: [eu-west1]}\n", "provisor.yaml:4:17 `eu-west1` is not a region"),
        (more, "locations:\n  a: {}\n", "provisor.yaml:4:3 `a` has no `regions`"),
        (
            more,
            "locations:\n  a: {sandbox: nope.yaml}\n",
            "provisor.yaml:4:16 `provisor.yaml` names the sandbox",
        ),
        (more, "location_defaults: {role_arn: x}\nlocations:\n", "provisor.yaml:3:31 `x` is not the ARN"),
    ];
    for (from, to, wrong) in rows {
        let repo = two();
        repo.edit("provisor.yaml", from, to);
        let wrong =
            if wrong.is_empty() { "provisor.yaml:4:46 the key `drift` stands here twice" } else { wrong };
        tells(&repo, "plan", &[SLOW, BOCKS, wrong]);
    }
}

/// Nobody is asked at a location that something is wrong with.
#[test]
fn a_location_that_is_wrong_is_out() {
    let repo = two();
    repo.edit("provisor.yaml", "demo: {sandbox: sandbox.yaml}", "demo: {sandbox: sandbox.yaml, bla: 1}");
    tells(&repo, "plan", &[BOCKS, "provisor.yaml:4:33 unknown key `bla`"]);
    repo.edit("products.yaml", "location: demo", "location: dmeo");
    let dmeo = "products.yaml:3:15 there is no location `dmeo`";
    tells(&repo, "plan", &[BOCKS, "provisor.yaml:4:33 unknown key `bla`", dmeo]);
    // what refers to something there may be right
    repo.edit("products.yaml", "location: dmeo", "location: demo");
    repo.edit("products.yaml", "Name: two", "Name: \"${one@demo.outputs.Arn}\"");
    repo.edit("products.yaml", "bocks", "box");
    tells(&repo, "plan", &["provisor.yaml:4:33 unknown key `bla`"]);
}

#[test]
fn a_key_that_is_none_hides_nothing_in_its_declaration() {
    let inside = "    tags: {a: \"${var.nope}\"}\n    depends_on: [nothing]\n";
    let rest = [
        "products.yaml:7:16 there is no variable `nope`",
        "products.yaml:8:18 there is no declaration `nothing`",
    ];
    let values = [
        "paramters: {A: b}",
        "foo: 1",
        "lifecycle: [a]",
        "timeouts: {provison: 5m}",
        "notification_arns: {a: b}",
        // the same is wrong in every version, and on every location
        "path_nam: x",
        "provisioning_artifact_nam: v2",
        "locaton: prod",
        "path_name: [a]",
        "path_name: !Ref x",
    ];
    // another product may be meant
    let others = ["product_nam: box"];
    for (added, is_asked) in values.map(|one| (one, true)).into_iter().chain(others.map(|one| (one, false))) {
        let repo = two();
        repo.edit("products.yaml", "Mode: slo}\n", &format!("Mode: slo}}\n{inside}    {added}\n"));
        repo.edit("products.yaml", "bocks", "box");
        let slow = if is_asked { &[SLOW][..] } else { &[] };
        let done = repo.sh("plan").exits(1);
        let told = told(&done);
        for one in rest.iter().chain(slow) {
            assert_eq!(told.iter().filter(|told| told.starts_with(one)).count(), 1, "{added}: {told:#?}");
        }
        assert_eq!(told.len(), rest.len() + slow.len() + 1, "{added}: {told:#?}");
    }
}

/// What is missing may stand under the key that is none; what is missing besides is told.
#[test]
fn a_key_that_is_near_takes_the_blame() {
    let unknown = |key: &str| format!("products.yaml:4:5 unknown key `{key}`");
    for (from, to, more) in [
        ("product_name: box\n", "prodct_name: box\n", None),
        ("product_name: box\n", "prduct_id: prod-a\n", None),
        ("product_name: box\n", "paramters: {}\n", Some("products.yaml:2:3 `one` has no product")),
    ] {
        let repo = two();
        repo.edit("products.yaml", from, to);
        repo.edit("products.yaml", "bocks", "box");
        let unknown = unknown(to.split(':').next().unwrap());
        let wanted: Vec<&str> = [unknown.as_str()].into_iter().chain(more).collect();
        tells(&repo, "validate", &wanted);
    }
}

#[test]
fn worlds_tell_all_that_is_wrong_with_them_beside_each_other() {
    let repo = two();
    let (bla, foo) = ("sandbox.yaml:15:1 unknown key `bla`", "sandbox.yaml:16:1 unknown key `foo`");
    repo.write("sandbox.yaml", &(repo.read("sandbox.yaml") + "bla: 1\nfoo: 2\n"));
    tells(&repo, "plan", &[bla, foo, BOCKS]);
    tells(&repo, "validate", &[bla, foo]);
    // a template that several versions and worlds name is one
    repo.edit("box-v1.yaml", "Size: {Type: Number", "Size: {Typ: Number");
    let template = "box-v1.yaml:4:10 Invalid template parameter property 'Typ'";
    tells(&repo, "validate", &[bla, foo, template]);
    tells(&repo, "plan", &[bla, foo, template, BOCKS]);
    repo.edit(
        "sandbox.yaml",
        "bla: 1\nfoo: 2\n",
        "faults: [{call: Nope, outcome: throttle}, {operation: updat, outcome: hang}]\n",
    );
    let faults =
        ["sandbox.yaml:15:17 there is no operation `Nope`", "sandbox.yaml:15:55 `updat` is not known here"];
    tells(&repo, "plan", &[faults[0], faults[1], template, BOCKS]);
}

#[test]
fn a_template_that_is_not_there_hides_nothing() {
    let repo = two();
    repo.edit("prod.yaml", "v2, template: box-v2.yaml", "v2, template: nope.yaml");
    let nope = "prod.yaml:8:76 cannot read template `nope.yaml`";
    repo.edit("products.yaml", "Name: one", "Name: \"${var.nope}\"");
    let unknown = "products.yaml:6:25 there is no variable `nope`";
    let slow = "products.yaml:6:45 parameter `Mode`";
    tells(&repo, "plan", &[nope, unknown, slow, BOCKS]);
    tells(&repo, "validate", &[nope, unknown]);
    repo.edit("products.yaml", "Name: \"${var.nope}\"", "Name: one");
    tells(&repo, "plan", &[nope, SLOW, BOCKS]);
}

/// Everything that one value refers to and is not there is told, whatever else is wrong.
#[test]
fn all_that_cannot_be_filled_is_told_at_once() {
    let repo = two();
    let there = "provisioned_products: [{name: net, product: box, version: v1, parameters: {Name: net}}]\n";
    repo.write("sandbox.yaml", &(repo.read("sandbox.yaml") + there));
    let external = "external:\n  net: {location: demo, provisioned_product_name: net}\n";
    let imports = "imports: [{to: one, provisioned_product_name: nothing}]\n";
    repo.write("products.yaml", &format!("{external}{imports}{}", repo.read("products.yaml")));
    repo.edit(
        "products.yaml",
        "Name: one, Mode: slo",
        "Name: \"${external.net.outputs.A}${external.net.outputs.B}\"",
    );
    repo.edit(
        "products.yaml",
        "Name: two",
        "Name: \"${external.net.outputs.C}${nix.outputs.A}${nox.outputs.B}\"",
    );
    let done = repo.sh("plan").exits(1);
    let told = told(&done);
    for wanted in [
        "`external.net` has no `outputs.A`",
        "`external.net` has no `outputs.B`",
        "`external.net` has no `outputs.C`",
        "there is no declaration `nix`",
        "there is no declaration `nox`",
        "there is no product `bocks`",
        "`nothing`",
    ] {
        assert_eq!(told.iter().filter(|told| told.contains(wanted)).count(), 1, "{wanted}: {told:#?}");
    }
    assert_eq!(told.len(), 7, "{told:#?}");
}

/// One cause is one error.
#[test]
fn what_one_mistake_causes_is_told_once() {
    let settings = |from: &str, to: &str| {
        let repo = two();
        repo.edit("products.yaml", "bocks", "box");
        repo.edit("products.yaml", "slo}", "slow}");
        repo.edit("provisor.yaml", from, to);
        repo
    };
    let (top, more) = ("project: test\n", "locations:\n");
    for (from, to, wrong) in [
        (
            more,
            "locations:\n  a: {regions: [eu-west-1], endpoint_url: \"\"}\n",
            "provisor.yaml:4:43 `endpoint_url` is empty",
        ),
        (
            top,
            "project: test\nstate: {path: products.yaml}\n",
            "provisor.yaml:2:15 cannot keep a state in `products.yaml`",
        ),
        (
            top,
            "project: test\nstate: {path: sandbox.yaml}\n",
            "provisor.yaml:2:15 cannot keep a state in `sandbox.yaml`",
        ),
        (top, "project: test\nstate: {path: .}\n", "provisor.yaml:2:15 cannot keep a state in `.`"),
        (top, "project: test\nstate: {path: \"\"}\n", "provisor.yaml:2:15 `path` is empty"),
        (
            top,
            "project: test\nguards: {replace_resources: {refuse: []}}\n",
            "provisor.yaml:2:38 `refuse` is empty",
        ),
        ("[products.yaml]", "[products.yaml, \"\"]", "provisor.yaml:2:31 `declarations` is empty"),
    ] {
        let repo = settings(from, to);
        tells(&repo, "validate", &[wrong]);
        tells(&repo, "plan", &[wrong]);
    }
    // a folder of declarations is none for a state, and is read all the same
    let repo = settings("[products.yaml]", "[products]\nstate: {path: products}");
    repo.write("products/a.yaml", &repo.read("products.yaml").replace("Mode: slow", "Mode: slo"));
    let state = "provisor.yaml:3:15 cannot keep a state in `products`";
    tells(&repo, "plan", &[state, &SLOW.replace("products.yaml", "products/a.yaml")]);
}

#[test]
fn what_one_mistake_of_a_declaration_causes_is_told_once() {
    let settings = |from: &str, to: &str| {
        let repo = two();
        repo.edit("products.yaml", "bocks", "box");
        repo.edit("products.yaml", "slo}", "slow}");
        repo.edit("provisor.yaml", from, to);
        repo
    };
    let twice = "    provisioning_preferences: {stack_set_accounts: [\"12\", \"12\"]}\n";
    let repo = settings("project: test\n", "project: test\n");
    repo.edit("products.yaml", "Mode: slow}\n", &format!("Mode: slow}}\n{twice}"));
    tells(&repo, "validate", &["products.yaml:7:53 `12` is not", "products.yaml:7:59 `12` is not"]);
    let repo = settings("project: test\n", "project: test\n");
    for (external, wrong) in [
        ("{name: nix}", "products.yaml:2:9 unknown key `name`"),
        ("{location: demo, provisioned_product_name: nix}", "products.yaml:2:3 `external.net` is not there"),
    ] {
        repo.write(
            "products.yaml",
            &format!("external:\n  net: {external}\nprovisioned_products:\n{DECLARED}"),
        );
        repo.edit("products.yaml", "bocks", "box");
        repo.edit("products.yaml", "Name: one, Mode: slo", "Name: \"${external.net.outputs.A}\"");
        repo.edit("products.yaml", "Name: two", "Name: \"${external.net.outputs.B}\"");
        tells(&repo, "plan", &[wrong]);
    }
}

/// What is wrong with a value of a variable is mended where that is written.
#[test]
fn a_wrong_value_of_a_variable_says_where_it_is_written() {
    let repo = two();
    repo.edit("products.yaml", "bocks", "box");
    repo.edit("products.yaml", "Mode: slo", "Mode: \"${var.mode}\"");
    let settings = repo.read("provisor.yaml") + "  mode: {default: slow}\n";
    repo.write("values.yaml", "# all\nmode: slo\n");
    let tells = |line: &str, settings: &str, origin: &str| {
        repo.write("provisor.yaml", settings);
        let done = repo.sh(line).exits(1);
        done.tells(&["products.yaml:6:35", &format!("the value of `mode` is {origin}"), "1 error in 1 file"]);
    };
    tells("plan", &settings.replace("slow", "slo"), "written at provisor.yaml:8:19");
    tells("plan --var mode=slo", &settings, "given by `--var mode`");
    tells("plan --var-file values.yaml", &settings, "written at values.yaml:2:7");
    let at = settings.replace("sandbox.yaml}", "sandbox.yaml, variables: {mode: slo}}");
    tells("plan", &at, "written at provisor.yaml:4:51");
    // a secret's value is not shown, and who gave it is told
    let secret = settings.replace("mode: {default: slow}", "mode: {sensitive: true}");
    repo.write("provisor.yaml", &secret);
    repo.write("secret.yaml", "mode: slo\n");
    let done = repo.sh("plan --secret-file secret.yaml").exits(1);
    let done = done.tells(&["the value of `mode` is written at secret.yaml:1:1"]);
    assert!(!done.err.contains("slo\n"), "{}", done.err);
    // what NoEcho hides is told at the key of the parameter
    repo.edit("products.yaml", "product_name: box", "product_name: vault");
    repo.edit("products.yaml", "Name: one, Mode:", "Password:");
    let mut command = repo.command(&["plan"]);
    let done = Done::from(command.env("PROVISOR_SECRET_mode", "abc").output().unwrap()).exits(1);
    done.tells(&[
        "must have at least 8 characters",
        "the value of `mode` is given by `PROVISOR_SECRET_mode`",
    ]);
}

/// An item at the head of a file that something is wrong with hides nothing in it, and nothing in the items beside it.
#[test]
fn items_at_the_head_of_a_file_hide_nothing() {
    let repo = two();
    repo.edit("products.yaml", "bocks", "box");
    repo.edit("products.yaml", "slo}", "slow}");
    let heads = "imports: [{to: nix, id: pp-1}, {to: one, stack: [a]}, {to: nox, stack: a}]
external:
  x: {provisioned_product_name: \"${var.a}${var.b}\", location: nowhere}
  y: {provisioned_product_name: [a]}
  z: {provisioned_product_name: a, location: nil}
moved: [{from: [b], to: \"c d\"}, {from: one, to: new}, {to: \"e f\"}]
removed: [{address: one, on_removal: delete}, {address: two, on_removal: forget}, {address: \"x@nil\", on_removal: forget}]
";
    repo.write("products.yaml", &format!("{heads}provisioned_products:\n{DECLARED}"));
    repo.edit("products.yaml", "bocks", "box");
    repo.edit("products.yaml", "slo}", "slow}");
    let wanted = [
        "products.yaml:1:16 there is no declaration `nix`",
        "products.yaml:1:21 unknown key `id`",
        "products.yaml:1:49 `stack` must be",
        "products.yaml:1:60 there is no declaration `nox`",
        "products.yaml:3:34 there is no variable `a`",
        "products.yaml:3:42 there is no variable `b`",
        "products.yaml:3:63 there is no location `nowhere`",
        "products.yaml:4:3 it must be said on which location `y` stands",
        "products.yaml:4:33 `provisioned_product_name` must be",
        "products.yaml:5:46 there is no location `nil`",
        "products.yaml:6:16 `from` must be",
        "products.yaml:6:25 `c d` is not the address",
        "products.yaml:6:40 `one` is still declared",
        "products.yaml:6:55 item 3 of `moved` has no `from`",
        "products.yaml:6:60 `e f` is not the address",
        "products.yaml:7:38 `on_removal` must be one of",
        "products.yaml:7:21 `one` is still declared",
        "products.yaml:7:57 `two` is still declared",
        "products.yaml:7:93 there is no location `nil`",
    ];
    tells(&repo, "validate", &wanted);
}

/// Such a process still takes connections, and answers none.
#[test]
fn nobody_waits_for_a_sandbox_whose_process_was_stopped() {
    let repo = Repo::boxes(&["one"]);
    repo.apply().exits(0);
    let mut child = repo.command(&["sandbox", "--world", "sandbox.yaml"]).spawn().unwrap();
    first_line(&mut child);
    let pid = child.id().to_string();
    let send = |signal: &str| Command::new("kill").args([signal, &pid]).status().unwrap();
    assert!(send("-STOP").success());
    let began = std::time::Instant::now();
    let told = [
        format!("process {pid} holds this sandbox (port"),
        "): it was stopped".to_owned(),
        format!("`kill -CONT {pid}`"),
    ];
    for line in ["plan", "apply --auto-approve"] {
        repo.sh(line).exits(7).tells(&told.each_ref().map(String::as_str));
    }
    // far less than it would take to be waited for
    assert!(began.elapsed() < std::time::Duration::from_secs(30));
    assert!(send("-CONT").success());
    repo.sh("plan").exits(0);
    child.kill().unwrap();
    child.wait().unwrap();
}

/// A process that takes connections and never answers is waited for, and asked, once by a command.
#[test]
fn one_command_waits_once_for_a_sandbox_that_does_not_answer() {
    let repo = Repo::boxes(&["one"]);
    repo.apply().exits(0);
    let kept = fs::read_dir(repo.path().join("state/sandbox")).unwrap().next().unwrap().unwrap().path();
    let lock = fs::File::options().write(true).open(kept.join("lock")).unwrap();
    lock.lock().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let world = repo.path().join("sandbox.yaml");
    let serving = serde_json::json!({"pid": std::process::id(), "port": port, "world": world});
    fs::write(kept.join("server.json"), serving.to_string()).unwrap();
    repo.sh("plan").exits(7).tells(&["it does not answer", "try again"]);
    listener.set_nonblocking(true).unwrap();
    let mut asked = 0;
    while let Ok((mut connection, _)) = listener.accept() {
        let mut said = String::new();
        let _ = connection.read_to_string(&mut said);
        asked += usize::from(said.starts_with("POST "));
    }
    assert_eq!(asked, 1);
}
