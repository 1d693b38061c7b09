//! The question, on a terminal: only `yes` is yes.

use std::io::Write;
use std::process::Stdio;

use super::support::{Done, Repo, binary};

/// Runs `provisor` on a terminal that types `answer`; `script`, of util-linux, makes the terminal.
pub fn asked(repo: &Repo, line: &str, answer: &[u8]) -> Done {
    let mut command = repo.command(&[]);
    let mut script = std::process::Command::new("script");
    script.args(["-qefc", &format!("{} {line}", binary().display()), "/dev/null"]);
    script
        .current_dir(repo.path())
        .env_clear()
        .envs(command.env("TERM", "dumb").get_envs().filter_map(|(k, v)| Some((k, v?))));
    script.env("PATH", "/usr/bin:/bin");
    let child = script.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = child.expect("`script` of util-linux makes the terminal: install it");
    let mut stdin = child.stdin.take().expect("piped");
    stdin.write_all(answer).unwrap();
    stdin.flush().unwrap();
    // the terminal's end of input is a character; closing the pipe alone would leave `script` waiting for the child
    let done = child.wait_with_output().unwrap().into();
    drop(stdin);
    done
}

#[test]
fn only_yes_is_yes() {
    for (answer, code, made) in [
        (&b"y\n"[..], 1, 0),
        (b"Yes\n", 1, 0),
        (b"YES\n", 1, 0),
        (b"yes please\n", 1, 0),
        (b"\n", 1, 0),
        (b"no\n", 1, 0),
        (b"\x04", 1, 0),
        (b"yes\n", 0, 1),
    ] {
        let repo = Repo::boxes(&["one"]);
        let done = asked(&repo, "apply", answer);
        let typed = String::from_utf8_lossy(answer);
        assert_eq!(done.code, Some(code), "{typed:?}\n{}{}", done.out, done.err);
        assert_eq!(repo.called("ProvisionProduct"), made, "{typed:?}");
        assert!(done.out.contains("Only 'yes'"), "{typed:?}\n{}", done.out);
        if made == 0 {
            assert!(done.out.contains("cancelled"), "{typed:?}\n{}", done.out);
        }
    }
}

#[test]
fn nothing_to_do_asks_nothing() {
    let repo = Repo::boxes(&["one"]);
    repo.apply().exits(0);
    repo.sh("apply").exits(0).says(&["No changes."]);
}

#[test]
fn destroy_asks_too() {
    let repo = Repo::boxes(&["one"]);
    repo.apply().exits(0);
    let done = asked(&repo, "destroy", b"y\n");
    done.exits(1);
    assert_eq!(repo.called("TerminateProvisionedProduct"), 0);
    let done = asked(&repo, "destroy", b"yes\n");
    done.exits(0).says(&["Destroy complete! Resources: 1 destroyed."]);
}
