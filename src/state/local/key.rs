//! The state's own key: 32 random bytes in a file that never leaves the folder. `HEAD` tells one key from another.

use super::head::HeadFile;
use super::place::io;
use crate::StateError;
use provisor_files::OwnFolder;
use provisor_model::secret::DigestKey;

const NAME: &str = "key";

/// What is signed so that another key shows.
const MARKED: &[u8] = b"the key of this state";

/// What to do where the key is not what it should be.
const HINT: &str = "bring back the file as it was; or go on without it, so that every secret counts as changed once: \
                    `provisor state recover`";

/// The key, if there is one, whether or not it is this state's. It is written whole or not at all: one of another length is
/// damaged.
pub(super) fn read(place: &OwnFolder) -> Result<Option<DigestKey>, StateError> {
    let Some(bytes) = place.read(NAME)? else { return Ok(None) };
    let length = bytes.len();
    let bytes = bytes.try_into().map_err(|_| corrupt(format!("`{NAME}` has {length} bytes, not 32")))?;
    Ok(Some(DigestKey::new(bytes)))
}

/// The key that the state was written with; none where nothing was ever committed.
pub(super) fn of(place: &OwnFolder, file: &HeadFile) -> Result<Option<DigestKey>, StateError> {
    match read(place)? {
        Some(key) if !fits(&key, file) => {
            Err(corrupt(format!("`{NAME}` is another one than this state was written with")))
        }
        None if file.head.serial > 0 => Err(corrupt(format!("`{NAME}` is missing"))),
        found => Ok(found),
    }
}

/// Whether it is the one that `HEAD` tells of. An earlier `HEAD` tells of none, and before the first commit any will do.
pub(super) fn fits(key: &DigestKey, file: &HeadFile) -> bool {
    file.head.serial == 0 || file.key.as_ref().is_none_or(|mark| key.verify(&[MARKED], mark))
}

/// What `HEAD` tells of a key.
pub(super) fn mark(key: &DigestKey) -> String {
    key.sign(&[MARKED])
}

/// A new one, on the disk when this returns.
pub(super) fn make(place: &OwnFolder) -> Result<DigestKey, StateError> {
    let bytes = random::<32>("making the state's key")?;
    place.replace(NAME, &bytes)?;
    Ok(DigestKey::new(bytes))
}

/// Bytes that nobody can foretell.
pub(super) fn random<const N: usize>(doing: &str) -> Result<[u8; N], StateError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| io(doing)(std::io::Error::other(error.to_string())))?;
    Ok(bytes)
}

fn corrupt(reason: String) -> StateError {
    super::corrupt(reason, HINT)
}
