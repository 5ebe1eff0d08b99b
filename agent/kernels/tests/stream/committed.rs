use arch_kernels::stream::{Commit, StreamError, Tiles, leaves_of_tile};
use arch_matrix::commit::{Commitment, Hash, LeafTree};
use arch_matrix::{CarrierKind, Cell, Format, Splits};
use proptest::prelude::*;

use crate::world::{World, worlds};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn leaves_of_tiles_in_any_order_are_the_commitment_of_the_whole(
        world in worlds(), part in any::<prop::sample::Index>(),
        more in prop_oneof![Just(0_u64), 1_u64..400_000], backwards in any::<bool>(),
    ) {
        let part = *part.get(world.parts());
        let memory = world.least(part) + more;
        let out = world.computed(part, memory, 2);
        let mut commit = Commit::new(world.format, world.grid, part).unwrap();
        let mut tiles: Vec<_> =
            Tiles::new(&world.grid, part, world.format, memory).unwrap().iter().collect();
        if backwards {
            tiles.reverse();
        }
        for tile in &tiles {
            let leaves = leaves_of_tile(&world.grid, part, world.format, tile, &out).unwrap();
            commit.take(tile.cell, leaves).unwrap();
        }
        let committed = commit.finish().unwrap();
        let region = world.region(part);
        let right = match world.format.carrier() {
            CarrierKind::I8 => {
                Commitment::of(world.format, world.grid, part, &world.product::<i8>(&region))
            }
            _ => Commitment::of(world.format, world.grid, part, &world.product::<i16>(&region)),
        };
        prop_assert_eq!(Some(&committed.commitment), right.as_ref());
        prop_assert_eq!(Some(committed.commitment.digest()), right.map(|right| right.digest()));
        for (cell, tree) in &committed.trees {
            prop_assert_eq!(committed.commitment.cell(*cell), Some(tree.root()));
        }
        prop_assert_eq!(committed.trees.len(), part.cells(&world.grid).count());
    }
}

fn world() -> (World, arch_matrix::Part) {
    let world = World::new(Format::I8, (200, 20, 2_500), Splits::even(2), 3);
    let part = world.parts()[0];
    (world, part)
}

#[test]
fn a_leaf_that_is_missing_is_named_and_one_told_otherwise_or_of_another_part_is_refused() {
    let (world, part) = world();
    let out = world.computed(part, 1 << 22, 1);
    let tiles = Tiles::new(&world.grid, part, Format::I8, 1 << 22).unwrap();
    let told: Vec<(Cell, u64, Hash)> = tiles
        .iter()
        .flat_map(|tile| {
            let leaves = leaves_of_tile(&world.grid, part, Format::I8, &tile, &out).unwrap();
            leaves.into_iter().map(move |(index, hash)| (tile.cell, index, hash))
        })
        .collect();
    for gap in 0..told.len() {
        let mut commit = Commit::new(Format::I8, world.grid, part).unwrap();
        for (at, (cell, index, hash)) in told.iter().enumerate() {
            if at != gap {
                commit.take(*cell, [(*index, *hash)]).unwrap();
            }
        }
        let Err(StreamError::LeafMissing { cell, leaf }) = commit.finish() else { panic!("{gap}") };
        let index = u64::from(leaf.leaf_row * 20 + leaf.leaf_column);
        assert_eq!((cell, index), (told[gap].0, told[gap].1));
    }
    let mut commit = Commit::new(Format::I8, world.grid, part).unwrap();
    let (cell, index, hash) = told[7];
    commit.take(cell, [(index, hash)]).unwrap();
    commit.take(cell, [(index, hash)]).unwrap();
    let other = LeafTree::new(vec![]).root();
    for (cell, index, hash) in [
        (cell, index, other),
        (cell, 40, hash),
        (cell, u64::MAX, hash),
        (Cell { row: 1, ..cell }, 0, hash),
    ] {
        let refused = commit.take(cell, [(index, hash)]);
        assert!(
            matches!(refused, Err(StreamError::Leaf { cell: c, index: i }) if (c, i) == (cell, index))
        );
    }
}

#[test]
fn a_value_that_was_changed_in_the_file_changes_its_leaf_and_no_other() {
    let (world, part) = world();
    let out = world.computed(part, 1 << 22, 1);
    let tiles = Tiles::new(&world.grid, part, Format::I8, 1 << 22).unwrap();
    let leaves = || -> Vec<(u64, Hash)> {
        let of = |tile| leaves_of_tile(&world.grid, part, Format::I8, &tile, &out).unwrap();
        tiles.iter().flat_map(of).collect()
    };
    let before = leaves();
    // The last value of the part stands in the last leaf of its last cell.
    *out.held.lock().unwrap().last_mut().unwrap() ^= 1;
    let after = leaves();
    assert_eq!(before.len(), after.len());
    let differing: Vec<_> = before
        .iter()
        .zip(&after)
        .filter(|(one, other)| one != other)
        .map(|(one, _)| one.0)
        .collect();
    assert_eq!(differing, [39]);
}

#[test]
fn a_file_that_is_too_short_is_no_leaf_but_an_error_with_its_place() {
    let (world, part) = world();
    let out = world.computed(part, 1 << 22, 1);
    out.held.lock().unwrap().pop();
    let tiles = Tiles::new(&world.grid, part, Format::I8, 1 << 22).unwrap();
    let last = tiles.get(tiles.len() - 1).unwrap();
    let refused = leaves_of_tile(&world.grid, part, Format::I8, &last, &out).unwrap_err();
    let StreamError::Read { row: 99, source, .. } = refused else { panic!("{refused}") };
    assert_eq!(source.kind(), std::io::ErrorKind::UnexpectedEof);
}
