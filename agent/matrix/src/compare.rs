//! Two nodes' leaves of the same cell, side by side.

use serde::{Deserialize, Serialize};

use crate::commit::{Hash, LeafAt, LeafTree, count, leaves};
use crate::grid::Cell;

/// What came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Comparison {
    /// The same values.
    Equal,
    /// Other values: one of the two lied, or computed wrongly.
    Differs(Difference),
}

/// The first leaf that two nodes say differently.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Difference {
    /// The cell.
    pub cell: Cell,
    /// The leaf in it.
    pub leaf: LeafAt,
    /// Its hash as one says, and as the other does.
    pub hashes: [Hash; 2],
    /// How many leaves of the cell differ.
    pub leaves: u32,
}

/// Compares what two nodes say of a cell of `rows` × `columns`. `None` if one of them does not give
/// one hash for each leaf: then there is nothing to compare, and that is the fault of that one.
#[must_use]
pub fn compare(
    cell: Cell,
    (rows, columns): (u32, u32),
    one: &LeafTree,
    other: &LeafTree,
) -> Option<Comparison> {
    let has_all = |tree: &LeafTree| u64::try_from(tree.leaves().len()) == Ok(count(rows, columns));
    if !has_all(one) || !has_all(other) {
        return None;
    }
    let pairs = leaves(rows, columns).zip(one.leaves().iter().zip(other.leaves()));
    let mut differing = pairs.filter(|(_, (one, other))| one != other);
    let Some((leaf, (one, other))) = differing.next() else { return Some(Comparison::Equal) };
    let leaves = differing.fold(1, |count: u32, _| count.saturating_add(1));
    Some(Comparison::Differs(Difference { cell, leaf, hashes: [*one, *other], leaves }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::Format;
    use crate::matrix::Matrix;

    #[test]
    fn one_wrong_value_names_its_leaf_and_no_other() {
        let cell = Cell { row: 1, column: 2 };
        let honest = Matrix::<i32>::zero(130, 70);
        let tree =
            |values: &Matrix<i32>| LeafTree::of_cell(Format::I8, values, &(0..130), &(0..70));
        let size = (130, 70);
        let equal = compare(cell, size, &tree(&honest), &tree(&honest));
        assert_eq!(equal, Some(Comparison::Equal));
        for (row, column, leaf_row, leaf_column) in [(0, 0, 0, 0), (63, 64, 0, 1), (129, 69, 2, 1)]
        {
            let mut lie = honest.clone();
            lie.row_mut(row, &(column..column + 1))[0] = 1;
            let Some(Comparison::Differs(found)) = compare(cell, size, &tree(&honest), &tree(&lie))
            else {
                panic!("not found");
            };
            assert_eq!((found.leaf.leaf_row, found.leaf.leaf_column), (leaf_row, leaf_column));
            assert_eq!(found.leaves, 1);
        }
    }

    #[test]
    fn leaves_that_are_not_all_there_are_no_comparison() {
        let cell = Cell { row: 0, column: 0 };
        let tree = LeafTree::of_cell(Format::I8, &Matrix::<i32>::zero(70, 70), &(0..70), &(0..70));
        let short = LeafTree::new(tree.leaves()[1..].to_vec());
        assert_eq!(compare(cell, (70, 70), &tree, &short), None);
    }
}
