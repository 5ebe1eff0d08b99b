//! The memory as the replay database that verification asks.

use arch_document::{ActiveList, History, Kind};
use arch_identity::Digest;

use super::Memory;

impl History for Memory {
    fn was_accepted(&self, digest: &Digest) -> bool {
        self.has_job(digest) || self.versions.values().any(|n| n.document == *digest)
    }

    fn newest_version(&self, kind: Kind, name: &str) -> Option<u64> {
        self.newest(kind, name).map(|newest| newest.version)
    }

    fn policy_name(&self) -> Option<String> {
        self.policy.clone()
    }

    fn lists_in_force(&self) -> Vec<ActiveList> {
        let lists = self.versions.iter().filter(|((kind, _), _)| *kind == Kind::Revocation);
        let active = lists.map(|((_, name), newest)| ActiveList {
            name: name.clone(),
            version: newest.version,
            document: newest.document,
        });
        active.collect()
    }
}

/// The memory as it was before one job was accepted: for verifying that job again on load.
#[derive(Debug, Clone, Copy)]
pub struct AcceptedBefore<'a> {
    memory: &'a Memory,
    job: Digest,
}

impl<'a> AcceptedBefore<'a> {
    /// Leaves `job` out.
    #[must_use]
    pub fn new(memory: &'a Memory, job: Digest) -> Self {
        Self { memory, job }
    }
}

impl History for AcceptedBefore<'_> {
    fn was_accepted(&self, digest: &Digest) -> bool {
        *digest != self.job && self.memory.was_accepted(digest)
    }

    fn newest_version(&self, kind: Kind, name: &str) -> Option<u64> {
        self.memory.newest_version(kind, name)
    }

    fn policy_name(&self) -> Option<String> {
        self.memory.policy_name()
    }

    fn lists_in_force(&self) -> Vec<ActiveList> {
        self.memory.lists_in_force()
    }
}
