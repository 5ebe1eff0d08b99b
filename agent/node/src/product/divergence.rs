//! What shows that somebody computed wrongly: kept, so that a dispute can be settled by whoever trusts
//! none of them.

use arch_identity::Digest;
use arch_kernels::stream::Committed;
use arch_matrix::{
    Cell, Difference, Part,
    commit::{Commitment, Hash, LeafAt, Opening},
};
use arch_problem::codes;
use arch_wire::control::Bytes;
use serde::{Deserialize, Serialize};

use super::{Run, Share, draw::tree, scratch::Scratch, values::Values};
use crate::{
    node::Node,
    told::{Told, problem},
};

/// How it was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Kind {
    /// A row and a column hold another value of the same element.
    Overlap,
    /// Partial sums that were computed once more are others.
    Partial,
    /// A node and its mirror hold another value of the same element.
    Mirror,
    /// The values are not what A and B give.
    Freivalds,
}

/// A leaf of C.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Spot {
    pub(super) cell: Cell,
    pub(super) leaf: LeafAt,
}

impl From<Difference> for Spot {
    fn from(Difference { cell, leaf, .. }: Difference) -> Self {
        Self { cell, leaf }
    }
}

/// One leaf, and who says what of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Finding {
    kind: Kind,
    #[serde(flatten)]
    spot: Spot,
    parties: Vec<Party>,
}

/// What one of them committed to.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Party {
    /// The node's number in the plan.
    node: usize,
    part: Part,
    commitment: Commitment,
    /// The leaf, shown; absent if the values are not those any more that were committed to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    opening: Option<Shown>,
}

/// A leaf, and its way to the cell's root.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Shown {
    index: usize,
    /// The values, row by row, lowest byte first.
    bytes: Bytes,
    path: Vec<Hash>,
}

/// Everything that was found: what the ledger's `diverged` entry names.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Evidence<'a> {
    pub(super) schema: &'static str,
    pub(super) document: Digest,
    pub(super) attempt: u32,
    /// Digest of the list of commitments.
    pub(super) commitments: Digest,
    /// Index of the entry that anchors them.
    pub(super) entry: u64,
    pub(super) findings: &'a [Finding],
}

impl Finding {
    /// Opens the leaf, for everybody who computed it.
    pub(super) fn of(
        run: &Run<'_>,
        scratch: &Scratch,
        kind: Kind,
        spot: Spot,
        parties: &[(Share, &Committed)],
    ) -> Self {
        let mut finding = Self { kind, spot, parties: Vec::new() };
        for (share, committed) in parties {
            if let Some(values) = scratch.of(*share) {
                finding.also(run, values, committed);
            }
        }
        finding
    }

    /// One more that computed the leaf.
    pub(super) fn also(&mut self, run: &Run<'_>, values: &Values, committed: &Committed) {
        let opening = open(run, values, committed, &self.spot);
        self.parties.push(Party {
            node: values.share.node,
            part: values.share.part,
            commitment: committed.commitment.clone(),
            opening,
        });
    }

    /// In words.
    pub(super) fn words(&self) -> String {
        let Self { kind, spot: Spot { cell, leaf }, parties } = self;
        let who: Vec<String> = parties
            .iter()
            .map(|party| format!("node {} ({})", party.node, shown(party.part)))
            .collect();
        let who = who.join(" and ");
        let place = format!(
            "leaf {}, {} of cell {}, {}",
            leaf.leaf_row, leaf.leaf_column, cell.row, cell.column
        );
        match kind {
            Kind::Overlap => format!("{who} differ in {place}"),
            Kind::Mirror => format!("{who} do the same, and differ in {place}"),
            Kind::Partial => format!("partial sums computed once more differ in {place}: {who}"),
            Kind::Freivalds => format!("{place} of {who} is not what A and B give"),
        }
    }
}

/// What is read of the evidence once more.
#[derive(Deserialize)]
struct Found {
    findings: Vec<Finding>,
}

/// The longest evidence that is read: as many leaves of 64-bit sums as are opened at most, several times.
const LONGEST: u64 = 64 << 20;

/// What was found, from the evidence in the archive.
///
/// # Errors
/// When it is not there, or is no evidence.
pub(crate) fn found(node: &Node, evidence: &Digest) -> Told<Vec<Finding>> {
    let bytes = node.stores.shelf.get(evidence, LONGEST)?;
    let read: Result<Found, _> = serde_json::from_slice(&bytes);
    let read = read.map_err(|error| problem(codes::WENT_MISSING, format!("evidence: {error}")))?;
    Ok(read.findings)
}

impl Finding {
    /// Everybody who computed the leaf.
    pub(crate) fn parties(&self) -> &[Party] {
        &self.parties
    }

    /// The cell that the leaf is of.
    pub(crate) fn cell(&self) -> Cell {
        self.spot.cell
    }

    /// The values of a leaf as they were committed to, if they are shown here.
    pub(crate) fn shown(
        &self,
        cell: Cell,
        leaf: &LeafAt,
        commitment: &Commitment,
    ) -> Option<&[u8]> {
        if (self.spot.cell, &self.spot.leaf) != (cell, leaf) {
            return None;
        }
        let party = self.parties.iter().find(|party| party.commitment == *commitment)?;
        Some(party.shown()?.bytes())
    }
}

impl Party {
    /// Its number in the plan.
    pub(crate) fn node(&self) -> usize {
        self.node
    }

    /// Which leaf of the cell is shown; none as with [`Party::shown`].
    pub(crate) fn leaf(&self) -> Option<u64> {
        self.shown().and_then(|shown| u64::try_from(shown.index).ok())
    }

    /// What it committed to.
    pub(crate) fn commitment(&self) -> &Commitment {
        &self.commitment
    }

    /// The leaf; none if the values were others by then than it had committed to.
    pub(crate) fn shown(&self) -> Option<&Shown> {
        self.opening.as_ref()
    }
}

impl Shown {
    /// The values, row by row, lowest byte first.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes.0
    }

    /// The hashes beside its way up, lowest first.
    pub(crate) fn path(&self) -> &[Hash] {
        &self.path
    }
}

/// A part as people read it.
pub(super) fn shown(part: Part) -> String {
    match part {
        Part::Row { index } => format!("row {index}"),
        Part::Column { index } => format!("column {index}"),
        Part::Reduction { index } => format!("depth {index}"),
        Part::Rest { block } => format!("block {}, {}, {}", block.row, block.column, block.depth),
    }
}

/// The leaf with its way up, if it is still the one that was committed to.
fn open(
    run: &Run<'_>,
    values: &Values,
    committed: &Committed,
    Spot { cell, leaf }: &Spot,
) -> Option<Shown> {
    let product = run.product;
    let bytes = values.leaf(product, *cell, leaf)?;
    let (_, across) = product.grid.cell(*cell).size();
    let index = usize::try_from(leaf.index(across)).ok()?;
    let path = tree(committed, *cell)?.path(index)?;
    let opening = Opening { cell: *cell, index, bytes, path };
    let holds = match product.format.carrier() {
        arch_matrix::CarrierKind::I16 => opening.check::<i64>(&committed.commitment).is_ok(),
        _ => opening.check::<i32>(&committed.commitment).is_ok(),
    };
    let Opening { bytes, path, .. } = opening;
    holds.then_some(Shown { index, bytes: Bytes(bytes), path })
}
