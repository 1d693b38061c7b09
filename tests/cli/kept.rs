//! What lies below the folder of the state: judged before anything of it is used, by every command, and left alone by those
//! that only read.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use super::files::{Planted, fifo, link};
use super::support::{Done, Repo, binary, boxed, files};

/// Commands that read the state, and one that writes it.
const COMMANDS: [&str; 9] = [
    "plan",
    "plan --out p.bin",
    "show",
    "state list",
    "state show one",
    "state pull",
    "state history",
    "output",
    "apply --auto-approve",
];

fn applied() -> Planted {
    let planted = Planted::new();
    planted.repo.apply().exits(0);
    planted
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().permissions().mode() & 0o777
}

/// All that is ours below the state's folder, without what a sandbox of its own process writes.
fn ours(repo: &Repo) -> Vec<PathBuf> {
    let state = repo.path().join("state");
    let mut found = files(&state);
    found.retain(|path| !path.ends_with(".gitignore"));
    found.sort();
    assert!(found.len() > 8, "{found:?}");
    found
}

#[test]
fn what_others_could_have_written_is_refused_by_every_command() {
    let planted = applied();
    let repo = &planted.repo;
    for path in ours(repo) {
        let named = path.strip_prefix(repo.path()).unwrap().display().to_string();
        for open in [0o644, 0o660, 0o604, 0o602] {
            set_mode(&path, open);
            for line in if open == 0o644 { &COMMANDS[..] } else { &["plan", "show"] } {
                planted.refused(line).exits(7).tells(&[&named, "chmod -R go= state"]);
            }
            assert_eq!(mode(&path), open, "nothing is closed in silence");
        }
        set_mode(&path, 0o600);
    }
    for folder in ["", "store", "store/blobs", "backups", "sandbox", "sandbox/sandbox"] {
        let path = repo.path().join("state").join(folder);
        for open in [0o777, 0o770, 0o702] {
            set_mode(&path, open);
            planted.refused("plan").exits(7).tells(&["others can write to", "chmod -R go= state"]);
            planted.refused("show").exits(7);
        }
        set_mode(&path, 0o755);
    }
    repo.settled();
    // as `cp -r` or a cache makes it; and what is said is what helps
    for path in ours(repo) {
        set_mode(&path, 0o644);
    }
    planted.refused("apply --auto-approve").exits(7).tells(&["chmod -R go= state"]);
    for path in ours(repo) {
        set_mode(&path, mode(&path) & 0o700);
    }
    repo.settled();
}

#[test]
fn no_link_is_followed_below_the_state() {
    let planted = applied();
    let repo = &planted.repo;
    let state = repo.path().join("state");
    let before = fs::read(planted.outside.path().join("map")).unwrap();
    let mut places = ours(repo);
    places.extend(
        ["store", "store/blobs", "backups", "sandbox", "sandbox/sandbox", ".gitignore"]
            .map(|at| state.join(at)),
    );
    for path in places {
        let named = path.strip_prefix(repo.path()).unwrap().display().to_string();
        let away = repo.path().join("away");
        fs::rename(&path, &away).unwrap();
        for target in [planted.outside.path().join("map"), away.clone(), planted.outside.path().join("new")] {
            symlink(&target, &path).unwrap();
            for line in ["plan", "show", "apply --auto-approve"] {
                planted.refused(line).exits(7).tells(&[&named, "a symbolic link"]);
            }
            fs::remove_file(&path).unwrap();
        }
        // what is not ours to use may be of any kind but a link
        if away.is_file() && !named.ends_with(".gitignore") {
            fifo(repo, &named);
            for line in ["plan", "show", "apply --auto-approve"] {
                planted.refused(line).exits(7).tells(&[&named]);
            }
            fs::remove_file(&path).unwrap();
        }
        fs::rename(&away, &path).unwrap();
    }
    // names that could be foretold
    for at in ["HEAD.tmp", "key.tmp", ".gitignore.tmp", "backups/9.json.tmp", "store/snap.tmp", "x"] {
        link(repo, &format!("state/{at}"), planted.outside.path().join("map"));
        for line in ["plan", "apply --auto-approve"] {
            planted.refused(line).exits(7).tells(&[at, "a symbolic link"]);
        }
        fs::remove_file(state.join(at)).unwrap();
    }
    assert_eq!(fs::read(planted.outside.path().join("map")).unwrap(), before);
    assert!(!planted.outside.path().join("new").exists());
    repo.settled();
}

