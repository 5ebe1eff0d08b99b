//! Where what two committed to first differs.

use arch_dispute::{Commit, Ground};
use arch_matrix::Cell;
use arch_matrix::commit::{Commitment, Hash, LeafTree};
use arch_problem::codes;

use super::flaw::Flaw;
use super::leaves::Leaves;
use super::product::Product;
use crate::answer::Stop;

/// A leaf in which two differ.
#[derive(Debug)]
pub(crate) struct Meeting {
    pub(crate) cell: Cell,
    pub(crate) leaf: u64,
    pub(crate) ground: Ground,
    /// One's own hash, and its way to the root.
    pub(crate) own: (Hash, Vec<Hash>),
    /// The other one's.
    pub(crate) theirs: (Hash, Vec<Hash>),
}

/// The first leaf in which one's own product differs from what another committed to; none if nothing
/// that both hold differs.
pub(crate) fn first(
    product: &Product,
    own: &Commit,
    theirs: &Commitment,
    leaves: impl FnOnce() -> Result<Leaves, Stop>,
) -> Result<Option<Meeting>, Stop> {
    let own = &own.commitment;
    let differs = |cell: &Cell| {
        own.cell(*cell) != theirs.cell(*cell) && Ground::common(own, theirs, *cell, 0).is_some()
    };
    let Some(cell) = own.part().cells(own.grid()).find(differs) else { return Ok(None) };
    let (Some(root), Some(their_root), Some(region)) =
        (own.cell(cell), theirs.cell(cell), own.region(cell))
    else {
        return Ok(None);
    };
    let tree = product.tree(&region)?;
    if tree.root() != root {
        let text = "the product is not the one that was committed to";
        return Err(Flaw::wrong(codes::DISPUTE_MESSAGE, text).into());
    }
    let their_tree = leaves()?.tree(cell, their_root)?;
    let pairs = tree.leaves().iter().zip(their_tree.leaves());
    let place = pairs.into_iter().position(|(own, theirs)| own != theirs);
    let none = || Flaw::record("the roots differ, and the file has as many leaves as are the same");
    let place = place.ok_or_else(none)?;
    let of = |tree: &LeafTree| {
        let hash = tree.leaves().get(place).copied();
        hash.zip(tree.path(place)).ok_or_else(none)
    };
    let leaf = u64::try_from(place).unwrap_or(u64::MAX);
    let ground = Ground::common(own, theirs, cell, leaf).ok_or_else(none)?;
    Ok(Some(Meeting { cell, leaf, ground, own: of(&tree)?, theirs: of(&their_tree)? }))
}
