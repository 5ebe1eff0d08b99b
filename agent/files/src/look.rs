//! Looking whether files and folders are such that a user may rest upon them, by who owns them and
//! who else may write. Nothing is changed, and the user need not be the one who looks: what the agent
//! asks of its folders, somebody else can ask for it.

use std::path::Path;

use rustix::{
    fs::{self, Access, AtFlags, CWD, FileType, Mode, OFlags, Stat},
    io::Errno,
};

use crate::FileError;

/// A folder that is `user`'s or root's, no link, that nobody else may write to, and that we may list.
///
/// # Errors
/// [`FileError::Exposed`] when others may write to it or own it, [`FileError::NotAFolder`], and those
/// of the operating system.
pub fn check_private(path: &Path, user: u32) -> Result<(), FileError> {
    no_link(path)?;
    let stat = stat(path, AtFlags::SYMLINK_NOFOLLOW)?;
    folder(path, &stat)?;
    owned(path, stat.st_uid, user)?;
    if stat.st_mode & 0o022 != 0 {
        return Err(exposed(path, format!("mode {:04o} lets others write", stat.st_mode & 0o7777)));
    }
    let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::RDONLY;
    fs::open(path, flags, Mode::empty()).map(drop).map_err(|e| FileError::from_errno(path, e))
}

/// A folder of settings: as [`check_private`], but a link of `user`'s or of root's may lead to it, and
/// a group may write.
///
/// # Errors
/// As [`check_private`].
pub fn check_settings_folder(path: &Path, user: u32) -> Result<(), FileError> {
    owned(path, stat(path, AtFlags::SYMLINK_NOFOLLOW)?.st_uid, user)?;
    let found = stat(path, AtFlags::empty())?;
    folder(path, &found)?;
    closed_to_strangers(path, &found, user)?;
    let flags = OFlags::DIRECTORY | OFlags::CLOEXEC | OFlags::RDONLY;
    fs::open(path, flags, Mode::empty()).map(drop).map_err(|e| FileError::from_errno(path, e))
}

