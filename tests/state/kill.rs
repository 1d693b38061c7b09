//! SIGKILL at any time: every serial that was printed is there, with all that it stands for.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use provisor::state::{Recorded, Store};

use super::random::{self, Rng};
use super::{open, read};

const ROUNDS: u64 = 40;
const FOLDER: &str = "PROVISOR_TEST_KILL_FOLDER";

/// Not a test of its own: what the killed process does, for as long as it lives.
#[test]
fn child() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    // as the program does at its start: what sled makes is ours alone, even if we die right then
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
    let mut store = open(Path::new(&folder)).unwrap();
    let mut out = std::io::stdout();
    loop {
        let entries = random::commit(seed(), store.recorded());
        store.commit(&entries).unwrap();
        let serial = store.recorded().serial;
        // past the test harness: a line is with the kernel, or it is not
        writeln!(out, "acked {serial}").unwrap();
        out.flush().unwrap();
    }
}

fn seed() -> u64 {
    4_242
}

fn spawn(folder: &Path) -> Child {
    let this = concat!(module_path!(), "::child");
    let name = this.split_once("::").map_or(this, |(_, name)| name);
    Command::new(std::env::current_exe().unwrap())
        .args([name, "--exact", "--nocapture", "--test-threads=1"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Kills it after so many acknowledgements and so much time; gives the last serial it printed.
fn kill(mut child: Child, acks: usize, wait: Duration) -> Option<u64> {
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let serial = |line: String| line.split_once("acked ").and_then(|(_, serial)| serial.parse().ok());
    let mut last = None;
    for _ in 0..acks {
        last = lines.by_ref().find_map(serial).or(last);
    }
    std::thread::sleep(wait);
    child.kill().unwrap();
    let last = lines.filter_map(serial).last().or(last);
    assert!(!child.wait().unwrap().success());
    last
}

#[test]
fn every_acknowledged_commit_survives() {
    let dir = tempfile::tempdir().unwrap();
    let state = dir.path().join("state");
    let mut rng = Rng(1);
    let mut model: Option<Recorded> = None;
    let (mut acked, mut unacked, mut repaired) = (0, 0, 0);
    for round in 0..ROUNDS {
        // some die while opening, the others in the middle of commits
        let acks = if rng.one_in(4) { 0 } else { 1 + rng.below(12) };
        let wait = Duration::from_micros(rng.next() % if acks == 0 { 40_000 } else { 12_000 });
        let last = kill(spawn(&state), acks, wait).unwrap_or(0);
        let head = std::fs::read(state.join("HEAD")).ok();
        let Some(snapshot) = read(&state).unwrap() else {
            assert_eq!(last, 0, "round {round}");
            continue;
        };
        let found = snapshot.recorded;
        let model = model.get_or_insert_with(|| Recorded::empty(found.lineage.clone()));
        assert!(found.serial >= last, "round {round}: {last} was acknowledged, {} is there", found.serial);
        assert!(found.serial <= last.max(model.serial) + 1, "round {round}: nobody asked for more");
        acked += last.saturating_sub(model.serial);
        unacked += u64::from(last > 0 && found.serial > last);
        while model.serial < found.serial {
            let _commit = model.commit(&random::commit(seed(), model), None).unwrap();
            model.serial += 1;
        }
        assert_eq!(&found, model, "round {round}");
        let store = open(&state).unwrap();
        assert_eq!(store.recorded(), model, "round {round}");
        repaired += u64::from(head != std::fs::read(state.join("HEAD")).ok());
    }
    println!(
        "{ROUNDS} kills, {acked} commits acknowledged, {unacked} durable without an answer, {repaired} HEADs repaired"
    );
    assert!(acked >= ROUNDS, "the kills must land among commits: {acked}");
}
