//! The store as it was at its last commit, read beside whoever holds it: a copy of its files, which is believed only if it
//! proves itself. Nothing is locked, and nothing in the state's folder is written.

use std::path::Path;
use std::time::Duration;

use super::head::{self, Agreement, Head, Meta};
use super::opened::{Opened, StoreFiles};
use super::place::HEAD;
use super::recover::HINT;
use super::{SledStore, backup, history_of, key, lock, opened, place};
use crate::past::Past;
use crate::{Recorded, StateError};
use provisor_files::{OwnFolder, Scratch};
use provisor_model::secret::DigestKey;

/// What planning needs of a store, without holding it.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// Everything there is.
    pub recorded: Recorded,
    /// The key; none where nothing was ever committed.
    pub key: Option<DigestKey>,
    /// Who holds the store meanwhile, and may have written more by now.
    pub held_by: Option<String>,
}

/// So many copies are taken while somebody writes.
const TRIES: u32 = 20;
/// What nobody writes to is damaged if it is damaged so often.
const TRIES_AT_REST: u32 = 3;
const PAUSE: Duration = Duration::from_millis(20);

impl SledStore {
    /// The store in `dir` as of its last commit, if there is one, whoever holds it; makes none, and writes none anew. The
    /// copy that it takes lies in a folder of its own below `scratch` for a moment.
    ///
    /// # Errors
    /// See [`StateError`]; [`StateError::Locked`] where it is written to so fast that no copy is whole.
    pub fn read(dir: &Path, scratch: &Path) -> Result<Option<Snapshot>, StateError> {
        let nothing = |_: &Opened| Ok(());
        Ok(snapshot(dir, scratch, nothing)?.map(|(snapshot, ())| snapshot))
    }

    /// The same, with what became of operations, oldest first: the last [`super::HISTORY_KEPT`].
    ///
    /// # Errors
    /// See [`Self::read`].
    pub fn read_with_history(
        dir: &Path,
        scratch: &Path,
    ) -> Result<Option<(Snapshot, Vec<Past>)>, StateError> {
        snapshot(dir, scratch, |opened| history_of(&opened.disk, &opened.contents.layout))
    }
}

fn snapshot<T>(
    dir: &Path,
    scratch: &Path,
    more: impl Fn(&Opened) -> Result<T, StateError>,
) -> Result<Option<(Snapshot, T)>, StateError> {
    let Some(place) = place::find(dir)? else { return Ok(None) };
    let take =
        |opened: &mut Opened, hint: &str| Ok((opened.recorded(hint)?, more(opened)?, opened.file.clone()));
    let Some((recorded, more, file)) = beside(&place, scratch, take)? else { return Ok(None) };
    let (key, held_by) = (key::of(&place, &file)?, lock::holder(&place)?);
    Ok(Some((Snapshot { recorded, key, held_by }, more)))
}

/// What `take` finds in the first copy that proves itself.
fn beside<T>(
    place: &OwnFolder,
    scratch: &Path,
    take: impl Fn(&mut Opened, &str) -> Result<T, StateError>,
) -> Result<Option<T>, StateError> {
    let mut tries = 0;
    loop {
        let before = place.read(HEAD)?;
        let found = StoreCopy::take(place, scratch, HINT)
            .and_then(|copy| copy.map(|mut copy| take(&mut copy.opened, HINT)).transpose());
        let error = match found {
            Err(error) if !matches!(error, StateError::Newer { .. }) => error,
            found => return found,
        };
        tries += 1;
        let holder = lock::holder(place)?;
        let is_at_rest = holder.is_none() && place.read(HEAD)? == before;
        if tries >= if is_at_rest { TRIES_AT_REST } else { TRIES } {
            return Err(match (holder, error) {
                // what looks like damage is a store that is being written; what cannot be read or copied is just that
                (Some(holder), StateError::Corrupt { .. }) => StateError::Locked { holder },
                (_, error) => error,
            });
        }
        std::thread::sleep(PAUSE);
    }
}

/// A copy of the store that has proven itself.
struct StoreCopy {
    // let go of before its folder goes
    opened: Opened,
    _scratch: Scratch,
}