/// A file that says what is to be done without being signed: `user`'s or root's, and not everybody may
/// write to it. One that is not there is none's.
///
/// # Errors
/// [`FileError::Exposed`], and those of the operating system.
pub fn check_settings_file(path: &Path, user: u32) -> Result<(), FileError> {
    match stat(path, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(found) => closed_to_strangers(path, &found, user),
        Err(FileError::Absent { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Whether we may make and change files in a folder: its mode, and the file system that it is on.
///
/// # Errors
/// What the operating system says against it.
pub fn check_writable(folder: &Path) -> Result<(), FileError> {
    fs::access(folder, Access::WRITE_OK | Access::EXEC_OK)
        .map_err(|e| FileError::from_errno(folder, e))
}

/// Nothing there, or something that is no link.
pub(crate) fn no_link(path: &Path) -> Result<(), FileError> {
    match fs::statat(CWD, path, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(found) if FileType::from_raw_mode(found.st_mode) == FileType::Symlink => {
            Err(FileError::NotAFolder { path: path.to_owned(), what: "a symbolic link" })
        }
        _ => Ok(()),
    }
}

/// Whom it belongs to, if it is there and no link.
pub(crate) fn owner(path: &Path) -> Option<u32> {
    let found = stat(path, AtFlags::SYMLINK_NOFOLLOW).ok()?;
    (FileType::from_raw_mode(found.st_mode) != FileType::Symlink).then_some(found.st_uid)
}

pub(crate) fn owned(path: &Path, owner: u32, user: u32) -> Result<(), FileError> {
    if owner == user || owner == 0 {
        return Ok(());
    }
    Err(exposed(path, format!("it belongs to user {owner}")))
}

pub(crate) fn exposed(path: &Path, what: String) -> FileError {
    FileError::Exposed { path: path.to_owned(), what }
}

fn closed_to_strangers(path: &Path, found: &Stat, user: u32) -> Result<(), FileError> {
    owned(path, found.st_uid, user)?;
    // The mode of a link is no more than a picture.
    let link = FileType::from_raw_mode(found.st_mode) == FileType::Symlink;
    if !link && found.st_mode & 0o002 != 0 {
        let mode = found.st_mode & 0o7777;
        return Err(exposed(path, format!("mode {mode:04o} lets everybody write")));
    }
    Ok(())
}

fn folder(path: &Path, found: &Stat) -> Result<(), FileError> {
    let what = match FileType::from_raw_mode(found.st_mode) {
        FileType::Directory => return Ok(()),
        FileType::RegularFile => "a file",
        FileType::Symlink => "a symbolic link",
        _ => "something else",
    };
    Err(FileError::NotAFolder { path: path.to_owned(), what })
}

fn stat(path: &Path, flags: AtFlags) -> Result<Stat, FileError> {
    fs::statat(CWD, path, flags).map_err(|errno| match errno {
        Errno::NOTDIR => FileError::Absent { path: path.to_owned() },
        errno => FileError::from_errno(path, errno),
    })
}

#[cfg(test)]
mod tests {
    use std::{
        fs::{Permissions, create_dir, set_permissions, write},
        os::unix::fs::{PermissionsExt as _, chown, symlink},
    };

    use super::*;

    fn us() -> u32 {
        rustix::process::geteuid().as_raw()
    }

    fn mode(path: &Path, mode: u32) {
        set_permissions(path, Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn a_private_folder_is_no_link_and_nobody_else_may_write_to_it() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("folder");
        create_dir(&folder).unwrap();
        for (bits, good) in [(0o700, true), (0o755, true), (0o775, false), (0o757, false)] {
            mode(&folder, bits);
            assert_eq!(check_private(&folder, us()).is_ok(), good, "{bits:o}");
        }
        mode(&folder, 0o700);
        let link = place.path().join("link");
        symlink(&folder, &link).unwrap();
        let told = check_private(&link, us()).unwrap_err();
        assert!(told.to_string().ends_with("is a symbolic link, not a folder"), "{told}");
        let file = place.path().join("file");
        write(&file, "").unwrap();
        assert!(matches!(check_private(&file, us()), Err(FileError::NotAFolder { .. })));
        let none = place.path().join("none");
        assert!(matches!(check_private(&none, us()), Err(FileError::Absent { .. })));
        symlink(&none, place.path().join("nowhere")).unwrap();
        let told = crate::private_dir(&place.path().join("nowhere"));
        assert!(matches!(told, Err(FileError::NotAFolder { .. })), "{told:?}");
    }

    #[test]
    fn settings_may_be_behind_a_link_and_open_to_a_group_but_not_to_everybody() {
        let place = tempfile::tempdir().unwrap();
        let (folder, link) = (place.path().join("folder"), place.path().join("link"));
        create_dir(&folder).unwrap();
        symlink(&folder, &link).unwrap();
        for (bits, good) in [(0o755, true), (0o775, true), (0o777, false), (0o702, false)] {
            mode(&folder, bits);
            assert_eq!(check_settings_folder(&folder, us()).is_ok(), good, "{bits:o}");
            assert_eq!(check_settings_folder(&link, us()).is_ok(), good, "{bits:o}");
        }
        mode(&folder, 0o700);
        let file = folder.join("node.yaml");
        assert!(check_settings_file(&file, us()).is_ok(), "what is not there says nothing");
        write(&file, "").unwrap();
        for (bits, good) in [(0o644, true), (0o664, true), (0o646, false)] {
            mode(&file, bits);
            assert_eq!(check_settings_file(&file, us()).is_ok(), good, "{bits:o}");
        }
        assert!(matches!(check_settings_folder(&file, us()), Err(FileError::NotAFolder { .. })));
    }

    #[test]
    fn what_is_anothers_is_told_and_what_is_roots_or_the_users_is_not() {
        for (owner, good) in [(0, true), (1000, true), (1001, false), (65534, false)] {
            assert_eq!(owned(Path::new("x"), owner, 1000).is_ok(), good, "{owner}");
        }
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("folder");
        create_dir(&folder).unwrap();
        // Only root can give something away; for others the rule above has to do.
        if chown(&folder, Some(4242), None).is_ok() {
            for check in [check_private, check_settings_folder, check_settings_file] {
                let told = check(&folder, 4243).unwrap_err().to_string();
                assert!(told.ends_with("it belongs to user 4242"), "{told}");
                check(&folder, 4242).unwrap();
            }
            let link = place.path().join("link");
            symlink(place.path(), &link).unwrap();
            std::os::unix::fs::lchown(&link, Some(4242), None).unwrap();
            assert!(check_settings_folder(&link, 0).is_err(), "who owns the link leads us");
        }
    }

    #[test]
    fn a_folder_is_writable_or_the_system_says_why_not() {
        let place = tempfile::tempdir().unwrap();
        check_writable(place.path()).unwrap();
        assert!(matches!(check_writable(Path::new("/proc/1")), Err(FileError::Machine { .. })));
    }
}
