//! The old name of [`super::secret`], until everybody uses the new one.

pub use super::secret::{DigestKey, KeyedDigest, Secret, hex};
