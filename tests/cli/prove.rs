//! `provisor prove`: this program, killed by itself, and judged from outside.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::process::Command;

use serde_json::Value;

use super::support::Repo;

#[test]
fn a_short_trial_finds_nothing_and_tells_what_it_did() {
    let repo = Repo::new("");
    let before = fs::read_dir(repo.path()).unwrap().count();
    let found = repo.sh("prove --products 12 --seconds 6 --seed 11 --json").exits(0);
    assert!(found.err.contains("Killing applies of 12 products for 6 s, seed 11"), "{}", found.err);
    let document = found.json();
    assert_eq!((&document["format"], &document["seed"]), (&"provisor.prove/v1".into(), &11.into()));
    for kind in ["lost", "doubled", "untrue"] {
        assert_eq!(document[kind], Value::Array(Vec::new()), "{document}");
    }
    assert_eq!((&document["settled"], &document["interrupted"]), (&true.into(), &false.into()), "{document}");
    assert_eq!(document["stuck"], Value::Array(Vec::new()), "{document}");
    for number in ["applies", "kills", "deeds", "calls", "changing_calls", "looks"] {
        assert!(document[number].as_u64().unwrap() > 0, "{number}: {document}");
    }
    assert_eq!(fs::read_dir(repo.path()).unwrap().count(), before, "nothing is left where it was started");
}

#[test]
fn it_explains_itself_in_six_lines() {
    let repo = Repo::new("");
    let found = repo.sh("prove --products 2 --seconds 1 --seed 3").exits(0);
    let lines: Vec<&str> = found.out.lines().collect();
    assert_eq!(lines.iter().position(|line| line.is_empty()), Some(6), "{}", found.out);
    for (line, name) in lines[7..10].iter().zip(["lost 0", "doubled 0", "untrue 0"]) {
        assert!(line.starts_with(name), "{}", found.out);
    }
    let found = found.says(&["seed 3", "SIGKILL", "--products 2 --seconds 1 --seed 3"]);
    assert!(!found.out.contains("Error"), "{}", found.out);
    repo.sh("prove --products 0").exits(64);
}

/// Those who run with this in their environment.
fn running(with: &str) -> usize {
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let environments = processes.filter_map(|process| fs::read(process.path().join("environ")).ok());
    environments.filter(|environment| String::from_utf8_lossy(environment).contains(with)).count()
}

#[test]
fn a_signal_ends_it_and_nothing_is_left() {
    let repo = Repo::new("");
    for name in ["INT", "TERM"] {
        let folder = repo.path().join(format!("temporary-{name}"));
        fs::create_dir(&folder).unwrap();
        let mut prove = repo.command(&["prove", "--products", "20", "--seconds", "600", "--seed", "5"]);
        let mut prove = prove.env("TMPDIR", &folder).spawn().unwrap();
        let mut talk = BufReader::new(prove.stderr.take().unwrap());
        talk.read_line(&mut String::new()).unwrap();
        assert_eq!(
            fs::read_dir(&folder).unwrap().count(),
            1,
            "it works below the folder for temporary files"
        );
        let kill = format!("kill -{name} {}", prove.id());
        assert!(Command::new("bash").args(["-c", &kill]).status().unwrap().success());
        let mut said = String::new();
        talk.read_to_string(&mut said).unwrap();
        let mut out = String::new();
        prove.stdout.take().unwrap().read_to_string(&mut out).unwrap();
        assert_eq!(prove.wait().unwrap().code(), Some(4), "SIG{name}\n{out}{said}");
        assert!(out.contains("Interrupted") && out.contains("lost 0"), "{out}");
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 0, "SIG{name}");
        assert_eq!(running(&folder.to_string_lossy()), 0, "SIG{name}");
    }
}
