//! What a node gets to see of A and B.

use std::collections::BTreeSet;
use std::ops::Range;

use serde::Serialize;

use super::{Assignment, Plan};
use crate::grid::{Block, Region};

/// Shares of the elements of A and B that a node is sent. Who computes a product must see what it
/// multiplies; nothing is hidden from it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Learned {
    /// Share of A.
    pub a: f64,
    /// Share of B.
    pub b: f64,
    /// Whether that is all of A.
    pub all_of_a: bool,
    /// Whether that is all of B.
    pub all_of_b: bool,
}

impl Plan {
    /// What a node learns by its parts.
    #[must_use]
    pub fn learned(&self, node: &Assignment) -> Learned {
        let shape = self.grid.shape();
        let held = self.grid.blocks().filter(|block| node.part_with(*block).is_some());
        let blocks: Vec<Block> = held.collect();
        let a = self.seen(&blocks, |block| (block.row, block.depth), |r| (r.rows, r.depth));
        let b = self.seen(&blocks, |block| (block.depth, block.column), |r| (r.depth, r.columns));
        let whole = |one: u32, other: u32| u64::from(one).saturating_mul(other.into());
        let (all_a, all_b) =
            (whole(shape.rows(), shape.depth()), whole(shape.depth(), shape.columns()));
        Learned {
            a: share(a, all_a),
            b: share(b, all_b),
            all_of_a: a == all_a,
            all_of_b: b == all_b,
        }
    }

    /// How many elements of one matrix the blocks touch, each piece of it counted once.
    fn seen(
        &self,
        blocks: &[Block],
        piece: impl Fn(&Block) -> (u32, u32),
        sides: impl Fn(Region) -> (Range<u32>, Range<u32>),
    ) -> u64 {
        let mut pieces = BTreeSet::new();
        let new = blocks.iter().filter(|block| pieces.insert(piece(block)));
        new.fold(0, |elements: u64, block| {
            let (one, other) = sides(self.grid.region(*block));
            let length = |range: Range<u32>| u64::from(range.end.saturating_sub(range.start));
            elements.saturating_add(length(one).saturating_mul(length(other)))
        })
    }
}

/// For people to read.
#[expect(clippy::as_conversions, reason = "there is no From, and six digits are enough to read")]
fn share(part: u64, whole: u64) -> f64 {
    part as f64 / whole as f64
}
