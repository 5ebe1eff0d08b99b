//! What the kernel offers: its version, seccomp filters, no_new_privs.

use super::Finding;

/// The first kernel with Landlock and close_range all together.
const OLDEST: (u32, u32) = (5, 13);

pub(super) fn version() -> Finding {
    judge_version(&release())
}

/// The kernel's release text, such as `6.18.44-generic`.
pub(super) fn release() -> String {
    rustix::system::uname().release().to_string_lossy().into_owned()
}

/// Major and minor number of a release text.
pub(super) fn numbers(release: &str) -> Option<(u32, u32)> {
    let mut parts = release.split(|c: char| !c.is_ascii_digit());
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

fn judge_version(release: &str) -> Finding {
    match numbers(release) {
        Some(found) if found >= OLDEST => Finding::ok("kernel", format!("Linux {release}")),
        Some(_) => Finding::fail(
            "kernel",
            format!("Linux {release} is older than 5.13"),
            "boot a kernel of at least 5.13; workers need Landlock",
        ),
        None => Finding::warn(
            "kernel",
            format!("cannot read the version `{release}`"),
            "check that it is at least 5.13",
        ),
    }
}

pub(super) fn seccomp() -> Finding {
    let actions = std::fs::read_to_string("/proc/sys/kernel/seccomp/actions_avail");
    judge_seccomp(actions.ok().as_deref())
}

fn judge_seccomp(actions: Option<&str>) -> Finding {
    let have: Vec<&str> = actions.unwrap_or_default().split_whitespace().collect();
    if have.contains(&"kill_process") && have.contains(&"errno") {
        return Finding::ok("seccomp", format!("actions {}", have.join(" ")));
    }
    Finding::fail(
        "seccomp",
        "the kernel offers no seccomp filters, or /proc/sys is hidden",
        "use a kernel with CONFIG_SECCOMP_FILTER; the executor does not start without",
    )
}

pub(super) fn no_new_privs() -> Finding {
    match rustix::thread::no_new_privs() {
        Ok(true) => Finding::ok("no_new_privs", "set already for this shell"),
        Ok(false) => Finding::ok("no_new_privs", "offered by the kernel, set by each worker"),
        Err(error) => Finding::fail(
            "no_new_privs",
            format!("the kernel does not know it: {error}"),
            "use a newer kernel",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    #[test]
    fn an_old_kernel_fails_and_a_new_one_passes() {
        assert_eq!(judge_version("5.10.0-30-amd64").verdict, Verdict::Fail);
        assert_eq!(judge_version("5.13.0").verdict, Verdict::Ok);
        assert_eq!(judge_version("6.18.44-x").verdict, Verdict::Ok);
        assert_eq!(judge_version("strange").verdict, Verdict::Warn);
    }

    #[test]
    fn a_kernel_without_kill_process_fails() {
        assert_eq!(judge_seccomp(Some("kill_process errno allow")).verdict, Verdict::Ok);
        assert_eq!(judge_seccomp(Some("allow")).verdict, Verdict::Fail);
        assert_eq!(judge_seccomp(None).verdict, Verdict::Fail);
    }
}
