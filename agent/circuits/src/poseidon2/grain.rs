//! The Grain LFSR in self-shrinking mode, from which the constants are drawn: nobody chose them.

use ark_bn254::Fr;
use ark_ff::PrimeField as _;

/// Bits of a number that is drawn.
const BITS: usize = 254;

/// The register: 80 bits, the oldest first ([Poseidon](https://eprint.iacr.org/2019/458), appendix E).
pub(super) struct Grain {
    register: std::collections::VecDeque<bool>,
}

impl Grain {
    /// Seeded with what the permutation is: a prime field, x^α, and these sizes.
    pub(super) fn new(width: usize, full_rounds: usize, partial_rounds: usize) -> Self {
        let sizes =
            [(1, 2), (0, 4), (BITS, 12), (width, 12), (full_rounds, 10), (partial_rounds, 10)];
        let bits = sizes.into_iter().flat_map(|(number, length)| highest_first(number, length));
        let register = bits.chain(std::iter::repeat_n(true, 30)).collect();
        let mut grain = Self { register };
        for _ in 0..160 {
            grain.step();
        }
        grain
    }

    /// The next number below the modulus; larger ones are passed over.
    pub(super) fn below_modulus(&mut self) -> Fr {
        loop {
            if let Some(number) = Fr::from_bigint(self.number()) {
                return number;
            }
        }
    }

    /// The next number, whatever its size, reduced.
    pub(super) fn reduced(&mut self) -> Fr {
        let mut number = self.number();
        if Fr::from_bigint(number).is_none() {
            ark_ff::BigInteger::sub_with_borrow(&mut number, &Fr::MODULUS);
        }
        Fr::from_bigint(number).unwrap_or_default()
    }

    fn number(&mut self) -> ark_ff::BigInt<4> {
        let bits: Vec<bool> = (0..BITS).map(|_| self.bit()).collect();
        ark_ff::BigInteger::from_bits_be(&bits)
    }

    /// Of each two bits the second, if the first is set.
    fn bit(&mut self) -> bool {
        while !self.step() {
            self.step();
        }
        self.step()
    }

    fn step(&mut self) -> bool {
        let taps = [62, 51, 38, 23, 13, 0].map(|place| self.register.get(place) == Some(&true));
        let bit = taps.into_iter().fold(false, |sum, tap| sum ^ tap);
        self.register.pop_front();
        self.register.push_back(bit);
        bit
    }
}

fn highest_first(number: usize, length: u32) -> impl Iterator<Item = bool> {
    (0..length).rev().map(move |place| number >> place & 1 == 1)
}
