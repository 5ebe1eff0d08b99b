//! Landlock: the kernel's own word if it can be had, else what the version promises.
//!
//! The one exact way to ask is a system call without a safe wrapper, which this program does not
//! make; the executor makes it and prints what it got.

use std::path::Path;
use std::process::{Command, Stdio};

use super::{Finding, kernel};

/// First kernel of each ABI. Source: landlock(7), "Landlock ABI".
const ABIS: [((u32, u32), u32); 7] = [
    ((6, 15), 7),
    ((6, 12), 6),
    ((6, 10), 5),
    ((6, 7), 4),
    ((6, 2), 3),
    ((5, 19), 2),
    ((5, 13), 1),
];

pub(super) fn check(executor: Option<&Path>) -> Finding {
    if let Some(finding) = executor.and_then(asked) {
        return finding;
    }
    let active = std::fs::read_to_string("/sys/kernel/security/lsm").ok();
    judge(active.as_deref(), built_in(), &kernel::release())
}

/// What the executor says of the machine, if it can say it.
fn asked(executor: &Path) -> Option<Finding> {
    let output = Command::new(executor)
        .arg("--print-confinement")
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()
        .filter(|output| output.status.success())?;
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).ok()?;
    match answer.get("landlockAbi")?.as_u64()? {
        0 => Some(missing("the kernel answers that it is off")),
        abi => Some(Finding::ok("landlock", format!("ABI {abi}, asked by the executor"))),
    }
}

/// Whether the kernel has the code; /proc/kallsyms names it even when addresses are hidden.
fn built_in() -> Option<bool> {
    let symbols = std::fs::read_to_string("/proc/kallsyms").ok()?;
    Some(symbols.contains("landlock_create_ruleset"))
}

fn judge(active: Option<&str>, built_in: Option<bool>, release: &str) -> Finding {
    let abi = kernel::numbers(release)
        .and_then(|found| ABIS.into_iter().find(|(first, _abi)| found >= *first))
        .map_or(0, |(_first, abi)| abi);
    let promise = format!("ABI {abi} by the kernel's version");
    match (active, built_in) {
        (Some(list), _) if list.split(',').any(|name| name.trim() == "landlock") => {
            Finding::ok("landlock", format!("active, {promise}"))
        }
        (Some(list), _) => missing(&format!("not among the active modules `{}`", list.trim())),
        (None, Some(true)) => Finding::ok("landlock", format!("built in, {promise}")),
        (None, Some(false)) => missing("the kernel was built without it"),
        (None, None) => Finding::warn(
            "landlock",
            format!("cannot tell whether it is on; {promise}"),
            "mount securityfs and look for `landlock` in /sys/kernel/security/lsm",
        ),
    }
}

fn missing(found: &str) -> Finding {
    Finding::fail("landlock", found, "boot with `landlock` in the kernel's `lsm=` list")
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    #[test]
    fn the_list_of_active_modules_decides() {
        let on = judge(Some("capability,landlock,yama"), None, "6.8.0");
        assert_eq!(on.found, "active, ABI 4 by the kernel's version");
        let off = judge(Some("capability,yama"), Some(true), "6.8.0");
        assert_eq!(off.verdict, Verdict::Fail);
    }

    #[test]
    fn without_any_sign_it_does_not_claim_to_know() {
        assert_eq!(judge(None, None, "6.18.44").verdict, Verdict::Warn);
        assert_eq!(judge(None, Some(false), "6.18.44").verdict, Verdict::Fail);
    }
}
