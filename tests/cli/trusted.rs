//! Trusted settings: what a branch may say beside them, and what it may not; and secrets, which stay secret whatever the
//! branch declares.

use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::PathBuf;

use super::support::{Done, Repo, boxed, first_line};

const SECRET: &str = "Hunter2-quite-unique";

/// A checkout, and the operator's folder beside it: trusted settings, a world, a state.
struct Trusted {
    repo: Repo,
    operator: tempfile::TempDir,
}

const SETTINGS: &str = "locations: {demo: {sandbox: world/sandbox.yaml}}\nstate: {path: kept}\n";

impl Trusted {
    fn new(declarations: &str) -> Self {
        let repo = Repo::new(declarations);
        let trusted = Self { repo, operator: tempfile::tempdir().unwrap() };
        fs::create_dir(trusted.operator.path().join("world")).unwrap();
        for name in ["sandbox.yaml", "box-v1.yaml", "box-v2.yaml", "vault.yaml"] {
            fs::rename(trusted.repo.path().join(name), trusted.operator.path().join("world").join(name))
                .unwrap();
        }
        trusted.repo.write("provisor.yaml", "project: test\ndeclarations: [products.yaml]\n");
        trusted.settings(SETTINGS);
        trusted
    }

    fn settings(&self, text: &str) {
        fs::write(self.file(), text).unwrap();
    }

    fn file(&self) -> PathBuf {
        self.operator.path().join("trusted.yaml")
    }

    fn sh(&self, line: &str) -> Done {
        let line = format!("{line} --settings {}", self.file().display());
        self.repo.sh(&line)
    }

    /// What a line says with this in the environment.
    fn with(&self, variables: &[(&str, &str)], line: &str) -> Done {
        let mut command = self.repo.command(&line.split(' ').collect::<Vec<_>>());
        command.env("PROVISOR_SETTINGS", self.file()).envs(variables.iter().copied());
        command.output().unwrap().into()
    }
}

#[test]
fn everything_but_what_is_declared_is_the_operators() {
    let trusted = Trusted::new(&boxed("one", ""));
    trusted.sh("validate").exits(0);
    trusted.sh("apply --auto-approve").exits(0).says(&["1 added"]);
    trusted.sh("plan --detailed-exitcode").exits(0);
    assert!(trusted.operator.path().join("kept/HEAD").exists());
    assert!(!trusted.repo.path().join("state").exists(), "nothing is written beneath the checkout");
    // by the environment, relative to where the command starts: `-C` comes later
    let mut command =
        trusted.repo.command(&["-C", &trusted.repo.path().display().to_string(), "state", "list"]);
    command.current_dir(trusted.operator.path()).env("PROVISOR_SETTINGS", "trusted.yaml");
    Done::from(command.output().unwrap()).exits(0).says(&["one"]);
    // an empty name is no way to do without
    let mut command = trusted.repo.command(&["plan"]);
    Done::from(command.env("PROVISOR_SETTINGS", "").output().unwrap())
        .exits(64)
        .tells(&["PROVISOR_SETTINGS"]);
}

#[test]
fn a_checkout_says_nothing_else_beside_them() {
    for (key, text) in [
        ("locations", "locations: {demo: {sandbox: sandbox.yaml}}"),
        ("locations", "locations: elsewhere.yaml"),
        ("location_defaults", "location_defaults: {profile: admin}"),
        ("state", "state: {path: state}"),
        ("guards", "guards: {max_terminate: 100%}"),
        ("limits", "limits: {parallelism: 1}"),
        ("timeouts", "timeouts: {update: 1m}"),
    ] {
        let trusted = Trusted::new(&boxed("one", ""));
        let own = trusted.repo.read("provisor.yaml");
        trusted.repo.write("provisor.yaml", &format!("{own}{text}\n"));
        for command in ["validate", "plan", "apply --auto-approve", "state list", "output", "show"] {
            let told = format!("`{key}` is not for the checkout to say");
            trusted.sh(command).exits(1).tells(&[&told, "provisor.yaml:3:1"]);
        }
        assert!(!trusted.operator.path().join("kept").exists(), "{key}");
    }
}

