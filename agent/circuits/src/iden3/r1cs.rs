//! `.r1cs`: the rows of a circuit
//! ([format](https://github.com/iden3/r1csfile/blob/master/doc/r1cs_bin_format.md)).

use ark_bn254::Fr;

use super::{points, sections};
use crate::System;

/// The system as a file. Public cells are outputs or inputs there; ours are inputs.
#[must_use]
pub fn write_r1cs(system: &System) -> Vec<u8> {
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX).to_le_bytes();
    let long = |count: usize| u64::try_from(count).unwrap_or(u64::MAX).to_le_bytes();
    let aside = system.publics().saturating_add(1);

    let mut header = points::modulus::<Fr>();
    let counts = [system.cells(), 0, system.publics(), system.cells().saturating_sub(aside)];
    header.extend(counts.into_iter().flat_map(number));
    header.extend(long(system.cells()));
    header.extend(number(system.rows()));

    let mut rows = Vec::new();
    let [a, b, c] = system.matrices();
    for side in a.iter().zip(b).zip(c).flat_map(|((a, b), c)| [a, b, c]) {
        rows.extend(number(side.len()));
        for (factor, place) in side {
            rows.extend(number(*place));
            rows.extend(points::plain(factor));
        }
    }
    let labels = (0..system.cells()).flat_map(long).collect();
    sections::write(b"r1cs", 1, &[(1, header), (2, rows), (3, labels)])
}
