//! A step, computed by who may see it: a fraction of a millisecond.

use crate::ground::{SIDE, STEP};

/// `before + A·B` of tiles that are filled up. `None` if they are not of their sizes, or a sum has no
/// room in 64 bits.
pub(crate) fn step(before: &[i64], a: &[i64], b: &[i64]) -> Option<Vec<i64>> {
    let (side, depth) = (usize::try_from(SIDE).ok()?, usize::try_from(STEP).ok()?);
    let sizes = [before.len(), a.len(), b.len()];
    if sizes != [side.checked_mul(side)?, side.checked_mul(depth)?, depth.checked_mul(side)?] {
        return None;
    }
    let mut after = before.to_vec();
    for (sums, row) in after.chunks_mut(side).zip(a.chunks(depth)) {
        for (factor, line) in row.iter().zip(b.chunks(side)) {
            for (sum, value) in sums.iter_mut().zip(line) {
                *sum = sum.checked_add(factor.checked_mul(*value)?)?;
            }
        }
    }
    Some(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_adds_the_product_and_refuses_what_has_no_room() {
        let (mut a, mut b, mut before) = (vec![0; 2048], vec![0; 2048], vec![0; 256]);
        (a[128 + 5], b[5 * 16 + 3], before[16 + 3]) = (7, -3, 100);
        let after = step(&before, &a, &b).unwrap();
        assert_eq!((after[16 + 3], after.iter().filter(|sum| **sum != 0).count()), (79, 1));
        before[16 + 3] = i64::MIN;
        assert_eq!(step(&before, &a, &b), None);
        assert_eq!(step(&before[1..], &a, &b), None);
    }
}