#[test]
fn what_is_wrong_with_both_files_is_told_at_once() {
    let trusted = Trusted::new(&boxed("one", ""));
    trusted
        .settings("locations: {demo: {sandbox: world/sandbox.yaml, regoins: [x]}}\nvariables: {env: {}}\n");
    trusted.repo.write(
        "provisor.yaml",
        "project: test\ndeclarations: [products.yaml]\nguards: {max_terminate: 9}\nvariables: {env: {default: prod}}\n",
    );
    trusted.sh("plan").exits(1).tells(&[
        "unknown key `regoins` in `demo`",
        "`guards` is not for the checkout to say",
        "`env` stands in the trusted settings too",
        "`state.path` is missing",
    ]);
}

#[test]
fn the_settings_refer_to_no_variable_of_the_checkout() {
    let trusted = Trusted::new(&boxed("one", "Note: \"${var.team} ${var.note}\""));
    trusted.settings(
        "locations: {demo: {sandbox: world/sandbox.yaml, variables: {team: \"${var.org}-pay\"}}}\n\
         state: {path: kept}\nvariables: {org: {default: acme}, team: {}}\n",
    );
    let own = trusted.repo.read("provisor.yaml");
    trusted.repo.write("provisor.yaml", &format!("{own}variables: {{note: {{default: mine}}}}\n"));
    trusted.sh("plan").exits(0).says(&["acme-pay mine"]);
    let path = trusted.file();
    let settings = fs::read_to_string(&path).unwrap();
    trusted.settings(&settings.replace("var.org", "var.note"));
    trusted.sh("plan").exits(1).tells(&["there is no variable `note`", "trusted.yaml"]);
}

#[test]
fn wrong_declarations_are_told_where_they_are_named() {
    let trusted = Trusted::new(&boxed("one", ""));
    let own = trusted.repo.read("provisor.yaml");
    trusted.repo.write("provisor.yaml", &own.replace("products.yaml", "absent.yaml"));
    trusted.sh("plan").exits(1).tells(&["names `absent.yaml`", " provisor.yaml:2:16"]);
    trusted.repo.write("provisor.yaml", "project: test\n");
    trusted.settings(&format!("{SETTINGS}declarations: [products.yaml, absent.yaml]\n"));
    let place = format!("{}:3:31", trusted.file().display());
    let done = trusted.sh("plan").exits(1).tells(&["names `absent.yaml`", &place]);
    assert!(!done.err.contains(" provisor.yaml"), "{}", done.err);
}

#[test]
fn what_a_branch_can_change_is_not_trusted() {
    let trusted = Trusted::new(&boxed("one", ""));
    let inside = trusted.repo.path().join("trusted.yaml");
    fs::copy(trusted.file(), &inside).unwrap();
    trusted.repo.sh("plan --settings trusted.yaml").exits(1).tells(&["lies in the checkout"]);
    // links from either side
    symlink(&inside, trusted.operator.path().join("link.yaml")).unwrap();
    let link = trusted.operator.path().join("link.yaml").display().to_string();
    trusted.repo.run(&["plan", "--settings", &link]).exits(1).tells(&["lies in the checkout"]);
    symlink(trusted.file(), trusted.repo.path().join("out.yaml")).unwrap();
    assert_ne!(trusted.repo.sh("plan --settings out.yaml").code, Some(0));
    let checkout = trusted.repo.path().display().to_string();
    // neither a state nor locations from there
    for path in [format!("{checkout}/state"), checkout.clone()] {
        trusted.settings(&SETTINGS.replace("kept", &path));
        let done = trusted.sh("plan").tells(&["lies in the checkout"]);
        assert_ne!(done.code, Some(0));
        assert!(!trusted.repo.path().join("state").exists());
    }
    trusted.repo.write("locations.yaml", "demo: {sandbox: sandbox.yaml}\n");
    trusted.settings(&format!("locations: {checkout}/locations.yaml\nstate: {{path: kept}}\n"));
    trusted.sh("plan").exits(1).tells(&["lies in the checkout"]);
}

#[test]
fn a_world_in_the_checkout_names_nothing_outside_it() {
    let trusted = Trusted::new(&boxed("one", ""));
    let world = trusted.operator.path().join("world");
    for name in ["sandbox.yaml", "box-v1.yaml", "box-v2.yaml", "vault.yaml"] {
        fs::copy(world.join(name), trusted.repo.path().join(name)).unwrap();
    }
    trusted.settings(&SETTINGS.replace("world", &trusted.repo.path().display().to_string()));
    trusted.sh("plan").exits(0);
    let outside = world.join("box-v1.yaml").display().to_string();
    trusted.repo.edit("sandbox.yaml", "box-v1.yaml", &outside);
    trusted.sh("plan").exits(1).tells(&["outside"]);
    // the operator's own world may
    trusted.settings(SETTINGS);
    trusted.sh("plan").exits(0);
}

