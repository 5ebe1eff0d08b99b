//! Files that this program makes: never over an existing one, never half-written.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use crate::answer::Stop;

/// Refuses early when something is there, before a passphrase is asked for.
pub(crate) fn absent(path: &Path) -> Result<(), Stop> {
    match path.symlink_metadata() {
        Ok(_there) => Err(in_the_way(path)),
        Err(_absent) => Ok(()),
    }
}

/// Writes a new file whole: a temporary one beside it, synced, then linked under its name, which
/// fails if the name was taken meanwhile.
pub(crate) fn write(path: &Path, bytes: &[u8], mode: u32) -> Result<(), Stop> {
    let stem = path.file_name().ok_or_else(|| unwritable(path, "that is no file name"))?;
    let mut name = std::ffi::OsString::from(".");
    name.push(stem);
    name.push(format!(".{}", std::process::id()));
    let temporary = path.with_file_name(name);
    let done = write_and_sync(&temporary, bytes, mode)
        .and_then(|()| std::fs::hard_link(&temporary, path))
        .map_err(|error| explain(path, &error));
    let _nothing_left = std::fs::remove_file(&temporary);
    done
}

fn write_and_sync(path: &Path, bytes: &[u8], mode: u32) -> std::io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(mode).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn explain(path: &Path, error: &std::io::Error) -> Stop {
    if error.kind() == std::io::ErrorKind::AlreadyExists {
        return in_the_way(path);
    }
    unwritable(path, &error.to_string())
}

fn in_the_way(path: &Path) -> Stop {
    let what = format!("{} exists already and is not overwritten", path.display());
    Stop::no(what, "choose another name, or move the old file away")
}

fn unwritable(path: &Path, why: &str) -> Stop {
    Stop::could_not(
        format!("{} cannot be written: {why}", path.display()),
        "choose a folder that you may write to",
    )
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_new_file_has_its_mode_and_leaves_nothing_beside_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("alice.key");
        write(&path, b"secret", 0o600).unwrap();
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn an_existing_file_keeps_its_bytes() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("alice.key");
        write(&path, b"first", 0o600).unwrap();
        assert!(matches!(write(&path, b"second", 0o600), Err(Stop::No { .. })));
        assert_eq!(std::fs::read(&path).unwrap(), b"first");
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }
}
