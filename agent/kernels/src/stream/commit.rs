//! Leaf hashes as they come, put together to a commitment.

use std::collections::BTreeMap;

use arch_matrix::commit::{Commitment, Hash, LeafAt, LeafTree, count};
use arch_matrix::{Cell, Format, Grid, Part};

use super::error::StreamError;

/// Takes the leaves of a part, in any order.
#[derive(Debug, Clone)]
pub struct Commit {
    format: Format,
    grid: Grid,
    part: Part,
    /// Only what was told takes room: a size that somebody made up costs nothing.
    cells: BTreeMap<Cell, BTreeMap<u64, Hash>>,
}

/// A commitment with all leaves under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed {
    /// What is said.
    pub commitment: Commitment,
    /// The cells' leaves, in the order of the commitment's cells.
    pub trees: Vec<(Cell, LeafTree)>,
}

impl Commit {
    /// Has no leaf yet.
    ///
    /// # Errors
    /// [`StreamError::NoSuchPart`] if the grid has no such part.
    pub fn new(format: Format, grid: Grid, part: Part) -> Result<Self, StreamError> {
        part.region(&grid).ok_or(StreamError::NoSuchPart)?;
        let cells = part.cells(&grid).map(|cell| (cell, BTreeMap::new())).collect();
        Ok(Self { format, grid, part, cells })
    }

    /// Takes leaves of one cell, each with its number there. The same may be told again.
    ///
    /// # Errors
    /// [`StreamError::Leaf`] for one that the part has not, or that was told otherwise before.
    pub fn take(
        &mut self,
        cell: Cell,
        leaves: impl IntoIterator<Item = (u64, Hash)>,
    ) -> Result<(), StreamError> {
        let (rows, columns) = self.grid.cell(cell).size();
        let mut told = self.cells.get_mut(&cell);
        for (index, hash) in leaves {
            let own = told.as_mut().filter(|_| index < count(rows, columns));
            let own = own.ok_or(StreamError::Leaf { cell, index })?;
            if *own.entry(index).or_insert(hash) != hash {
                return Err(StreamError::Leaf { cell, index });
            }
        }
        Ok(())
    }

    /// The commitment.
    ///
    /// # Errors
    /// [`StreamError::LeafMissing`] names the first leaf that was not told.
    pub fn finish(self) -> Result<Committed, StreamError> {
        let mut trees = Vec::with_capacity(self.cells.len());
        for (cell, told) in self.cells {
            let (rows, columns) = self.grid.cell(cell).size();
            let all = count(rows, columns);
            if u64::try_from(told.len()) != Ok(all) {
                let gap = (0..).zip(told.keys()).find(|(index, told)| index != *told);
                let gap =
                    gap.map_or_else(|| u64::try_from(told.len()).unwrap_or(0), |(gap, _)| gap);
                let leaf = LeafAt::nth(rows, columns, gap);
                let leaf = leaf.ok_or(StreamError::Leaf { cell, index: gap })?;
                return Err(StreamError::LeafMissing { cell, leaf });
            }
            trees.push((cell, LeafTree::new(told.into_values().collect())));
        }
        // Cells are sorted by row and column, which is the order of a part's cells.
        let roots = trees.iter().map(|(_, tree)| tree.root()).collect();
        let commitment = Commitment::from_roots(self.format, self.grid, self.part, roots)
            .map_err(|_| StreamError::NoSuchPart)?;
        Ok(Committed { commitment, trees })
    }
}
