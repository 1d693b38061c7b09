//! Disks that cannot be written, or not any more: real ones, in a mount namespace of their own. Skips with a word where
//! such a namespace is not allowed.

use std::process::{Command, Stdio};

use crate::cli::support::{Done, Repo, binary, boxed};

/// Runs a script beside the repo's files, with mounts of its own; none where that is not allowed.
fn mounted(repo: &Repo, script: &str) -> Option<Done> {
    let isolated = |script: &str| {
        let mut command = Command::new("unshare");
        command.args(["--map-root-user", "--mount", "sh", "-euc", script]).stdin(Stdio::null());
        command
            .current_dir(repo.path())
            .env_clear()
            .envs(repo.command(&[]).get_envs().filter_map(|(name, value)| Some((name, value?))));
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("provisor", binary());
        command.output()
    };
    match isolated("mount --bind . .") {
        Ok(tried) if tried.status.success() => Some(isolated(script).unwrap().into()),
        tried => {
            eprintln!("skipped: no mounts of its own here: {tried:?}");
            None
        }
    }
}

/// The script's word for an exit code that is wanted.
const EXITS: &str = r#"exits() { want=$1; shift; got=0; "$provisor" "$@" || got=$?
    [ "$got" = "$want" ] || { echo "$* ended with $got, not $want" >&2; exit 99; }; }
"#;

#[test]
fn a_state_that_can_only_be_read_is_read() {
    let repo = Repo::boxes(&["one", "two"]);
    repo.apply().exits(0);
    // only the sandbox of this test goes on writing
    let script = r#"
        mount --bind state state
        mount --bind state/sandbox state/sandbox
        mount -o remount,bind,ro state
        for command in "plan --detailed-exitcode" validate "state list" "state pull" "state history" output show; do
            exits 0 $command
        done
        exits 7 apply --auto-approve
        exits 7 state rm two --auto-approve
    "#;
    let Some(done) = mounted(&repo, &format!("{EXITS}{script}")) else { return };
    done.exits(0).says(&["No changes. "]).tells(&["can only be read", "hint: the state folder is on a disk"]);
    repo.settled();
}

#[test]
fn a_disk_that_fills_up_loses_nothing() {
    let keys: Vec<String> = (0..60).map(|n| format!("box-{n}")).collect();
    let note = "n".repeat(400);
    let repo = Repo::new(&keys.iter().map(|key| boxed(key, &format!("Note: {note}"))).collect::<String>());
    let script = r#"
        mkdir -p world state
        mount -t tmpfs -o size=SIZE tmpfs state
        chmod 700 state
        mkdir -m 700 state/sandbox
        mount --bind world state/sandbox
        full=0
        "$provisor" apply --auto-approve || full=$?
        [ "$full" = 4 ] || [ "$full" = 7 ] || { echo "ended with $full" >&2; exit 98; }
        "$provisor" apply --auto-approve && exit 97
        mount -o remount,size=64m state
        exits 0 apply --auto-approve
        exits 0 plan --detailed-exitcode
        grep -c '"operation":"ProvisionProduct"' state/sandbox/sandbox/calls.jsonl
    "#;
    for size in ["16k", "64k", "160k", "300k"] {
        let Some(done) = mounted(&repo, &format!("{EXITS}{}", script.replace("SIZE", size))) else { return };
        let done = done.exits(0).tells(&["No space left on device", "make room"]);
        assert_eq!(done.out.lines().last(), Some("60"), "{size}: nothing is made twice");
        std::fs::remove_dir_all(repo.path().join("world")).unwrap();
    }
}
