//! The two files that matrices come in: NumPy's `.npy` and safetensors. What a header says is a claim:
//! it is held against the length of the file before anything is read by it.

pub mod npy;
pub mod safetensors;

use serde::{Deserialize, Serialize};

/// The type of the numbers in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dtype {
    /// 8 bits.
    I8,
    /// 16 bits.
    I16,
    /// 32 bits.
    I32,
    /// 64 bits.
    I64,
    /// Floats of 32 bits.
    F32,
}

impl Dtype {
    /// Bytes of one number.
    #[must_use]
    pub fn bytes(self) -> u64 {
        match self {
            Self::I8 => 1,
            Self::I16 => 2,
            Self::I32 | Self::F32 => 4,
            Self::I64 => 8,
        }
    }
}

/// A matrix in a file: row by row, lowest byte first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Stored {
    /// The numbers.
    pub dtype: Dtype,
    /// Rows.
    pub rows: u64,
    /// Columns.
    pub columns: u64,
    /// Where the first number stands in the file, in bytes.
    pub offset: u64,
}

impl Stored {
    /// Bytes of all numbers; `None` if that is more than can be counted.
    #[must_use]
    pub fn length(&self) -> Option<u64> {
        self.rows.checked_mul(self.columns)?.checked_mul(self.dtype.bytes())
    }
}

/// Why a file is no matrix that we can read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FileError {
    /// It begins like neither.
    #[error("not a {0} file")]
    Kind(&'static str),
    /// The header ends too early, or is longer than it may be.
    #[error("the header is cut short or longer than {limit} bytes")]
    HeaderLength {
        /// The most that is read.
        limit: u64,
    },
    /// The header is not written as the format says.
    #[error("the header makes no sense: {0}")]
    Header(String),
    /// Numbers of a type that is not taken.
    #[error(
        "numbers of type `{0}` are not taken; there are 8 and 16 bits, signed, and 32-bit floats"
    )]
    Dtype(String),
    /// Column by column.
    #[error("the matrix is stored column by column; store it row by row (C order)")]
    ColumnMajor,
    /// Not two sides.
    #[error("the array has {0} sides; a matrix has two")]
    Sides(usize),
    /// The header promises other than what is there.
    #[error("the header promises {promised} bytes of numbers, the file has room for {room}")]
    Length {
        /// What the sides come to.
        promised: u64,
        /// What is there.
        room: u64,
    },
    /// No tensor of that name.
    #[error("there is no tensor `{name}`; the file has {has}")]
    NoTensor {
        /// What was asked for.
        name: String,
        /// What there is.
        has: String,
    },
}
