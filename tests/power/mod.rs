//! Power cuts: the writes of real runs, on a disk that keeps only what was synced. Whatever line of durability is taken out of
//! the program (a sync of a file, of a folder, a flush, a rename) turns this red; what is left out of a trace shows it.
//!
//! Needs `strace` and the right to use it, and says so where it skips.

mod disk;
mod trace;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use provisor::state::{Recorded, Store};

use crate::cli::support::{Repo, Served, boxed};
use crate::state::random::Rng;
use crate::state::{make_private, open, read};
use disk::{Disk, Kept};
use trace::Call;

/// Runs a command to its good end, and gives what it asked of the system; none where it cannot be traced.
fn traced(repo: &Repo, arguments: &[&str]) -> Option<Vec<Call>> {
    let trace = tempfile::NamedTempFile::new().unwrap();
    let program = repo.command(arguments);
    let mut command = Command::new("strace");
    command.args(["-f", "-y", "-xx", "-qq", "-s", "8388608", "-e", "signal=none", "-e"]);
    command.arg(format!("trace={}", trace::CALLS)).arg("-o").arg(trace.path());
    command.arg(program.get_program()).args(program.get_args()).current_dir(repo.path());
    command.envs(program.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let Ok(output) = command.output() else {
        eprintln!("skipped: there is no `strace` here");
        return None;
    };
    let calls = trace::read(&std::fs::read_to_string(trace.path()).unwrap());
    if calls.is_empty() {
        eprintln!("skipped: `strace` may not trace here: {}", String::from_utf8_lossy(&output.stderr));
        return None;
    }
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(calls)
}

/// What a replay met.
#[derive(Clone, Copy, Debug, Default)]
struct Met {
    cuts: usize,
    requests: usize,
}

/// One state folder, replayed call by call.
#[derive(Clone)]
struct Replay {
    disk: Disk,
    rng: Rng,
    /// What was durable when the last request left, or the last run ended.
    floor: u64,
    met: Met,
}

impl Replay {
    /// Before a run: what stands there now is on the disk.
    fn new(state: &Path) -> Self {
        let mut disk = Disk::new(state, &state.join("sandbox"));
        let before = read(state).unwrap();
        if before.is_some() {
            disk.load();
        }
        let floor = before.map_or(0, |before| before.recorded.serial);
        Self { disk, rng: Rng(20_261_130), floor, met: Met::default() }
    }

    /// Cuts the power after every change and at every request; says what would be lost.
    fn run(&mut self, calls: &[Call]) -> Result<(), String> {
        for (n, call) in calls.iter().enumerate() {
            let tokens = tokens(call);
            if !tokens.is_empty() {
                self.asked(&tokens, n)?;
            }
            let before = self.disk.changes;
            self.disk.apply(call);
            if self.disk.changes > before {
                for chance in [false, true, true] {
                    let _found = self.cut(chance, &format!("after call {n}, {}", call.name))?;
                }
            }
        }
        Ok(())
    }

    /// A request leaves: its intent must be on the disk.
    fn asked(&mut self, tokens: &BTreeSet<String>, n: usize) -> Result<(), String> {
        let what = format!("at the request of call {n}");
        let found = self.cut(false, &what)?.ok_or_else(|| format!("{what}: there is no state"))?;
        let intents = found.rows.values().filter_map(|row| row.intent.as_ref());
        let known: BTreeSet<String> = intents.map(|intent| intent.token.to_string()).collect();
        if !tokens.is_subset(&known) {
            return Err(format!("{what}: {tokens:?} left before its intent was durable: {known:?}"));
        }
        self.floor = found.serial;
        self.met.requests += 1;
        Ok(())
    }

    /// What the next run finds: never less than was acknowledged, and never a folder that is refused.
    fn cut(&mut self, chance: bool, what: &str) -> Result<Option<Recorded>, String> {
        let dir = tempfile::tempdir().unwrap();
        let state = dir.path().join("state");
        std::fs::create_dir(&state).unwrap();
        let rng = &mut self.rng;
        let mut below = |bound: usize| rng.below(bound);
        self.disk.cut(&state, &mut if chance { Kept::Chance(&mut below) } else { Kept::Synced });
        make_private(&state);
        self.met.cuts += 1;
        let kept = if chance { "by chance" } else { "what was synced" };
        let wrong = |said: String| format!("{what}, {kept}, {}: {said}", listed(&state));
        let seen = read(&state).map_err(|error| wrong(format!("a plan is refused: {error}")))?;
        let seen = seen.map(|snapshot| snapshot.recorded);
        let serial = seen.as_ref().map_or(0, |found| found.serial);
        if serial < self.floor {
            return Err(wrong(format!("{} was acknowledged, {serial} is there", self.floor)));
        }
        let store = open(&state).map_err(|error| wrong(format!("an apply is refused: {error}")))?;
        match seen {
            Some(seen) if *store.recorded() != seen => Err(wrong("an apply sees another state".to_owned())),
            seen => Ok(seen),
        }
    }
}

/// The files that a cut left, with their sizes.
fn listed(folder: &Path) -> String {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().to_string_lossy().into_owned();
        files.push(match entry.metadata().unwrap() {
            found if found.is_dir() => format!("{name} ({})", listed(&entry.path())),
            found => format!("{name} {}", found.len()),
        });
    }
    files.sort();
    files.join(", ")
}

