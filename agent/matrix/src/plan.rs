//! Who computes which part, so that all of the product is computed and much of it twice.
//!
//! `m` nodes of each role take slabs of a product whose sides are cut into `d` parts. A slab is `d²` of
//! the `d³` blocks. What no slab covers, `(d−m)³` blocks, is handed out on top: without that, three
//! slabs alone would leave 8/27 of the product to nobody. Work, as a multiple of the plain product:
//! `3m/d + ((d−m)/d)³`.
//!
//! A row node has all of B and a column node all of A; nobody has both. A plan says of each node how
//! much it learns, and makes no claim that anything is hidden from it.

mod assemble;
mod cover;
mod learned;
mod part;
mod rest;
pub(crate) mod shuffle;

use serde::Serialize;

pub use cover::Coverage;
pub use learned::Learned;
pub use part::{Part, Role};
use shuffle::Draw;

use crate::cut::CutError;
use crate::grid::{Block, Grid, Splits};
use crate::shape::Shape;

/// What a plan is made from.
#[derive(Debug, Clone, Copy)]
pub struct Order {
    /// The product.
    pub shape: Shape,
    /// How many nodes: a multiple of 3, of 6 with mirrors.
    pub nodes: u32,
    /// Into how many parts the sides are cut; as [`Order::usual_splits`] says if nobody says it.
    pub splits: Option<Splits>,
    /// Whether each node has a second one that does the same and steps in for it.
    pub mirrors: bool,
    /// Decides who gets what. Public, and nobody's choice.
    pub seed: [u8; 32],
}

/// Who computes what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    grid: Grid,
    nodes: Vec<Assignment>,
}

/// What one node is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Assignment {
    /// Its slab's kind.
    pub role: Role,
    /// The slab.
    pub slab: Part,
    /// Blocks of the rest, in ascending order.
    pub rest: Vec<Block>,
    /// The node that does the same, if there are mirrors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mirror: Option<u32>,
}

impl Assignment {
    /// All its parts, the slab first.
    pub fn parts(&self) -> impl Iterator<Item = Part> + '_ {
        [self.slab].into_iter().chain(self.rest.iter().map(|block| Part::Rest { block: *block }))
    }

    /// The part of it that holds the block.
    #[must_use]
    pub fn part_with(&self, block: Block) -> Option<Part> {
        if self.slab.covers(block) {
            return Some(self.slab);
        }
        self.rest.binary_search(&block).ok().map(|_| Part::Rest { block })
    }
}

/// Why there is no such plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// Roles go by threes.
    #[error("{nodes} nodes cannot share a product; take a multiple of {step}, such as {near}")]
    Count {
        /// What was asked for.
        nodes: u32,
        /// 3, or 6 with mirrors.
        step: u32,
        /// A number that would do.
        near: u32,
    },
    /// More nodes of a role than slabs.
    #[error(
        "{triples} nodes of each role need as many parts of each side; the least here is {parts}"
    )]
    TooManyNodes {
        /// Nodes of each role.
        triples: u32,
        /// The fewest parts of a side.
        parts: u32,
    },
    /// A side in one part.
    #[error(
        "a side in one part gives one node all of A and all of B; cut each side in two or more"
    )]
    OnePart,
    /// A side that cannot be cut so.
    #[error(transparent)]
    Cut(#[from] CutError),
}

impl Order {
    /// Three parts, or as many as there are nodes of a role.
    #[must_use]
    pub fn usual_splits(triples: u32) -> Splits {
        Splits::even(triples.max(3))
    }

    fn triples(&self) -> Result<u32, PlanError> {
        let step = if self.mirrors { 6 } else { 3 };
        match self.nodes.checked_rem(step) {
            Some(0) if self.nodes > 0 => Ok(self.nodes.checked_div(step).unwrap_or_default()),
            over => {
                let below = self.nodes.saturating_sub(over.unwrap_or_default());
                Err(PlanError::Count { nodes: self.nodes, step, near: below.max(step) })
            }
        }
    }
}

impl Plan {
    /// Makes the plan; the same from the same order everywhere.
    ///
    /// # Errors
    /// [`PlanError`] if the nodes or the cuts do not allow one.
    pub fn new(order: &Order) -> Result<Self, PlanError> {
        let triples = order.triples()?;
        let splits = order.splits.unwrap_or(Order::usual_splits(triples));
        let sides = [splits.rows, splits.columns, splits.depth];
        let parts = sides.into_iter().min().unwrap_or_default();
        if parts == 1 {
            return Err(PlanError::OnePart);
        }
        let grid = Grid::new(order.shape, splits)?;
        if triples > parts {
            return Err(PlanError::TooManyNodes { triples, parts });
        }
        let mut nodes = slabs(order, &splits, triples);
        rest::hand_out(&grid, &mut nodes);
        let mut plan = Self { grid, nodes };
        plan.deal(order);
        Ok(plan)
    }

    /// Gives the assignments to the nodes in an order that was drawn, and each a mirror if asked.
    fn deal(&mut self, order: &Order) {
        let single = self.nodes.clone();
        let count = u32::try_from(single.len()).unwrap_or_default();
        let both = if order.mirrors { count.saturating_mul(2) } else { count };
        let seats = Draw::new(&order.seed, "nodes").order(both);
        let mut dealt: Vec<(u32, Assignment)> = Vec::with_capacity(seats.len());
        for (at, seat) in (0..both).zip(&seats) {
            let twin = if at < count { at.checked_add(count) } else { at.checked_sub(count) };
            let twin = twin.and_then(|twin| seats.get(usize::try_from(twin).ok()?)).copied();
            let of = usize::try_from(at.checked_rem(count).unwrap_or_default()).unwrap_or_default();
            if let Some(assignment) = single.get(of) {
                let mirror = twin.filter(|_| order.mirrors);
                dealt.push((*seat, Assignment { mirror, ..assignment.clone() }));
            }
        }
        dealt.sort_by_key(|(seat, _)| *seat);
        self.nodes = dealt.into_iter().map(|(_, assignment)| assignment).collect();
    }

    /// The product and its cuts.
    #[must_use]
    pub fn grid(&self) -> &Grid {
        &self.grid
    }

    /// What each node is asked for; a node's number is its place here.
    #[must_use]
    pub fn nodes(&self) -> &[Assignment] {
        &self.nodes
    }
}

/// The slabs of each role, drawn without putting back.
fn slabs(order: &Order, splits: &Splits, triples: u32) -> Vec<Assignment> {
    let drawn = |role: Role, parts| {
        let order = Draw::new(&order.seed, role.as_str()).order(parts);
        let taken = usize::try_from(triples).unwrap_or(usize::MAX);
        order.into_iter().take(taken).map(move |index| Assignment {
            role,
            slab: role.slab(index),
            rest: Vec::new(),
            mirror: None,
        })
    };
    let rows = drawn(Role::Row, splits.rows);
    let columns = drawn(Role::Column, splits.columns);
    rows.chain(columns).chain(drawn(Role::Reduction, splits.depth)).collect()
}

#[cfg(test)]
mod tests;
