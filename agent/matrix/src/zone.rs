//! Which part of the product is looked at. Drawn when all have committed, from what they committed
//! to: before that nobody could know it, and a node that computes honestly only where it is looked at
//! cannot tell where that is.

use serde::{Deserialize, Serialize};

use crate::commit::Hash;
use crate::grid::Block;
use crate::plan::shuffle::Draw;
use crate::plan::{Part, Plan};

/// The block whose cell is compared between rows and columns, and whose partial sums are compared
/// with those of the reduction (Ω).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Zone {
    /// A block that nodes of all three roles computed.
    pub block: Block,
}

impl Zone {
    /// Draws a zone from a seed and the digests of all commitments.
    #[must_use]
    pub fn draw(plan: &Plan, seed: &[u8; 32], commitments: &[Hash]) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key("arch.network 2026 matrix zone v1");
        hasher.update(seed);
        commitments.iter().for_each(|digest| {
            hasher.update(digest.as_bytes());
        });
        let mut draw = Draw::new(hasher.finalize().as_bytes(), "zone");
        let mut one = |index: fn(&Part) -> Option<u32>| {
            let mut slabs: Vec<u32> =
                plan.nodes().iter().filter_map(|node| index(&node.slab)).collect();
            slabs.sort_unstable();
            slabs.dedup();
            let count = u32::try_from(slabs.len()).unwrap_or_default();
            let drawn = usize::try_from(draw.below(count)).ok();
            drawn.and_then(|drawn| slabs.get(drawn)).copied().unwrap_or_default()
        };
        let row = one(|part| if let Part::Row { index } = part { Some(*index) } else { None });
        let column =
            one(|part| if let Part::Column { index } = part { Some(*index) } else { None });
        let depth =
            one(|part| if let Part::Reduction { index } = part { Some(*index) } else { None });
        Self { block: Block { row, column, depth } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Order;
    use crate::shape::Shape;

    #[test]
    fn every_zone_is_seen_by_all_roles_and_every_commitment_decides() {
        let shape = Shape::new(90, 90, 90).unwrap();
        let order = Order { shape, nodes: 9, splits: None, mirrors: false, seed: [1; 32] };
        let plan = Plan::new(&order).unwrap();
        let mut seen = std::collections::BTreeSet::new();
        for n in 0..400_u32 {
            let digest = Hash::from(blake3::hash(&n.to_le_bytes()));
            let zone = Zone::draw(&plan, &[0; 32], &[digest]);
            let times = plan.nodes().iter().filter(|node| node.slab.covers(zone.block)).count();
            assert_eq!(times, 3);
            seen.insert((zone.block.row, zone.block.column, zone.block.depth));
        }
        assert_eq!(seen.len(), 27);
    }
}
