//! What the program tells of itself: help, manual pages, completions, and the words of Terraform.

use std::collections::BTreeSet;
use std::io::Write;
use std::process::{Command, Stdio};

use clap::Command as Clap;

use super::support::{Repo, boxed};

fn each(command: &Clap, path: &str, told: &mut dyn FnMut(&Clap, &str)) {
    for below in command.get_subcommands().filter(|one| !one.is_hide_set() && one.get_name() != "help") {
        let path = format!("{path} {}", below.get_name()).trim().to_owned();
        told(below, &path);
        each(below, &path, told);
    }
}

/// The words of a line of a shell, as far as examples need it.
fn words(line: &str) -> Vec<String> {
    let line = line.split(['|', '>', '&']).next().unwrap_or_default();
    line.split_whitespace().map(|word| word.trim_matches('\'').to_owned()).collect()
}

#[test]
fn every_command_has_examples_that_can_be_typed_and_flags_in_groups() {
    let root = provisor::cli::command_line();
    let mut count = 0;
    each(&root, "", &mut |command, path| {
        if command.has_subcommands() {
            return;
        }
        let more = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        let lines: Vec<&str> =
            more.lines().map(str::trim).filter(|line| line.starts_with("provisor ")).collect();
        assert!(!lines.is_empty(), "`{path}` has no example");
        for line in lines.iter().flat_map(|line| line.split(" && ")) {
            let found = root.clone().try_get_matches_from(words(line));
            assert!(
                found.is_ok(),
                "{line}: {}",
                found.err().map(|error| error.to_string()).unwrap_or_default()
            );
            count += 1;
        }
        for argument in command.get_arguments().filter(|one| one.get_long().is_some()) {
            let is_own = matches!(argument.get_id().as_str(), "help" | "version")
                || argument.get_help_heading().is_some();
            let few = command.get_arguments().filter(|one| !one.is_hide_set()).count() < 14;
            assert!(is_own || few, "`{path} --{}` is in no group", argument.get_long().unwrap_or_default());
        }
    });
    assert!(count > 40, "{count}");
    let repo = Repo::boxes(&[]);
    repo.sh("apply --help").exits(0).says(&[
        "What is allowed:",
        "How it runs:",
        "[default: `limits.parallelism`, or 50]",
        "[default: `guards.max_terminate`, or",
        "[default: 24h]",
    ]);
}

#[test]
fn every_command_has_a_page_that_can_be_read() {
    let repo = Repo::boxes(&[]);
    repo.sh("man").exits(0).says(&[".TH \"PROVISOR\" 1", ".SH COMMANDS", "provisor\\-state\\fR(1)"]);
    repo.sh("man state mv").exits(0).says(&[".TH \"PROVISOR\\-STATE\\-MV\" 1", ".SH SYNOPSIS"]);
    repo.sh("man plna").exits(64).tells(&["did you mean `plan`?"]);
    repo.sh("man --write pages").exits(0);
    let mut missing = BTreeSet::new();
    each(&provisor::cli::command_line(), "", &mut |_, path| {
        let page = repo.path().join(format!("pages/provisor-{}.1", path.replace(' ', "-")));
        if !page.is_file() {
            missing.insert(path.to_owned());
        }
    });
    assert!(missing.is_empty(), "{missing:?}");
    let lint = Command::new("man")
        .args(["--warnings", "-E", "UTF-8", "-l", "-Tutf8"])
        .arg(repo.path().join("pages/provisor-plan.1"))
        .env("MANWIDTH", "100")
        .output();
    match lint {
        Ok(done) if done.status.success() => {
            let said = String::from_utf8_lossy(&done.stderr);
            assert!(!said.contains("warning"), "{said}");
            assert!(String::from_utf8_lossy(&done.stdout).contains("--detailed-exitcode"));
        }
        _ => println!("skipped: there is no man here to read a page"),
    }
}

fn completed(repo: &Repo, typed: &str) -> Vec<String> {
    let mut words = vec!["complete", "--"];
    words.extend(typed.split(' '));
    let done = repo.run(&words).exits(0);
    done.out.lines().map(|line| line.split('\t').next().unwrap().to_owned()).collect()
}

