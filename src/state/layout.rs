//! Which entry of the store says what: keys, chunks, sums. Pure: it turns changed rows into writes, and entries into rows.
//!
//! `m/meta` · `r/<key> 00 <location> 00 <chunk>` · `h/<serial><number>`, numbers big-endian.

use std::collections::{BTreeMap, HashMap, VecDeque};

use super::format::{self, Undecodable};
use super::head::{Meta, Sum};
use super::history::{HISTORY_KEPT, Past};
use super::{Row, StateError};
use crate::model::ids::Address;

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
    rows: HashMap<Address, Kept>,
    sum: Sum,
    history: VecDeque<Vec<u8>>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Kept {
    chunks: u16,
    sum: Sum,
}

/// How the layout changes once the writes are durable.
#[derive(Debug)]
pub(super) struct Next {
    rows: Vec<(Address, Option<Kept>)>,
    pub(super) sum: Sum,
    history: VecDeque<Vec<u8>>,
    dropped: usize,
}

/// A store's entries, understood.
#[derive(Debug, Default)]
pub(super) struct Contents {
    pub(super) meta: Option<Meta>,
    pub(super) rows: BTreeMap<Address, Row>,
    pub(super) layout: Layout,
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
                let meta = format::decode_meta(&value).map_err(|reason| corrupt("the meta entry", reason))?;
                contents.meta = Some(meta);
            } else if key.starts_with(HISTORY) {
                contents.layout.history.push_back(key);
            } else if let Some((row, chunk)) = split_row_key(&key) {
                match &mut open {
                    Some((prefix, chunks)) if prefix == row && chunks.len() == chunk => chunks.push(value),
                    _ if chunk == 0 => {
                        let done = open.replace((row.to_vec(), vec![value]));
                        let row = contents.row(done).map_err(|(what, reason)| corrupt(&what, reason))?;
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
        rows.extend(contents.row(open).map_err(|(what, reason)| corrupt(&what, reason))?);
        contents.rows = rows.into_iter().collect();
        Ok(contents)
    }

    /// What the rows add up to, to be compared with what meta says.
    pub(super) fn is_whole(&self) -> bool {
        let (rows, sum) =
            self.meta.as_ref().map_or((0, Sum::default().text()), |meta| (meta.rows, meta.sum.clone()));
        rows == self.rows.len() && sum == self.layout.sum.text()
    }

    /// The row in these chunks; what it takes is added up.
    fn row(&mut self, found: Option<Chunked>) -> Result<Option<(Address, Row)>, (String, Undecodable)> {
        let Some((key, chunks)) = found else { return Ok(None) };
        let bytes = chunks.concat();
        let (address, row) = format::decode_row(&bytes).map_err(|reason| (name(&key), reason))?;
        if row_key(&address) != key {
            return Err((name(&key), Undecodable::Wrong(format!("it holds the row of `{address}`"))));
        }
        let mut kept = Kept { chunks: u16::try_from(chunks.len()).unwrap_or(u16::MAX), sum: Sum::default() };
        kept.sum.toggle(&bytes);
        self.layout.sum.merge(kept.sum);
        self.layout.rows.insert(address.clone(), kept);
        Ok(Some((address, row)))
    }
}

impl Layout {
    /// The writes that bring these rows to disk, and what became of operations.
    pub(super) fn writes<'a>(
        &self,
        rows: impl Iterator<Item = (&'a Address, Option<&'a Row>)>,
        past: &[Past],
    ) -> Result<(Writes, Next), StateError> {
        let mut writes = Writes::new();
        let mut next = Next { rows: Vec::new(), sum: self.sum, history: VecDeque::new(), dropped: 0 };
        for (address, row) in rows {
            let before = self.rows.get(address).copied().unwrap_or_default();
            let after = row.map(|row| put_row(&mut writes, address, row)).transpose()?;
            let prefix = row_key(address);
            for chunk in after.map_or(0, |kept| kept.chunks)..before.chunks {
                writes.insert(chunk_key(&prefix, chunk), None);
            }
            next.sum.merge(before.sum);
            next.sum.merge(after.unwrap_or_default().sum);
            next.rows.push((address.clone(), after));
        }
        for (number, past) in (0_u32..).zip(past) {
            let key = [HISTORY, &past.serial.to_be_bytes(), &number.to_be_bytes()].concat();
            writes.insert(key.clone(), Some(format::encode_past(past)?));
            next.history.push_back(key);
        }
        next.dropped = (self.history.len() + past.len()).saturating_sub(HISTORY_KEPT);
        for key in self.history.iter().chain(&next.history).take(next.dropped) {
            writes.insert(key.clone(), None);
        }
        Ok((writes, next))
    }

    pub(super) fn advance(&mut self, next: Next) {
        for (address, kept) in next.rows {
            match kept {
                Some(kept) => self.rows.insert(address, kept),
                None => self.rows.remove(&address),
            };
        }
        self.sum = next.sum;
        self.history.extend(next.history);
        self.history.drain(..next.dropped);
    }

    /// The keys of the history's entries, oldest first.
    pub(super) fn history(&self) -> impl Iterator<Item = &Vec<u8>> {
        self.history.iter()
    }
}

/// The entry that meta is written to.
pub(super) fn meta_write(meta: &Meta) -> Result<(Vec<u8>, Option<Vec<u8>>), StateError> {
    Ok((META.to_vec(), Some(format::encode_meta(meta)?)))
}

/// The serial in a history entry's key.
pub(super) fn history_serial(key: &[u8]) -> u64 {
    let bytes = key.get(HISTORY.len()..HISTORY.len() + 8).and_then(|bytes| bytes.try_into().ok());
    bytes.map_or(0, u64::from_be_bytes)
}

fn put_row(writes: &mut Writes, address: &Address, row: &Row) -> Result<Kept, StateError> {
    let bytes = format::encode_row(address, row)?;
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
    Ok(kept)
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
