use std::collections::BTreeSet;

use arch_kernels::stream::{StreamError, Tile, Tiles};
use arch_matrix::{Cell, Format, Grid, Part, Shape, Splits};
use proptest::prelude::*;

use crate::world::formats;

fn grids() -> impl Strategy<Value = (Grid, Part)> {
    let side = prop_oneof![1_u32..70, 60_u32..700];
    (
        side.clone(),
        side.clone(),
        side,
        prop::array::uniform3(1_u32..5),
        any::<prop::sample::Index>(),
    )
        .prop_map(|(m, k, n, [p, q, r], part)| {
            let splits = Splits { rows: p.min(m), columns: q.min(n), depth: r.min(k) };
            let shape = Shape::new(m.into(), k.into(), n.into()).unwrap();
            let grid = Grid::new(shape, splits).unwrap();
            let mut parts: Vec<_> = grid.blocks().map(|block| Part::Rest { block }).collect();
            parts.push(Part::Row { index: splits.rows - 1 });
            parts.push(Part::Column { index: splits.columns - 1 });
            parts.push(Part::Reduction { index: splits.depth - 1 });
            (grid, *part.get(&parts))
        })
}

fn least(grid: &Grid, part: Part, format: Format) -> u64 {
    match Tiles::new(grid, part, format, 0) {
        Err(StreamError::TooLittleMemory { need, have: 0 }) => need,
        other => panic!("{other:?}"),
    }
}

proptest! {
    #[test]
    fn tiles_cover_each_part_once_within_their_cells_and_begin_at_leaves(
        (grid, part) in grids(), format in formats(), more in prop_oneof![Just(0_u64), 0_u64..2_000_000],
    ) {
        let tiles = Tiles::new(&grid, part, format, least(&grid, part, format) + more).unwrap();
        let region = part.region(&grid).unwrap();
        let all: Vec<Tile> = tiles.iter().collect();
        prop_assert_eq!(all.len() as u64, tiles.len());
        prop_assert!(tiles.get(tiles.len()).is_none() && tiles.get(u64::MAX).is_none());
        let mut seen = BTreeSet::new();
        let mut cells = Vec::new();
        for tile in &all {
            let cell = grid.cell(tile.cell);
            prop_assert!(cell.rows.start <= tile.rows.start && tile.rows.end <= cell.rows.end);
            prop_assert!(cell.columns.start <= tile.columns.start);
            prop_assert!(tile.columns.end <= cell.columns.end);
            prop_assert_eq!((tile.rows.start - cell.rows.start) % 64, 0);
            prop_assert_eq!((tile.columns.start - cell.columns.start) % 64, 0);
            for row in tile.rows.clone() {
                for column in tile.columns.clone() {
                    prop_assert!(seen.insert((row, column)));
                }
            }
            cells.push(tile.cell);
        }
        prop_assert_eq!(seen.len(), region.rows.len() * region.columns.len());
        let within = |(row, column): &(u32, u32)| {
            region.rows.contains(row) && region.columns.contains(column)
        };
        prop_assert!(seen.iter().all(within));
        cells.dedup();
        prop_assert_eq!(cells, part.cells(&grid).collect::<Vec<Cell>>());
    }

    #[test]
    fn one_byte_less_than_the_least_is_refused_and_says_what_it_takes(
        (grid, part) in grids(), format in formats(),
    ) {
        let need = least(&grid, part, format);
        prop_assert!(Tiles::new(&grid, part, format, need).is_ok());
        let refused = Tiles::new(&grid, part, format, need - 1).unwrap_err();
        let StreamError::TooLittleMemory { need: said, have } = refused else { panic!("{refused}") };
        prop_assert_eq!((said, have), (need, need - 1));
    }
}

#[test]
fn more_memory_makes_fewer_tiles_and_a_size_that_somebody_made_up_keeps_nobody_busy() {
    let shape = Shape::new(4_096, 4_096, 4_096).unwrap();
    let grid = Grid::new(shape, Splits::even(1)).unwrap();
    let part = Part::Row { index: 0 };
    let tiles = |memory| Tiles::new(&grid, part, Format::I8, memory).unwrap().len();
    assert!(tiles(1 << 20) > tiles(2 << 20) && tiles(2 << 20) > tiles(64 << 20));
    assert_eq!(tiles(1 << 30), 1);
    let most = 1 << 29;
    let grid = Grid::new(Shape::new(most, most, most).unwrap(), Splits::even(64)).unwrap();
    for part in [part, Part::Column { index: 63 }, Part::Reduction { index: 9 }] {
        let tiles = Tiles::new(&grid, part, Format::I16, 1 << 20).unwrap();
        let last = tiles.get(tiles.len() - 1).unwrap();
        let region = part.region(&grid).unwrap();
        assert_eq!((last.rows.end, last.columns.end), (region.rows.end, region.columns.end));
    }
}

#[test]
fn a_part_that_is_not_there_and_strict_floats_are_refused() {
    let grid = Grid::new(Shape::new(9, 9, 9).unwrap(), Splits::even(3)).unwrap();
    let refused = Tiles::new(&grid, Part::Row { index: 3 }, Format::I8, 1 << 30);
    assert!(matches!(refused, Err(StreamError::NoSuchPart)));
    let refused = Tiles::new(&grid, Part::Row { index: 0 }, Format::F32Strict, 1 << 30);
    assert!(matches!(refused, Err(StreamError::Strict)));
}