#[test]
fn a_secret_is_one_whatever_a_branch_declares() {
    let declared = "  safe: {product_name: vault, provisioning_artifact_name: v1, parameters: {Password: \"${var.pw}\"}}\n";
    let trusted = Trusted::new(declared);
    let own = "project: test\ndeclarations: [products.yaml]\n";
    trusted.repo.write("provisor.yaml", &format!("{own}variables: {{pw: {{sensitive: true}}}}\n"));
    let secret = [("PROVISOR_SECRET_pw", SECRET), ("PROVISOR_SECRET_other", "not-declared-here")];
    trusted.with(&secret, "apply --auto-approve").exits(0);
    trusted.with(&secret, "plan --detailed-exitcode").exits(0);
    let silent = |line: &str, code: i32| {
        let done = trusted.with(&secret, line).exits(code);
        assert!(!done.out.contains(SECRET) && !done.err.contains(SECRET), "{}{}", done.out, done.err);
        done
    };
    // sensitive no more, and shown wherever a text is
    trusted.repo.write("provisor.yaml", &format!("{own}variables: {{pw: {{}}}}\n"));
    trusted.repo.declare(&boxed("one", "Note: \"x ${var.pw}\""));
    silent("plan", 0).says(&["(sensitive)"]);
    silent("plan --json", 0);
    for declaration in [
        "  one: {product_name: box, provisioning_artifact_name: v1, provisioned_product_name: \"${var.pw}\", parameters: {Name: x}}\n",
        "  one: {product_name: box, provisioning_artifact_name: v1, tags: {x: \"${var.pw}\"}, parameters: {Name: x}}\n",
        "  one: {product_name: \"${var.pw}\", provisioning_artifact_name: v1, parameters: {Name: x}}\n",
        "  one: {product_name: box, provisioning_artifact_name: \"${var.pw}\", parameters: {Name: x}}\n",
        "  one: {product_name: box, provisioning_artifact_name: v1, path_name: \"${var.pw}\", parameters: {Name: x}}\n",
    ] {
        trusted.repo.declare(declaration);
        silent("plan", 1).tells(&["sensitive variable `pw`"]);
        silent("validate", 1);
    }
    trusted.repo.declare(&boxed("one", ""));
    // what is allowed for it would tell whether a guess is right
    for guess in [SECRET, "wrong"] {
        trusted.repo.write("provisor.yaml", &format!("{own}variables: {{pw: {{allowed: [{guess}x, x]}}}}\n"));
        silent("plan", 1).tells(&["the variable `pw` is sensitive, so `allowed` cannot list its values"]);
    }
    for place in ["project: \"p-${var.pw}\"\n", "project: test\ndeclarations: [\"${var.pw}\"]\n"] {
        trusted.repo.write("provisor.yaml", &format!("{place}variables: {{pw: {{}}}}\n"));
        silent("plan", 1).tells(&["cannot hold the sensitive variable `pw`"]);
    }
}

