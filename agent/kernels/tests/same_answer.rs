//! Every instruction set and every number of threads finds the same lie, or none.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::unwrap_used,
    reason = "tests may be blunt"
)]

use arch_kernels::{Backend, check_i8, product_i8};
use arch_matrix::commit::{Hash, LeafTree};
use arch_matrix::freivalds::{Challenge, Lie, check};
use arch_matrix::{Format, Matrix, Region, Shape};
use proptest::prelude::*;

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
        let mut c = product_i8(Backend::best(), &a, &b, &region, 2);
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
