//! The digests that docs/FORMATS.md gives, so that others can hold theirs against them.
#![allow(clippy::arithmetic_side_effects, clippy::unwrap_used, reason = "tests may be blunt")]

use arch_matrix::commit::{Commitment, Hash, LeafTree};
use arch_matrix::freivalds::Challenge;
use arch_matrix::plan::Order;
use arch_matrix::{Cell, Format, Grid, Matrix, Part, Plan, Shape, Splits, Zone};

/// Rows and columns of the second part of the rows of a product of 140 × 132: `1000·row + column`.
fn slab() -> Matrix<i32> {
    let values = (0..70).flat_map(|row| (0..132).map(move |column| 1_000 * row + column));
    Matrix::new(70, 132, values.collect()).unwrap()
}

fn grid() -> Grid {
    Grid::new(Shape::new(140, 5, 132).unwrap(), Splits::even(2)).unwrap()
}

fn commitment() -> Commitment {
    Commitment::of(Format::I8, grid(), Part::Row { index: 1 }, &slab()).unwrap()
}

#[track_caller]
fn is(hash: Hash, digits: &str) {
    assert_eq!(hash.to_string(), format!("blake3:{digits}"));
}

#[test]
fn leaves_roots_and_commitment_are_those_of_the_formats_page() {
    let cell = LeafTree::of_cell(Format::I8, &slab(), &(0..70), &(66..132));
    let [first, .., last] = *cell.leaves() else { panic!("four leaves") };
    is(first, "56e1583aa9a6e7194541d7520bc270e5570069096c7b71e727a3529c9ff3a6dc");
    is(last, "63d18e671517a28cbc8ba7bf09e3985d421b8ce207167562c943aa0bce34c85b");
    is(cell.root(), "6f8516bae49b393a26b5d3f5c3f27e7f409b065657e4993c0434529b9d48ed2b");
    assert_eq!(commitment().cell(Cell { row: 1, column: 1 }), Some(cell.root()));
    is(commitment().digest(), "be053fa3d9893d08d576a6f8b2c17039469dc81218b360d949645f0c07ae612c");
}

#[test]
fn what_is_drawn_is_what_the_formats_page_says() {
    let challenge = Challenge::draw(&[7; 32], &commitment().digest(), 2);
    let numbers: Vec<u64> = challenge.numbers().iter().map(|number| number.value()).collect();
    assert_eq!(numbers, [763_109_986_427_174_664, 112_377_172_105_468_463]);
    let order =
        Order { shape: grid().shape(), nodes: 3, splits: None, mirrors: false, seed: [7; 32] };
    let plan = Plan::new(&order).unwrap();
    let slabs: Vec<Part> = plan.nodes().iter().map(|node| node.slab).collect();
    let [two, row, column] =
        [Part::Reduction { index: 2 }, Part::Row { index: 2 }, Part::Column { index: 2 }];
    assert_eq!(slabs, [two, row, column]);
    let all = Plan::new(&Order { nodes: 9, ..order }).unwrap();
    let zone = Zone::draw(&all, &[7; 32], &[commitment().digest()]);
    assert_eq!((zone.block.row, zone.block.column, zone.block.depth), (0, 0, 2));
}
