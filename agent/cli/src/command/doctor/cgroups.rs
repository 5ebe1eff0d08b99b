//! Control groups: which version, and whether a part of the tree is ours.

use std::path::{Path, PathBuf};

use super::Finding;

const TREE: &str = "/sys/fs/cgroup";

pub(super) fn version() -> Finding {
    let unified = Path::new(TREE).join("cgroup.controllers").exists();
    let membership = std::fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    judge_version(unified, &membership)
}

fn judge_version(unified: bool, membership: &str) -> Finding {
    let old = membership.lines().filter(|line| !line.starts_with("0::")).count();
    match (unified, old) {
        (true, _) => Finding::ok("cgroups", "version 2"),
        (false, 0) => Finding::warn(
            "cgroups",
            "none to be seen",
            "mount cgroup2; without it limits rest on rlimits and on the wasm engine's own caps",
        ),
        (false, old) => Finding::warn(
            "cgroups",
            format!("version 1 or hybrid, {old} old hierarchies"),
            "boot with `systemd.unified_cgroup_hierarchy=1`; until then limits rest on rlimits",
        ),
    }
}

pub(super) fn delegation() -> Finding {
    let membership = std::fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    let Some(own) = own_group(&membership) else {
        return not_delegated("this process is in no version 2 group");
    };
    let procs = own.join("cgroup.procs");
    let writable = rustix::fs::access(&procs, rustix::fs::Access::WRITE_OK).is_ok();
    let controllers = std::fs::read_to_string(own.join("cgroup.controllers")).unwrap_or_default();
    judge_delegation(&own, writable, &controllers)
}

/// The folder of the version 2 group that we are in.
fn own_group(membership: &str) -> Option<PathBuf> {
    let path = membership.lines().find_map(|line| line.strip_prefix("0::/"))?;
    Some(Path::new(TREE).join(path)).filter(|group| group.join("cgroup.procs").exists())
}

fn judge_delegation(own: &Path, writable: bool, controllers: &str) -> Finding {
    let missing: Vec<&str> = ["cpu", "memory", "pids"]
        .into_iter()
        .filter(|wanted| !controllers.split_whitespace().any(|have| have == *wanted))
        .collect();
    match (writable, missing.as_slice()) {
        (false, _) => not_delegated(&format!("{} is not ours to divide", own.display())),
        (true, []) => Finding::ok("cgroup delegation", controllers.trim()),
        (true, missing) => not_delegated(&format!("no controller {}", missing.join(", "))),
    }
}

fn not_delegated(found: &str) -> Finding {
    Finding::warn("cgroup delegation", found, "run the agent in a unit with `Delegate=yes`")
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    #[test]
    fn a_hybrid_machine_is_warned_about() {
        let hybrid = judge_version(false, "8:pids:/\n4:memory:/\n0::/\n");
        assert_eq!(hybrid.verdict, Verdict::Warn);
        assert!(hybrid.found.contains('2'), "{}", hybrid.found);
        assert_eq!(judge_version(true, "0::/user.slice\n").verdict, Verdict::Ok);
    }

    #[test]
    fn a_group_without_the_pids_controller_is_warned_about() {
        let own = Path::new("/sys/fs/cgroup/x");
        assert_eq!(judge_delegation(own, true, "cpu memory pids").verdict, Verdict::Ok);
        assert!(judge_delegation(own, true, "cpu memory").found.contains("pids"));
        assert_eq!(judge_delegation(own, false, "cpu memory pids").verdict, Verdict::Warn);
    }
}