/// Everything of a state but the folder itself, as a branch may bring it along.
#[test]
fn a_state_that_a_branch_brings_along_is_refused() {
    let planted = Planted::new();
    let repo = &planted.repo;
    let victim = planted.outside.path().join("map");
    fs::create_dir(repo.path().join("state")).unwrap();
    for at in ["HEAD", "key", "lock", "store", "store/db", "store/conf", "backups", ".gitignore"] {
        link(repo, &format!("state/{at}"), &victim);
        for line in ["plan", "plan --out p.bin", "apply --auto-approve"] {
            planted.refused(line).exits(7).tells(&[at]);
        }
        fs::remove_dir_all(repo.path().join("state")).unwrap();
    }
    for at in ["HEAD", "key", "store/db"] {
        repo.write(&format!("state/{at}"), "x");
        set_mode(&repo.path().join("state").join(at), 0o644);
        planted.refused("plan").exits(7).tells(&[at, "chmod"]);
        planted.refused("apply --auto-approve").exits(7);
        fs::remove_dir_all(repo.path().join("state")).unwrap();
    }
    // git leaves the folder open to the group, with what is tracked in it
    repo.write("state/.gitignore", "*\n");
    repo.write("state/README.md", "ours\n");
    set_mode(&repo.path().join("state"), 0o775);
    repo.sh("plan").exits(0).says(&["Plan: 1 to add"]);
    assert_eq!(mode(&repo.path().join("state")), 0o775, "a plan writes nothing");
    repo.apply().exits(0);
    assert_eq!(mode(&repo.path().join("state")), 0o755);
    repo.settled();
}

#[test]
fn what_may_not_be_looked_at_is_not_missing() {
    let planted = applied();
    let repo = &planted.repo;
    let state = repo.path().join("state");
    let as_another = |line: &str| {
        let words: Vec<&str> = line.split(' ').collect();
        let mut command = repo.command(&words);
        if rustix::process::geteuid().is_root() {
            // nobody; the folders above are open to all
            command.uid(65_534).gid(65_534);
        }
        Done::from(command.output().expect("the binary runs"))
    };
    if rustix::process::geteuid().is_root() {
        for folder in [repo.path(), repo.path().parent().unwrap()] {
            set_mode(folder, mode(folder) | 0o055);
        }
        for file in files(repo.path()).iter().filter(|file| !file.starts_with(&state)) {
            set_mode(file, 0o644);
        }
        for open in [0o700, 0o755] {
            set_mode(&state, open);
            for line in COMMANDS {
                let done = as_another(line).exits(7).tells(&["another user"]);
                assert!(!done.out.contains("to add"), "{line}: {}", done.out);
            }
        }
        // what is somebody else's within
        set_mode(&state, 0o700);
        for path in ours(repo) {
            chown(&path, Some(65_534), None).unwrap();
            planted.refused("plan").exits(7).tells(&["another user (uid 65534)", "chown -R"]);
            planted.refused("show").exits(7);
            chown(&path, Some(0), None).unwrap();
        }
    } else {
        set_mode(&state, 0o000);
        for line in COMMANDS {
            let done = as_another(line).exits(7);
            assert!(!done.out.contains("to add"), "{line}: {}", done.out);
        }
        set_mode(&state, 0o700);
    }
    repo.settled();
}

