//! The state's own key: 32 random bytes in a file that never leaves the folder.

use super::place::io;
use crate::files::OwnFolder;
use crate::model::secret::DigestKey;
use crate::state::StateError;

const NAME: &str = "key";

/// The key, if there is one. It is written whole or not at all: one of another length is damaged.
pub(super) fn load(place: &OwnFolder) -> Result<Option<DigestKey>, StateError> {
    let Some(bytes) = place.read(NAME)? else { return Ok(None) };
    let length = bytes.len();
    let bytes = bytes.try_into().map_err(|_| StateError::Corrupt {
        reason: format!("`{NAME}` has {length} bytes, not 32"),
        hint: "bring back the file as it was; or go on without it, so that every secret counts as changed once: `provisor state recover`".into(),
    })?;
    Ok(Some(DigestKey::new(bytes)))
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
