//! Where what two committed to first differs.

use std::path::Path;

use arch_dispute::{Commit, Ground};
use arch_matrix::Cell;
use arch_matrix::commit::{Commitment, Hash, LeafTree};
use arch_problem::codes;
use serde::Deserialize;

use super::flaw::Flaw;
use super::product::Product;
use crate::answer::Stop;

/// The longest file of leaves that is read.
const LARGEST: u64 = 256 * 1024 * 1024;

/// The hashes of the leaves of somebody's cells, as a file has them. A claim: they are held against the
/// committed roots.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Leaves {
    cells: Vec<CellLeaves>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CellLeaves {
    cell: Cell,
    leaves: Vec<Hash>,
}

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

impl Leaves {
    pub(crate) fn read(path: &Path) -> Result<Self, Stop> {
        let bytes = arch_files::read(path, LARGEST).map_err(Stop::file)?;
        serde_json::from_slice(&bytes).map_err(|error| {
            let text = format!("{} has no leaves' hashes: {error}", path.display());
            Stop::no(
                text,
                "it is `{\"cells\": [{\"cell\": {\"row\": 0, \"column\": 0}, \"leaves\": […]}]}`",
            )
        })
    }

    /// The leaves of a cell, if they are those of the committed root.
    fn tree(&self, cell: Cell, root: Hash) -> Result<LeafTree, Flaw> {
        let wrong = |what: &str| {
            let Cell { row, column } = cell;
            Flaw::record(format!("the leaves of cell {row}, {column} {what}"))
        };
        let own = self.cells.iter().find(|own| own.cell == cell);
        let own = own.ok_or_else(|| wrong("are not in the file"))?;
        let tree = LeafTree::new(own.leaves.clone());
        match !own.leaves.is_empty() && tree.root() == root {
            true => Ok(tree),
            false => Err(wrong("do not lead to the committed root")),
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaves_count_where_they_lead_to_the_committed_root_and_nowhere_else() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("leaves.json");
        let hash = |digit: char| format!("blake3:{}", digit.to_string().repeat(64));
        let text = |leaves: &[String]| {
            serde_json::json!({
                "cells": [{ "cell": { "row": 0, "column": 1 }, "leaves": leaves }]
            })
            .to_string()
        };
        let own = ['1', '2', '3'].map(hash);
        let root = LeafTree::new(own.iter().map(|hash| hash.parse().unwrap()).collect()).root();
        let cell = Cell { row: 0, column: 1 };
        let read = |text: &str| {
            std::fs::write(&path, text).unwrap();
            Leaves::read(&path)
        };
        let sound = read(&text(&own)).unwrap();
        assert_eq!(sound.tree(cell, root).unwrap().leaves().len(), 3);
        assert!(sound.tree(Cell { row: 1, column: 1 }, root).is_err(), "of another cell");
        for wrong in [&own[..2], &[hash('1'), hash('3'), hash('2')], &[]] {
            assert!(read(&text(wrong)).unwrap().tree(cell, root).is_err());
        }
        for none in ["", "{}", "[]", "{\"cells\": 3}", &text(&["blake3:1".to_owned()])] {
            assert!(read(none).is_err(), "{none}");
        }
    }
}