#[test]
fn what_may_come_next_is_known_without_asking_anybody() {
    let repo = Repo::new(&(boxed("app-one", "") + &boxed("app-two", "") + &boxed("net", "")));
    repo.edit("provisor.yaml", "locations:", "variables: {stage: {default: dev}}\nlocations:");
    repo.edit(
        "sandbox.yaml",
        "products:\n",
        "products:\n      - {name: other-box, versions: [{name: v7, template: box-v1.yaml}, {name: v8, template: box-v1.yaml}]}\n",
    );
    repo.apply().exits(0);
    let before = repo.calls().len();
    repo.declare(&(boxed("app-one", "") + &boxed("new", "")));
    for (typed, expected) in [
        ("provisor pl", vec!["plan"]),
        ("provisor state hi", vec!["history"]),
        ("provisor plan --detailed", vec!["--detailed-exitcode"]),
        ("provisor plan --target app-", vec!["app-one", "app-two"]),
        ("provisor plan --target=ne", vec!["--target=net", "--target=new"]),
        ("provisor plan --out x.bin --exclude n", vec!["net", "new"]),
        ("provisor state show app-t", vec!["app-two"]),
        ("provisor state rm net a", vec!["app-one", "app-two"]),
        ("provisor output net A", vec!["Arn"]),
        ("provisor catalog show b", vec!["box"]),
        ("provisor catalog show box --version v", vec!["v1", "v2"]),
        ("provisor catalog list --location d", vec!["demo"]),
        // nobody declares it, and the sandbox's file names it
        ("provisor catalog show other", vec!["other-box"]),
        ("provisor catalog show other-box --version v", vec!["v7", "v8"]),
        ("provisor plan --var s", vec!["stage="]),
        ("provisor plan --format ht", vec!["html"]),
        ("provisor apply --allow cr", vec!["create"]),
        ("provisor explain unknown-k", vec!["unknown-key"]),
        ("provisor completions po", vec!["powershell"]),
        ("provisor plan --out ", vec![]),
        ("provisor plan --what-if b", vec!["box="]),
        ("provisor plan --what-if box=", vec!["box=v1", "box=v2"]),
        ("provisor plan --what-if=other-box=", vec!["--what-if=other-box=v7", "--what-if=other-box=v8"]),
        ("provisor plan --write h", vec!["human=", "html="]),
        ("provisor init --example p", vec!["platform"]),
        ("provisor man pl", vec!["plan"]),
        ("provisor man state hi", vec!["history"]),
    ] {
        assert_eq!(completed(&repo, typed), expected, "{typed}");
    }
    assert_eq!(repo.calls().len(), before, "nobody was asked");
    // what is typed says where the repo is, as it will when it is run
    let elsewhere = Repo::boxes(&[]);
    let there = repo.path().display();
    for typed in [
        format!("provisor -C {there} plan --target app-"),
        format!("provisor --chdir={there} plan --target app-"),
    ] {
        assert_eq!(completed(&elsewhere, &typed), ["app-one", "app-two"], "{typed}");
    }
    assert_eq!(completed(&elsewhere, "provisor -C nowhere pl"), ["plan"]);
    let nowhere = Repo::boxes(&[]);
    nowhere.write("provisor.yaml", "project: [\n");
    assert_eq!(completed(&nowhere, "provisor plan --target a"), Vec::<String>::new());
}

#[test]
fn each_shell_has_a_script_and_those_that_are_here_take_it() {
    let repo = Repo::boxes(&["app", "net"]);
    for (shell, program, arguments) in [
        (
            "bash",
            "bash",
            vec![
                "--norc",
                "-c",
                "source ./script; COMP_LINE='provisor plan --target a' COMP_POINT=24 COMP_WORDS=(provisor plan --target a); COMP_CWORD=3; _provisor provisor a; echo \"${COMPREPLY[@]}\"",
            ],
        ),
        ("zsh", "zsh", vec!["-f", "-n", "./script"]),
        (
            "fish",
            "fish",
            vec!["--no-config", "-c", "source ./script; complete -C 'provisor plan --target a'"],
        ),
        ("powershell", "pwsh", vec!["-NoProfile", "-File", "./script"]),
    ] {
        let script = repo.sh(&format!("completions {shell}")).exits(0).out;
        assert!(script.contains("provisor complete "), "{script}");
        repo.write("script", &script);
        let folder = super::support::binary().parent().unwrap().display().to_string();
        let path = format!("{folder}:{}", std::env::var("PATH").unwrap_or_default());
        let mut command = Command::new(program);
        command.args(arguments).current_dir(repo.path()).env("PATH", path).stdin(Stdio::null());
        let Ok(done) = command.output() else {
            println!("skipped: there is no {program} here");
            continue;
        };
        let out = String::from_utf8_lossy(&done.stdout);
        assert!(done.status.success(), "{shell}: {out}{}", String::from_utf8_lossy(&done.stderr));
        if matches!(shell, "bash" | "fish") {
            assert!(out.contains("app") && !out.contains("net"), "{shell}: {out}");
        }
    }
    repo.sh("completions elvish").exits(0);
}

