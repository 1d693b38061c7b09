//! The files that settings name. A checkout's settings name files beneath its root; trusted settings are the operator's, and
//! what they name may lie anywhere, hidden or behind links.

use std::fs::File;
use std::path::{Path, PathBuf};

use super::error::{FileError, FileKind};
use super::{Checkout, GivenFiles, canonical, folder};

/// Where settings stand, and how far what they name is trusted.
#[derive(Clone, Debug)]
pub enum SettingsHome {
    /// The settings of a checkout.
    Checkout(Checkout),
    /// Trusted settings, in a folder of the operator's.
    Operator {
        /// The folder of the settings file.
        folder: PathBuf,
        /// The operator's files, seen from the checkout.
        given: GivenFiles,
    },
}

impl SettingsHome {
    /// Where trusted settings stand, seen from a checkout.
    #[must_use]
    pub fn operators(settings: &Path, checkout: &Checkout) -> Self {
        let folder = settings.parent().unwrap_or(Path::new("")).to_owned();
        Self::Operator { folder, given: checkout.given() }
    }

    /// The folder of the settings file: what every path in it is relative to.
    #[must_use]
    pub fn folder(&self) -> &Path {
        match self {
            Self::Checkout(checkout) => checkout.folder(),
            Self::Operator { folder, .. } => folder,
        }
    }

    /// Whether there is something of this name, of whatever kind.
    #[must_use]
    pub fn has(&self, named: &Path) -> bool {
        match self {
            Self::Checkout(checkout) => checkout.has(named),
            Self::Operator { folder, .. } => std::fs::symlink_metadata(folder.join(named)).is_ok(),
        }
    }

    /// A file's bytes.
    ///
    /// # Errors
    /// What a checkout's file may not be; of the operator's, anything but a regular file that is not too large.
    pub fn read(&self, named: &Path) -> Result<Vec<u8>, FileError> {
        match self {
            Self::Checkout(checkout) => checkout.read(named),
            Self::Operator { folder, given } => given.read(&folder.join(named)),
        }
    }

    /// A file that another one of them, `by`, names. One of the operator's that lies in the checkout names what lies there.
    ///
    /// # Errors
    /// The same.
    pub fn read_for(&self, by: &Path, named: &Path) -> Result<Vec<u8>, FileError> {
        match self {
            Self::Operator { folder, given } if self.is_exposed(by) => {
                let inside = given.inside(&folder.join(named)).ok_or(FileError::Outside)?;
                Checkout::new(given.checkout().ok_or(FileError::Outside)?).read(&inside)
            }
            _ => self.read(named),
        }
    }

    /// A folder for us to write in; `None` where there is none.
    ///
    /// # Errors
    /// A path that leads out of a checkout or over a link in it; trusted settings that lead into the checkout; a folder around
    /// the settings; something else in its place.
    pub fn own_folder(&self, named: &Path) -> Result<Option<File>, FileError> {
        let (base, given) = match self {
            Self::Checkout(checkout) => return checkout.own_folder(named),
            Self::Operator { folder, given } => (folder, given),
        };
        let path = base.join(named);
        if given.inside(&path).is_some() {
            return Err(FileError::Exposed);
        }
        let around = |inner: &Path| canonical(inner).ok().zip(canonical(&path).ok());
        let holds = |inner: &Path| around(inner).is_some_and(|(inner, path)| inner.starts_with(path));
        if holds(base) || given.checkout().is_some_and(holds) {
            return Err(FileError::Around);
        }
        match std::fs::metadata(&path) {
            Ok(found) if found.is_dir() => Ok(Some(folder(&path)?)),
            Ok(found) => Err(FileError::Kind(FileKind::of(found.file_type()))),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Where such a folder is: no link leads to a checkout's, and those that lead to the operator's are resolved.
    #[must_use]
    pub fn own_path(&self, named: &Path) -> PathBuf {
        let path = self.folder().join(named);
        match self {
            Self::Checkout(_) => path,
            Self::Operator { .. } => canonical(&path).unwrap_or(path),
        }
    }

    /// Whether what trusted settings name lies where a branch can change it.
    #[must_use]
    pub fn is_exposed(&self, named: &Path) -> bool {
        match self {
            Self::Checkout(_) => false,
            Self::Operator { folder, given } => given.inside(&folder.join(named)).is_some(),
        }
    }
}
