//! Whether a part of the control groups is the agent's to divide. Nothing of this version divides it.

use std::path::{Path, PathBuf};

use arch_problem::{Problem, codes};

const TREE: &str = "/sys/fs/cgroup";

/// The controllers that a job would be held by.
const WANTED: [&str; 3] = ["cpu", "memory", "pids"];

/// Why it is not, if it is not.
pub(super) fn doubt() -> Option<Problem> {
    let membership = std::fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    let why = match own_group(&membership) {
        None => "this process is in no version 2 group".to_owned(),
        Some(own) => {
            let procs = own.join("cgroup.procs");
            let ours = rustix::fs::access(&procs, rustix::fs::Access::WRITE_OK).is_ok();
            let controllers = std::fs::read_to_string(own.join("cgroup.controllers"));
            judge(&own, ours, &controllers.unwrap_or_default())?
        }
    };
    Some(Problem::new(codes::NOT_DELEGATED, why))
}

/// The folder of the version 2 group that we are in.
fn own_group(membership: &str) -> Option<PathBuf> {
    let path = membership.lines().find_map(|line| line.strip_prefix("0::/"))?;
    Some(Path::new(TREE).join(path)).filter(|group| group.join("cgroup.procs").exists())
}

fn judge(own: &Path, ours: bool, controllers: &str) -> Option<String> {
    if !ours {
        return Some(format!("`{}` is not ours to divide", own.display()));
    }
    let have: Vec<&str> = controllers.split_whitespace().collect();
    let missing: Vec<&str> = WANTED.into_iter().filter(|wanted| !have.contains(wanted)).collect();
    (!missing.is_empty()).then(|| format!("it has no controller {}", missing.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_that_is_not_ours_or_lacks_a_controller_is_told() {
        let own = Path::new("/sys/fs/cgroup/x");
        assert_eq!(judge(own, true, "cpu memory pids io"), None);
        assert!(judge(own, true, "cpu memory").unwrap().contains("pids"));
        assert!(judge(own, false, "cpu memory pids").unwrap().contains("not ours"));
    }
}
