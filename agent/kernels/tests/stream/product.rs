use std::ops::ControlFlow;

use arch_kernels::Backend;
use arch_kernels::stream::{Operand, StreamError, Tiles, Work, multiply};
use arch_matrix::file::{Dtype, Stored};
use arch_matrix::{Format, Grid, Matrix, Part, Region, Shape, Splits, product};
use proptest::prelude::*;

use crate::world::{Bytes, World, formats, worlds, written};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn any_part_in_any_memory_from_the_least_upward_gives_the_bytes_of_the_definition(
        world in worlds(), part in any::<prop::sample::Index>(), threads in 1_usize..4,
        more in prop_oneof![Just(0_u64), 1_u64..60_000, 60_000_u64..4_000_000],
    ) {
        let part = *part.get(world.parts());
        let out = world.computed(part, world.least(part) + more, threads);
        prop_assert!(out.held() == world.right(&world.region(part)), "{part:?}");
    }

    #[test]
    fn going_on_from_any_tile_gives_the_same_file(
        world in worlds(), part in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(),
        more in prop_oneof![Just(0_u64), 1_u64..60_000],
    ) {
        let part = *part.get(world.parts());
        let memory = world.least(part) + more;
        let tiles = Tiles::new(&world.grid, part, world.format, memory).unwrap();
        let stop = at.index(tiles.len() as usize) as u64;
        let out = Bytes::new(vec![]);
        let stopped = |tile| match tile == stop {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        };
        multiply(&world.work(part, memory, 2), 0, &out, stopped).unwrap();
        let mut told = Vec::new();
        multiply(&world.work(part, memory, 1), stop + 1, &out, |tile| {
            told.push(tile);
            ControlFlow::Continue(())
        }).unwrap();
        prop_assert_eq!(told, (stop + 1..tiles.len()).collect::<Vec<_>>());
        prop_assert!(out.held() == world.right(&world.region(part)));
    }
}

#[test]
fn every_instruction_set_and_a_depth_of_many_chunks_give_the_same_bytes() {
    for format in ["i8", "q3", "i16", "q7/i16"] {
        let splits = Splits { rows: 1, columns: 1, depth: 1 };
        let world = World::new(format.parse().unwrap(), (70, 5_003, 66), splits, 5);
        let part = Part::Row { index: 0 };
        for backend in Backend::available() {
            for memory in [world.least(part), world.least(part) + 300_000, 1 << 24] {
                let out = Bytes::new(vec![]);
                let work = Work { backend, ..world.work(part, memory, 3) };
                multiply(&work, 0, &out, |_| ControlFlow::Continue(())).unwrap();
                assert!(out.held() == world.c(), "{backend} {memory}");
            }
        }
    }
}

#[test]
fn real_files_give_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::new(Format::I8, (130, 90, 140), Splits::even(2), 3);
    let put = |name: &str, bytes: &[u8]| {
        std::fs::write(folder.path().join(name), bytes).unwrap();
        std::fs::File::open(folder.path().join(name)).unwrap()
    };
    let (a, b): (Vec<i8>, Vec<i8>) =
        ((0..130 * 90).map(|n| (n * 7) as i8).collect(), vec![3; 90 * 140]);
    let bytes = |values: &[i8]| values.iter().map(|value| *value as u8).collect::<Vec<_>>();
    let stored = |rows, columns| Stored { dtype: Dtype::I8, rows, columns, offset: 0 };
    let left = Operand::a(put("a", &bytes(&a)), stored(130, 90), Format::I8).unwrap();
    let right = Operand::b(put("b", &bytes(&b)), stored(90, 140), Format::I8).unwrap();
    let out = std::fs::File::create(folder.path().join("c")).unwrap();
    let part = Part::Reduction { index: 1 };
    let work = Work {
        a: &left,
        b: &right,
        grid: &world.grid,
        part,
        memory: world.least(part),
        backend: Backend::best(),
        threads: 2,
    };
    multiply(&work, 0, &out, |_| ControlFlow::Continue(())).unwrap();
    let (a, b) = (Matrix::new(130, 90, a).unwrap(), Matrix::new(90, 140, b).unwrap());
    let right = written(&product(&a, &b, &world.region(part)));
    assert!(std::fs::read(folder.path().join("c")).unwrap() == right);
}

proptest! {
    #[test]
    fn a_piece_of_a_factor_is_that_piece(
        format in formats(), rows in 0_u32..40, columns in 0_u32..30, seed in any::<u64>(),
    ) {
        let world = World::new(format, (40, 30, 1), Splits::even(1), seed);
        // One column of B would be a product; so A's own numbers are looked at through a product with 1.
        let region = Region { rows: rows..40, columns: 0..1, depth: columns..30 };
        let right = world.right(&region);
        let found = match format.carrier() {
            arch_matrix::CarrierKind::I8 => {
                let a = world.a.piece::<i8>(&region.rows, &region.depth).unwrap();
                let b = world.b.piece::<i8>(&region.depth, &(0..1)).unwrap();
                written(&product(&a, &b, &whole(a.rows(), a.columns())))
            }
            _ => {
                let a = world.a.piece::<i16>(&region.rows, &region.depth).unwrap();
                let b = world.b.piece::<i16>(&region.depth, &(0..1)).unwrap();
                written(&product(&a, &b, &whole(a.rows(), a.columns())))
            }
        };
        prop_assert_eq!(found, right);
    }
}

fn whole(rows: u32, depth: u32) -> Region {
    Region { rows: 0..rows, columns: 0..1, depth: 0..depth }
}

#[test]
fn sums_that_may_overflow_are_refused_unless_the_numbers_are_small() {
    let depth = 131_072;
    let shape = Shape::new(1, depth, 1).unwrap();
    let grid = Grid::new(shape, Splits::even(1)).unwrap();
    let stored = |rows, columns| Stored { dtype: Dtype::I8, rows, columns, offset: 0 };
    let run = |value: i8| {
        let bytes = || Bytes::new(vec![value as u8; depth as usize]);
        let a = Operand::a(bytes(), stored(1, depth), Format::I8).unwrap();
        let b = Operand::b(bytes(), stored(depth, 1), Format::I8).unwrap();
        let part = Part::Row { index: 0 };
        let (backend, memory) = (Backend::best(), 1 << 22);
        let work = Work { a: &a, b: &b, grid: &grid, part, memory, backend, threads: 1 };
        let out = Bytes::new(vec![]);
        multiply(&work, 0, &out, |_| ControlFlow::Continue(())).map(|()| out.held())
    };
    assert!(matches!(run(-128), Err(StreamError::Overflow(_))));
    assert_eq!(run(127).unwrap(), (127_i32 * 127 * 131_072).to_le_bytes());
}
