//! Which entry of the store says what: keys, chunks, sums. Pure: it turns what stands into writes, and entries into rows.
//!
//! `m/meta` · `r/<key> 00 <location> 00 <chunk>` · `h/<serial><number>`, numbers big-endian.

use std::collections::{BTreeMap, HashMap, VecDeque};

use super::documents;
use super::head::{Meta, Sum};
use crate::format::{self, Entry, OldRow, Undecodable};
use crate::past::Past;
use crate::{Row, StateError, Tombstone};
use provisor_model::ids::{Address, Lineage};

/// How many entries of the history are kept: the oldest give way.
pub const HISTORY_KEPT: usize = 5_000;

/// sled rewrites up to 20 entries as one page, and moves a page above 128 KiB into a file of its own that it never
/// syncs: 20 chunks stay well below.
const CHUNK: usize = 4 << 10;

const META: &[u8] = b"m/meta";
const ROWS: &[u8] = b"r/";
const HISTORY: &[u8] = b"h/";

/// An entry: its key, its value.
pub(super) type Pair = (Vec<u8>, Vec<u8>);

/// What a commit puts (`Some`) and removes (`None`).
pub(super) type Writes = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

/// What is known of the entries without reading them again.
#[derive(Clone, Debug, Default)]
pub(super) struct Layout {
    entries: HashMap<Address, Kept>,
    sum: Sum,
    history: VecDeque<Vec<u8>>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Kept {
    chunks: u16,
    sum: Sum,
}

/// What stands at an address; neither: nothing any more.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stands<'a> {
    pub(super) address: &'a Address,
    pub(super) row: Option<&'a Row>,
    pub(super) tombstone: Option<&'a Tombstone>,
}

/// How the layout changes once the writes are durable.
#[derive(Debug)]
pub(super) struct Next {
    entries: Vec<(Address, Option<Kept>)>,
    pub(super) sum: Sum,
    history: VecDeque<Vec<u8>>,
    dropped: usize,
}

/// A store's entries, understood.
#[derive(Debug, Default)]
pub(super) struct Contents {
    pub(super) meta: Option<Meta>,
    pub(super) rows: BTreeMap<Address, Row>,
    pub(super) tombstones: BTreeMap<Address, Tombstone>,
    pub(super) layout: Layout,
    old: BTreeMap<Address, OldRow>,
}

/// A row's key and the chunks of its value.
type Chunked = (Vec<u8>, Vec<Vec<u8>>);

impl Contents {
    /// Reads all entries, in the order of their keys.
    pub(super) fn read(entries: impl IntoIterator<Item = Pair>, hint: &str) -> Result<Self, StateError> {
        let mut contents = Self::default();
        // a tree that is built at once is half as large as one that grew
        let mut rows = Vec::new();
        let mut open: Option<Chunked> = None;
        let corrupt = |what: &str, undecodable: Undecodable| undecodable.of(what, hint);
        for (key, value) in entries {
            if key == META {
                let meta =
                    documents::decode_meta(&value).map_err(|reason| corrupt("the meta entry", reason))?;
                contents.meta = Some(meta);
            } else if key.starts_with(HISTORY) {
                contents.layout.history.push_back(key);
            } else if let Some((row, chunk)) = split_row_key(&key) {
                match &mut open {
                    Some((prefix, chunks)) if prefix == row && chunks.len() == chunk => chunks.push(value),
                    _ if chunk == 0 => {
                        let done = open.replace((row.to_vec(), vec![value]));
                        let row = contents.entry(done).map_err(|(what, reason)| corrupt(&what, reason))?;
                        rows.extend(row);
                    }
                    _ => {
                        return Err(corrupt(
                            &name(row),
                            Undecodable::Wrong("a part of it is missing".into()),
                        ));
                    }
                }
            } else {
                return Err(corrupt(&name(&key), Undecodable::Wrong("there should be no such entry".into())));
            }
        }
        rows.extend(contents.entry(open).map_err(|(what, reason)| corrupt(&what, reason))?);
        contents.rows = rows.into_iter().collect();
        contents.migrate();
        Ok(contents)
    }

    /// Rows of format 1 are whole only together.
    fn migrate(&mut self) {
        if !self.old.is_empty() {
            let lineage =
                self.meta.as_ref().map_or_else(|| Lineage::new(""), |meta| meta.head.lineage.clone());
            (self.rows, self.tombstones) = format::migrated(&lineage, std::mem::take(&mut self.old));
        }
    }

    /// What the rows add up to, to be compared with what meta says.
    pub(super) fn is_whole(&self) -> bool {
        let (rows, sum) =
            self.meta.as_ref().map_or((0, Sum::default().text()), |meta| (meta.rows, meta.sum.clone()));
        rows == self.layout.entries.len() && sum == self.layout.sum.text()
    }

    /// What is in these chunks; what it takes is added up. A row is given back, all else is kept.
    fn entry(&mut self, found: Option<Chunked>) -> Result<Option<(Address, Row)>, (String, Undecodable)> {
        let Some((key, chunks)) = found else { return Ok(None) };
        let bytes = chunks.concat();
        let (address, entry) = format::decode_entry(&bytes).map_err(|reason| (name(&key), reason))?;
        if row_key(&address) != key {
            return Err((name(&key), Undecodable::Wrong(format!("it holds the row of `{address}`"))));
        }
        let mut kept = Kept { chunks: u16::try_from(chunks.len()).unwrap_or(u16::MAX), sum: Sum::default() };
        kept.sum.toggle(&bytes);
        self.layout.sum.merge(kept.sum);
        self.layout.entries.insert(address.clone(), kept);
        match entry {
            Entry::Row(row) => return Ok(Some((address, *row))),
            Entry::Tombstone(stone) => {
                self.tombstones.insert(address, stone);
            }
            Entry::OldRow(old) => {
                self.old.insert(address, *old);
            }
        }
        Ok(None)
    }
}

