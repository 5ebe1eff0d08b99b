//! Products of 16-bit numbers.

use arch_matrix::{Carrier, Matrix, Region, product};

use crate::backend::Backend;
use crate::blocked::Begin;
use crate::threads::{share, together};
#[cfg(target_arch = "x86_64")]
use crate::x86::add_wide;

/// `A[rows, depth] · B[depth, columns]` by at most `threads` threads, into C, which has the region's
/// size, or on top of what it has.
pub(crate) fn multiply(
    (backend, threads): (Backend, usize),
    factors: (&Matrix<i16>, &Matrix<i16>),
    region: &Region,
    begin: Begin,
    c: &mut Matrix<i64>,
) {
    let share = share(region.rows.len(), threads);
    let step = u32::try_from(share).unwrap_or(u32::MAX);
    let bands = c.values_mut().chunks_mut(share.saturating_mul(region.columns.len()).max(1));
    let work = region.rows.clone().step_by(share).zip(bands).map(|(start, band)| {
        let rows = start..start.saturating_add(step).min(region.rows.end);
        let region = Region { rows, ..region.clone() };
        move || {
            if begin == Begin::Afresh {
                band.fill(0);
            }
            add(backend, factors, &region, band);
        }
    });
    together(work);
}

fn add(backend: Backend, factors: (&Matrix<i16>, &Matrix<i16>), region: &Region, c: &mut [i64]) {
    match backend {
        #[cfg(target_arch = "x86_64")]
        Backend::Vnni(kernel) => add_wide(kernel, factors, region, c),
        #[cfg(target_arch = "x86_64")]
        Backend::Avx2(kernel) => add_wide(kernel, factors, region, c),
        // By the definition.
        _ => {
            let new = product(factors.0, factors.1, region);
            let sums = c.iter_mut().zip(new.values());
            sums.for_each(|(sum, new)| *sum = i16::add(*sum, *new));
        }
    }
}

#[cfg(test)]
mod tests {
    use arch_matrix::Shape;
    use proptest::prelude::*;

    use super::*;

    fn matrix(rows: u32, columns: u32, seed: u64) -> Matrix<i16> {
        let mut state = seed | 1;
        let one = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            // One in four is an extreme.
            match state >> 60 {
                0 => i16::MIN,
                1 => i16::MAX,
                2 => -1,
                3 => 255,
                _ => (state >> 33) as i16,
            }
        };
        let values = std::iter::repeat_with(one).take((rows * columns) as usize).collect();
        Matrix::new(rows, columns, values).unwrap()
    }

    fn whole(a: &Matrix<i16>, b: &Matrix<i16>) -> Region {
        let sides = [a.rows(), a.columns(), b.columns()].map(u64::from);
        Region::whole(Shape::new(sides[0], sides[1], sides[2]).unwrap())
    }

    fn same(a: &Matrix<i16>, b: &Matrix<i16>, region: &Region) {
        let right = product(a, b, region);
        for backend in Backend::available() {
            for threads in [1, 3] {
                let mut c = right.clone();
                c.values_mut().fill(7);
                multiply((backend, threads), (a, b), region, Begin::Afresh, &mut c);
                assert!(c == right, "{backend} with {threads} threads, {region:?}");
                multiply((backend, threads), (a, b), region, Begin::OnTop, &mut c);
                let twice = c.values().iter().zip(right.values()).all(|(c, one)| *c == 2 * one);
                assert!(twice, "{backend} with {threads} threads on top, {region:?}");
            }
        }
    }

    #[test]
    fn sizes_around_every_border_of_a_block_give_the_same_bytes() {
        for rows in [1, 2, 3, 5, 6, 7, 31, 32, 33, 95, 96, 97] {
            for depth in [1, 2, 3, 255, 256, 257, 511, 513] {
                for columns in [1, 15, 16, 17, 31, 32, 33, 65] {
                    let (a, b) = (matrix(rows, depth, 7), matrix(depth, columns, 9));
                    same(&a, &b, &whole(&a, &b));
                }
            }
        }
    }

    #[test]
    fn the_extremes_over_whole_blocks_give_the_same_bytes() {
        let extremes = [i16::MIN, i16::MIN + 1, -256, -255, -1, 255, 256, i16::MAX];
        for depth in [255, 256, 4_097] {
            for one in extremes {
                for other in extremes {
                    let a = Matrix::new(7, depth, vec![one; 7 * depth as usize]).unwrap();
                    let b = Matrix::new(depth, 33, vec![other; 33 * depth as usize]).unwrap();
                    let region = whole(&a, &b);
                    same(&a, &b, &region);
                    let sum = i64::from(one) * i64::from(other) * i64::from(depth);
                    assert!(product(&a, &b, &region).values().iter().all(|value| *value == sum));
                }
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
            let (a, b) = (matrix(rows, depth, seed), matrix(depth, columns, !seed));
            let range = |one: usize, side: u32| {
                let [one, other] = [one, one + 1].map(|at| cuts[at].index(side as usize) as u32);
                one.min(other)..one.max(other) + 1
            };
            let region =
                Region { rows: range(0, rows), columns: range(2, columns), depth: range(4, depth) };
            same(&a, &b, &region);
        }
    }
}
