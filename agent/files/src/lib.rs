//! The only way bytes come in from a folder that others may write to, and the only way they go
//! out: whole or not at all.
//!
//! ```text
//! path ──read──> bytes | FileError      bytes ──write_whole──> temp, fsync, rename, fsync folder
//! ```
//!
//! A FIFO does not block, a device is not opened, a symbolic link is not followed, a huge file is
//! not loaded, and a file that is replaced while it is read is read as one of the two.

mod beneath;
mod folder;
mod look;
mod read;
mod secret;
mod write;

pub use beneath::open_beneath;
pub use folder::{documents, is_document};
pub use look::{check_private, check_settings_file, check_settings_folder, check_writable};
pub use read::{FileError, open_without_links, read, read_without_links};
pub use secret::{private_dir, read_credential, read_secret};
pub use write::write_whole;
