//! Every instruction set and every number of threads finds the same lie, or none.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::unwrap_used,
    reason = "tests may be blunt"
)]

use arch_kernels::{Backend, Multiplier, check_i8};
use arch_matrix::commit::{Hash, LeafTree};
use arch_matrix::freivalds::{Challenge, Lie, check};
use arch_matrix::{Format, Matrix, Region, Shape};
use proptest::prelude::*;

#[test]
fn the_extremes_of_a_long_row_add_up_without_overflow() {
    let depth = 131_071;
    let region = Region::whole(Shape::new(1, depth.into(), 1).unwrap());
    for (one, other) in [(-128, -128), (-128, 127), (127, 127)] {
        let a = Matrix::new(1, depth, vec![one; depth as usize]).unwrap();
        let b = Matrix::new(depth, 1, vec![other; depth as usize]).unwrap();
        let mut c = arch_matrix::product(&a, &b, &region);
        let challenge = Challenge::draw(&[1; 32], &LeafTree::new(vec![]).root(), 1);
        for backend in Backend::available() {
            assert_eq!(check_i8(backend, &a, &b, &region, &c, &challenge, 2), None, "{backend}");
        }
        let short = Challenge::draw(&[1; 32], &LeafTree::new(vec![]).root(), 0);
        assert!(check_i8(Backend::best(), &a, &b, &region, &c, &short, 1).is_some());
        c.values_mut()[0] -= 1;
        for backend in Backend::available() {
            let found = check_i8(backend, &a, &b, &region, &c, &challenge, 2);
            assert_eq!(found, Some(Lie { row: 0 }), "{backend}");
        }
    }
    // As wide as it is long, so that sums of C run over many blocks as well.
    let (rows, columns) = (2, 70_000);
    let a = Matrix::new(rows, 1, vec![-128, 127]).unwrap();
    let b = Matrix::new(1, columns, vec![-128; columns as usize]).unwrap();
    let region = Region::whole(Shape::new(rows.into(), 1, columns.into()).unwrap());
    let c = arch_matrix::product(&a, &b, &region);
    let challenge = Challenge::draw(&[1; 32], &LeafTree::new(vec![]).root(), columns);
    for backend in Backend::available() {
        assert_eq!(check_i8(backend, &a, &b, &region, &c, &challenge, 1), None, "{backend}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn every_backend_answers_as_the_definition_does(
        (rows, depth, columns) in (1_u32..200, 1_u32..400, 1_u32..1_200), seed in any::<u64>(),
        lie in prop::option::of((any::<prop::sample::Index>(), 1_i32..)), threads in 1_usize..4,
    ) {
        let mut state = seed | 1;
        let mut noise = |rows: u32, columns: u32| {
            let one = || {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                (state >> 33) as i8
            };
            let values = std::iter::repeat_with(one).take((rows * columns) as usize);
            Matrix::new(rows, columns, values.collect()).unwrap()
        };
        let (a, b) = (noise(rows, depth), noise(depth, columns));
        let region = Region::whole(Shape::new(rows.into(), depth.into(), columns.into()).unwrap());
        let mut c = Multiplier::new(Backend::best(), 2).product(&a, &b, &region);
        let wrong = lie.map(|(at, off)| {
            let at = at.index(c.values().len());
            c.values_mut()[at] = c.values()[at].wrapping_add(off);
            Lie { row: (at / columns as usize) as u32 }
        });
        let root: Hash = LeafTree::of_cell(Format::I8, &c, &(0..rows), &(0..columns)).root();
        let challenge = Challenge::draw(&[7; 32], &root, columns);
        prop_assert_eq!(check(&a, &b, &region, &c, &challenge), wrong);
        for backend in Backend::available() {
            let found = check_i8(backend, &a, &b, &region, &c, &challenge, threads);
            prop_assert_eq!(found, wrong, "{}", backend);
        }
    }
}