/// Names, times and bytes below the state's folder; the world of an embedded sandbox has a life of its own.
fn listing(repo: &Repo) -> BTreeMap<PathBuf, (SystemTime, Vec<u8>)> {
    let state = repo.path().join("state");
    let mut all = vec![state.clone(), state.join("store"), state.join("store/blobs"), state.join("backups")];
    all.extend(files(&state).into_iter().filter(|path| !path.starts_with(state.join("sandbox"))));
    let entry = |path: PathBuf| {
        let changed = fs::metadata(&path).unwrap().modified().unwrap();
        let bytes = if path.is_file() { fs::read(&path).unwrap() } else { Vec::new() };
        (path, (changed, bytes))
    };
    all.into_iter().map(entry).collect()
}

#[test]
fn who_only_reads_writes_nothing() {
    let repo = Repo::boxes(&["one", "two"]);
    repo.apply().exits(0);
    repo.declare(&(boxed("one", "Note: x") + &boxed("three", "")));
    let scratch = repo.path().join("scratch");
    fs::create_dir(&scratch).unwrap();
    let before = listing(&repo);
    for line in
        COMMANDS.iter().filter(|line| !line.starts_with("apply")).chain(&["validate", "plan --no-refresh"])
    {
        let mut command = repo.command(&line.split(' ').collect::<Vec<_>>());
        let done = Done::from(command.env("TMPDIR", &scratch).output().unwrap()).exits(0);
        assert!(done.err.is_empty() || line.contains("--out"), "{line}: {}", done.err);
        assert_eq!(listing(&repo), before, "{line}");
        assert_eq!(fs::read_dir(&scratch).unwrap().count(), 0, "{line}: nothing is left behind");
    }
    // where there is no room for the copy, that is said, and nothing is made up
    let mut command = repo.command(&["plan"]);
    let done = Done::from(command.env("TMPDIR", repo.path().join("nowhere")).output().unwrap())
        .exits(7)
        .tells(&["TMPDIR"]);
    assert!(done.err.contains("nowhere") && !done.out.contains("to add"), "{}{}", done.out, done.err);
}

#[test]
fn nothing_is_made_for_a_world_that_is_not_there() {
    let empty = tempfile::tempdir().unwrap();
    let mut command = std::process::Command::new(super::support::binary());
    command.args(["sandbox", "--world", "nope.yaml"]).current_dir(empty.path());
    Done::from(command.output().unwrap()).exits(1).tells(&["there is no such world file"]);
    assert_eq!(fs::read_dir(empty.path()).unwrap().count(), 0);
}

#[test]
fn a_world_that_cannot_be_read_is_one_error() {
    let repo = Repo::boxes(&["one"]);
    let world = repo.read("sandbox.yaml");
    for text in ["- a\n", "regions: 3\n", "account_id: 1\nportfolios: [{name: a, products: []}]\n", "x: [\n"]
    {
        repo.write("sandbox.yaml", text);
        for line in ["validate", "plan"] {
            let done = repo.sh(line).exits(1).tells(&["sandbox.yaml"]);
            assert_eq!(done.err.matches("Error: ").count(), 1, "{text}: {}", done.err);
            assert!(!done.err.contains("regions: ["), "{text}: {}", done.err);
        }
    }
    fifo(&repo, "sandbox.yaml");
    let done = repo.sh("plan").exits(1).tells(&["a named pipe"]);
    assert_eq!(done.err.matches("Error: ").count(), 1, "{}", done.err);
    fs::remove_file(repo.path().join("sandbox.yaml")).unwrap();
    repo.write("sandbox.yaml", &world);
    repo.sh("plan").exits(0);
}

