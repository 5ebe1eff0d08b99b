//! What each shard committed to, and that this was before anybody knew what would be looked at.

use std::path::Path;

use arch_identity::Digest;
use arch_ledger::{Entry, Record};
use arch_matrix::commit::{Commitment, Hash};
use arch_matrix::{Cell, Part, Plan, Zone};
use serde::Deserialize;

use super::claim::claim;
use crate::answer::Stop;
use crate::archive_folder;

/// The list that the job's output `commitments` is.
#[derive(Debug, Deserialize)]
pub(super) struct Commitments {
    document: Digest,
    commitments: Vec<Line>,
}

#[derive(Debug, Deserialize)]
struct Line {
    node: usize,
    digest: Hash,
    commitment: Commitment,
}

/// The entry that anchors a list.
#[derive(Debug, Clone, Copy)]
pub(super) struct Anchor {
    pub(super) entry: u64,
    /// Its leaf hash, from which everything is drawn.
    pub(super) seed: [u8; 32],
}

impl Commitments {
    /// Reads the list of a job from the archive. Its parts are those of the plan, no more and no fewer.
    pub(super) fn read(state: &Path, list: &str, job: Digest, plan: &Plan) -> Result<Self, Stop> {
        let read: Self = json(state, list)?;
        claim(read.document == job, "the commitments are those of another job")?;
        let parts = plan.nodes().iter().enumerate();
        let parts = parts.flat_map(|(node, given)| given.parts().map(move |part| (node, part)));
        let told = read.commitments.iter().map(|line| (line.node, line.commitment.part()));
        claim(parts.eq(told), "the commitments are not about the parts of the plan")?;
        let holds = |line: &Line| line.digest == line.commitment.digest();
        let sound = read.commitments.iter().all(holds);
        claim(sound, "a commitment has another digest than it says")?;
        Ok(read)
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.commitments.len()
    }

    /// What is looked at, drawn once more.
    pub(super) fn zone(&self, plan: &Plan, anchor: Anchor) -> Zone {
        let digests: Vec<Hash> = self.commitments.iter().map(|line| line.digest).collect();
        Zone::draw(plan, &anchor.seed, &digests)
    }

    /// Whether these are all parts, in their order.
    pub(super) fn are(&self, parts: impl Iterator<Item = (usize, Part)>) -> bool {
        parts.eq(self.commitments.iter().map(|line| (line.node, line.commitment.part())))
    }

    /// Whether the commitment is one of these, by that node.
    pub(super) fn has(&self, node: usize, commitment: &Commitment) -> bool {
        self.commitments.iter().any(|line| line.node == node && line.commitment == *commitment)
    }

    /// The cells that a row and a column have in common, with what each says of it.
    pub(super) fn shared(&self) -> impl Iterator<Item = Shared> + '_ {
        let rows = self.commitments.iter().filter_map(|line| match line.commitment.part() {
            Part::Row { index } => Some((index, line)),
            _ => None,
        });
        rows.flat_map(|(row, of_row)| {
            self.commitments.iter().filter_map(move |of_column| {
                let Part::Column { index: column } = of_column.commitment.part() else {
                    return None;
                };
                let cell = Cell { row, column };
                let root = |line: &Line| line.commitment.cell(cell);
                let roots = [root(of_row)?, root(of_column)?];
                Some(Shared { cell, nodes: [of_row.node, of_column.node], roots })
            })
        })
    }

    /// The node that committed to the part.
    pub(super) fn holder(&self, part: Part) -> Option<usize> {
        self.commitments.iter().find(|line| line.commitment.part() == part).map(|line| line.node)
    }
}

/// A cell of C that two computed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shared {
    pub(super) cell: Cell,
    /// The row's node and the column's.
    pub(super) nodes: [usize; 2],
    /// The cell's root as each of them committed to it.
    pub(super) roots: [Hash; 2],
}

/// Where the ledger has the list of a job.
pub(super) fn anchor(entries: &[Entry], job: Digest, list: &str) -> Result<Anchor, Stop> {
    let found = entries.iter().find(|entry| match &entry.record {
        Record::Committed { document, commitments, .. } => {
            *document == job && commitments.to_string() == list
        }
        _ => false,
    });
    found
        .map(|entry| Anchor { entry: entry.index, seed: *entry.leaf().as_bytes() })
        .ok_or_else(|| Stop::no("the ledger has no entry that commits", "this is an error of ours"))
}

/// An object of the archive that is JSON.
pub(super) fn json<T: serde::de::DeserializeOwned>(state: &Path, digest: &str) -> Result<T, Stop> {
    let bytes = archive_folder::read(&state.join("archive"), digest)?;
    serde_json::from_slice(&bytes)
        .map_err(|error| Stop::could_not(format!("{digest}: {error}"), "this is an error of ours"))
}
