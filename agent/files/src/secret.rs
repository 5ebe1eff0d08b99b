//! Files and folders that must be ours alone.

use std::{ffi::OsStr, path::Path};

use rustix::process::geteuid;

use crate::{
    FileError, check_private,
    look::{self, exposed},
    read,
};

/// Reads a secret: as [`crate::read`], and the file must belong to us or to root and be closed to
/// group and others.
///
/// # Errors
/// [`FileError::Exposed`] when others can read or write it, else as [`crate::read`].
pub fn read_secret(path: &Path, limit: u64) -> Result<Vec<u8>, FileError> {
    // Whose it is tells more than that it cannot be opened.
    look::owner(path).map_or(Ok(()), |owner| owned(path, owner))?;
    let (file, stat) = read::open(path)?;
    owned(path, stat.st_uid)?;
    if stat.st_mode & 0o077 != 0 {
        return Err(exposed(path, format!("mode {:04o} instead of 0600", stat.st_mode & 0o7777)));
    }
    read::whole(file, &stat, path, limit)
}

/// Reads a secret that the service manager handed in, from the folder that it made for that: as
/// [`read_secret`], but what belongs to root may be readable to its group.
///
/// systemd 254 and later shows credentials as root's, mode 0440, with an access list for the
/// service's user; the group bits are that list's mask and let no group in.
///
/// # Errors
/// As [`read_secret`]; also [`FileError::Exposed`] when others can write to the folder.
pub fn read_credential(folder: &Path, name: &OsStr, limit: u64) -> Result<Vec<u8>, FileError> {
    closed(folder)?;
    let path = folder.join(name);
    let (file, stat) = read::open(&path)?;
    owned(&path, stat.st_uid)?;
    let others = if stat.st_uid == 0 { 0o037 } else { 0o077 };
    if stat.st_mode & others != 0 {
        let mode = stat.st_mode & 0o7777;
        return Err(exposed(&path, format!("mode {mode:04o} instead of 0440 or less")));
    }
    read::whole(file, &stat, &path, limit)
}

/// Makes a folder for us alone (0700), with its parents, or checks that it is one: nobody else may
/// write to it and it must not be a link. What was made survives a power cut when this returns.
///
/// # Errors
/// Those of [`check_private`], or [`FileError::Machine`] when it cannot be made.
pub fn private_dir(path: &Path) -> Result<(), FileError> {
    use std::os::unix::fs::DirBuilderExt as _;
    // Over a link to nowhere the call below would say no more than that something is there.
    look::no_link(path)?;
    let missing: Vec<&Path> = path.ancestors().take_while(|above| !above.exists()).collect();
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(|e| FileError::from_io(path, e))?;
    for made in missing.iter().filter(|made| !made.as_os_str().is_empty()) {
        sync_name(made)?;
    }
    closed(path)
}

/// A folder of ours or of root's that nobody else may write to.
fn closed(path: &Path) -> Result<(), FileError> {
    check_private(path, geteuid().as_raw())
}

/// Makes the name of `path` durable: an fsync of the folder it stands in.
fn sync_name(path: &Path) -> Result<(), FileError> {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let synced = std::fs::File::open(folder).and_then(|folder| folder.sync_all());
    synced.map_err(|e| FileError::from_io(folder, e))
}

fn owned(path: &Path, owner: u32) -> Result<(), FileError> {
    look::owned(path, owner, geteuid().as_raw())
}
