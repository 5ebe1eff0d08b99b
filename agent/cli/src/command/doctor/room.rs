//! The room that is left for what the agent keeps.

use std::path::Path;

use arch_problem::codes;

use super::Finding;

const MIB: u64 = 1024 * 1024;

/// Room on the file system of the state folder, or of the nearest folder that exists.
pub(super) fn room(state: &Path) -> Finding {
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
        0..64 => {
            let remedy = "make room; the ledger stops taking jobs when full";
            Finding::fail("disk", free, remedy).coded(codes::LEDGER_OUT_OF_SPACE)
        }
        64..1024 => Finding::warn("disk", free, "make room for the archive of results"),
        _ if (1..1000).contains(&inodes) => {
            Finding::warn("disk", format!("{inodes} inodes free"), "remove small files")
        }
        _ => Finding::ok("disk", free),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    #[test]
    fn a_full_disk_fails_and_a_small_one_is_warned_about() {
        assert_eq!(judge_room(MIB, 0).verdict, Verdict::Fail);
        assert_eq!(judge_room(100 * MIB, 0).verdict, Verdict::Warn);
        assert_eq!(judge_room(4096 * MIB, 0).verdict, Verdict::Ok);
        assert_eq!(judge_room(4096 * MIB, 5).verdict, Verdict::Warn);
    }
}
