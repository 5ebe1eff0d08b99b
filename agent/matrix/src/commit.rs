//! Commitments: what a node says it computed, in one digest, and leaf by leaf when it must be shown.
//!
//! ```text
//! Commitment ── cell roots, in the order of the cells ── leaves of 64 × 64, row by row
//! ```
//!
//! Leaves are counted from the corner of their cell, never from that of a slab: so the same cell has
//! the same root whoever computed it, in a row, a column, or as a part of the depth. BLAKE3 with a
//! context of its own for leaves, nodes and commitments; the tree has the shape of RFC 6962 §2.1.

mod leaf;
mod marks;
mod opening;
mod statement;
mod tree;

pub use leaf::{LEAF, LeafAt, count, leaf_hash, leaves};
pub use marks::marks_hash;
pub use opening::{Opened, Opening, OpeningError};
pub use statement::Commitment;
pub use tree::{Hash, LeafTree, NotAHash, climb};
