//! What one node is asked for: a slab, or a block of the rest.

use serde::{Deserialize, Serialize};

use crate::grid::{Block, Cell, Grid, Region};

/// A piece of the product that is computed, and committed to, on its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub enum Part {
    /// A part of the rows: `A_i · B`.
    Row {
        /// Which one, from 0.
        index: u32,
    },
    /// A part of the columns: `A · B_j`.
    Column {
        /// Which one, from 0.
        index: u32,
    },
    /// A part of the depth: `A_k · B_k`, a partial sum of all of C.
    Reduction {
        /// Which one, from 0.
        index: u32,
    },
    /// One block that no slab covers, a partial sum of one cell.
    Rest {
        /// Which one.
        block: Block,
    },
}

impl Part {
    /// Its positions; `None` if the grid has no such part.
    #[must_use]
    pub fn region(&self, grid: &Grid) -> Option<Region> {
        let (splits, whole) = (grid.splits(), Region::whole(grid.shape()));
        let block = |row, column, depth| grid.region(Block { row, column, depth });
        Some(match *self {
            Self::Row { index } if index < splits.rows => {
                Region { rows: block(index, 0, 0).rows, ..whole }
            }
            Self::Column { index } if index < splits.columns => {
                Region { columns: block(0, index, 0).columns, ..whole }
            }
            Self::Reduction { index } if index < splits.depth => {
                Region { depth: grid.depth(index), ..whole }
            }
            Self::Rest { block }
                if block.row < splits.rows
                    && block.column < splits.columns
                    && block.depth < splits.depth =>
            {
                grid.region(block)
            }
            _ => return None,
        })
    }

    /// The cells of C that it says something about, row by row.
    pub fn cells(self, grid: &Grid) -> impl Iterator<Item = Cell> + use<> {
        grid.cells().filter(move |cell| match self {
            Self::Row { index } => cell.row == index,
            Self::Column { index } => cell.column == index,
            Self::Reduction { .. } => true,
            Self::Rest { block } => *cell == block.cell(),
        })
    }

    /// Whether it holds the block.
    #[must_use]
    pub fn covers(&self, block: Block) -> bool {
        match *self {
            Self::Row { index } => block.row == index,
            Self::Column { index } => block.column == index,
            Self::Reduction { index } => block.depth == index,
            Self::Rest { block: own } => block == own,
        }
    }

    /// Whether its sums run over the whole depth, so that its cells are C's.
    #[must_use]
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Row { .. } | Self::Column { .. })
    }

    /// For digests and names: the kind, and up to three indices.
    #[must_use]
    pub fn numbers(self) -> [u32; 4] {
        match self {
            Self::Row { index } => [0, index, 0, 0],
            Self::Column { index } => [1, index, 0, 0],
            Self::Reduction { index } => [2, index, 0, 0],
            Self::Rest { block } => [3, block.row, block.column, block.depth],
        }
    }
}

/// What kind of slab a node has; it decides what the node learns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Role {
    /// A part of the rows.
    Row,
    /// A part of the columns.
    Column,
    /// A part of the depth.
    Reduction,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Row, Self::Column, Self::Reduction];

    /// The slab of this kind with that index.
    #[must_use]
    pub fn slab(self, index: u32) -> Part {
        match self {
            Self::Row => Part::Row { index },
            Self::Column => Part::Column { index },
            Self::Reduction => Part::Reduction { index },
        }
    }

    /// As it is written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Row => "row",
            Self::Column => "column",
            Self::Reduction => "reduction",
        }
    }
}
