//! Every call of the system that touches disk or network fails once, or is the last one: the n-th of its kind, by `strace`'s injection.
//! The next run settles it: nothing is lost, nothing doubled, and what was said about the broken run was true.
//!
//! A sample of all runs, by default; all of them with `PROVISOR_INJECT=all`, one by its line, as `PROVISOR_INJECT=fsync:error=EIO:3`.
//! Needs `strace` and the right to use it, and says so where it skips.

mod calls;
mod clock;
mod disks;

use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::cli::support::{Done, Repo, Served, boxed};
use crate::state::random::Rng;
use calls::{Counts, injected};

/// Which faults there are for a call.
struct Kind {
    calls: &'static [&'static str],
    faults: &'static [&'static str],
}

/// What a kernel may answer to each; any of them may be the last.
const KINDS: [Kind; 4] = [
    Kind {
        calls: &["write", "pwrite64", "openat", "mkdir", "rename", "linkat", "ftruncate", "fallocate"],
        faults: &["error=ENOSPC", "error=EIO", "error=EINTR", "signal=KILL"],
    },
    Kind {
        calls: &["fsync", "fdatasync", "sync_file_range"],
        faults: &["error=EIO", "error=ENOSPC", "error=EINTR", "signal=KILL"],
    },
    Kind {
        calls: &["read", "pread64", "flock", "statx", "getdents64", "unlink", "fcntl", "close"],
        faults: &["error=EIO", "error=EINTR", "signal=KILL"],
    },
    Kind {
        calls: &["socket", "connect", "sendto", "recvfrom", "writev", "epoll_wait"],
        faults: &["error=EINTR", "error=ECONNRESET", "error=EMFILE", "signal=KILL"],
    },
];

/// One run: the call that is broken, how, and which of its kind (in each thread).
#[derive(Clone, Debug)]
struct Injection {
    call: String,
    fault: String,
    n: usize,
}

impl Injection {
    fn parsed(line: &str) -> Option<Self> {
        let (call, rest) = line.split_once(':')?;
        let (fault, n) = rest.rsplit_once(':')?;
        Some(Self { call: call.to_owned(), fault: fault.to_owned(), n: n.parse().ok()? })
    }

    fn line(&self) -> String {
        format!("{}:{}:{}", self.call, self.fault, self.n)
    }
}

/// Which are tried.
enum Wanted {
    Sample,
    All,
    One(Injection),
}

impl Wanted {
    fn given() -> Self {
        match std::env::var("PROVISOR_INJECT").as_deref() {
            Err(_) => Self::Sample,
            Ok("all") => Self::All,
            Ok(line) => Self::One(Injection::parsed(line).expect("`CALL:FAULT:N`")),
        }
    }

    /// The runs for one kind, of a command that makes so many calls.
    fn runs(&self, kind: &Kind, counts: &Counts, rng: &mut Rng) -> Vec<Injection> {
        let mut runs = Vec::new();
        for call in kind.calls {
            let (first, last) = counts.of(call);
            for fault in kind.faults {
                let at = |n| Injection { call: (*call).to_owned(), fault: (*fault).to_owned(), n };
                match self {
                    Self::One(one) if one.call == *call && one.fault == *fault => runs.push(one.clone()),
                    Self::One(_) => {}
                    Self::All => runs.extend((first..=last).map(at)),
                    Self::Sample if first <= last => runs.push(at(first + rng.below(last - first + 1))),
                    Self::Sample => {}
                }
            }
        }
        runs
    }
}

/// A repo as it stands before the run that is broken.
struct Scene {
    folder: TempDir,
    declared: String,
}

impl Scene {
    /// Nothing is there yet.
    fn creating() -> Self {
        let repo = Repo::new(&Self::three("a"));
        Self::kept(&repo, Self::three("a"))
    }

    /// One is to be changed, then one that needs it; one is to go, one to come.
    fn changing() -> Self {
        let repo = Repo::new(&(Self::three("a") + &boxed("gone", "")));
        repo.apply().exits(0);
        Self::kept(&repo, Self::three("b") + &boxed("four", ""))
    }

    fn three(note: &str) -> String {
        boxed("one", &format!("Note: {note}"))
            + &boxed("two", "Note: \"${one.outputs.Note}\"")
            + &boxed("three", "")
    }

    fn kept(repo: &Repo, declared: String) -> Self {
        let folder = tempfile::tempdir().unwrap();
        copied(repo.path(), folder.path());
        Self { folder, declared }
    }

    fn repo(&self) -> Repo {
        let repo = Repo::new("");
        copied(self.folder.path(), repo.path());
        repo.declare(&self.declared);
        repo
    }

    /// The names of what is to exist in the end.
    fn names(&self) -> Vec<(String, String)> {
        let keys = self.declared.lines().filter_map(|line| line.trim_start().split_once(": {"));
        let mut names: Vec<_> = keys.map(|(key, _)| (key.to_owned(), "AVAILABLE".to_owned())).collect();
        names.sort();
        names
    }
}

/// With modes and all.
fn copied(from: &Path, to: &Path) {
    let from = format!("{}/.", from.display());
    assert!(Command::new("cp").arg("-a").arg(from).arg(to).status().unwrap().success());
}