/// Whether something of the branch's own and a secret together keep a rule, is a question about the secret.
#[test]
fn a_secret_is_not_asked_for_by_what_stands_beside_it() {
    let trusted = Trusted::new("");
    let own = "project: test\ndeclarations: [products.yaml]\n";
    trusted.repo.write("provisor.yaml", &format!("{own}variables: {{pw: {{}}, pin: {{}}, long: {{}}}}\n"));
    let template = trusted.operator.path().join("world/box-v1.yaml");
    let text = fs::read_to_string(&template).unwrap();
    let text = text.replace("Note: {Type: String,", "Note: {Type: String, MaxLength: 30,");
    let rule = "Rules: {Known: {Assertions: [{Assert: {\"Fn::Equals\": [!Ref Mode, slow]}}]}}\n";
    fs::write(&template, format!("{rule}{text}")).unwrap();
    let long = "x".repeat(5077);
    let secrets =
        [("PROVISOR_SECRET_pw", SECRET), ("PROVISOR_SECRET_pin", "4"), ("PROVISOR_SECRET_long", &*long)];
    let letters = "a".repeat(4090);
    for (parameters, keys) in [
        ("Name: x, Size: \"1000e-${var.pin}\"", "Size"),
        ("Name: x, Size: \"${var.pin}${var.pw}\"", "Size"),
        ("Name: \"${var.pw}!\"", "Name"),
        ("Name: x, Note: \"${var.pw} and more than that\"", "Note"),
        ("Name: x, Note: [a, \"${var.pw}\"]", "Note"),
        ("Name: x, Note: {a: \"${var.pw}-and-more-than-that\"}", "Note"),
        ("Name: x, Mode: \"slow${var.pin}\"", "Mode"),
        (&*format!("Name: x, Note: \"${{var.pw}}{letters}\""), "Note"),
        (&*format!("Name: x, Note: \"{}{letters}\"", "${var.pw}".repeat(100)), "Note"),
    ] {
        trusted.repo.declare(&boxed("one", "").replace("Name: one", parameters));
        trusted.with(&secrets, "validate").exits(0);
        let note = format!("`{keys}` is not checked here: it holds a secret and other text");
        trusted.with(&secrets, "plan").exits(0).says(&[&note]);
    }
    // as it is, it has to fit; how long it is, is told by nobody
    for (parameters, says) in [
        ("Name: x, Size: \"${var.pw}\"", "`Size` must be a number"),
        ("Name: x, Mode: \"${var.pin}\"", "`Mode` must be one of"),
        ("Name: x, Note: \"${var.long}\"", "the value of `Note` is too long: at most 4096 bytes are allowed"),
        ("Name: x, Note: [\"${var.half}\"]", "`Note` must have at most 30 characters"),
    ] {
        let half = [("PROVISOR_SECRET_half", &long[..1077])];
        trusted.repo.edit("provisor.yaml", "pw: {}", "pw: {}, half: {}");
        trusted.repo.declare(&boxed("one", "").replace("Name: one", parameters));
        let given: Vec<_> = secrets.iter().chain(&half).copied().collect();
        let done = trusted.with(&given, "plan").exits(1).tells(&[says]);
        assert!(!done.err.contains("077"), "{}", done.err);
        trusted.repo.edit("provisor.yaml", ", half: {}", "");
    }
}

/// What is wrong is looked for once more before a store is made: what was given is not read again, nor its oddities said again.
#[test]
fn secrets_are_read_once() {
    let repo = Repo::new(
        "  safe: {product_name: vault, provisioning_artifact_name: v1, paramters: {Password: \"${var.pw}\"}}\n",
    );
    repo.write("provisor.yaml", &format!("{SETTINGS}variables: {{pw: {{sensitive: true}}}}\n"));
    repo.write("pw.yaml", "pw: sesame-sesame\n");
    fs::set_permissions(repo.path().join("pw.yaml"), fs::Permissions::from_mode(0o644)).unwrap();
    for command in ["plan", "plan --out p.bin", "apply --auto-approve", "destroy --auto-approve"] {
        let done = repo.sh(&format!("{command} --secret-file pw.yaml")).exits(1).tells(&["paramters"]);
        assert_eq!(done.err.matches("others can read").count(), 1, "{command}\n{}", done.err);
    }
}

