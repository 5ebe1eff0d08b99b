//! What was looked at already, so that an unchanged file is not judged again and again.

use std::{
    collections::BTreeMap,
    ffi::{OsStr, OsString},
    os::unix::fs::MetadataExt as _,
    path::Path,
    time::{Duration, SystemTime},
};

use super::Verdict;

/// A file that was not touched for so long is not being written any more.
const QUIET: Duration = Duration::from_secs(2);

/// How often a file is looked at soon again before it is judged as it is.
const PATIENCE: u8 = 10;

/// Enough of a file's metadata to tell that its content may have changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Identity {
    inode: (u64, u64),
    size: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

#[derive(Debug)]
struct Judged {
    identity: Identity,
    verdict: Verdict,
    /// How often it was put off.
    put_off: u8,
}

/// All names that were judged.
#[derive(Debug, Default)]
pub(super) struct Seen(BTreeMap<OsString, Judged>);

impl Seen {
    /// Whether there is something new to see; the file's identity if so.
    pub(super) fn should_look(&self, path: &Path, name: &OsStr, closed: bool) -> Option<Identity> {
        // A file that vanished is nobody's business.
        let metadata = std::fs::symlink_metadata(path).ok()?;
        let identity = Identity {
            inode: (metadata.dev(), metadata.ino()),
            size: metadata.size(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        };
        let settled = self.0.get(name).is_some_and(|judged| {
            judged.identity == identity && judged.verdict == Verdict::Settled && !closed
        });
        (!settled).then_some(identity)
    }

    /// Whether what is there may be half a file: nobody said that it was closed, and it is fresh.
    pub(super) fn may_be_half_written(&self, identity: &Identity, closed: bool) -> bool {
        // An empty file was most likely just made, even if it was closed.
        (!closed || identity.size == 0) && identity.is_fresh(SystemTime::now())
    }

    /// Keeps what a task found; one that was torn down is looked at again.
    pub(super) fn learn(
        &mut self,
        judged: Option<Result<(OsString, Identity, Verdict), tokio::task::JoinError>>,
    ) {
        if let Some(Ok((name, identity, verdict))) = judged {
            self.remember(&name, identity, verdict);
        }
    }

    fn remember(&mut self, name: &OsStr, identity: Identity, verdict: Verdict) {
        let before = self.0.get(name).map_or(0, |judged| judged.put_off);
        let put_off = if verdict == Verdict::LookSoon { before.saturating_add(1) } else { 0 };
        self.0.insert(name.to_owned(), Judged { identity, verdict, put_off });
    }

    /// How long to wait until somebody should be looked at.
    pub(super) fn next_look(&self, rescan: Duration) -> Duration {
        if self.has_unready() { rescan.min(super::SOON) } else { rescan }
    }

    /// Whether a file was put off because it may be half-written.
    pub(super) fn has_unready(&self) -> bool {
        self.0
            .values()
            .any(|judged| judged.verdict == Verdict::LookSoon && judged.put_off < PATIENCE)
    }

    /// Forgets the names that are gone.
    pub(super) fn keep_only(&mut self, names: &[OsString]) {
        self.0.retain(|name, _| names.binary_search(name).is_ok());
    }

    /// Everything will be looked at again.
    pub(super) fn forget(&mut self) {
        self.0.clear();
    }
}

impl Identity {
    fn is_fresh(&self, now: SystemTime) -> bool {
        let seconds = u64::try_from(self.modified.0).unwrap_or(0);
        let nanoseconds = u32::try_from(self.modified.1).unwrap_or(0);
        let modified = SystemTime::UNIX_EPOCH.checked_add(Duration::new(seconds, nanoseconds));
        let Some(modified) = modified else { return false };
        // A time in the future tells nothing; such a file is judged as it is.
        now.duration_since(modified).is_ok_and(|age| age < QUIET)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unchanged_file_that_is_settled_is_not_looked_at_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.yaml");
        let name = OsStr::new("a.yaml");
        std::fs::write(&path, "a").unwrap();
        let mut seen = Seen::default();
        let identity = seen.should_look(&path, name, false).unwrap();
        seen.remember(name, identity.clone(), Verdict::Settled);
        assert!(seen.should_look(&path, name, false).is_none());
        seen.remember(name, identity.clone(), Verdict::LookAgain);
        assert!(seen.should_look(&path, name, false).is_some());
        seen.remember(name, identity, Verdict::Settled);
        std::fs::write(&path, "ab").unwrap();
        assert!(seen.should_look(&path, name, false).is_some());
        seen.forget();
        assert!(seen.should_look(&path, name, false).is_some());
        std::fs::remove_file(&path).unwrap();
        assert!(seen.should_look(&path, name, false).is_none());
    }

    #[test]
    fn a_fresh_file_that_nobody_closed_may_be_half_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.yaml");
        std::fs::write(&path, "a").unwrap();
        let seen = Seen::default();
        let identity = seen.should_look(&path, OsStr::new("a.yaml"), false).unwrap();
        assert!(seen.may_be_half_written(&identity, false));
        assert!(!seen.may_be_half_written(&identity, true));
        let old = Identity { modified: (0, 0), ..identity.clone() };
        assert!(!seen.may_be_half_written(&old, false));
        // A time is not the beginning of its second.
        let late = Identity { modified: (100, 900_000_000), ..identity };
        let at = |millis| SystemTime::UNIX_EPOCH + Duration::from_millis(millis);
        assert!(late.is_fresh(at(102_500)) && !late.is_fresh(at(102_900)));
    }
}
