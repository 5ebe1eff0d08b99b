//! Without any special instruction: what is left to a processor that nobody wrote for.

use crate::packed::{Kernel, Patch, Step};

/// Needs nothing.
#[derive(Debug, Clone, Copy)]
pub struct Scalar;

impl Kernel<4, 16> for Scalar {
    type Four = [u8; 4];

    fn four(numbers: [i8; 4]) -> [u8; 4] {
        numbers.map(i8::cast_unsigned)
    }

    fn multiply(self, a: &[[[u8; 4]; 4]], b: &[Step<16>], patch: &mut Patch<4, 16>) {
        patch.0 = [[0; 16]; 4];
        for (a, Step(b)) in a.iter().zip(b) {
            for (row, sums) in a.iter().zip(patch.0.iter_mut()) {
                let row = row.map(|number| i32::from(number.cast_signed()));
                for (column, sum) in b.iter().zip(sums.iter_mut()) {
                    for (one, other) in row.iter().zip(column) {
                        *sum = sum.wrapping_add(one.wrapping_mul(i32::from(*other)));
                    }
                }
            }
        }
    }
}
