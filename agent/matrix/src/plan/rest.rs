//! Handing out the blocks that no slab covers.

use std::collections::BTreeSet;

use super::Assignment;
use super::part::Part;
use crate::grid::{Block, Grid};

/// Gives each uncovered block to a node that has room for it, and among those to the one that learns
/// least by it.
pub(super) fn hand_out(grid: &Grid, nodes: &mut [Assignment]) {
    let rest: Vec<Block> =
        grid.blocks().filter(|block| !nodes.iter().any(|node| node.slab.covers(*block))).collect();
    let volume = |part: Part| part.region(grid).map_or(0, |region| region.volume());
    let mut hands: Vec<Hand> =
        nodes.iter().map(|node| Hand::new(node.slab, volume(node.slab))).collect();
    let all = hands
        .iter()
        .map(|hand| hand.load)
        .chain(rest.iter().map(|b| volume(Part::Rest { block: *b })));
    let all: u128 = all.sum();
    let fair = all.div_ceil(u128::try_from(hands.len().max(1)).unwrap_or(1));
    for block in rest {
        let more = volume(Part::Rest { block });
        let chosen = hands.iter().enumerate().min_by_key(|(_, hand)| {
            let load = hand.load.saturating_add(more);
            // Whoever has room counts by what it learns; where none has, the least loaded.
            let over = load.saturating_sub(fair);
            (over, hand.learns(block), load)
        });
        let Some(chosen) = chosen.map(|(index, _)| index) else { return };
        if let (Some(hand), Some(node)) = (hands.get_mut(chosen), nodes.get_mut(chosen)) {
            hand.take(block, more);
            node.rest.push(block);
        }
    }
}

/// What a node has to do so far, and what it has seen.
struct Hand {
    slab: Part,
    load: u128,
    a: BTreeSet<(u32, u32)>,
    b: BTreeSet<(u32, u32)>,
}

impl Hand {
    fn new(slab: Part, load: u128) -> Self {
        Self { slab, load, a: BTreeSet::new(), b: BTreeSet::new() }
    }

    /// How many pieces of A and B it would see for the first time.
    fn learns(&self, block: Block) -> u32 {
        let knows_a = match self.slab {
            Part::Column { .. } => true,
            Part::Reduction { index } => index == block.depth,
            _ => false,
        };
        let knows_b = match self.slab {
            Part::Row { .. } => true,
            Part::Reduction { index } => index == block.depth,
            _ => false,
        };
        let new_a = !knows_a && !self.a.contains(&(block.row, block.depth));
        let new_b = !knows_b && !self.b.contains(&(block.depth, block.column));
        u32::from(new_a).saturating_add(u32::from(new_b))
    }

    fn take(&mut self, block: Block, volume: u128) {
        self.load = self.load.saturating_add(volume);
        self.a.insert((block.row, block.depth));
        self.b.insert((block.depth, block.column));
    }
}
