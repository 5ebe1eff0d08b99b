//! User namespaces: OCI jobs need them, wasm jobs do not.

use std::process::{Command, Stdio};

use super::Finding;

const REMEDY: &str = "wasm jobs do not need them; for OCI jobs allow unprivileged user namespaces";

/// Tries it with util-linux where that is installed; else reads the kernel's switches.
pub(super) fn check() -> Finding {
    match tried() {
        Some(true) => Finding::ok("user namespaces", "one was made and left again"),
        Some(false) => Finding::warn("user namespaces", "the kernel refuses to make one", REMEDY),
        None => judge(
            switch("/proc/sys/user/max_user_namespaces"),
            switch("/proc/sys/kernel/unprivileged_userns_clone"),
            switch("/proc/sys/kernel/apparmor_restrict_unprivileged_userns"),
        ),
    }
}

fn tried() -> Option<bool> {
    Command::new("unshare")
        .args(["--user", "--map-root-user", "true"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .ok()
        .map(|status| status.success())
}

fn switch(path: &str) -> Option<u64> {
    std::fs::read_to_string(path).ok()?.trim().parse().ok()
}

/// The first switch is a count, the second turns them on, the third turns them off.
fn judge(most: Option<u64>, clone: Option<u64>, apparmor: Option<u64>) -> Finding {
    match (most, clone, apparmor) {
        (None | Some(0), _, _) => {
            Finding::warn("user namespaces", "the kernel allows none", REMEDY)
        }
        (_, Some(0), _) => Finding::warn("user namespaces", "only root may make them", REMEDY),
        (_, _, Some(1)) => {
            Finding::warn("user namespaces", "AppArmor restricts unprivileged ones", REMEDY)
        }
        (Some(most), _, _) => Finding::ok("user namespaces", format!("up to {most}")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    #[test]
    fn each_switch_that_forbids_them_is_named() {
        assert_eq!(judge(Some(100), None, None).verdict, Verdict::Ok);
        assert!(judge(Some(0), None, None).found.contains("none"));
        assert!(judge(Some(100), Some(0), None).found.contains("root"));
        assert!(judge(Some(100), Some(1), Some(1)).found.contains("AppArmor"));
    }
}