impl Layout {
    /// The writes that bring to disk what stands at these addresses, and what became of operations.
    pub(super) fn writes<'a>(
        &self,
        standing: impl Iterator<Item = Stands<'a>>,
        past: &[Past],
    ) -> Result<(Writes, Next), StateError> {
        let mut writes = Writes::new();
        let mut next = Next { entries: Vec::new(), sum: self.sum, history: VecDeque::new(), dropped: 0 };
        for stands in standing {
            let before = self.entries.get(stands.address).copied().unwrap_or_default();
            let after = put(&mut writes, stands)?;
            let prefix = row_key(stands.address);
            for chunk in after.map_or(0, |kept| kept.chunks)..before.chunks {
                writes.insert(chunk_key(&prefix, chunk), None);
            }
            next.sum.merge(before.sum);
            next.sum.merge(after.unwrap_or_default().sum);
            next.entries.push((stands.address.clone(), after));
        }
        for (number, past) in (0_u32..).zip(past) {
            let key = [HISTORY, &past.serial.to_be_bytes(), &number.to_be_bytes()].concat();
            writes.insert(key.clone(), Some(documents::encode_past(past)?));
            next.history.push_back(key);
        }
        next.dropped = (self.history.len() + past.len()).saturating_sub(HISTORY_KEPT);
        for key in self.history.iter().chain(&next.history).take(next.dropped) {
            writes.insert(key.clone(), None);
        }
        Ok((writes, next))
    }

    pub(super) fn advance(&mut self, next: Next) {
        for (address, kept) in next.entries {
            match kept {
                Some(kept) => self.entries.insert(address, kept),
                None => self.entries.remove(&address),
            };
        }
        self.sum = next.sum;
        self.history.extend(next.history);
        self.history.drain(..next.dropped);
    }

    /// Takes over the entries of another layout's history.
    pub(super) fn keep_history(&mut self, other: &Self) {
        self.history.clone_from(&other.history);
    }

    /// The keys of the history's entries, oldest first.
    pub(super) fn history(&self) -> impl Iterator<Item = &Vec<u8>> {
        self.history.iter()
    }
}

impl Next {
    /// How many rows and tombstones there are after it.
    pub(super) fn count(&self, before: &Layout) -> usize {
        let mut count = before.entries.len();
        for (address, kept) in &self.entries {
            match (before.entries.contains_key(address), kept.is_some()) {
                (false, true) => count += 1,
                (true, false) => count -= 1,
                _ => {}
            }
        }
        count
    }
}

/// The entry that meta is written to.
pub(super) fn meta_write(meta: &Meta) -> Result<(Vec<u8>, Option<Vec<u8>>), StateError> {
    Ok((META.to_vec(), Some(documents::encode_meta(meta)?)))
}

/// The serial in a history entry's key.
pub(super) fn history_serial(key: &[u8]) -> u64 {
    let bytes = key.get(HISTORY.len()..HISTORY.len() + 8).and_then(|bytes| bytes.try_into().ok());
    bytes.map_or(0, u64::from_be_bytes)
}

fn put(writes: &mut Writes, stands: Stands<'_>) -> Result<Option<Kept>, StateError> {
    let Stands { address, row, tombstone } = stands;
    let bytes = match (row, tombstone) {
        (Some(row), _) => format::encode_row(address, row)?,
        (None, Some(stone)) => format::encode_tombstone(address, stone)?,
        (None, None) => return Ok(None),
    };
    let mut kept = Kept::default();
    kept.sum.toggle(&bytes);
    kept.chunks = u16::try_from(bytes.len().div_ceil(CHUNK)).map_err(|_| StateError::Invalid {
        address: address.clone(),
        reason: "it is too large to be stored".into(),
    })?;
    let prefix = row_key(address);
    for (number, chunk) in (0..).zip(bytes.chunks(CHUNK)) {
        writes.insert(chunk_key(&prefix, number), Some(chunk.to_vec()));
    }
    Ok(Some(kept))
}

fn row_key(address: &Address) -> Vec<u8> {
    [ROWS, address.key.as_str().as_bytes(), &[0], address.location.as_str().as_bytes(), &[0]].concat()
}

fn chunk_key(prefix: &[u8], chunk: u16) -> Vec<u8> {
    [prefix, &chunk.to_be_bytes()].concat()
}

fn split_row_key(key: &[u8]) -> Option<(&[u8], usize)> {
    let (prefix, chunk) = key.split_last_chunk::<2>()?;
    prefix.starts_with(ROWS).then(|| (prefix, usize::from(u16::from_be_bytes(*chunk))))
}

/// An entry's key as people may know it.
fn name(key: &[u8]) -> String {
    let text = String::from_utf8_lossy(key.strip_prefix(ROWS).unwrap_or(key)).replace('\0', "@");
    format!("the entry `{}`", text.trim_end_matches('@').escape_debug())
}
