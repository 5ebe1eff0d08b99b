//! Modes and owners of what we keep, and the room left for it.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use rustix::process::geteuid;

use super::Finding;
use crate::places::Folders;

const MIB: u64 = 1024 * 1024;

pub(super) fn check(folders: &Folders) -> Vec<Finding> {
    vec![
        config(&folders.config),
        state(&folders.state),
        key(&folders.state.join("node.key")),
        room(&folders.state),
    ]
}

/// Whoever writes here decides what runs; signatures still hold, but the pin and settings do not.
fn config(path: &Path) -> Finding {
    let Ok(found) = path.symlink_metadata() else {
        return absent("config folder", path, "make it, or give `--config DIR`");
    };
    match found {
        found if !found.is_dir() => not_a_folder("config folder", path),
        found if !is_ours(found.uid(), geteuid().as_raw()) => foreign(
            "config folder",
            path,
            found.uid(),
            "chown it to root, or to the user that the agent runs as",
        ),
        found if found.mode() & 0o022 != 0 => Finding::fail(
            "config folder",
            format!("others may write to {}", path.display()),
            format!("chmod go-w {}", path.display()),
        ),
        _ => Finding::ok("config folder", path.display().to_string()),
    }
}

fn state(path: &Path) -> Finding {
    let Ok(found) = path.symlink_metadata() else {
        return absent("state folder", path, "the agent makes it; or give `--state DIR`");
    };
    if !found.is_dir() {
        return not_a_folder("state folder", path);
    }
    let us = geteuid().as_raw();
    // Root looks at what belongs to the agent's own user, whoever that is.
    if us != 0 && !is_ours(found.uid(), us) {
        let remedy = "run the agent, and this, as that user; or give `--state DIR`";
        return foreign("state folder", path, found.uid(), remedy);
    }
    closed("state folder", path, &found, 0o700)
}

/// The agent takes a key that is its own or root's, and so does this. What the agent's own user is,
/// the owner of the state folder tells.
fn key(path: &Path) -> Finding {
    let agent = path.parent().and_then(|folder| folder.symlink_metadata().ok());
    let agent = agent.map_or(geteuid().as_raw(), |folder| folder.uid());
    match path.symlink_metadata() {
        Err(_absent) => absent("node key", path, "the agent makes it at its first start"),
        Ok(found) if !found.is_file() => Finding::fail(
            "node key",
            format!("{} is no regular file", path.display()),
            "put the key file itself there, not a link to it",
        ),
        Ok(found) if !is_ours(found.uid(), agent) => {
            let remedy = format!("chown {agent} {}", path.display());
            foreign("node key", path, found.uid(), &remedy)
        }
        Ok(found) => closed("node key", path, &found, 0o600),
    }
}

/// Whether a file of this owner is one that `user` may rely on: its own, or root's.
fn is_ours(owner: u32, user: u32) -> bool {
    owner == user || owner == 0
}

fn foreign(check: &'static str, path: &Path, owner: u32, remedy: &str) -> Finding {
    Finding::fail(check, format!("{} belongs to user {owner}", path.display()), remedy)
}

/// Open to nobody but its owner.
fn closed(check: &'static str, path: &Path, found: &Metadata, mode: u32) -> Finding {
    match found.mode() & 0o077 {
        0 => Finding::ok(check, format!("{} is closed to others", path.display())),
        _ => Finding::fail(
            check,
            format!("others may open {}", path.display()),
            format!("chmod {mode:o} {}", path.display()),
        ),
    }
}

fn absent(check: &'static str, path: &Path, remedy: &str) -> Finding {
    Finding::warn(check, format!("there is no {}", path.display()), remedy)
}

fn not_a_folder(check: &'static str, path: &Path) -> Finding {
    Finding::fail(check, format!("{} is no folder", path.display()), "make it a folder")
}

/// Room on the file system of the state folder, or of the nearest folder that exists.
fn room(state: &Path) -> Finding {
    let there = state.ancestors().find(|folder| folder.is_dir()).unwrap_or(Path::new("/"));
    match rustix::fs::statvfs(there) {
        Ok(disk) => judge_room(disk.f_bavail.saturating_mul(disk.f_frsize), disk.f_favail),
        Err(error) => Finding::warn("disk", format!("cannot tell: {error}"), "look with `df`"),
    }
}

/// File systems without a fixed number of inodes say 0 free ones; they are believed.
fn judge_room(bytes: u64, inodes: u64) -> Finding {
    let free = format!("{} MiB free", bytes / MIB);
    match bytes / MIB {
        0..64 => Finding::fail("disk", free, "make room; the ledger stops taking jobs when full"),
        64..1024 => Finding::warn("disk", free, "make room for the archive of results"),
        _ if (1..1000).contains(&inodes) => {
            Finding::warn("disk", format!("{inodes} inodes free"), "remove small files")
        }
        _ => Finding::ok("disk", free),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::super::Verdict;
    use super::*;

    fn with_mode(path: &Path, mode: u32) {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn a_key_that_others_can_read_fails_with_the_command_that_mends_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("node.key");
        std::fs::write(&path, "x").unwrap();
        with_mode(&path, 0o640);
        let finding = key(&path);
        assert_eq!(finding.verdict, Verdict::Fail);
        assert!(finding.remedy.unwrap().starts_with("chmod 600 "));
        with_mode(&path, 0o600);
        assert_eq!(key(&path).verdict, Verdict::Ok);
    }

    #[test]
    fn a_config_folder_that_others_can_write_to_fails() {
        let dir = tempfile::tempdir().unwrap();
        with_mode(dir.path(), 0o777);
        assert_eq!(config(dir.path()).verdict, Verdict::Fail);
        with_mode(dir.path(), 0o755);
        assert_eq!(config(dir.path()).verdict, Verdict::Ok);
    }

    #[test]
    fn what_belongs_to_somebody_else_fails_and_roots_does_not() {
        for (owner, ours) in [(0, true), (1000, true), (1001, false), (65534, false)] {
            assert_eq!(is_ours(owner, 1000), ours, "{owner}");
        }
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("node.key");
        std::fs::write(&path, "x").unwrap();
        with_mode(&path, 0o600);
        // Only root can give a file away; for others the rule above has to do.
        if std::os::unix::fs::chown(&path, Some(4242), None).is_ok() {
            let finding = key(&path);
            assert_eq!(finding.verdict, Verdict::Fail);
            assert!(finding.found.ends_with("belongs to user 4242"), "{}", finding.found);
            std::os::unix::fs::chown(dir.path(), Some(4243), None).unwrap();
            with_mode(dir.path(), 0o755);
            assert_eq!(config(dir.path()).verdict, Verdict::Fail);
        }
    }

    #[test]
    fn a_link_in_place_of_the_key_fails() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("node.key");
        std::os::unix::fs::symlink("/dev/null", &path).unwrap();
        assert_eq!(key(&path).verdict, Verdict::Fail);
    }

    #[test]
    fn a_full_disk_fails_and_a_small_one_is_warned_about() {
        assert_eq!(judge_room(MIB, 0).verdict, Verdict::Fail);
        assert_eq!(judge_room(100 * MIB, 0).verdict, Verdict::Warn);
        assert_eq!(judge_room(4096 * MIB, 0).verdict, Verdict::Ok);
        assert_eq!(judge_room(4096 * MIB, 5).verdict, Verdict::Warn);
    }
}
