//! Damage to each file of a real store: what comes back is all that was acknowledged, or an error; never less, silently.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use provisor::model::secret::DigestKey;
use provisor::state::{Recorded, StateError, Store};

use super::folder::live;
use super::random::Rng;
use super::{copy, open, read};

const VARIANTS: u64 = 520;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Damage {
    Truncate,
    FlipBit,
    Zero,
    Empty,
    Delete,
}

const DAMAGES: [Damage; 5] = [Damage::Truncate, Damage::FlipBit, Damage::Zero, Damage::Empty, Damage::Delete];

/// Damages the part of the file that holds something: sled's file ends in a long stretch of nothing.
fn damage(path: &Path, damage: Damage, rng: &mut Rng) {
    let mut bytes = std::fs::read(path).unwrap();
    let used = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1).max(1);
    let at = rng.below(used).min(bytes.len().saturating_sub(1));
    match damage {
        Damage::Truncate => bytes.truncate(at),
        Damage::FlipBit if !bytes.is_empty() => bytes[at] ^= 1 << rng.below(8),
        Damage::FlipBit => {}
        Damage::Zero => bytes.iter_mut().skip(at).take(512).for_each(|byte| *byte = 0),
        Damage::Empty => bytes.clear(),
        Damage::Delete => return std::fs::remove_file(path).unwrap(),
    }
    std::fs::write(path, bytes).unwrap();
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(self::files(&path)) } else { files.push(path) }
    }
    files.sort();
    files
}

/// Stores with different pasts: killed before the first snapshot, closed and opened again, larger than one segment.
fn originals(dir: &Path) -> Vec<(PathBuf, Recorded)> {
    let pasts: [&[u32]; 4] = [&[1], &[12], &[8, 8], &[60, 20, 5]];
    let make = |(n, sessions): (usize, &&[u32])| {
        let (state, kept) = (dir.join(format!("live-{n}")), dir.join(format!("original-{n}")));
        let mut recorded = None;
        for (session, commits) in sessions.iter().enumerate() {
            let mut store = open(&state).unwrap();
            recorded = Some(live(&mut store, 700 + n as u64, *commits));
            store.backup().unwrap();
            if session + 1 == sessions.len() {
                // as a kill leaves it: copied while it is open
                copy(&state, &kept);
            }
        }
        (kept, recorded.unwrap())
    };
    pasts.iter().enumerate().map(make).collect()
}

#[test]
fn nothing_acknowledged_is_lost_in_silence() {
    let dir = tempfile::tempdir().unwrap();
    let originals = originals(dir.path());
    let mut outcomes: BTreeMap<(String, Damage), [u32; 2]> = BTreeMap::new();
    let mut rng = Rng(20_261_122);
    for variant in 0..VARIANTS {
        let (original, expected) = &originals[variant as usize % originals.len()];
        let state = dir.path().join("damaged");
        copy(original, &state);
        let files = files(&state);
        // the file with the rows is where damage hides best
        let file = if rng.one_in(3) { state.join("store/db") } else { files[rng.below(files.len())].clone() };
        let how = DAMAGES[rng.below(DAMAGES.len())];
        damage(&file, how, &mut rng);
        let name = file.strip_prefix(&state).unwrap().display().to_string();
        let what = format!("variant {variant}: {how:?} {name}");
        let survived = survives(&state, expected, &what);
        let name = name.split(|c: char| c.is_ascii_digit()).next().unwrap_or_default().to_owned();
        outcomes.entry((name, how)).or_default()[usize::from(survived)] += 1;
        std::fs::remove_dir_all(&state).unwrap();
    }
    for ((file, how), [refused, whole]) in &outcomes {
        println!("{how:>8?} {file:<16} refused {refused:>3}  whole {whole:>3}", how = how, file = file);
    }
    let sum = |side: usize| outcomes.values().map(|sides| u64::from(sides[side])).sum::<u64>();
    assert_eq!(sum(0) + sum(1), VARIANTS);
    assert!(sum(0) > 100 && sum(1) > 100, "both ends are met: {} refused, {} whole", sum(0), sum(1));
}

/// Whether it opened. If it did, all is there, and it goes on to work.
fn survives(state: &Path, expected: &Recorded, what: &str) -> bool {
    // what planning sees is no less, and no more
    let snapshot = what.contains("0:").then(|| read(state));
    let mut store = match open(state) {
        Ok(store) => store,
        Err(StateError::Corrupt { .. }) => return false,
        Err(error) => panic!("{what}: {error:?}"),
    };
    assert_eq!(store.recorded(), expected, "{what}");
    let key: fn(&DigestKey) -> String = |key| key.sign(&[b"x"]);
    if let Some(Ok(Some(snapshot))) = snapshot {
        assert_eq!(&snapshot.recorded, expected, "{what}");
        assert_eq!(snapshot.key.as_ref().map_or(key(store.key()), key), key(store.key()), "{what}");
    }
    let next = live(&mut store, 800, 1);
    drop(store);
    assert_eq!(open(state).unwrap().recorded().clone(), next, "{what}");
    true
}

#[test]
fn a_damaged_snapshot_is_no_loss() {
    let dir = tempfile::tempdir().unwrap();
    let mut flipped = 0;
    for (state, expected) in originals(dir.path()) {
        let snapshot =
            |file: &PathBuf| file.file_name().is_some_and(|name| name.to_string_lossy().starts_with("snap."));
        for file in files(&state).into_iter().filter(snapshot) {
            let whole = std::fs::read(&file).unwrap();
            for at in [0, whole.len() / 3, whole.len() / 2, whole.len() - 1] {
                let copied = dir.path().join("damaged");
                copy(&state, &copied);
                let mut bytes = whole.clone();
                bytes[at] ^= 0x10;
                std::fs::write(copied.join(file.strip_prefix(&state).unwrap()), bytes).unwrap();
                assert!(survives(&copied, &expected, &format!("0: byte {at} of {}", file.display())));
                std::fs::remove_dir_all(&copied).unwrap();
                flipped += 1;
            }
        }
    }
    assert!(flipped >= 4, "there are snapshots to damage: {flipped}");
}
