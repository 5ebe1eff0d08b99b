//! The hashes of the leaves of somebody's cells: in a file, or of a product that one has.

use std::collections::BTreeMap;
use std::path::Path;

use arch_matrix::Cell;
use arch_matrix::commit::{Commitment, Hash, LeafTree};

use super::flaw::Flaw;
use super::product::Product;
use crate::answer::Stop;

/// The name of the file in a folder that was taken along.
pub(crate) const FILE: &str = "leaves.json";

/// The longest file of leaves that is read.
const LARGEST: u64 = 256 * 1024 * 1024;

/// The hashes of the leaves of somebody's cells, as a file has them. A claim: they are held against the
/// committed roots.
#[derive(Debug)]
pub(crate) struct Leaves(arch_dispute::Leaves);

impl Leaves {
    /// Those of all cells that somebody committed to, in a file that has their sums.
    pub(crate) fn of<'a>(
        product: &Product,
        commitments: impl Iterator<Item = &'a Commitment>,
    ) -> Result<Self, Flaw> {
        let mut cells = BTreeMap::new();
        for commitment in commitments {
            for cell in commitment.part().cells(commitment.grid()) {
                cells.entry(cell).or_insert_with(|| commitment.grid().cell(cell));
            }
        }
        let hashed = |(cell, region)| Ok((cell, product.tree(&region)?));
        let trees = cells.into_iter().map(hashed).collect::<Result<Vec<_>, Flaw>>()?;
        Ok(Self(arch_dispute::Leaves::new(trees.iter().map(|(cell, tree)| (*cell, tree)))))
    }

    /// As a file has them.
    pub(crate) fn to_file(&self) -> Result<Vec<u8>, Stop> {
        serde_json::to_vec(&self.0).map_err(|error| Stop::could_not(error.to_string(), "tell us"))
    }

    pub(crate) fn read(path: &Path) -> Result<Self, Stop> {
        let bytes = arch_files::read(path, LARGEST).map_err(Stop::file)?;
        serde_json::from_slice(&bytes).map(Self).map_err(|error| {
            let text = format!("{} has no leaves' hashes: {error}", path.display());
            Stop::no(
                text,
                "it is `{\"cells\": [{\"cell\": {\"row\": 0, \"column\": 0}, \"leaves\": […]}]}`",
            )
        })
    }

    /// The leaves of a cell, if they are those of the committed root.
    pub(crate) fn tree(&self, cell: Cell, root: Hash) -> Result<LeafTree, Flaw> {
        let wrong = |what: &str| {
            let Cell { row, column } = cell;
            Flaw::record(format!("the leaves of cell {row}, {column} {what}"))
        };
        let tree = self.0.tree(cell).ok_or_else(|| wrong("are not there"))?;
        match tree.root() == root {
            true => Ok(tree),
            false => Err(wrong("do not lead to the committed root")),
        }
    }
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