#[test]
fn sources_of_secrets_agree_and_win() {
    let trusted = Trusted::new(
        "  safe: {product_name: vault, provisioning_artifact_name: v1, parameters: {Password: \"${var.pw}\"}}\n",
    );
    let own = "project: test\ndeclarations: [products.yaml]\n";
    trusted.repo.write("provisor.yaml", &format!("{own}variables: {{pw: {{sensitive: true}}}}\n"));
    let file = trusted.operator.path().join("secrets.yaml");
    let named = file.display().to_string();
    let write = |text: &str, mode: u32| {
        fs::write(&file, text).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
    };
    write(&format!("pw: {SECRET}\nunknown: x-unknown\n"), 0o600);
    let line = format!("plan --detailed-exitcode --secret-file {named}");
    trusted.with(&[], &line.replace("plan --detailed-exitcode", "apply --auto-approve")).exits(0);
    // the file wins over all that is no source of secrets
    let beaten =
        trusted.with(&[("PROVISOR_VAR_pw", "other-value")], &format!("{line} --var pw=another-value"));
    beaten
        .exits(0)
        .tells(&["`--var pw` gives a sensitive variable", "`PROVISOR_VAR_pw` gives a sensitive variable"]);
    trusted.with(&[("PROVISOR_SECRET_pw", SECRET)], &line).exits(0);
    let both = trusted.with(&[("PROVISOR_SECRET_pw", "different-value")], &line).exits(1);
    let both = both.tells(&[&format!(
        "`PROVISOR_SECRET_pw` and `--secret-file {named}` give the variable `pw` different values"
    )]);
    assert!(!both.err.contains("different-value") && !both.err.contains(SECRET), "{}", both.err);
    // one that is empty, as a runner leaves it that withholds it, is none
    trusted.with(&[("PROVISOR_SECRET_pw", "")], &line).exits(0).tells(&["`PROVISOR_SECRET_pw` is empty"]);
    for (mode, code, told) in [
        (0o644, 0, "others can read"),
        (0o640, 0, "others can read"),
        (0o620, 1, "others can write"),
        (0o602, 1, "others can write"),
        (0o400, 0, ""),
    ] {
        write(&format!("pw: {SECRET}\n"), mode);
        trusted.with(&[], &line).exits(code).tells(&[told]);
    }
    for wrong in [
        format!("- {SECRET}\n"),
        format!("pw: '{SECRET}\n"),
        format!("{SECRET}\n"),
        format!("pw: {{a: {SECRET}}}\n"),
        format!("pw:{SECRET}\n"),
        format!("pw {SECRET}\nx: y\n"),
        format!("x: y\npw {SECRET}\nz: 1\n"),
        format!("pw: x: {SECRET}\n"),
        format!("pw:{SECRET}\nx: y\n"),
        format!("{{\"pw\": \"{SECRET}\"\n"),
    ] {
        write(&wrong, 0o600);
        for flag in ["--secret-file", "--var-file"] {
            let done = trusted.with(&[], &line.replace("--secret-file", flag)).exits(1);
            assert!(!done.err.contains(SECRET), "{}", done.err);
            let done = done.tells(&["secrets.yaml:"]);
            assert!(!done.err.contains(SECRET[..7].trim()), "{}", done.err);
        }
    }
}

#[test]
fn a_file_of_secrets_is_never_read_as_declarations() {
    let trusted = Trusted::new(&boxed("one", ""));
    trusted.repo.write("secrets.yaml", &format!("pw: {SECRET}\n"));
    fs::set_permissions(trusted.repo.path().join("secrets.yaml"), fs::Permissions::from_mode(0o600)).unwrap();
    symlink("secrets.yaml", trusted.repo.path().join("link.yaml")).unwrap();
    for named in ["secrets.yaml", "./secrets.yaml", "link.yaml"] {
        trusted.repo.write("provisor.yaml", &format!("project: test\ndeclarations: [{named}]\n"));
        let done =
            trusted.sh("plan --secret-file secrets.yaml").exits(1).tells(&["given as a file of secrets"]);
        assert!(!done.err.contains(SECRET), "{}", done.err);
    }
}

#[test]
fn what_is_written_as_a_variable_is_not_repeated() {
    let repo = Repo::boxes(&["one"]);
    for line in [
        "plan --var Hunter2-quite-unique",
        "apply --var=Hunter2-quite-unique",
        "validate -var Hunter2-quite-unique",
    ] {
        let done = repo.sh(line).exits(64).tells(&["`--var`"]);
        assert!(!done.err.contains(SECRET), "{}", done.err);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn no_memory_is_left_on_the_disk() {
    let repo = Repo::boxes(&["one"]);
    let mut server = repo.command(&["sandbox", "--world", "sandbox.yaml"]).spawn().unwrap();
    first_line(&mut server);
    let limits = fs::read_to_string(format!("/proc/{}/limits", server.id())).unwrap();
    server.kill().unwrap();
    server.wait().unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().skip(4).take(2).collect::<Vec<_>>(), ["0", "0"], "{core}");
}

#[test]
fn what_is_simulated_is_said_wherever_it_is_told() {
    let repo = Repo::boxes(&["one", "two"]);
    repo.sh("plan").exits(0).says(&["on demo (simulated)", "Nothing is real on demo (simulated)."]);
    repo.sh("plan --concise")
        .exits(0)
        .says(&["# one will be created (simulated)", "# two will be created (simulated)"]);
    let plan = repo.sh("plan --json").exits(0).json();
    assert_eq!(plan["simulated"], true);
    assert!(plan["steps"].as_array().unwrap().iter().all(|step| step["simulated"] == true), "{plan}");
    repo.sh("plan --out p.bin").exits(0);
    repo.sh("show p.bin").exits(0).says(&["on demo (simulated)", "Nothing is real on demo (simulated)."]);
    let events = repo.sh("apply p.bin --json").exits(0).out;
    for event in events.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()) {
        assert_ne!(event["simulated"], false, "{event}");
        if event["event"] == "summary" {
            assert_eq!(event["summary"]["simulated"], true, "{event}");
            assert_eq!(event["summary"]["steps"][0]["simulated"], true, "{event}");
        }
    }
    repo.sh("plan").exits(0).says(&["No changes.", "Nothing is real on demo (simulated)."]);
    repo.sh("destroy --auto-approve").exits(0).says(&[
        "on demo (simulated)",
        "Destroy complete!",
        "(simulated)",
    ]);
}

