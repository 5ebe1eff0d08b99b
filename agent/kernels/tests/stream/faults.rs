use std::io;
use std::ops::ControlFlow;

use arch_kernels::Backend;
use arch_kernels::stream::{
    Operand, OperandError, ReadAt, StreamError, Tiles, Which, Work, multiply,
};
use arch_matrix::file::{Dtype, Stored};
use arch_matrix::{Format, Part, Splits};

use crate::world::{BEFORE, Bytes, World, a, b};

/// A disk with a hole: reading any of its bytes from `from` on is an error.
struct Broken {
    bytes: Vec<u8>,
    from: u64,
}

impl ReadAt for Broken {
    fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        match offset + out.len() as u64 > self.from {
            true => Err(io::Error::other("input/output error")),
            false => self.bytes.as_slice().read_at(offset, out),
        }
    }
}

const PART: Part = Part::Row { index: 0 };

fn world(format: &str) -> World {
    World::new(format.parse().unwrap(), (70, 90, 80), Splits::even(1), 3)
}

fn run<A: ReadAt + Sync, B: ReadAt + Sync>(
    world: &World,
    (a, b): (&Operand<A>, &Operand<B>),
    out: &Bytes,
) -> (Vec<u64>, Result<(), StreamError>) {
    let (grid, memory, backend) = (&world.grid, world.least(PART), Backend::best());
    let work = Work { a, b, grid, part: PART, memory, backend, threads: 2 };
    let mut told = Vec::new();
    let result = multiply(&work, 0, out, |tile| {
        told.push(tile);
        ControlFlow::Continue(())
    });
    (told, result)
}

#[test]
fn a_disk_that_does_not_give_its_bytes_is_an_error_with_the_place() {
    let world = world("i8");
    let stored = Stored { dtype: Dtype::I8, rows: 90, columns: 80, offset: 5 };
    // Row 70, column 16 of B stands behind.
    let from = 5 + 70 * 80 + 16;
    let b = Operand::b(Broken { bytes: vec![1; 7_205], from }, stored, Format::I8).unwrap();
    let (_, result) = run(&world, (&world.a, &b), &Bytes::new(vec![]));
    let error = result.unwrap_err();
    let StreamError::Read { which: Which::B, row, column, source } = error else {
        panic!("{error}")
    };
    assert_eq!((row, column, source.to_string().as_str()), (70, 0, "input/output error"));
}

#[test]
fn a_factor_that_ends_early_is_an_error_with_the_place_and_nothing_is_told_that_needs_it() {
    let world = world("i16");
    let bytes = vec![1; BEFORE as usize + 2 * 70 * 90 - 1];
    let a = a(Format::I16, 70, 90, bytes);
    let (told, result) = run(&world, (&a, &world.b), &Bytes::new(vec![]));
    let error = result.unwrap_err();
    let StreamError::Read { which: Which::A, row: 69, source, .. } = &error else {
        panic!("{error}")
    };
    assert_eq!(source.kind(), io::ErrorKind::UnexpectedEof);
    let tiles = Tiles::new(&world.grid, PART, world.format, world.least(PART)).unwrap();
    let needs = tiles.iter().position(|tile| tile.rows.contains(&69)).unwrap();
    assert!(needs > 0);
    assert_eq!(told, (0..needs as u64).collect::<Vec<_>>());
    assert!(error.to_string().starts_with("A cannot be read from row 69, column "), "{error}");
}

#[test]
fn a_full_disk_is_an_error_with_the_place_and_what_was_told_is_whole() {
    let world = world("i8");
    let out = Bytes { most: 70 * 80 * 4 - 1, ..Bytes::new(vec![]) };
    let (told, result) = run(&world, (&world.a, &world.b), &out);
    let error = result.unwrap_err();
    let StreamError::Write { row: 69, column: 64, source } = &error else { panic!("{error}") };
    assert_eq!(source.kind(), io::ErrorKind::StorageFull);
    let tiles = Tiles::new(&world.grid, PART, world.format, world.least(PART)).unwrap();
    assert_eq!(told, (0..tiles.len() - 1).collect::<Vec<_>>());
    let held = out.held();
    for tile in told.into_iter().filter_map(|tile| tiles.get(tile)) {
        for row in tile.rows {
            let place = |column: u32| (row * 80 + column) as usize * 4;
            let place = place(tile.columns.start)..place(tile.columns.end);
            assert_eq!(held[place.clone()], world.c()[place]);
        }
    }
}

