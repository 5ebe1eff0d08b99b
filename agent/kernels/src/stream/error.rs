//! What stands in the way, and where.

use std::{fmt, io};

use arch_matrix::commit::LeafAt;
use arch_matrix::{Cell, Format, Part, bound};

/// Which matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// The left factor.
    A,
    /// The right factor.
    B,
    /// The product; rows and columns are then counted from the corner of the part.
    C,
}

impl fmt::Display for Which {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::A => "A",
            Self::B => "B",
            Self::C => "C",
        })
    }
}

/// Why a product from files did not come to its end. Rows and columns count from 0.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StreamError {
    /// A file does not give what it should have.
    #[error("{which} cannot be read from row {row}, column {column} on: {source}")]
    Read {
        /// The matrix.
        which: Which,
        /// The row of the first number that was asked for.
        row: u32,
        /// Its column.
        column: u32,
        /// What the file said.
        source: io::Error,
    },
    /// A file does not take what it is given.
    #[error("C cannot be written from row {row}, column {column} of the part on: {source}")]
    Write {
        /// The row of the first number, from the corner of the part.
        row: u32,
        /// Its column.
        column: u32,
        /// What the file said.
        source: io::Error,
    },
    /// A value that is no number, or without end.
    #[error("{which} has {value} at row {row}, column {column}; every value must be finite")]
    NotFinite {
        /// The matrix.
        which: Which,
        /// Its row.
        row: u32,
        /// Its column.
        column: u32,
        /// What stands there.
        value: f32,
    },
    /// A matrix that is not of the product's size.
    #[error(
        "{which} has {rows} rows and {columns} columns; the product asks for {need_rows} and {need_columns}"
    )]
    Size {
        /// The matrix.
        which: Which,
        /// What there are.
        rows: u32,
        /// What there are.
        columns: u32,
        /// What there should be.
        need_rows: u32,
        /// What there should be.
        need_columns: u32,
    },
    /// A and B are held in different ways.
    #[error("A is to be taken as {a} and B as {b}; it must be the same")]
    Formats {
        /// A's.
        a: Format,
        /// B's.
        b: Format,
    },
    /// One factor in the place of the other: each has a scale of its own.
    #[error("what was opened as {which} is to be the other factor")]
    Swapped {
        /// As what it was opened.
        which: Which,
    },
    /// A piece as another type than the format has.
    #[error("numbers of {format} are not held in {bytes} bytes")]
    Carrier {
        /// The format.
        format: Format,
        /// What was asked for.
        bytes: usize,
    },
    /// Strict floats.
    #[error("f32s is computed by machines with a certified adapter alone; there is none here")]
    Strict,
    /// Sums that might not fit.
    #[error(transparent)]
    Overflow(#[from] bound::Overflow),
    /// A part that the grid has not.
    #[error("there is no such part of the product")]
    NoSuchPart,
    /// Not even the smallest tile fits.
    #[error("{have} bytes of memory are too few for this product; it needs {need}")]
    TooLittleMemory {
        /// The least that would do.
        need: u64,
        /// What there is.
        have: u64,
    },
    /// Behind the last tile.
    #[error("there is no tile {index}; the part has {tiles}")]
    NoTile {
        /// What was asked for.
        index: u64,
        /// How many there are.
        tiles: u64,
    },
    /// A leaf that is of no cell of the part, or was given twice, with other hashes.
    #[error("leaf {index} of cell {}, {} is of another part, or was told otherwise before", .cell.row, .cell.column)]
    Leaf {
        /// The cell.
        cell: Cell,
        /// Which leaf of it.
        index: u64,
    },
    /// A leaf that nobody told.
    #[error("cell {}, {} misses its leaf in row {}, column {} of leaves", .cell.row, .cell.column, .leaf.leaf_row, .leaf.leaf_column)]
    LeafMissing {
        /// The cell.
        cell: Cell,
        /// The first that is missing.
        leaf: LeafAt,
    },
    /// The values of a part are not there.
    #[error("what node {node} computed of {part:?} is not there")]
    PartMissing {
        /// The node's number in the plan.
        node: usize,
        /// The part.
        part: Part,
    },
}