/// Bash breaks words at `=`, `:` and `@`: what is typed there on a terminal, with Tab, becomes what is meant.
#[test]
fn bash_completes_what_it_breaks_into_words() {
    let repo = Repo::boxes(&["app-one", "net"]);
    let both = "  dev: {sandbox: sandbox.yaml}\n  prod: {sandbox: sandbox.yaml}\n";
    repo.write("provisor.yaml", &format!("project: test\ndeclarations: [products.yaml]\nlocations:\n{both}"));
    repo.write("sandbox.yaml", &repo.read("sandbox.yaml").replace("name: vault", "name: My Vault"));
    let declared = boxed("app-one", "").replace("{product_name", "{locations: [dev, prod], product_name");
    repo.declare(&(declared + &boxed("net", "").replace("{product_name", "{location: dev, product_name")));
    repo.write("sub/there", "");
    repo.write("script", &repo.sh("completions bash").exits(0).out);
    // files that would be offered where nothing else is
    repo.write("app-file", "");
    let folder = super::support::binary().parent().unwrap().display().to_string();
    for (typed, expected) in [
        ("plan --target ne\t", "plan --target net "),
        ("plan --target=ne\t", "plan --target=net "),
        ("plan --target app-\td\t", "plan --target app-one@dev "),
        ("plan --target=app-one@p\t", "plan --target=app-one@prod "),
        ("plan --what-if bo\t\t2", "plan --what-if box=v2"),
        ("plan --what-if=box=\t1", "plan --what-if=box=v1"),
        ("-C .. plan --target ne\t", "-C .. plan --target net "),
        ("catalog show My\t", "catalog show My Vault "),
        ("catalog show 'My V\t", "catalog show My Vault "),
    ] {
        // at the beginning of the line, `echo` is put before it
        let keys = format!(
            "cd sub; source ../script; {}\rprovisor {typed}\x01echo \rexit\r",
            if typed.starts_with("-C") { "" } else { "cd .." }
        );
        let mut script = Command::new("script");
        script.args(["-qec", "bash --norc --noprofile -i", "/dev/null"]).current_dir(repo.path()).env_clear();
        script.env("PATH", format!("{folder}:/usr/bin:/bin")).env("TERM", "dumb").env("HOME", repo.path());
        script.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = script.spawn().expect("`script` of util-linux makes the terminal: install it");
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(keys.as_bytes()).unwrap();
        let done: super::support::Done = child.wait_with_output().unwrap().into();
        drop(stdin);
        let said = done.out.lines().any(|line| {
            line.trim_end_matches('\r').trim_end() == format!("provisor {}", expected.trim_end())
        });
        assert!(said, "{typed:?} is to become {expected:?}:\n{}", done.out);
    }
}

#[test]
fn the_version_names_its_target() {
    let repo = Repo::boxes(&[]);
    let version = repo.sh("version").exits(0).out;
    let document = repo.sh("version --json").exits(0).json();
    assert_eq!(document["format"], "provisor.version/v1");
    assert!(version.contains(document["version"].as_str().unwrap()), "{version}");
    let host = Command::new("rustc")
        .arg("-vV")
        .output()
        .map(|done| String::from_utf8_lossy(&done.stdout).into_owned());
    match host.ok().as_deref().and_then(|text| text.lines().find_map(|line| line.strip_prefix("host: "))) {
        Some(host) => assert_eq!(document["target"], host),
        None => println!("skipped: there is no rustc here to say what it builds for"),
    }
    assert!(document.as_object().unwrap().contains_key("commit"), "{document}");
    repo.sh("version -json").exits(0);
}

#[test]
fn what_is_hidden_is_offered_to_nobody() {
    let repo = Repo::boxes(&["one"]);
    let done = repo.sh("plan --nope").exits(64);
    assert!(!done.err.contains("--no-input"), "{}", done.err);
}

