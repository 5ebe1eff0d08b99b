//! What has to be known to judge, beside what the parties say.

use std::collections::BTreeMap;

use arch_identity::{Digest, PublicKey};
use arch_matrix::Format;

use crate::{
    heard::Heard,
    message::{Commit, Proof, Resolver, Says, Terms},
    statement::Statement,
    task::{Roots, Task},
    tile_digest::TileDigest,
};

/// Which tile is meant: sixteen rows or columns, and a step of the depth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tile {
    /// 16 × 128.
    A,
    /// 128 × 16.
    B,
    /// 16 × 16.
    Sums,
}

/// Makes digests of tiles, the same for everybody: what proofs are about.
pub trait Digester {
    /// The digest of the numbers of a tile, row by row; `None` if the format has no such numbers.
    fn digest(&self, format: Format, tile: Tile, numbers: &[i64]) -> Option<TileDigest>;
}

/// Checks proofs.
pub trait ProofCheck {
    /// Whether a proof shows that the statement's step ends with the sums that it names, under a
    /// circuit and a key that were believed when the task was agreed to, whatever was revoked since: a
    /// replay must come to the same state ([`crate::Finding::is_reopenable`]). What is not canonical
    /// holds nothing.
    fn holds(&self, statement: &Statement, proof: &Proof) -> bool;
}

/// What the ledger and the policy say of a task. All who judge or replay have the same, but for the
/// inputs, which not everybody has.
#[derive(Debug, Clone)]
pub struct Facts {
    pub(crate) task: Task,
    pub(crate) terms: Terms,
    resolvers: Vec<Resolver>,
    anchored: BTreeMap<Digest, (PublicKey, Commit)>,
    later: BTreeMap<Digest, (PublicKey, Commit)>,
    pub(crate) pool: Vec<PublicKey>,
    /// The roots of A and B, by whoever has the job's inputs.
    pub inputs: Option<Roots>,
}

impl Facts {
    /// A task, its terms, how its disputes may be settled, and who has offered to judge. All of this
    /// was fixed before anybody committed.
    #[must_use]
    pub fn new(task: Task, terms: Terms, resolvers: &[Resolver], pool: &[PublicKey]) -> Self {
        Self {
            task,
            terms,
            resolvers: resolvers.to_vec(),
            anchored: BTreeMap::new(),
            later: BTreeMap::new(),
            pool: pool.to_vec(),
            inputs: None,
        }
    }

    /// Takes a commitment that the task's entry anchors. `false` if it is none of this task.
    #[must_use = "a commitment of another task is not taken"]
    pub fn anchor(&mut self, heard: &Heard) -> bool {
        let of = commit(&self.task, heard);
        of.is_some_and(|commit| self.anchored.insert(heard.digest(), commit).is_none())
    }

    /// Takes a commitment that was signed later: of partial sums that were computed once more, or of
    /// an auditor. Who made it can challenge with it, and cannot be challenged.
    #[must_use = "a commitment of another task is not taken"]
    pub fn witness(&mut self, heard: &Heard) -> bool {
        let of = commit(&self.task, heard);
        of.is_some_and(|commit| self.later.insert(heard.digest(), commit).is_none())
    }

    /// A commitment that can be challenged.
    pub(crate) fn anchored(&self, document: &Digest) -> Option<&(PublicKey, Commit)> {
        self.anchored.get(document)
    }

    /// A commitment that can challenge.
    pub(crate) fn any(&self, document: &Digest) -> Option<&(PublicKey, Commit)> {
        self.anchored.get(document).or_else(|| self.later.get(document))
    }

    #[cfg(test)]
    pub(crate) fn with_resolvers(&self, resolvers: &[Resolver]) -> Self {
        Self { resolvers: resolvers.to_vec(), ..self.clone() }
    }

    pub(crate) fn allows(&self, resolver: Resolver) -> bool {
        self.resolvers.contains(&resolver)
    }

    /// Who computed something of the task: none of them judges it. Only what the entry anchors counts:
    /// commitments that come later would change who judges.
    pub(crate) fn computed(&self) -> impl Iterator<Item = &PublicKey> {
        self.anchored.values().map(|(by, _)| by)
    }
}

fn commit(task: &Task, heard: &Heard) -> Option<(PublicKey, Commit)> {
    match heard.says() {
        Says::Commit(commit) if (commit.job, commit.attempt) == (task.job, task.attempt) => {
            Some((heard.by().clone(), commit.clone()))
        }
        _ => None,
    }
}

/// Who judges, or replays what was judged.
#[derive(Clone, Copy)]
pub struct Court<'a> {
    /// What is known of the task.
    pub facts: &'a Facts,
    /// Makes digests.
    pub digester: &'a dyn Digester,
    /// Checks proofs.
    pub proofs: &'a dyn ProofCheck,
}

impl std::fmt::Debug for Court<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Court").field("facts", self.facts).finish_non_exhaustive()
    }
}
