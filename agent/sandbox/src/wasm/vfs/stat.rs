//! What the guest may know of a file: kind, size and a number made from its path. Never a time.

use crate::wasm::meter::Held;

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A folder.
    Folder,
    /// A regular file.
    File,
    /// A symbolic link, which is shown and never followed.
    Symlink,
    /// A device, pipe or socket, which is shown and never opened.
    Special,
}

/// The facts of one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stat {
    /// What it is.
    pub(crate) kind: Kind,
    /// Bytes; 0 for a folder.
    pub(crate) size: u64,
    /// From the guest path.
    pub(crate) inode: u64,
    /// From the mount's guest path.
    pub(crate) device: u64,
}

/// A folder's entries, held in memory until this is dropped.
#[derive(Debug)]
pub(crate) struct Listing {
    pub(crate) entries: Vec<Entry>,
    pub(crate) held: Held,
}

/// One line of a folder's listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// The name, UTF-8.
    pub(crate) name: String,
    /// What it stands for.
    pub(crate) kind: Kind,
}