#[test]
fn a_location_does_not_become_another_kind_of_catalog() {
    let repo = Repo::boxes(&["one"]);
    let embedded = repo.read("provisor.yaml");
    let mut server = repo.command(&["sandbox", "--world", "sandbox.yaml", "--in-memory"]).spawn().unwrap();
    let url = first_line(&mut server);
    let with = |line: &str| {
        let mut command = repo.command(&line.split(' ').collect::<Vec<_>>());
        command.env("AWS_ACCESS_KEY_ID", "111122223333").env("AWS_SECRET_ACCESS_KEY", "x");
        Done::from(command.output().unwrap())
    };
    let served = format!(
        "project: test\ndeclarations: [products.yaml]\nlocations:\n  demo: {{regions: [eu-west-1], endpoint_url: \"{url}\"}}\n"
    );
    // a server that says so is a sandbox too
    repo.write("provisor.yaml", &served);
    with("plan").exits(0).says(&["on demo (simulated)"]);
    with("apply --auto-approve").exits(0).says(&["(simulated)"]);
    let row = repo.sh("state pull").json();
    let home = row["rows"].as_array().map(|rows| rows[0]["home"].to_string());
    assert!(row.to_string().contains("sandbox"), "{home:?}");
    // another world, which knows nothing of it
    server.kill().unwrap();
    server.wait().unwrap();
    let recorder = recorder();
    repo.write("provisor.yaml", &served.replace(&url, &recorder));
    for line in ["plan", "apply --auto-approve", "plan --no-refresh"] {
        with(line).exits(1).tells(&[
            "location `demo/eu-west-1` is a custom endpoint now, and the state holds `one` there, made when it was a sandbox",
            "nothing that a sandbox made is real: `provisor state rm ADDRESS` gives it up",
        ]);
    }
    repo.write("provisor.yaml", &embedded);
    repo.sh("plan").exits(0);
}

/// A server that answers `GetCallerIdentity`, and does not say that it is a sandbox.
fn recorder() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let mut request = [0; 8192];
            let _ = stream.read(&mut request);
            let body = "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>";
            let head = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: text/xml\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
                body.len()
            );
            let _ = stream.write_all(format!("{head}{body}").as_bytes());
        }
    });
    url
}

#[test]
fn what_raised_a_guard_elsewhere_raises_no_trusted_one() {
    let trusted = Trusted::new(&(boxed("one", "") + &boxed("two", "")));
    trusted.sh("apply --auto-approve").exits(0).says(&["2 added"]);
    trusted.repo.declare("");
    trusted.sh("plan --max-terminate 2 --out p.bin").exits(0);
    let told =
        ["it destroys 2 provisioned products, and `guards.max_terminate` allows 1", "--max-terminate 2"];
    trusted.sh("apply p.bin").exits(5).says(&told);
    trusted.with(&[], "apply p.bin").exits(5).says(&told);
    trusted.settings(&format!("{SETTINGS}guards: {{max_terminate: 0}}\n"));
    trusted.sh("apply p.bin").exits(5).says(&["allows 0"]);
    trusted.sh("apply p.bin --max-terminate 2").exits(0).says(&["2 destroyed"]);
}