#[test]
fn a_value_that_is_no_number_is_refused_by_its_place() {
    for format in ["q3", "q7/i16"] {
        let world = world(format);
        for (row, column, value) in [(0, 0, f32::NAN), (69, 89, f32::INFINITY), (66, 1, f32::NAN)] {
            let mut bytes = vec![0; BEFORE as usize + 4 * 70 * 90];
            let at = BEFORE as usize + 4 * (row as usize * 90 + column as usize);
            bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
            let a = a(world.format, 70, 90, bytes);
            let (_, result) = run(&world, (&a, &world.b), &Bytes::new(vec![]));
            let error = result.unwrap_err();
            let StreamError::NotFinite { which: Which::A, row: r, column: c, value: v } = error
            else {
                panic!("{error}");
            };
            assert_eq!((r, c, v.to_bits()), (row, column, value.to_bits()));
            let of_its_own = a.piece::<i8>(&(0..70), &(0..90));
            match world.format {
                Format::Fixed8(_) => {
                    let error = of_its_own.unwrap_err();
                    assert!(matches!(error, StreamError::NotFinite { row: r, .. } if r == row));
                }
                _ => assert!(matches!(of_its_own, Err(StreamError::Carrier { .. }))),
            }
        }
    }
}

#[test]
fn a_long_row_names_the_column_that_is_no_number() {
    let mut bytes = vec![0; BEFORE as usize + 4 * 5_000];
    bytes[BEFORE as usize + 4 * 4_321 + 3] = 0x7f;
    bytes[BEFORE as usize + 4 * 4_321 + 2] = 0x80;
    let a = a("q0".parse().unwrap(), 1, 5_000, bytes);
    let error = a.piece::<i8>(&(0..1), &(7..5_000)).unwrap_err();
    assert!(matches!(error, StreamError::NotFinite { column: 4_321, .. }), "{error}");
}

#[test]
fn a_file_whose_numbers_the_format_does_not_take_is_refused() {
    let new = |text: &str, dtype, rows, offset| {
        let stored = Stored { dtype, rows, columns: 4, offset };
        Operand::a(Bytes::new(vec![]), stored, text.parse().unwrap()).map(|_| ())
    };
    use Dtype::{F32, I8, I16, I32, I64};
    for (text, takes) in [("i8", I8), ("i16", I16), ("q3", F32), ("q3/i16", F32)] {
        for dtype in [I8, I16, I32, I64, F32] {
            let refused = matches!(new(text, dtype, 4, 0), Err(OperandError::Dtype { .. }));
            assert_eq!(refused, dtype != takes, "{text} {dtype:?}");
        }
    }
    assert_eq!(new("f32s", F32, 4, 0), Err(OperandError::Strict));
    for rows in [0, (1 << 29) + 1, 1 << 40] {
        assert_eq!(new("i8", I8, rows, 0), Err(OperandError::Side { rows, columns: 4 }));
    }
    assert_eq!(new("i8", I8, 4, u64::MAX - 15), Err(OperandError::TooLong));
}

#[test]
fn each_factor_has_its_own_scale_and_one_is_not_taken_for_the_other() {
    let format: Format = "q2*q4".parse().unwrap();
    let half = |numbers: usize| {
        let floats = [0.5_f32.to_le_bytes()].into_iter().cycle().take(numbers).flatten();
        [0; BEFORE as usize].into_iter().chain(floats).collect::<Vec<_>>()
    };
    let (left, right) = (a(format, 70, 70, half(4_900)), b(format, 70, 70, half(4_900)));
    assert_eq!(left.piece::<i8>(&(3..4), &(0..2)).unwrap().values(), [2, 2]);
    assert_eq!(right.piece::<i8>(&(3..4), &(0..2)).unwrap().values(), [8, 8]);
    let world = World::new(format, (70, 70, 70), Splits::even(1), 3);
    for (one, other, swapped) in [(&right, &left, Which::B), (&left, &left, Which::A)] {
        let (told, result) = run(&world, (one, other), &Bytes::new(vec![]));
        let Err(StreamError::Swapped { which }) = result else { panic!("{result:?}") };
        assert_eq!((which, told), (swapped, vec![]));
    }
}

#[test]
fn matrices_that_are_not_of_the_product_or_of_two_formats_are_refused() {
    let world = world("i8");
    let short = a(Format::I8, 70, 89, vec![0; 9_000]);
    let (_, result) = run(&world, (&short, &world.b), &Bytes::new(vec![]));
    let error = result.unwrap_err();
    assert!(matches!(error, StreamError::Size { which: Which::A, columns: 89, .. }), "{error}");
    let other = b(Format::I16, 90, 80, vec![0; 20_000]);
    let (_, result) = run(&world, (&world.a, &other), &Bytes::new(vec![]));
    assert!(matches!(result.unwrap_err(), StreamError::Formats { .. }));
    let beyond = world.a.piece::<i8>(&(0..71), &(0..3)).unwrap_err();
    assert!(matches!(beyond, StreamError::Size { which: Which::A, .. }));
    let work = world.work(PART, 1 << 30, 1);
    let beyond = multiply(&work, 2, &Bytes::new(vec![]), |_| ControlFlow::Continue(()));
    assert!(matches!(beyond, Err(StreamError::NoTile { index: 2, tiles: 1 })));
}
