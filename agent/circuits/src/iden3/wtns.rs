//! `.wtns`: the numbers of all cells.

use ark_bn254::Fr;

use super::{points, sections};

/// An assignment as a file.
#[must_use]
pub fn write_wtns(numbers: &[Fr]) -> Vec<u8> {
    let mut header = points::modulus::<Fr>();
    header.extend(u32::try_from(numbers.len()).unwrap_or(u32::MAX).to_le_bytes());
    let all = numbers.iter().flat_map(points::plain).collect();
    sections::write(b"wtns", 2, &[(1, header), (2, all)])
}