/// The tokens of what is sent to the catalog.
fn tokens(call: &Call) -> BTreeSet<String> {
    if !["write", "writev", "sendto", "sendmsg"].contains(&call.name.as_str()) {
        return BTreeSet::new();
    }
    let text: String =
        call.arguments.iter().map(|argument| String::from_utf8_lossy(&argument.bytes)).collect();
    let fields = ["ProvisionToken", "UpdateToken", "TerminateToken"];
    let of = |field: &str| -> Vec<String> {
        let begin = format!("\"{field}\":\"");
        let after = text.split(&begin).skip(1).filter_map(|rest| rest.split('"').next());
        after.map(str::to_owned).collect()
    };
    fields.iter().flat_map(|field| of(field)).collect()
}

/// What a sync is of, if the call is one.
fn synced(call: &Call) -> Option<String> {
    let path = call.arguments.first()?.path.as_ref().filter(|_| call.name.ends_with("sync"))?;
    let name = path.file_name()?.to_string_lossy().into_owned();
    // what is written under another name first
    Some(name.strip_prefix('.').and_then(|name| name.split('.').next()).map_or(name.clone(), str::to_owned))
}

/// Runs a command, replays it, and holds what is left at its end against what is there. Then leaves out kinds of sync that
/// the run made, one at a time: something must be lost without each of those that are `needed`.
fn survives(repo: &Repo, state: &Path, arguments: &[&str], needed: &[&str]) -> Option<()> {
    let before = Replay::new(state);
    let calls = traced(repo, arguments)?;
    let mut replay = before.clone();
    replay.run(&calls).unwrap();
    let left = replay.cut(false, "at its end").unwrap().unwrap();
    assert_eq!(left, read(state).unwrap().unwrap().recorded, "all that it did is on the disk");
    let Met { cuts, requests } = replay.met;
    println!("{arguments:?}: {cuts} cuts, {requests} requests");
    assert!(requests >= 2 && cuts >= 30, "{:?}", replay.met);
    for kind in needed {
        let without = calls.iter().filter(|call| synced(call).as_deref() != Some(*kind)).cloned();
        let lost = before.clone().run(&without.collect::<Vec<_>>());
        println!("  without the sync of {kind}: {}", lost.expect_err(kind));
    }
    Some(())
}

#[test]
fn a_cut_at_any_moment_loses_nothing_that_was_acknowledged() {
    let note =
        |text: &str| boxed("one", &format!("Note: {text}")) + &boxed("two", "Note: \"${one.outputs.Note}\"");
    let repo = Repo::new(&note("a"));
    let served = Served::start(&repo);
    let state: PathBuf = std::fs::canonicalize(repo.path()).unwrap().join("state");
    let apply = ["apply", "--auto-approve"];
    if survives(&repo, &state, &apply, &["HEAD", "conf", "db", "key", "state", "store"]).is_none() {
        return;
    }
    repo.declare(&note("b"));
    survives(&repo, &state, &apply, &["HEAD", "db", "state"]).unwrap();
    survives(&repo, &state, &["destroy", "--auto-approve"], &["HEAD", "db", "state"]).unwrap();
    drop(served);
}
