//! What is looked at, drawn when it was too late to prepare for it; and the report on it.
//!
//! The seed is the leaf hash of the ledger's entry that commits. Through `prev` that entry stands for all
//! the ledger before it, and with its time and the commitments nobody could know it while computing. It
//! protects against whoever computes, not against the node that writes the ledger: between nodes the
//! entry will be another's.

use arch_identity::Digest;
use arch_kernels::stream::Committed;
use arch_matrix::{
    Cell, Zone,
    commit::{Commitment, LeafTree},
    freivalds::Challenge,
};
use serde::Serialize;

use super::{Run, Share, audit, compare, mirrors};

/// What is committed to, durably, and what was drawn from it.
#[derive(Debug)]
pub(super) struct Promised {
    /// Digest of the list, as the ledger has it.
    pub(super) list: Digest,
    /// Index of the entry.
    pub(super) entry: u64,
    pub(super) seed: [u8; 32],
    pub(super) of: Vec<(Share, Committed)>,
    /// None where nothing is compared.
    pub(super) zone: Option<Zone>,
}

impl Promised {
    /// The commitment to a share.
    pub(super) fn commitment(&self, share: Share) -> Option<&Committed> {
        self.of.iter().find(|(of, _)| *of == share).map(|(_, committed)| committed)
    }

    /// The challenge to a part with this commitment.
    pub(super) fn challenge(&self, commitment: &Commitment, columns: u32) -> Challenge {
        Challenge::draw(&self.seed, &commitment.digest(), columns)
    }

    /// The challenge to the product in the archive.
    pub(super) fn last_challenge(&self, product: &Digest, columns: u32) -> Challenge {
        Challenge::of_file(&self.seed, product.as_bytes(), columns)
    }
}

/// The hashes of a cell's leaves, if it is of the part.
pub(super) fn tree(of: &Committed, cell: Cell) -> Option<&LeafTree> {
    of.trees.iter().find(|(own, _)| *own == cell).map(|(_, tree)| tree)
}

/// What was looked at, and what was found: the output `audit`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Report {
    schema: &'static str,
    document: Digest,
    attempt: u32,
    /// Digest of the list of commitments.
    commitments: Digest,
    /// Index of the entry that anchors them.
    entry: u64,
    /// Its leaf hash, in hexadecimal.
    seed: String,
    /// The block that the row, the column and the part of the depth have in common.
    #[serde(skip_serializing_if = "Option::is_none")]
    zone: Option<Zone>,
    /// Nodes whose mirror stood in for them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    stood_in: Vec<mirrors::StoodIn>,
    /// What a node and its mirror computed, where the job asks for mirrors.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    mirrored: Vec<mirrors::Mirrored>,
    compared: Vec<compare::Compared>,
    recomputed: Vec<compare::Recomputed>,
    freivalds: Vec<audit::Checked>,
    /// Whether the product in the archive is `A·B`, by Freivalds; absent if that was switched off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) product: Option<bool>,
}

/// Puts the report together.
pub(super) fn report(
    run: &Run<'_>,
    promised: &Promised,
    (compared, mirrored, freivalds): (compare::Report, Vec<mirrors::Mirrored>, Vec<audit::Checked>),
) -> Report {
    Report {
        schema: "arch.network/matrix-audit/v1",
        document: run.placed.job().digest(),
        attempt: run.attempt,
        commitments: promised.list,
        entry: promised.entry,
        seed: Digest::from_bytes(promised.seed).hex(),
        zone: promised.zone,
        stood_in: run.mirrors.stood_in(),
        mirrored,
        compared: compared.compared,
        recomputed: compared.recomputed,
        freivalds,
        product: None,
    }
}