#[test]
fn rarer_words_and_flags_of_terraform_do_too() {
    let repo = Repo::boxes(&["one"]);
    for (line, words) in [
        ("delete one", "plan --destroy"),
        ("env list", "locations"),
        ("query", "import --all"),
        ("stacks", "locations"),
        ("rpcapi", "provisor schema"),
        ("state replace-provider a b", "provisor state mv"),
        ("state identities", "state list --json"),
        ("init -backend=false", "`state:`"),
        ("init -get=false", "no modules"),
        ("init -from-module=x", "--example NAME"),
        ("init -plugin-dir=x", "no providers"),
        ("init -lockfile=readonly", "no providers"),
        ("init -force-copy", "`state:`"),
        ("plan -state=x", "`state:`"),
        ("destroy -force", "nothing is forced"),
        ("state push -force x.json", "provisor state restore SERIAL"),
        ("state list -id=pp-1", "state list --json"),
        ("apply -state-out=x", "`state:`"),
        ("apply -backup=x", "provisor state history"),
        ("apply -dry-run", "`provisor plan`"),
        ("plan -generate-config-out=x.tf", "import --all --write DIR"),
        ("plan -allow-deferral", "deferred by itself"),
        ("plan -policies=x", "terraform-json"),
        ("plan -show-sensitive", "never shown"),
        ("plan -target-file=x", "globs"),
        ("plan -exclude-file=x", "globs"),
        ("graph -type=plan", "`provisor graph`"),
        ("graph -draw-cycles", "provisor validate"),
        ("graph -plan=x", "--format html"),
        ("import -config=x one pp-1", "-C DIR"),
        ("validate -no-tests", "no tests"),
        ("validate -test-directory=x", "no tests"),
        ("-install-autocomplete", "provisor completions SHELL"),
    ] {
        repo.sh(line).exits(64).tells(&[words]);
    }
    for (address, words) in [
        ("aws_servicecatalog_provisioned_product.one", "did you mean `one`?"),
        ("aws_servicecatalog_provisioned_product.one[\"demo\"]", "did you mean `one@demo`?"),
        ("aws_instance.x", "without a type: `one`"),
        ("module.network", "without a type: `one`"),
    ] {
        repo.run(&["plan", "-target", address]).exits(1).tells(&[words]);
    }
}

#[test]
fn the_words_and_flags_of_terraform_answer_usefully() {
    let repo = Repo::boxes(&["one"]);
    for line in [
        "plan -out=p.bin -target=one -var=a=b -detailed-exitcode -json -refresh=false -no-color -compact-warnings -input=false",
        "init -input=false",
        "plan -input=true",
        "plan -parallelism=5",
        "plan -lock-timeout=30s",
        "validate -json",
        "version -json",
        "-version",
        "-help",
    ] {
        let done = repo.sh(line);
        assert!(done.code != Some(64), "{line}: {}", done.err);
    }
    for (line, words) in [
        ("init -upgrade", "there are no providers to upgrade"),
        ("init -backend-config=x", "`state:`"),
        ("init -reconfigure", "`state:`"),
        ("init -migrate-state", "`state:`"),
        ("taint one", "--replace"),
        ("untaint one", "--replace"),
        ("refresh", "plan --refresh-only"),
        ("force-unlock 1", "ends with its holder"),
        ("workspace list", "locations"),
        ("fmt", "formatter"),
        ("fmt -check", "formatter"),
        ("console", "`provisor plan`"),
        ("providers", "locations"),
        ("get", "no modules"),
        ("modules", "no modules"),
        ("login", "aws sso login"),
        ("metadata functions", "plan --json"),
        ("test", "provisor validate"),
        ("plan -v", "PROVISOR_LOG"),
        ("-v", "provisor version"),
    ] {
        repo.sh(line).exits(64).tells(&[words]);
    }
    repo.sh("plan -lock=false").exits(0).tells(&["`-lock=false` does nothing"]);
    repo.apply().exits(0);
    let done = repo.sh("output Arn").tells(&["provisor output one Arn"]);
    assert_ne!(done.code, Some(0));
    repo.sh("output -raw").exits(64).tells(&["provisor output ADDRESS KEY --raw"]);
    let mut command = repo.command(&["plan"]);
    let done: super::support::Done = command.env("TF_LOG", "debug").output().unwrap().into();
    done.exits(0).tells(&["PROVISOR_LOG"]);
    let mut command = repo.command(&["plan"]);
    let done: super::support::Done = command.env("TF_VAR_stage", "x").output().unwrap().into();
    done.exits(0);
}
