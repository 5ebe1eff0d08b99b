//! Digests of all tiles, committed to together with the values: the eager way. Whoever says in a dispute
//! which digests his leaf has can then say nothing else than he said before anybody looked.
//!
//! For each cell a tree of its own, of the same shape as that of the values: a leaf's hash is that of its
//! marks ([`marks_hash`]). An honest run pays for them with a digest of every tile; the lazy way pays
//! nothing, and signs the marks of one leaf in the dispute.

use arch_matrix::{
    Cell,
    commit::{Commitment, Hash, LeafTree, climb, count, marks_hash},
};
use serde::{Deserialize, Serialize};

use crate::{ground::Ground, message::Commit, tile_digest::TileDigest};

/// When digests of tiles are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Marks {
    /// Of one leaf, by whoever disputes it.
    #[default]
    OnDispute,
    /// Of all leaves, by whoever commits.
    Always,
}

impl Marks {
    /// Whether nothing is made but in a dispute.
    #[must_use]
    pub fn is_lazy(&self) -> bool {
        *self == Self::OnDispute
    }
}

/// The hashes of all leaves of somebody's cells: of their values, or of their marks. As a file, a claim
/// until it is held against the committed roots.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Leaves {
    cells: Vec<CellLeaves>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CellLeaves {
    cell: Cell,
    leaves: Vec<Hash>,
}

impl Leaves {
    /// From the trees of cells.
    pub fn new<'t>(trees: impl IntoIterator<Item = (Cell, &'t LeafTree)>) -> Self {
        let cell =
            |(cell, tree): (Cell, &LeafTree)| CellLeaves { cell, leaves: tree.leaves().to_vec() };
        Self { cells: trees.into_iter().map(cell).collect() }
    }

    /// The hashes of the marks of a whole part, cell by cell; `marks` makes those of one leaf.
    ///
    /// # Errors
    /// The first that `marks` gives.
    pub fn of_marks<E>(
        commitment: &Commitment,
        mut marks: impl FnMut(&Ground, Cell, u64) -> Result<Vec<TileDigest>, E>,
    ) -> Result<Self, E> {
        let mut trees = Vec::new();
        for cell in commitment.part().cells(commitment.grid()) {
            let of_leaf = |ground: &Ground, leaf| marks(ground, cell, leaf);
            trees.push((cell, mark_tree(commitment, cell, of_leaf)?));
        }
        Ok(Self::new(trees.iter().map(|(cell, tree)| (*cell, tree))))
    }

    /// The roots, in the order of the cells.
    #[must_use]
    pub fn roots(&self) -> Vec<Hash> {
        self.cells.iter().map(|of| LeafTree::new(of.leaves.clone()).root()).collect()
    }

    /// The tree of a cell; none if it is not here, or is empty.
    #[must_use]
    pub fn tree(&self, cell: Cell) -> Option<LeafTree> {
        let of = self.cells.iter().find(|of| of.cell == cell)?;
        (!of.leaves.is_empty()).then(|| LeafTree::new(of.leaves.clone()))
    }

    /// The hashes beside the way of a leaf to its cell's root, lowest first.
    #[must_use]
    pub fn path(&self, cell: Cell, leaf: u64) -> Option<Vec<Hash>> {
        self.tree(cell)?.path(usize::try_from(leaf).ok()?)
    }
}

/// The tree over the marks of a cell's leaves; `marks` makes those of one leaf.
///
/// # Errors
/// The first that `marks` gives.
pub fn mark_tree<E>(
    commitment: &Commitment,
    cell: Cell,
    mut marks: impl FnMut(&Ground, u64) -> Result<Vec<TileDigest>, E>,
) -> Result<LeafTree, E> {
    let mut leaves = Vec::new();
    for leaf in 0..leaf_count(commitment, cell) {
        let Some(ground) = Ground::of(commitment, cell, leaf) else { break };
        let marks = marks(&ground, leaf)?;
        leaves.push(marks_hash(marks.iter().map(TileDigest::as_bytes)));
    }
    Ok(LeafTree::new(leaves))
}

fn leaf_count(commitment: &Commitment, cell: Cell) -> u64 {
    commitment.region(cell).map_or(0, |region| {
        let (rows, columns) = region.size();
        count(rows, columns)
    })
}

/// How many roots of marks a commitment has, if it has any.
pub(crate) fn count_of_roots(commitment: &Commitment) -> usize {
    commitment.part().cells(commitment.grid()).count()
}

/// What somebody committed to of the marks of one leaf.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bound {
    /// The root of the cell's marks; none where they are made in the dispute.
    root: Option<Hash>,
    leaf: u64,
    /// How many leaves the cell has.
    count: u64,
}

impl Bound {
    pub(crate) fn of(commit: &Commit, cell: Cell, leaf: u64) -> Self {
        let Commit { commitment, marks, .. } = commit;
        let place = commitment.part().cells(commitment.grid()).position(|own| own == cell);
        let root = place.and_then(|place| marks.get(place).copied());
        Self { root, leaf, count: leaf_count(commitment, cell) }
    }

    /// Whether these may be said to be the leaf's: those that were committed to, or any where none
    /// were; then there is no path either.
    pub(crate) fn allows(&self, marks: &[TileDigest], path: &[Hash]) -> bool {
        let Some(root) = self.root else { return path.is_empty() };
        let (Ok(leaf), Ok(count)) = (usize::try_from(self.leaf), usize::try_from(self.count))
        else {
            return false;
        };
        let hash = marks_hash(marks.iter().map(TileDigest::as_bytes));
        climb(hash, leaf, count, path) == Some(root)
    }
}
