//! The clock: documents live and die by it.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::SystemTime;

use super::Finding;

/// Files that time services leave when they have set the clock.
const SIGNS: [&str; 2] = ["/run/systemd/timesync/synchronized", "/run/chrony/chronyd.pid"];

/// A clock that shows an instant before this program was built is wrong for sure.
pub(super) fn sane() -> Finding {
    let built = std::env::current_exe().and_then(|own| own.metadata()).and_then(|m| m.modified());
    judge(SystemTime::now(), built.ok())
}

fn judge(now: SystemTime, built: Option<SystemTime>) -> Finding {
    match built {
        Some(built) if now < built => Finding::fail(
            "clock",
            "it shows an instant before this program was installed",
            "set the clock; documents would be judged by a wrong time",
        ),
        _ => Finding::ok("clock", "after the day this program was installed"),
    }
}

pub(super) fn synchronised() -> Finding {
    if let Some(sign) = SIGNS.into_iter().find(|sign| Path::new(sign).exists()) {
        return Finding::ok("clock service", format!("synchronised, says {sign}"));
    }
    match timedatectl().as_deref() {
        Some("yes") => Finding::ok("clock service", "synchronised, says timedatectl"),
        Some("no") => not_sure("timedatectl says that it is not synchronised"),
        _ => not_sure("no time service to be seen"),
    }
}

fn not_sure(found: &str) -> Finding {
    Finding::warn(
        "clock service",
        found,
        "start systemd-timesyncd or chrony; a clock more than 10 minutes off stops admission",
    )
}

fn timedatectl() -> Option<String> {
    let output = Command::new("timedatectl")
        .args(["show", "--property=NTPSynchronized", "--value"])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()
        .filter(|output| output.status.success())?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::Verdict;
    use super::*;

    #[test]
    fn a_clock_before_the_installation_fails() {
        let built = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000);
        assert_eq!(judge(SystemTime::UNIX_EPOCH, Some(built)).verdict, Verdict::Fail);
        assert_eq!(judge(built, Some(built)).verdict, Verdict::Ok);
    }
}