impl StoreCopy {
    /// `None` where nothing was born yet.
    fn take(place: &OwnFolder, scratch: &Path, hint: &str) -> Result<Option<Self>, StateError> {
        let backup = backup::newest(place)?;
        if !opened::exists(place)? {
            return opened::not_behind(backup, 0, hint).map(|()| None);
        }
        let named = StoreFiles::read(place, hint)?;
        if opened::is_unborn(place, &named)? {
            return opened::not_behind(backup, 0, hint).map(|()| None);
        }
        let scratch = Scratch::below(scratch)?;
        let folder = scratch.folder.make_folder(&named.folder)?;
        let store = place.folder(&named.folder)?;
        if let Some(store) = &store {
            opened::files_are_plain(store)?;
            store.copy_into(&folder)?;
        }
        let after = StoreFiles::read(place, hint)?;
        let fits = |meta: Option<&Meta>| fits(named.head(), after.head(), meta);
        let opened = Opened::of(&folder, &named, fits, hint).map_err(|error| match &store {
            Some(store) => opened::of_original(error, &folder, store),
            None => error,
        })?;
        opened::not_behind(backup, opened.file.head.serial, hint)?;
        Ok((opened.agreement != Agreement::New).then_some(Self { opened, _scratch: scratch }))
    }
}

/// Whether a copy can be what was committed between these two moments. Where nothing was, HEAD has to be its own, or that of
/// the commit before it; else the copy's rows prove it, and its serial that it is no older.
fn fits(before: Option<&Head>, after: Option<&Head>, meta: Option<&Meta>) -> Result<Agreement, String> {
    let exact = head::judge(before, meta).or_else(|_| head::judge(after, meta));
    if before == after || exact.is_ok() {
        return exact;
    }
    let (Some(after), Some(meta)) = (after, meta) else { return exact };
    let oldest = before.map_or(0, |head| head.serial);
    let is_between = oldest < meta.head.serial && meta.head.serial < after.serial;
    if is_between && meta.head.lineage == after.lineage {
        return Ok(Agreement::Current);
    }
    exact
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(serial: u64) -> Head {
        Head { lineage: "l".into(), serial, digest: format!("d{serial}") }
    }

    fn meta(serial: u64, digest: &str) -> Meta {
        let (head, previous) =
            (Head { digest: digest.to_owned(), ..head(serial) }, format!("d{}", serial - 1));
        Meta { head, previous, rows: 0, sum: String::new() }
    }

    #[test]
    fn a_copy_is_of_a_commit_between_the_heads_or_of_the_next_one() {
        let rows = [
            (5, 5, meta(5, "d5"), true),
            (5, 5, meta(6, "d6"), true),
            (5, 5, meta(4, "d4"), false),
            (5, 5, meta(7, "d7"), false),
            (5, 5, meta(5, "other"), false),
            (5, 9, meta(4, "d4"), false),
            (5, 9, meta(5, "d5"), true),
            (5, 9, meta(5, "other"), false),
            (5, 9, meta(7, "any"), true),
            (5, 9, meta(9, "d9"), true),
            (5, 9, meta(9, "other"), false),
            (5, 9, meta(10, "d10"), true),
            (5, 9, meta(11, "d11"), false),
        ];
        for (before, after, meta, good) in rows {
            let found = fits(Some(&head(before)), Some(&head(after)), Some(&meta));
            assert_eq!(found.is_ok(), good, "{before} {after} {meta:?}");
        }
        // another state, and one that was born meanwhile
        let other = Meta { head: Head { lineage: "m".into(), ..head(7) }, ..meta(7, "d7") };
        assert!(fits(Some(&head(5)), Some(&head(9)), Some(&other)).is_err());
        assert!(fits(None, Some(&head(3)), Some(&meta(2, "d2"))).is_ok());
        assert!(fits(None, None, Some(&meta(2, "d2"))).is_err());
        assert_eq!(fits(None, None, None), Ok(Agreement::New));
        assert!(fits(Some(&head(5)), Some(&head(5)), None).is_err());
    }
}
