//! What stands at a path is looked at before it is touched.
#![allow(clippy::unwrap_used, reason = "a test may be blunt")]

use std::{
    fs,
    os::unix::fs::{PermissionsExt as _, symlink},
    os::unix::net::UnixListener,
    path::Path,
    process::Command,
};

use arch_files::{
    FileError, private_dir, read, read_credential, read_secret, read_without_links, write_whole,
};

fn chmod(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_regular_file_is_read_up_to_the_limit() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("f");
    fs::write(&file, b"12345").unwrap();
    assert_eq!(read(&file, 5).unwrap(), b"12345");
    assert!(matches!(read(&file, 4), Err(FileError::TooLarge { limit: 4, .. })));
    assert!(matches!(read(&dir.path().join("gone"), 4), Err(FileError::Absent { .. })));
}

#[test]
fn whatever_is_no_regular_file_is_refused_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    fs::write(at("target"), b"x").unwrap();
    symlink(at("target"), at("link")).unwrap();
    fs::create_dir(at("folder")).unwrap();
    assert!(Command::new("mkfifo").arg(at("fifo")).status().unwrap().success());
    let _socket = UnixListener::bind(at("socket")).unwrap();
    // Whoever opens a FIFO that nobody writes to waits for ever.
    for path in [at("link"), at("folder"), at("fifo"), at("socket"), "/dev/zero".into()] {
        let error = read(&path, 100).unwrap_err();
        assert!(matches!(error, FileError::NotAFile { .. }), "{error}");
    }
}

#[test]
fn a_file_without_end_in_its_size_is_still_capped() {
    // Files of /proc say that they have 0 bytes.
    assert!(matches!(read(Path::new("/proc/self/maps"), 16), Err(FileError::TooLarge { .. })));
}

#[test]
fn a_path_that_somebody_else_chose_leads_through_no_link() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path().canonicalize().unwrap();
    fs::create_dir(dir.join("a")).unwrap();
    fs::write(dir.join("a/f"), b"1").unwrap();
    symlink("a", dir.join("b")).unwrap();
    assert_eq!(read_without_links(&dir.join("a/f"), 10).unwrap(), b"1");
    let magic = format!("/proc/self/root{}", dir.join("a/f").display());
    for path in [dir.join("b/f"), dir.join("a/../a/f"), magic.into()] {
        assert_eq!(read(&path, 10).unwrap(), b"1", "the way of the owner's own paths");
        let error = read_without_links(&path, 10).unwrap_err();
        assert!(matches!(error, FileError::NotAFile { .. }), "{error}");
    }
}

#[test]
fn a_secret_that_others_can_read_is_not_used() {
    let dir = tempfile::tempdir().unwrap();
    let key = dir.path().join("key");
    write_whole(&key, b"secret", 0o600).unwrap();
    assert_eq!(read_secret(&key, 100).unwrap(), b"secret");
    for mode in [0o640, 0o604, 0o620, 0o601] {
        chmod(&key, mode);
        assert!(matches!(read_secret(&key, 100), Err(FileError::Exposed { .. })), "{mode:o}");
    }
}

#[test]
fn a_state_folder_that_others_can_write_to_is_not_used() {
    let dir = tempfile::tempdir().unwrap();
    let state = dir.path().join("a/b");
    private_dir(&state).unwrap();
    assert_eq!(fs::metadata(&state).unwrap().permissions().mode() & 0o777, 0o700);
    private_dir(&state).unwrap();
    chmod(&state, 0o720);
    assert!(matches!(private_dir(&state), Err(FileError::Exposed { .. })));
}

#[test]
fn a_failed_write_leaves_the_old_file_and_nothing_beside_it() {
    let dir = tempfile::tempdir().unwrap();
    let target = dir.path().join("target");
    fs::create_dir(&target).unwrap();
    fs::write(target.join("inside"), b"").unwrap();
    assert!(write_whole(&target, b"new", 0o600).is_err(), "a folder cannot be replaced by a file");
    let names: Vec<_> = fs::read_dir(dir.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(names, ["target"]);
}

#[test]
fn a_link_at_the_target_is_replaced_not_followed() {
    let dir = tempfile::tempdir().unwrap();
    let (victim, link) = (dir.path().join("victim"), dir.path().join("link"));
    fs::write(&victim, b"old").unwrap();
    symlink(&victim, &link).unwrap();
    write_whole(&link, b"new", 0o600).unwrap();
    assert_eq!(
        (fs::read(&victim).unwrap(), fs::read(&link).unwrap()),
        (b"old".into(), b"new".into())
    );
}

#[test]
fn a_credential_of_root_may_be_readable_to_its_group_and_anybody_elses_may_not() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("node.key");
    write_whole(&path, b"secret", 0o600).unwrap();
    let with = |path: &std::path::Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
        read_credential(folder.path(), "node.key".as_ref(), 100)
    };
    let root = rustix::process::geteuid().is_root();
    for (mode, good) in [(0o400, true), (0o440, root), (0o460, false), (0o444, false)] {
        assert_eq!(with(&path, mode).is_ok(), good, "{mode:o}");
    }
    // A secret that was not handed in is held to the stricter rule, whoever owns it.
    assert!(with(&path, 0o440).is_ok() == root && read_secret(&path, 100).is_err());
    assert!(with(folder.path(), 0o777).is_err(), "others could put another key there");
}
