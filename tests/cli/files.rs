//! What a repo may name, and what is written: a canary lies outside, and whatever a branch does, it appears nowhere; nothing
//! outside is written, nothing is waited for.

use std::fs;
use std::os::unix::fs::{FileTypeExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use super::support::{Done, Repo, SETTINGS, boxed, files};

const CANARY: &str = "canary-4f1d";

/// A repo in a folder of its own, and outside it what nobody may read or write.
pub struct Planted {
    pub repo: Repo,
    /// Files with the canary, of kinds that people have.
    pub outside: tempfile::TempDir,
}

impl Planted {
    pub fn new() -> Self {
        let repo = Repo::boxes(&["one"]);
        let outside = tempfile::tempdir().unwrap();
        for (name, text) in [
            ("key", format!("-----BEGIN KEY-----\n{CANARY}\n-----END KEY-----\n")),
            ("env", format!("TOKEN={CANARY}\n")),
            ("credentials", format!("[default]\naws_secret_access_key = {CANARY}\n")),
            ("jwt", CANARY.to_owned()),
            ("map", format!("{CANARY}: {CANARY}\n")),
            ("list", format!("- {CANARY}\n")),
            ("tabs", format!("\t{CANARY}: [{CANARY}\n")),
        ] {
            fs::write(outside.path().join(name), text).unwrap();
        }
        Self { repo, outside }
    }

    fn paths(&self) -> Vec<PathBuf> {
        let mut paths: Vec<PathBuf> =
            fs::read_dir(self.outside.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        paths
    }

    /// A path to it that is relative to the repo.
    fn relative(&self, path: &Path) -> String {
        let ups = self.repo.path().components().count() - 1;
        format!("{}{}", "../".repeat(ups), path.strip_prefix("/").unwrap().display())
    }

    /// Runs a command; it fails in time, and says nothing of what lies outside.
    #[track_caller]
    pub fn refused(&self, line: &str) -> Done {
        let began = Instant::now();
        let done = self.repo.sh(line);
        assert_ne!(done.code, Some(0), "{line}\n{}", done.out);
        assert!(began.elapsed() < Duration::from_secs(20), "{line}: waited");
        self.silent(&done);
        done
    }

    #[track_caller]
    fn silent(&self, done: &Done) {
        assert!(!done.out.contains(CANARY), "{}", done.out);
        assert!(!done.err.contains(CANARY), "{}", done.err);
        for path in files(self.repo.path()) {
            let found = fs::symlink_metadata(&path).unwrap();
            let is_within = fs::canonicalize(&path).is_ok_and(|there| there.starts_with(self.repo.path()));
            if is_within && found.is_file() && found.len() < 1 << 24 {
                let bytes = fs::read(&path).unwrap();
                assert!(!String::from_utf8_lossy(&bytes).contains(CANARY), "{}", path.display());
            }
        }
    }
}

fn settings(lines: &str) -> String {
    format!("project: test\n{lines}\n")
}

/// A link in the repo, in place of whatever was there.
pub fn link(repo: &Repo, at: &str, to: impl AsRef<Path>) {
    let at = repo.path().join(at);
    fs::create_dir_all(at.parent().unwrap()).unwrap();
    let _ = fs::remove_file(&at);
    symlink(to, at).unwrap();
}

pub fn fifo(repo: &Repo, at: &str) {
    let _ = fs::remove_file(repo.path().join(at));
    assert!(Command::new("mkfifo").arg(at).current_dir(repo.path()).status().unwrap().success());
}

#[test]
fn a_path_that_leads_out_is_not_read() {
    let planted = Planted::new();
    for outside in planted.paths() {
        for path in [outside.display().to_string(), planted.relative(&outside)] {
            for lines in [
                format!("declarations: ['{path}']\nlocations: {{demo: {{sandbox: sandbox.yaml}}}}"),
                format!("declarations: [products.yaml]\nlocations: '{path}'"),
                format!("declarations: [products.yaml]\nlocations: {{demo: {{sandbox: '{path}'}}}}"),
            ] {
                planted.repo.write("provisor.yaml", &settings(&lines));
                planted.refused("validate").exits(1).tells(&["outside the folder of `provisor.yaml`"]);
                planted.refused("plan");
            }
        }
    }
    planted.repo.write("provisor.yaml", SETTINGS);
    let path = planted.relative(&planted.outside.path().join("map"));
    planted.repo.edit("sandbox.yaml", "template: box-v1.yaml", &format!("template: '{path}'"));
    planted.refused("plan").tells(&["outside the folder"]);
}

#[test]
fn a_link_that_leads_out_is_not_followed() {
    for at in ["provisor.yaml", "products.yaml", "sandbox.yaml", "box-v1.yaml", "p/x.yaml", "locations.yaml"]
    {
        let planted = Planted::new();
        if at == "p/x.yaml" {
            planted.repo.edit("provisor.yaml", "products.yaml", "p");
        }
        if at == "locations.yaml" {
            planted.repo.write(
                "provisor.yaml",
                &settings("declarations: [products.yaml]\nlocations: locations.yaml"),
            );
        }
        for outside in planted.paths() {
            link(&planted.repo, at, &outside);
            planted.refused("plan");
            planted.refused("validate").tells(&["a symbolic link leads out"]);
            link(&planted.repo, at, planted.relative(&outside));
            planted.refused("plan").tells(&["a symbolic link leads out"]);
        }
    }
    // a folder on the way, and a file of values that the operator names but a branch replaced
    let planted = Planted::new();
    link(&planted.repo, "d", planted.outside.path());
    planted.repo.edit("provisor.yaml", "products.yaml", "d/map");
    planted.refused("plan").tells(&["a symbolic link leads out"]);
    planted.repo.edit("provisor.yaml", "d/map", "products.yaml");
    planted.refused("plan --var-file d/map").tells(&["a symbolic link leads out"]);
}

#[test]
fn links_within_the_repo_are_followed() {
    let repo = Repo::boxes(&["one"]);
    fs::create_dir_all(repo.path().join("real/deep")).unwrap();
    fs::rename(repo.path().join("box-v1.yaml"), repo.path().join("real/deep/box.yaml")).unwrap();
    link(&repo, "way", "real/../real");
    link(&repo, "box-v1.yaml", "way/deep/box.yaml");
    fs::rename(repo.path().join("products.yaml"), repo.path().join("real/products.yaml")).unwrap();
    link(&repo, "products.yaml", "real/products.yaml");
    repo.sh("plan").exits(0).says(&["Plan: 1 to add"]);
    link(&repo, "products.yaml", "products.yaml");
    repo.sh("plan").exits(1).tells(&["round in a circle"]);
}

#[test]
fn what_is_hidden_or_in_the_state_is_not_opened() {
    let planted = Planted::new();
    let repo = &planted.repo;
    for at in [".env", ".git/config", "a/.hidden/x.yaml", "state/backups/1.yaml"] {
        let path = repo.path().join(at);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, "a: b\n").unwrap();
        link(repo, "link.yaml", at);
        for named in [at, "link.yaml"] {
            for lines in [
                format!("declarations: ['{named}']\nlocations: {{demo: {{sandbox: sandbox.yaml}}}}"),
                format!("declarations: [products.yaml]\nlocations: '{named}'"),
                format!("declarations: [products.yaml]\nlocations: {{demo: {{sandbox: '{named}'}}}}"),
            ] {
                repo.write("provisor.yaml", &settings(&lines));
                let done = planted.refused("validate");
                let said = ["begin with a dot", "in the folder of the state"];
                assert!(said.iter().any(|said| done.err.contains(said)), "{lines}\n{}", done.err);
            }
        }
    }
}

#[test]
fn what_never_ends_is_refused_at_once() {
    let planted = Planted::new();
    let repo = &planted.repo;
    for at in ["provisor.yaml", "products.yaml", "sandbox.yaml", "box-v1.yaml"] {
        let text = repo.read(at);
        for kind in ["pipe", "zero", "huge"] {
            match kind {
                "pipe" => fifo(repo, at),
                "zero" => link(repo, at, "/dev/zero"),
                _ => {
                    fs::remove_file(repo.path().join(at)).unwrap();
                    let file = fs::File::create(repo.path().join(at)).unwrap();
                    file.set_len(1 << 40).unwrap();
                }
            }
            planted.refused("validate");
        }
        fs::remove_file(repo.path().join(at)).unwrap();
        repo.write(at, &text);
    }
    fifo(repo, "given");
    for line in [
        "plan --var-file given",
        "show given",
        "apply given",
        "state push given",
        "plan --var-file /dev/zero",
    ] {
        planted.refused(line);
    }
    planted.refused("show /dev/zero");
}

#[test]
fn what_is_no_map_is_not_told() {
    let planted = Planted::new();
    let repo = &planted.repo;
    let inside = "secret-of-the-repo";
    for text in [
        format!("{inside}\n"),
        format!("- {inside}\n"),
        format!("[default]\nkey = {inside}\n"),
        format!("'{inside}\n"),
        format!("\t{inside}\n"),
        format!("!tag-{inside} x\n"),
        format!("@{inside}\n"),
    ] {
        repo.write("x.yaml", &text);
        for lines in [
            "declarations: [x.yaml]\nlocations: {demo: {sandbox: sandbox.yaml}}",
            "declarations: [products.yaml]\nlocations: x.yaml",
            "declarations: [products.yaml]\nlocations: {demo: {sandbox: x.yaml}}",
        ] {
            repo.write("provisor.yaml", &settings(lines));
            for line in ["validate", "plan"] {
                let done = repo.sh(line).exits(1);
                assert!(!done.err.contains(inside) && !done.out.contains(inside), "{lines}\n{}", done.err);
            }
        }
    }
}

#[test]
fn an_operator_may_widen_the_root() {
    let outer = Repo::boxes(&["one"]);
    for file in ["provisor.yaml", "products.yaml"] {
        fs::create_dir_all(outer.path().join("team/repo")).unwrap();
        fs::rename(outer.path().join(file), outer.path().join("team/repo").join(file)).unwrap();
    }
    let settings = SETTINGS.replace("sandbox.yaml", "../../sandbox.yaml");
    outer.write("team/repo/provisor.yaml", &settings);
    outer.sh("-C team/repo plan").exits(1).tells(&["outside the folder", "--root DIR"]);
    outer.sh("-C team/repo --root ../.. plan").exits(0).says(&["Plan: 1 to add"]);
    outer.sh("-C team/repo --root .. plan").exits(1).tells(&["outside the folder"]);
    outer.sh("-C team --root /dev plan").exits(64).tells(&["--root"]);
}

#[test]
fn settings_are_looked_for_upwards() {
    let repo = Repo::boxes(&["one"]);
    fs::create_dir_all(repo.path().join("a/b")).unwrap();
    repo.write("a/b/vars.yaml", "{}\n");
    repo.sh("-C a/b plan --var-file vars.yaml --out p.bin").exits(0).says(&["Plan: 1 to add"]);
    assert!(repo.path().join("a/b/p.bin").exists());
    repo.sh("-C a apply b/p.bin").exits(0);
    repo.settled();
}

#[test]
fn a_plan_is_saved_only_in_place_of_one() {
    let planted = Planted::new();
    let repo = &planted.repo;
    let victim = planted.outside.path().join("env");
    let before = fs::read(&victim).unwrap();
    // names that could be foretold
    link(repo, "p.bin.tmp", &victim);
    repo.sh("plan --out p.bin").exits(0);
    repo.sh("plan --out p.bin").exits(0);
    link(repo, "link", &victim);
    link(repo, "own", "p.bin");
    link(repo, "d", planted.outside.path());
    link(repo, "dangling", planted.outside.path().join("new"));
    fs::create_dir(repo.path().join("folder")).unwrap();
    fifo(repo, "pipe");
    for out in [
        "link",
        "own",
        "d/env",
        "d/new",
        "dangling",
        "folder",
        "pipe",
        "/dev/null",
        "/dev/full",
        "provisor.yaml",
        "products.yaml",
    ] {
        planted.refused(&format!("plan --out {out}")).exits(1).tells(&[&format!("`{out}`")]);
    }
    assert!(fs::metadata("/dev/null").unwrap().file_type().is_char_device());
    assert!(fs::symlink_metadata(repo.path().join("pipe")).unwrap().file_type().is_fifo());
    assert_eq!(repo.read("provisor.yaml"), SETTINGS);
    assert_eq!(fs::read(&victim).unwrap(), before);
    assert!(!planted.outside.path().join("new").exists());
    let left = fs::read_dir(repo.path()).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(left.into_iter().all(|name| !name.to_string_lossy().starts_with('.')), "nothing is left behind");
}

#[test]
fn a_copy_is_written_only_in_place_of_one() {
    let planted = Planted::new();
    let repo = &planted.repo;
    let victim = planted.outside.path().join("env");
    let before = fs::read(&victim).unwrap();
    link(repo, "link", &victim);
    link(repo, "d", planted.outside.path());
    fs::create_dir(repo.path().join("folder")).unwrap();
    for path in ["link", "d/env", "d/new", "folder", "provisor.yaml", "products.yaml"] {
        planted.refused(&format!("plan --write json={path}")).tells(&[&format!("`{path}`")]);
    }
    assert_eq!(fs::read(&victim).unwrap(), before);
    assert!(!planted.outside.path().join("new").exists());
    for format in ["json", "human", "json"] {
        repo.sh(&format!("plan --write {format}=copy")).exits(0);
    }
    assert_eq!(fs::metadata(repo.path().join("copy")).unwrap().permissions().mode() & 0o777, 0o600);
    repo.sh("plan --write json=/dev/null").exits(0);
    assert!(fs::metadata("/dev/null").unwrap().file_type().is_char_device());
    let twice = repo.sh("plan --json --write json=/dev/stderr").exits(0);
    assert_eq!(twice.out, twice.err);
    // a pipe that nobody reads is not waited for; one that is read gets it
    fifo(repo, "pipe");
    planted.refused("plan --write json=pipe");
    let mut reader = Command::new("cat");
    reader.arg("pipe").current_dir(repo.path()).stdout(std::process::Stdio::piped());
    let reader = reader.spawn().unwrap();
    let began = Instant::now();
    while repo.sh("plan --write json=pipe").code != Some(0) {
        assert!(began.elapsed() < Duration::from_secs(20));
    }
    assert!(String::from_utf8_lossy(&reader.wait_with_output().unwrap().stdout).contains("provisor.plan/v1"));
}

#[test]
fn a_plan_of_a_sandbox_keeps_nothing() {
    let planted = Planted::new();
    let repo = &planted.repo;
    repo.sh("plan").exits(0).says(&["Plan: 1 to add"]);
    assert!(!repo.path().join("state").exists());
    for path in [
        planted.relative(planted.outside.path()),
        planted.outside.path().display().to_string(),
        "../x".into(),
        "a/../../x".into(),
        ".git".into(),
    ] {
        repo.write("provisor.yaml", &format!("{SETTINGS}state: {{path: '{path}'}}\n"));
        for line in ["plan", "plan --out p.bin", "apply --auto-approve", "show", "state pull"] {
            planted.refused(line).tells(&["cannot keep a state in"]);
        }
    }
    repo.write("provisor.yaml", SETTINGS);
    link(repo, "state", planted.outside.path());
    planted.refused("plan").tells(&["cannot keep a state in", "a symbolic link"]);
    assert_eq!(planted.paths().len(), 7, "nothing was written outside");
}

#[test]
fn a_world_that_others_could_have_written_is_refused() {
    let planted = Planted::new();
    let repo = &planted.repo;
    repo.apply().exits(0);
    repo.declare(&(boxed("one", "") + &boxed("two", "")));
    let folder = repo.path().join("state/sandbox/sandbox");
    let mode = |name: &str, mode: u32| {
        fs::set_permissions(folder.join(name), fs::Permissions::from_mode(mode)).unwrap();
    };
    for name in ["world.jsonl", "calls.jsonl"] {
        for open in [0o644, 0o660, 0o666] {
            mode(name, open);
            planted.refused("plan").exits(7).tells(&[name, "chmod -R go= state"]);
        }
        mode(name, 0o600);
    }
    mode(".", 0o777);
    planted.refused("plan").tells(&["chmod -R go= state"]);
    mode(".", 0o700);
    let victim = planted.outside.path().join("map");
    let before = fs::read(&victim).unwrap();
    for name in ["world.jsonl", "calls.jsonl", "server.json", "lock", ""] {
        let at = if name.is_empty() { repo.path().join("state/sandbox") } else { folder.join(name) };
        let away = repo.path().join("away");
        let was = fs::rename(&at, &away);
        symlink(&victim, &at).unwrap();
        planted.refused("plan");
        planted.refused("apply --auto-approve");
        fs::remove_file(&at).unwrap();
        was.map(|()| fs::rename(&away, &at).unwrap()).unwrap_or_default();
    }
    for name in ["world.jsonl.new", "server.json.new"] {
        link(repo, &format!("state/sandbox/sandbox/{name}"), &victim);
        planted.refused("apply --auto-approve").exits(7).tells(&[name, "a symbolic link"]);
        fs::remove_file(folder.join(name)).unwrap();
    }
    repo.apply().exits(0);
    assert_eq!(fs::read(&victim).unwrap(), before);
    repo.settled();
}

/// A link that is no symbolic one looks like a file of ours: what is written into it is written elsewhere.
#[test]
fn a_file_with_another_name_is_refused_in_the_state() {
    let planted = Planted::new();
    let repo = &planted.repo;
    repo.apply().exits(0);
    repo.declare(&(boxed("one", "") + &boxed("two", "")));
    let kept = repo.path().join("victim");
    for name in
        ["lock", "key", "HEAD", "store/db", "sandbox/sandbox/world.jsonl", "sandbox/sandbox/calls.jsonl"]
    {
        let at = repo.path().join("state").join(name);
        let _ = fs::remove_file(&kept);
        fs::hard_link(&at, &kept).unwrap();
        let before = fs::read(&kept).unwrap();
        for line in ["plan", "plan --out p.bin", "apply --auto-approve"] {
            planted.refused(line).exits(7).tells(&[name, "a hard link"]);
        }
        assert_eq!(fs::read(&kept).unwrap(), before, "{name}");
        // a copy in its place is a file again
        fs::remove_file(&kept).unwrap();
    }
    repo.apply().exits(0);
    repo.settled();
}

/// Checked out under a umask of 077, its modes are those of a state of ours.
#[test]
fn a_state_that_git_tracks_came_with_the_checkout() {
    let repo = Repo::boxes(&["one"]);
    repo.apply().exits(0);
    // as git writes an entry: what stands on the disk, its digest, the length of its path, its path
    let index = |path: &str| {
        let mut entry = [&[7; 60], &(path.len() as u16).to_be_bytes()[..], path.as_bytes()].concat();
        entry.resize(entry.len() / 8 * 8 + 8, 0);
        [&b"DIRC\0\0\0\x02\0\0\0\x01"[..], &entry, &[9; 20]].concat()
    };
    fs::create_dir(repo.path().join(".git")).unwrap();
    fs::write(repo.path().join(".git/index"), index("state/.gitignore")).unwrap();
    repo.sh("plan").exits(0);
    for (path, shown) in
        [("state/HEAD", "HEAD"), ("state/store/db", "store/db"), ("state/sandbox/x", "sandbox/x")]
    {
        fs::write(repo.path().join(".git/index"), index(path)).unwrap();
        let why =
            format!("git tracks `state/{shown}`: the state came with the checkout, and may be anybody's");
        for line in ["plan", "show", "apply --auto-approve"] {
            repo.sh(line).exits(7).tells(&[&why, "git rm -r --cached state"]);
        }
    }
    // each path is told by what it does not share with the one before it
    let at = repo.path().join(".git/index");
    let short = [&b"DIRC\0\0\0\x04\0\0\0\x01"[..], &[7; 60], b"\0\x0a\0state/HEAD\0", &[9; 20]].concat();
    fs::write(&at, short).unwrap();
    repo.sh("plan").exits(7).tells(&["git tracks `state/HEAD`"]);
    // what does not tell is no proof that nothing is tracked
    for nothing in [&b"DIRC\0\0\0\x09\0\0\0\0"[..], b"", b"x"] {
        fs::write(&at, nothing).unwrap();
        let says = ["whether git tracks `state` cannot be told: `", "does not understand", "git status"];
        repo.sh("plan").exits(7).tells(&says);
    }
    fs::remove_file(&at).unwrap();
    fs::create_dir(&at).unwrap();
    repo.sh("plan").exits(7).tells(&["cannot be told", "cannot be read"]);
    fs::remove_dir(&at).unwrap();
    repo.sh("plan").exits(0);
    let link = [&b"DIRC\0\0\0\x02\0\0\0\0link\0\0\0\x14"[..], &[0xab; 20], &[9; 20]].concat();
    fs::write(&at, link).unwrap();
    repo.sh("plan").exits(7).tells(&["is not there"]);
    let shared = repo.path().join(".git").join(format!("sharedindex.{}", "ab".repeat(20)));
    fs::write(&shared, index("state/HEAD")).unwrap();
    repo.sh("plan").exits(7).tells(&["is split", "--no-split-index"]);
    fs::write(&shared, index("provisor.yaml")).unwrap();
    repo.sh("plan").exits(0);
}
