//! Why a file is not opened: the kind of thing that is there, and never a word of what is in it.

use std::fmt;
use std::fs::FileType;
use std::io;
use std::os::unix::fs::FileTypeExt;

use super::LARGEST;

/// What something on the disk is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A regular file.
    Regular,
    /// A folder.
    Folder,
    /// A symbolic link.
    Link,
    /// A FIFO.
    Pipe,
    /// A socket.
    Socket,
    /// A character device.
    Device,
    /// A block device.
    Disk,
}

impl FileKind {
    pub(super) fn of(found: FileType) -> Self {
        match found {
            found if found.is_dir() => Self::Folder,
            found if found.is_symlink() => Self::Link,
            found if found.is_fifo() => Self::Pipe,
            found if found.is_socket() => Self::Socket,
            found if found.is_char_device() => Self::Device,
            found if found.is_block_device() => Self::Disk,
            _ => Self::Regular,
        }
    }
}

impl From<rustix::fs::FileType> for FileKind {
    fn from(found: rustix::fs::FileType) -> Self {
        use rustix::fs::FileType as Found;
        match found {
            Found::RegularFile => Self::Regular,
            Found::Directory => Self::Folder,
            Found::Symlink => Self::Link,
            Found::Fifo => Self::Pipe,
            Found::Socket => Self::Socket,
            Found::BlockDevice => Self::Disk,
            Found::CharacterDevice | Found::Unknown => Self::Device,
        }
    }
}

impl fmt::Display for FileKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Regular => "a file",
            Self::Folder => "a folder",
            Self::Link => "a symbolic link",
            Self::Pipe => "a named pipe",
            Self::Socket => "a socket",
            Self::Device => "a device",
            Self::Disk => "a block device",
        })
    }
}

/// Why a file is not opened, or not written.
#[derive(Debug)]
pub enum FileError {
    /// Its path leads out of the root.
    Outside,
    /// A link on the way to it leads out of the root.
    LedOut,
    /// It is the folder of the settings, or one around it, and other files than ours stand there.
    Around,
    /// A `..` stands behind the name of a folder.
    Back,
    /// The operator gave it as a file of secrets.
    Secret,
    /// It lies in the checkout, and trusted settings name it.
    Exposed,
    /// Others can write it, and secrets are expected in it.
    Writable,
    /// A part of its path begins with a dot.
    Hidden,
    /// It lies in the state's folder.
    State,
    /// It is no regular file, or no folder.
    Kind(FileKind),
    /// It is larger than [`LARGEST`].
    TooLarge,
    /// Links lead round in a circle.
    Circle,
    /// Something else lies in the place that is to be written.
    Occupied(String),
    /// What the system said.
    Io(io::Error),
}

impl FileError {
    /// Whether there is nothing of that name.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Io(error) if error.kind() == io::ErrorKind::NotFound)
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Outside => {
                f.write_str("it is outside the folder of `provisor.yaml`; `--root DIR` widens what may be read")
            }
            Self::LedOut => {
                f.write_str("a symbolic link leads out of the folder of `provisor.yaml`; `--root DIR` widens what may be read")
            }
            Self::Around => f.write_str("it is the folder of the settings, or one around it"),
            Self::Back => f.write_str("a `..` stands behind the name of a folder"),
            Self::Secret => f.write_str("it was given as a file of secrets"),
            Self::Exposed => f.write_str("it lies in the checkout, where a branch can change it"),
            Self::Writable => f.write_str("others can write it; type `chmod 600` for it"),
            Self::Hidden => f.write_str("files and folders whose names begin with a dot are never opened"),
            Self::State => f.write_str("it lies in the folder of the state"),
            Self::Kind(kind) => write!(f, "it is {kind}, not a file"),
            Self::TooLarge => write!(f, "it is larger than {} MiB", LARGEST >> 20),
            Self::Circle => f.write_str("its symbolic links lead round in a circle"),
            Self::Occupied(what) => f.write_str(what),
            Self::Io(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for FileError {}

impl From<io::Error> for FileError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<rustix::io::Errno> for FileError {
    fn from(error: rustix::io::Errno) -> Self {
        Self::Io(error.into())
    }
}

impl From<FileError> for io::Error {
    fn from(error: FileError) -> Self {
        match error {
            FileError::Io(error) => error,
            error => Self::other(error),
        }
    }
}
