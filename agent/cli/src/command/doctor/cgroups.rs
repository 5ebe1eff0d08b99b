//! Control groups: which version. Whether a part of the tree is the agent's, the agent tells.

use std::path::Path;

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
}
