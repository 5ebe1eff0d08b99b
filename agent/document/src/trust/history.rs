//! What happened before: the ledger is the replay database.

use arch_identity::Digest;
use arch_problem::codes;

use crate::{Document, Fault, Kind};

/// What the ledger knows of earlier documents. Deleting any other file forgets nothing.
pub trait History {
    /// Whether a job of that digest was ever accepted, or a root, policy or revocation of that
    /// digest ever became active.
    fn was_accepted(&self, digest: &Digest) -> bool;

    /// The highest version of a root, policy or revocation of that name that ever became active.
    fn newest_version(&self, kind: Kind, name: &str) -> Option<u64>;

    /// The name of the policy that became active last. A node has one policy, and versions are
    /// counted by name: a policy of another name could bring an old state back.
    fn policy_name(&self) -> Option<String>;

    /// The revocation lists in force: the newest of each name.
    fn lists_in_force(&self) -> Vec<ActiveList>;
}

/// A revocation list that is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActiveList {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: u64,
    /// Its digest.
    pub document: Digest,
}

/// Knows of nothing: for tools outside a node, and for checking again what was accepted before.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoHistory;

impl History for NoHistory {
    fn was_accepted(&self, _: &Digest) -> bool {
        false
    }

    fn newest_version(&self, _: Kind, _: &str) -> Option<u64> {
        None
    }

    fn policy_name(&self) -> Option<String> {
        None
    }

    fn lists_in_force(&self) -> Vec<ActiveList> {
        Vec::new()
    }
}

/// How far a version may lie ahead, so that nobody can use all versions up (TUF, fast-forward).
const LONGEST_JUMP: u64 = 1_000_000;

/// Replay of jobs, rollback and fast-forward of what has versions.
pub(super) fn check<T: Document>(
    document: &T,
    digest: Digest,
    history: &dyn History,
) -> Result<(), Fault> {
    if T::KIND == Kind::Job && history.was_accepted(&digest) {
        let text = format!("this job was accepted here before, as {digest}");
        return Err(Fault::new("/metadata/nonce", codes::REPLAYED, text));
    }
    let Some((name, version)) = document.version().filter(|_| T::KIND != Kind::Job) else {
        return Ok(());
    };
    if let Some(active) = history.policy_name().filter(|active| *active != name)
        && T::KIND == Kind::Policy
    {
        let text = format!("this is policy `{name}`; in force here is `{active}`");
        return Err(Fault::new("/metadata/name", codes::ANOTHER_NAME, text));
    }
    let newest = history.newest_version(T::KIND, &name);
    let known = newest.unwrap_or(0);
    let at = |code, text| Err(Fault::new("/metadata/version", code, text));
    if version < known {
        at(
            codes::ROLLED_BACK,
            format!("version {version} of `{name}`, but {known} was active here"),
        )
    } else if newest == Some(version) && !history.was_accepted(&digest) {
        at(codes::VERSION_REUSED, format!("another document was version {version} of `{name}`"))
    } else if version.saturating_sub(known) > LONGEST_JUMP {
        let text =
            format!("version {version} of `{name}` is more than {LONGEST_JUMP} after {known}");
        at(codes::VERSION_JUMP, text)
    } else {
        Ok(())
    }
}