#[test]
fn a_log_and_a_summary_are_added_to_and_nothing_else_is() {
    let planted = Planted::new();
    let repo = &planted.repo;
    let victim = planted.outside.path().join("map");
    let before = fs::read(&victim).unwrap();
    link(repo, "link", &victim);
    link(repo, "d", planted.outside.path());
    for log in ["link", "d/new.log", "provisor.yaml", "products.yaml", "state"] {
        fs::create_dir_all(repo.path().join("state")).unwrap();
        planted.refused(&format!("sandbox --in-memory --log {log}")).exits(1).tells(&[&format!("`{log}`")]);
    }
    let summary = repo.path().join("summary.md");
    repo.write("summary.md", "# others were here\n");
    let write = |to: &Path| {
        let target = format!("human={}", to.display());
        let mut command = repo.command(&["plan", "--write", &target]);
        Done::from(command.env("GITHUB_STEP_SUMMARY", to).output().unwrap())
    };
    for _ in 0..2 {
        write(&summary).exits(0);
    }
    let text = repo.read("summary.md");
    assert!(
        text.starts_with("# others were here\n") && text.matches("Plan: 1 to add").count() == 2,
        "{text}"
    );
    write(&repo.path().join("new.md")).exits(0);
    write(&repo.path().join("link")).exits(1);
    write(&repo.path().join("d/new.md")).exits(1);
    assert_eq!(fs::read(&victim).unwrap(), before);
    assert!(
        !planted.outside.path().join("new.md").exists() && !planted.outside.path().join("new.log").exists()
    );
}

#[test]
fn init_writes_over_nothing() {
    let planted = Planted::new();
    let repo = &planted.repo;
    fs::create_dir(repo.path().join("new")).unwrap();
    link(repo, "new/templates", planted.outside.path());
    planted.refused("init new").exits(1);
    fs::remove_dir_all(repo.path().join("new")).unwrap();
    fs::create_dir(repo.path().join("new")).unwrap();
    link(repo, "new/products.yaml", planted.outside.path().join("made"));
    planted.refused("init new");
    assert!(!planted.outside.path().join("made").exists());
    assert_eq!(fs::read_dir(planted.outside.path()).unwrap().count(), 7);
    let done = repo.sh("init other").exits(0);
    assert!(done.err.contains("wrote other/provisor.yaml"), "{}", done.err);
}

#[test]
fn init_writes_files_as_the_users_other_files_are() {
    let repo = Repo::boxes(&[]);
    for (mask, wanted) in [("022", 0o644), ("027", 0o640), ("002", 0o664)] {
        let line = format!("umask {mask} && exec \"$0\" init m{mask}");
        let made =
            Command::new("/bin/sh").args(["-c", &line]).arg(binary()).current_dir(repo.path()).output();
        assert!(made.unwrap().status.success());
        assert_eq!(mode(&repo.path().join(format!("m{mask}/provisor.yaml"))), wanted, "{mask}");
    }
}

/// What the starter repo makes stays out of git; an ignore file that is there is its owner's.
#[test]
fn init_tells_git_what_to_leave_alone() {
    let repo = Repo::boxes(&[]);
    for example in ["quickstart", "platform"] {
        repo.sh(&format!("init --example {example} {example}")).exits(0).tells(&[".gitignore"]);
        let values = if example == "platform" { " --var-file vars-demo.yaml" } else { "" };
        repo.sh(&format!("-C {example} plan --out plan.bin{values}")).exits(0);
        let git = |arguments: &[&str]| {
            let done = Command::new("git").args(arguments).current_dir(repo.path().join(example)).output();
            Done::from(done.expect("git is there")).exits(0).out
        };
        git(&["init", "-q"]);
        let seen = git(&["status", "--porcelain", "--untracked-files=all"]);
        assert!(seen.contains("?? provisor.yaml") && seen.contains("?? schemas/"), "{seen}");
        assert!(!seen.contains("plan.bin") && !seen.contains("state"), "{seen}");
    }
    repo.write("own/.gitignore", "target\nstate/\n");
    let done = repo.sh("init own").exits(0).tells(&["`own/.gitignore` is there", "add `*.bin` to it"]);
    assert!(!done.err.contains("wrote own/.gitignore"), "{}", done.err);
    assert_eq!(repo.read("own/.gitignore"), "target\nstate/\n");
    repo.write("whole/.gitignore", "/state\n*.bin\n");
    let done = repo.sh("init whole").exits(0);
    assert!(!done.err.contains("Warning"), "{}", done.err);
}
