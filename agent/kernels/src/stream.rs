//! Products larger than memory: A and B are read a piece at a time, C is written tile by tile.
//!
//! ```text
//! Operand A, B ──> Tiles: which piece of C comes when ──> multiply ──> the part's file
//!                    (a function of grid, part, format, memory)           │
//!   leaves_of_tile ──> Commit ──> Commitment, LeafTrees  <────────────────┤
//!   audit ──> the first row that lies ──> locate  <───────────────────────┤
//!   Assembled: C as .npy, from all parts  <───────────────────────────────┘
//! ```
//!
//! A part's file holds its values row by row, lowest byte first, from its first byte on, without a header.
//! What is computed is what [`arch_matrix::product`] says, to the byte, whatever the memory, the tiles and
//! the threads. Nothing here opens a file.
//!
//! 8-bit integers are multiplied by [`crate::Multiplier`]; 16-bit integers by kernels of their own where
//! there are any, else by the definition, a chunk at a time: exact, and slower by far.

mod assembled;
mod audit;
mod commit;
mod engine;
mod error;
mod header;
mod leaves;
mod locate;
mod multiply;
mod operand;
mod place;
mod proven;
mod room;
mod runs;
mod tiles;
mod work;

pub use assembled::Assembled;
pub use audit::audit;
pub use commit::{Commit, Committed};
pub use error::{StreamError, Which};
pub use header::{HeaderError, stored};
pub use leaves::leaves_of_tile;
pub use locate::locate;
pub use multiply::multiply;
pub use operand::{Operand, OperandError};
pub use place::{Behind, ReadAt, WriteAt};
pub use proven::{Proof, prove};
pub use tiles::{Tile, Tiles};
pub use work::Work;