/// An apply under `strace` with these options, and what was traced.
fn under(repo: &Repo, options: &[String]) -> std::io::Result<(Done, String)> {
    let trace = tempfile::NamedTempFile::new().unwrap();
    let program = repo.command(&["apply", "--auto-approve"]);
    let mut command = Command::new("strace");
    command.args(["-f", "-y", "-qq", "-s", "64", "-e", "signal=none"]).args(options);
    command.arg("-o").arg(trace.path()).arg(program.get_program()).args(program.get_args());
    command.current_dir(repo.path()).env_clear().stdin(Stdio::null());
    command.envs(program.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let done = command.output()?.into();
    Ok((done, std::fs::read_to_string(trace.path()).unwrap()))
}

/// How many calls of each kind an undisturbed run makes; none where it cannot be traced.
fn counted(scene: &Scene) -> Option<Counts> {
    let repo = scene.repo();
    let _served = Served::start(&repo);
    let Ok((done, trace)) = under(&repo, &[]) else {
        eprintln!("skipped: there is no `strace` here");
        return None;
    };
    let counts = Counts::read(&trace);
    if counts.is_empty() {
        eprintln!("skipped: `strace` may not trace here: {}", done.err);
        return None;
    }
    done.exits(0);
    Some(counts)
}

/// Runs it, and then what somebody does who has read what it said. What was wrong, if anything was.
fn broken(scene: &Scene, injection: &Injection) -> Result<(), String> {
    let repo = scene.repo();
    let served = Served::start(&repo);
    let before = repo.calls().len();
    let Injection { call, fault, n } = injection;
    let inject = format!("inject={call}:{fault}:when={n}");
    let trace = format!("trace={call}");
    let (done, trace) = under(&repo, &["-e", &trace, "-e", &inject].map(ToOwned::to_owned)).unwrap();
    let told = format!("exit {:?}\n{}{}", done.code, done.out, done.err);
    let calls = repo.calls();
    let mutations = ["ProvisionProduct", "UpdateProvisionedProduct", "TerminateProvisionedProduct"];
    let sent = calls[before..].iter().any(|call| mutations.iter().any(|name| call["operation"] == *name));
    let killed = fault.starts_with("signal");
    match done.code {
        // what waits for events has no way to go on where they cannot be waited for
        _ if killed || injected(&trace).any(|line| line.contains("anon_inode")) => {}
        Some(0) => {
            let plan = repo.sh("plan --detailed-exitcode");
            if plan.code != Some(0) {
                return Err(format!("{told}\nit was not complete\n{}{}", plan.out, plan.err));
            }
        }
        Some(1) if sent => return Err(format!("{told}\nexit 1, and something was sent")),
        Some(7) if sent => return Err(format!("{told}\nexit 7, and something was sent")),
        Some(1) if !done.err.contains("Error: ") => return Err(format!("{told}\nand nothing is said")),
        Some(7) if !done.err.contains("hint: ") => return Err(format!("{told}\nno way out is named")),
        Some(1 | 3 | 4 | 7) => {}
        Some(127) if done.err.contains("shared libraries") => {}
        _ => return Err(format!("{told}\nno such exit code is known")),
    }
    let runs: Vec<Done> = (0..3).map(|_| repo.apply()).collect();
    let last = &runs[2];
    let after = format!("{told}\nthen {:?}\n{}{}", last.code, last.out, last.err);
    if last.code != Some(0) {
        return Err(format!("{after}\nit is not settled after three runs"));
    }
    let plan = repo.sh("plan --detailed-exitcode");
    if plan.code != Some(0) {
        return Err(format!("{after}\nthe plan is not empty\n{}{}", plan.out, plan.err));
    }
    drop(served);
    match repo.existing() {
        found if found == scene.names() => Ok(()),
        found => Err(format!("{after}\nwhat exists is {found:?}")),
    }
}

/// Breaks the calls of a kind in a scene.
fn breaks(scene: &Scene, kind: &Kind) {
    let Some(counts) = counted(scene) else { return };
    let runs = Wanted::given().runs(kind, &counts, &mut Rng(20_261_130));
    println!("{} runs", runs.len());
    let mut wrong = Vec::new();
    for injection in &runs {
        if let Err(said) = broken(scene, injection) {
            wrong.push(format!("PROVISOR_INJECT={}\n{said}", injection.line()));
        }
    }
    assert!(wrong.is_empty(), "{} of {} runs\n\n{}", wrong.len(), runs.len(), wrong.join("\n\n"));
}

#[test]
fn changes_of_the_disk_while_creating() {
    breaks(&Scene::creating(), &KINDS[0]);
}

#[test]
fn syncs_while_creating() {
    breaks(&Scene::creating(), &KINDS[1]);
}

#[test]
fn looks_at_the_disk_while_creating() {
    breaks(&Scene::creating(), &KINDS[2]);
}

#[test]
fn the_network_while_creating() {
    breaks(&Scene::creating(), &KINDS[3]);
}

#[test]
fn changes_of_the_disk_while_changing() {
    breaks(&Scene::changing(), &KINDS[0]);
}

#[test]
fn syncs_while_changing() {
    breaks(&Scene::changing(), &KINDS[1]);
}

#[test]
fn looks_at_the_disk_while_changing() {
    breaks(&Scene::changing(), &KINDS[2]);
}

#[test]
fn the_network_while_changing() {
    breaks(&Scene::changing(), &KINDS[3]);
}
