//! What the ledger and the archive say of a job that can be disputed.

use arch_dispute::{Agreed, Court, Dispute, Facts, Heard, Leaves, List, Resolver, Says, Task};
use arch_identity::{Digest, SigningKey, Timestamp};
use arch_matrix::{
    Cell, Format,
    commit::{Commitment, Hash},
};
use arch_problem::codes;

use super::{
    known::{Known, circuit},
    messages,
};
use crate::{
    node::Node,
    told::{Told, problem},
};

/// The longest list that is read: 4,096 parts with some cells each.
const LONGEST: u64 = 64 << 20;

/// A job's commitments, and what was agreed upon.
#[derive(Debug)]
pub(super) struct Docket {
    pub(super) list: List,
    pub(super) agreed: Agreed,
    /// How the product's numbers are held.
    pub(super) format: Format,
    pub(super) task: Task,
    pub(super) facts: Facts,
    /// The messages that the list's lines stand for.
    pub(super) commits: Vec<Heard>,
    /// Later commitments.
    pub(super) later: Vec<Heard>,
}

impl Docket {
    /// That of a job. None if it committed to nothing that can be disputed.
    pub(super) async fn of(node: &Node, job: Digest) -> Told<Option<Self>> {
        let promised = node.anchors.memory().disputes().promised(&job);
        let Some(promised) = promised else { return Ok(None) };
        let mut entries = node.anchors.entries(vec![promised.entry]).await;
        let entry = entries.as_mut().map(Vec::pop).map_err(|error| error.problem())?;
        let missing = |why: String| problem(codes::WENT_MISSING, format!("commitments: {why}"));
        let entry = entry.ok_or_else(|| missing("the entry is not there".to_owned()))?;
        let leaf = Digest::from_bytes(*entry.leaf().as_bytes());
        let read = || -> Told<Option<Self>> {
            let bytes = node.stores.shelf.get(&promised.list, LONGEST)?;
            let list: List =
                serde_json::from_slice(&bytes).map_err(|error| missing(error.to_string()))?;
            let facts = list.facts(promised.entry, leaf);
            let facts = facts.map_err(|error| missing(error.to_string()))?;
            let (Some(mut facts), Some(agreed)) = (facts, list.disputes.clone()) else {
                return Ok(None);
            };
            let task = Task { job, attempt: list.attempt, entry: promised.entry, leaf };
            let commits = list.messages().map_err(|error| missing(error.to_string()))?;
            let commits = commits.into_iter().map(|(_, heard)| heard).collect();
            let messages = node.anchors.memory().disputes().later(&job).to_vec();
            let mut later = Vec::new();
            for message in messages {
                let heard = messages::read(node, &message)?;
                if facts.witness(&heard) {
                    later.push(heard);
                }
            }
            let first = list.commitments.first();
            let format = first.ok_or_else(|| missing("there are none".to_owned()))?;
            let format = format.commitment.format();
            Ok(Some(Self { list, agreed, format, task, facts, commits, later }))
        };
        tokio::task::block_in_place(read)
    }

    /// Somebody's message that commits to this, and whether the task's entry anchors it.
    pub(super) fn commit_of(
        &self,
        key: &SigningKey,
        commitment: &Commitment,
    ) -> Option<(&Heard, bool)> {
        let is_it = |heard: &&Heard| {
            matches!(heard.says(), Says::Commit(commit) if commit.commitment == *commitment)
                && heard.by() == key.public()
        };
        let anchored = self.commits.iter().find(is_it).map(|heard| (heard, true));
        anchored.or_else(|| self.later.iter().find(is_it).map(|heard| (heard, false)))
    }

    /// The way of a leaf's marks to the root that somebody of ours committed to; empty where he committed to
    /// none.
    pub(super) fn marks_path(
        &self,
        node: &Node,
        commit: &Heard,
        cell: Cell,
        leaf: u64,
    ) -> Told<Vec<Hash>> {
        let Says::Commit(said) = commit.says() else { return Ok(Vec::new()) };
        if said.marks.is_empty() {
            return Ok(Vec::new());
        }
        let missing = || problem(codes::WENT_MISSING, "the hashes of the leaves' digests");
        let line = self.commits.iter().position(|own| own.digest() == commit.digest());
        let hashes = self.list.mark_hashes.ok_or_else(missing)?;
        let bytes = node.stores.shelf.get(&hashes, LONGEST)?;
        let all: Vec<Leaves> = serde_json::from_slice(&bytes).map_err(|_| missing())?;
        let own = line.and_then(|line| all.get(line)).ok_or_else(missing)?;
        own.path(cell, leaf).ok_or_else(missing)
    }

    /// How an honest challenger of ours asks for the step to be settled: as the policy prefers, but by no
    /// proof for which nothing is believed.
    pub(super) fn resolver(&self) -> Told<Resolver> {
        let name = circuit(self.format).map(|(name, ..)| name);
        let provable = self.agreed.keys.iter().any(|key| Some(key.circuit.as_str()) == name);
        let mut all = self.agreed.resolvers.iter();
        let usable = all.find(|resolver| provable || **resolver != Resolver::Groth16);
        usable.copied().ok_or_else(|| {
            let text = "disputes are to be settled by proofs, and the policy pins no key for them";
            problem(codes::CIRCUIT_NOT_PINNED, text)
        })
    }

    /// The dispute that a challenge opens.
    pub(super) fn opened(&self, challenge: &Heard, at: Timestamp) -> Told<Dispute> {
        // No digest and no proof is looked at for that.
        let known = Known::of(self);
        let court = Court { facts: &self.facts, digester: &known, proofs: &known };
        Dispute::open(&court, challenge, at)
            .map_err(|refused| problem(codes::DISPUTE_REFUSED, format!("the challenge: {refused}")))
    }
}
