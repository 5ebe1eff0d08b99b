//! What a verifier on a chain is called with.

use ark_bn254::{Fq, Fr};
use ark_ec::AffineRepr as _;
use ark_ff::{BigInt, BigInteger as _, PrimeField as _};

use crate::groth16::Groth16Proof;

/// The arguments of `verifyProof(uint[2] a, uint[2][2] b, uint[2] c, uint[n] publics)`, the function of
/// the contract that snarkjs exports: 32 bytes each, highest first, without the selector. The halves of
/// a number of the second group stand the other way round than everywhere else.
#[must_use]
pub fn calldata(proof: &Groth16Proof, publics: &[Fr]) -> Vec<[u8; 32]> {
    let points = proof.points();
    let [(ax, ay), (cx, cy)] = [points.a, points.c].map(|point| point.xy().unwrap_or_default());
    let (bx, by) = points.b.xy().unwrap_or_default();
    let coordinates = [ax, ay, bx.c1, bx.c0, by.c1, by.c0, cx, cy];
    let numbers = publics.iter().map(|number| word(number.into_bigint()));
    coordinates.iter().map(|number: &Fq| word(number.into_bigint())).chain(numbers).collect()
}

/// The same as snarkjs prints it, to be pasted into a call.
#[must_use]
pub fn calldata_text(proof: &Groth16Proof, publics: &[Fr]) -> String {
    let words = calldata(proof, publics);
    let text = |word: &[u8; 32]| {
        let digits: String = word.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("\"0x{digits}\"")
    };
    let mut texts = words.iter().map(text);
    let mut list =
        |count: usize| format!("[{}]", texts.by_ref().take(count).collect::<Vec<_>>().join(", "));
    let (a, first, second, c) = (list(2), list(2), list(2), list(2));
    format!("{a},[{first},{second}],{c},{}", list(publics.len()))
}

fn word(number: BigInt<4>) -> [u8; 32] {
    let mut word = [0; 32];
    for (place, byte) in word.iter_mut().zip(number.to_bytes_be()) {
        *place = byte;
    }
    word
}
