//! HEAD and meta: what proves that a store is the newest, whole, and ours. Pure: no file is opened here.

use sha2::{Digest, Sha256};

use provisor_model::ids::Lineage;
use provisor_model::secret::hex;

/// Which state this is and how far it got. HEAD, a small file beside the store, holds it; so does the store itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) lineage: Lineage,
    pub(super) serial: u64,
    /// Of the last commit and all before it.
    pub(super) digest: String,
}

/// What the file `HEAD` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct HeadFile {
    pub(super) head: Head,
    /// The folder that holds the store: what is written anew as a whole is written beside it, and takes over by this name.
    pub(super) folder: String,
    /// The format's version that it is written in.
    pub(super) format: u32,
    /// The files tell, or may tell, what became sensitive: they are to be written anew before anything else.
    pub(super) telling: bool,
    /// Which key the state is written with, as `key.rs` marks it; unknown where an earlier version wrote it last.
    pub(super) key: Option<String>,
}

/// What the store says of itself, written in the same batch as the rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Meta {
    pub(super) head: Head,
    /// The digest of the commit before: what HEAD holds if we died before it was renamed.
    pub(super) previous: String,
    /// How many rows and tombstones there are.
    pub(super) rows: usize,
    /// The sum over all of them: one that is lost or altered shows, wherever it was.
    pub(super) sum: String,
}

/// What HEAD and the store together mean.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Agreement {
    /// Nothing was ever committed here.
    New,
    /// HEAD was born, nothing was committed since.
    Empty,
    /// The file and the store agree: nothing was lost.
    Current,
    /// We died between the batch and the rename: HEAD is to be written again.
    HeadBehind,
}

impl Head {
    /// Before the first commit.
    pub(super) fn born(lineage: Lineage) -> Self {
        let digest = hex(&Sha256::digest(lineage.as_str()));
        Self { lineage, serial: 0, digest }
    }
}

/// # Errors
/// What was found, in words.
pub(super) fn judge(head: Option<&Head>, meta: Option<&Meta>) -> Result<Agreement, String> {
    match (head, meta) {
        (None, None) => Ok(Agreement::New),
        (None, Some(meta)) => {
            Err(format!("`HEAD` is missing, but the store has serial {}", meta.head.serial))
        }
        (Some(head), None) if *head == Head::born(head.lineage.clone()) => Ok(Agreement::Empty),
        (Some(head), None) => Err(format!("`HEAD` has serial {}, but the store is empty", head.serial)),
        (Some(head), Some(meta)) => compare(head, meta),
    }
}

fn compare(head: &Head, meta: &Meta) -> Result<Agreement, String> {
    if head.lineage != meta.head.lineage {
        return Err(format!("`HEAD` is of state {}, the store of {}", head.lineage, meta.head.lineage));
    }
    if *head == meta.head {
        return Ok(Agreement::Current);
    }
    // by one after a commit; by more after `replace`, which takes over a serial: the chain proves that nothing is between
    if head.serial < meta.head.serial && head.digest == meta.previous {
        return Ok(Agreement::HeadBehind);
    }
    if head.serial == meta.head.serial {
        return Err(format!(
            "`HEAD` and the store both have serial {}, but of different commits",
            head.serial
        ));
    }
    Err(format!("`HEAD` has serial {}, the store {}", head.serial, meta.head.serial))
}

/// An order-free sum over entries: adding and taking away is the same operation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sum([u8; 32]);

impl Sum {
    pub(super) fn toggle(&mut self, entry: &[u8]) {
        for (byte, other) in self.0.iter_mut().zip(Sha256::digest(entry)) {
            *byte ^= other;
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        for (byte, other) in self.0.iter_mut().zip(other.0) {
            *byte ^= other;
        }
    }

    pub(super) fn text(self) -> String {
        hex(&self.0)
    }
}

/// One link of the chain: the commit before, and everything that this one writes.
pub(super) fn chain<'a>(
    previous: &str,
    writes: impl IntoIterator<Item = (&'a [u8], Option<&'a [u8]>)>,
    sum: Sum,
) -> String {
    let mut link = Sha256::new();
    let mut part = |bytes: &[u8]| {
        link.update((bytes.len() as u64).to_be_bytes());
        link.update(bytes);
    };
    part(previous.as_bytes());
    for (key, value) in writes {
        part(key);
        part(if value.is_some() { b"+" } else { b"-" });
        part(value.unwrap_or_default());
    }
    part(&sum.0);
    hex(&link.finalize())
}
