//! Every instruction set, every split and every number of threads gives the bytes of the definition.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::unwrap_used,
    reason = "tests may be blunt"
)]

use arch_kernels::{Backend, Multiplier};
use arch_matrix::{Matrix, Region, Shape, product};
use proptest::prelude::*;

fn noise(rows: u32, columns: u32, seed: u64) -> Matrix<i8> {
    let mut state = seed | 1;
    let one = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 33) as i8
    };
    let values = std::iter::repeat_with(one).take((rows * columns) as usize).collect();
    Matrix::new(rows, columns, values).unwrap()
}

fn same(a: &Matrix<i8>, b: &Matrix<i8>, region: &Region) {
    let right = product(a, b, region);
    for backend in Backend::available() {
        for threads in [1, 2, 3] {
            let mut multiplier = Multiplier::new(backend, threads);
            // The second time with what the first left behind.
            let first = multiplier.product(a, b, region);
            let mut ours = Matrix::new(1, 1, vec![7]).unwrap();
            multiplier.product_into(a, b, region, &mut ours);
            assert!(
                first == right && ours == right,
                "{backend} with {threads} threads, {region:?}"
            );
        }
    }
}

fn whole(a: &Matrix<i8>, b: &Matrix<i8>) -> Region {
    Region::whole(Shape::new(a.rows().into(), a.columns().into(), b.columns().into()).unwrap())
}

#[test]
fn sizes_around_every_border_of_a_block_give_the_same_bytes() {
    for rows in [1, 2, 3, 11, 12, 13, 31, 33, 65, 191, 193] {
        for depth in [1, 3, 4, 5, 1_023, 2_047, 2_048, 2_049] {
            for columns in [1, 15, 16, 17, 31, 33, 65] {
                if rows * depth * columns < 6_000_000 {
                    let (a, b) = (noise(rows, depth, 7), noise(depth, columns, 9));
                    same(&a, &b, &whole(&a, &b));
                }
            }
        }
    }
}

#[test]
fn the_extremes_at_the_longest_depth_give_the_same_bytes() {
    let depth = 131_071;
    for (one, other) in [(-128, -128), (-128, 127), (127, -128), (127, 127)] {
        let a = Matrix::new(2, depth, vec![one; 2 * depth as usize]).unwrap();
        let b = Matrix::new(depth, 3, vec![other; 3 * depth as usize]).unwrap();
        let region = whole(&a, &b);
        same(&a, &b, &region);
        let sum = i32::from(one) * i32::from(other) * depth as i32;
        assert!(product(&a, &b, &region).values().iter().all(|value| *value == sum));
    }
    let alternating = |count: u32| (0..count).map(|n| if n % 2 == 0 { -128 } else { 127 });
    let a = Matrix::new(1, depth, alternating(depth).collect()).unwrap();
    let b = Matrix::new(depth, 1, alternating(depth).collect()).unwrap();
    same(&a, &b, &whole(&a, &b));
}

#[test]
fn no_depth_is_a_product_of_zeros_whatever_stood_there() {
    let (a, b) = (noise(5, 7, 3), noise(7, 9, 4));
    let region = Region { depth: 3..3, ..whole(&a, &b) };
    for backend in Backend::available() {
        let mut c = Matrix::new(5, 9, vec![7; 45]).unwrap();
        Multiplier::new(backend, 2).product_into(&a, &b, &region, &mut c);
        assert_eq!(c, product(&a, &b, &region), "{backend}");
    }
}

#[test]
fn a_small_product_after_a_large_one_is_not_mixed_with_it() {
    for backend in Backend::available() {
        let mut multiplier = Multiplier::new(backend, 2);
        for (rows, depth, columns) in [(90, 2_100, 70), (5, 7, 3), (13, 1_030, 33), (90, 4, 70)] {
            let (a, b) = (noise(rows, depth, 3), noise(depth, columns, 4));
            let region = whole(&a, &b);
            assert_eq!(multiplier.product(&a, &b, &region), product(&a, &b, &region), "{backend}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn any_region_of_any_size_gives_the_same_bytes(
        (rows, depth, columns) in (1_u32..120, 1_u32..900, 1_u32..90), seed in any::<u64>(),
        cuts in prop::array::uniform6(any::<prop::sample::Index>()),
    ) {
        let (a, b) = (noise(rows, depth, seed), noise(depth, columns, !seed));
        let range = |one: &prop::sample::Index, other: &prop::sample::Index, side: u32| {
            let (one, other) = (one.index(side as usize) as u32, other.index(side as usize) as u32);
            one.min(other)..one.max(other) + 1
        };
        let region = Region {
            rows: range(&cuts[0], &cuts[1], rows),
            columns: range(&cuts[2], &cuts[3], columns),
            depth: range(&cuts[4], &cuts[5], depth),
        };
        same(&a, &b, &region);
    }
}
