//! Poseidon2 over BN254's scalar field: sixteen elements wide, fifteen of which take words in.
//!
//! The permutation is that of [Poseidon2](https://eprint.iacr.org/2023/323), §5 and §6: x⁵, eight full
//! rounds around 57 partial ones. It is written once, over wires: with numbers for wires it hashes,
//! with combinations of cells it lays down rows. A hash of fixed length is the sponge with a [`tag`]
//! in the sixteenth element, which says what is hashed and how much of it, so that no padding is
//! needed and two kinds of things never share a digest.

mod constants;
mod grain;

use ark_bn254::Fr;
use ark_ff::PrimeField as _;
use sha2::{Digest as _, Sha256};

use crate::builder::{Builder, Numbers, Wire};
use constants::{Constants, constants};

/// Elements of the state.
pub(crate) const WIDTH: usize = 16;

/// Words that one permutation takes in.
pub(crate) const RATE: usize = 15;

/// Rows of one permutation: three for each x⁵.
#[cfg(test)]
pub(crate) const ROWS: usize = 3 * (constants::FULL_ROUNDS * WIDTH + constants::PARTIAL_ROUNDS);

/// The name of this hash in manifests and tags.
pub(crate) const NAME: &str = "poseidon2-bn254-t16";

/// A sponge's state, as wires.
type State<W> = [W; WIDTH];

/// What is hashed, in the sponge's sixteenth element: the first 31 bytes, lowest first, of the SHA-256
/// of `arch-network.v1 poseidon2-bn254-t16 ` and these words.
#[must_use]
pub(crate) fn tag(words: &str) -> Fr {
    let digest = Sha256::digest(format!("arch-network.v1 {NAME} {words}"));
    Fr::from_le_bytes_mod_order(digest.get(..31).unwrap_or_default())
}

/// The first two elements of the state after `words` went in, fifteen a permutation.
#[must_use]
pub(crate) fn hash(tag: Fr, words: &[Fr]) -> [Fr; 2] {
    sponge(&mut Numbers::new(), tag, words)
}

/// The same over any wires.
pub(crate) fn sponge<B: Builder>(b: &mut B, tag: Fr, words: &[B::Wire]) -> [B::Wire; 2] {
    let mut state: State<B::Wire> = std::array::from_fn(|_| B::Wire::nothing());
    if let Some(last) = state.last_mut() {
        *last = B::Wire::constant(tag);
    }
    for block in words.chunks(RATE) {
        for (element, word) in state.iter_mut().zip(block) {
            *element = element.plus(word);
        }
        permute(b, &mut state);
    }
    let [first, second, ..] = state;
    [first, second]
}

fn permute<B: Builder>(b: &mut B, state: &mut State<B::Wire>) {
    let Constants { first, partial, last, diagonal } = constants();
    mix(state);
    first.iter().for_each(|round| full_round(b, state, round));
    for constant in partial {
        partial_round(b, state, *constant, diagonal);
    }
    last.iter().for_each(|round| full_round(b, state, round));
}

fn full_round<B: Builder>(b: &mut B, state: &mut State<B::Wire>, constants: &[Fr; WIDTH]) {
    for (element, constant) in state.iter_mut().zip(constants) {
        *element = fifth_power(b, &element.plus(&B::Wire::constant(*constant)));
    }
    mix(state);
}

/// One element to the fifth power; then each element times its own number, plus the sum of all.
fn partial_round<B: Builder>(
    b: &mut B,
    state: &mut State<B::Wire>,
    constant: Fr,
    diagonal: &[Fr; WIDTH],
) {
    if let Some(element) = state.first_mut() {
        *element = fifth_power(b, &element.plus(&B::Wire::constant(constant)));
    }
    let sum = state.iter().fold(B::Wire::nothing(), |sum, element| sum.plus(element));
    for (element, factor) in state.iter_mut().zip(diagonal) {
        *element = element.times(*factor).plus(&sum);
    }
}

fn fifth_power<B: Builder>(b: &mut B, x: &B::Wire) -> B::Wire {
    let square = b.product(x, x);
    let fourth = b.product(&square, &square);
    b.product(&fourth, x)
}

/// The matrix of the full rounds: 4 × 4 blocks, each mixed, then each element plus the sum of those
/// at its place in all blocks.
fn mix<W: Wire>(state: &mut State<W>) {
    state.as_chunks_mut::<4>().0.iter_mut().for_each(mix_four);
    let sums: [W; 4] = std::array::from_fn(|place| {
        let same = state.iter().skip(place).step_by(4);
        same.fold(W::nothing(), |sum, element| sum.plus(element))
    });
    for (element, sum) in state.iter_mut().zip(sums.iter().cycle()) {
        *element = element.plus(sum);
    }
}

/// `(5 7 1 3; 4 6 1 1; 1 3 5 7; 1 1 4 6)`.
fn mix_four<W: Wire>([a, b, c, d]: &mut [W; 4]) {
    let (two, four) = (Fr::from(2_u64), Fr::from(4_u64));
    let (ab, cd) = (a.plus(b), c.plus(d));
    let (b2cd, d2ab) = (b.times(two).plus(&cd), d.times(two).plus(&ab));
    let fourth = cd.times(four).plus(&d2ab);
    let second = ab.times(four).plus(&b2cd);
    (*a, *b, *c, *d) = (d2ab.plus(&second), second, b2cd.plus(&fourth), fourth);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::builder::Rows;

    fn some(seed: u64) -> [Fr; WIDTH] {
        std::array::from_fn(|i| Fr::from(seed + 1).pow_of(u64::try_from(i).unwrap() * 977 + 5))
    }

    trait Power {
        fn pow_of(self, exponent: u64) -> Self;
    }
    impl Power for Fr {
        fn pow_of(self, exponent: u64) -> Self {
            ark_ff::Field::pow(&self, [exponent])
        }
    }

    #[test]
    fn the_permutation_is_that_of_a_published_library() {
        for seed in 0..50 {
            let input = some(seed);
            let mut state = input;
            permute(&mut Numbers::new(), &mut state);
            assert_eq!(state, taceo_poseidon2::bn254::t16::permutation(&input), "{seed}");
        }
    }

    #[test]
    fn a_permutation_costs_555_rows() {
        let mut rows = Rows::new();
        let mut state = some(0).map(|number| rows.cell(number));
        permute(&mut rows, &mut state);
        assert_eq!((rows.finish().rows(), ROWS), (555, 555));
    }

    #[test]
    fn what_is_hashed_is_part_of_the_digest() {
        let words = [Fr::from(7); 16];
        assert_ne!(hash(tag("a"), &words), hash(tag("b"), &words));
        let mut others = words;
        others[15] += Fr::from(1);
        assert_ne!(hash(tag("a"), &words), hash(tag("a"), &others));
        assert!(!hash(tag("a"), &[]).contains(&tag("a")), "nothing taken in gives zeros");
    }
}
