//! Writes powers of tau for 2^14 rows as snarkjs has them, with a tau that everybody knows:
//! `cargo run -p arch-circuits --example powers -- FILE`. In seconds, where snarkjs' own first phase takes
//! an hour; worth nothing but for trying the second phase.
//!
//! The sections are those of a file that was prepared for the second phase (snarkjs 0.7,
//! `powersoftau_utils.js` and `powersoftau_preparephase2.js`): powers in both groups, the same times alpha
//! and beta, and all of them once more as Lagrange's polynomials for each size up to the whole.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::expect_used,
    reason = "a step of the tests, whose numbers are its own"
)]

use ark_bn254::{Fq, Fr, G1Affine, G1Projective, G2Affine, G2Projective};
use ark_ec::{AffineRepr as _, PrimeGroup as _, ScalarMul};
use ark_ff::{BigInteger as _, PrimeField as _};
use ark_poly::{EvaluationDomain as _, Radix2EvaluationDomain};

/// The largest size, as a power of two: that of `arch-fold-v3`.
const POWER: u32 = 14;

/// What a first phase is there to keep anybody from knowing.
const TAU: u64 = 7_919;
const ALPHA: u64 = 104_729;
const BETA: u64 = 1_299_709;

fn main() {
    let path = std::env::args().nth(1).expect("where to?");
    std::fs::write(path, file()).expect("the file is written");
}

fn file() -> Vec<u8> {
    let [tau, alpha, beta] = [TAU, ALPHA, BETA].map(Fr::from);
    let whole = 1_usize << POWER;
    // The last section of each kind but the first ends at the whole; the first goes on to twice that,
    // with a last power that nobody has.
    let plain = powers(tau, 2 * whole - 1);
    let (short, long) = (&plain[..whole], lagrange(&plain, POWER + 1));
    let times = |factor: Fr| short.iter().map(|power| *power * factor).collect::<Vec<_>>();
    let (by_alpha, by_beta) = (times(alpha), times(beta));
    let sections = [
        (1, header()),
        (2, one(&plain)),
        (3, two(short)),
        (4, one(&by_alpha)),
        (5, one(&by_beta)),
        (6, two(&[beta])),
        // Contributions: none, and nobody asks.
        (7, 0_u32.to_le_bytes().to_vec()),
        (12, one(&long)),
        (13, two(&lagrange(short, POWER))),
        (14, one(&lagrange(&by_alpha, POWER))),
        (15, one(&lagrange(&by_beta, POWER))),
    ];
    let count = u32::try_from(sections.len()).expect("few");
    let mut file = [&b"ptau"[..], &1_u32.to_le_bytes(), &count.to_le_bytes()].concat();
    for (kind, bytes) in sections {
        file.extend(u32::to_le_bytes(kind));
        file.extend(u64::try_from(bytes.len()).expect("it is in memory").to_le_bytes());
        file.extend(bytes);
    }
    file
}

fn header() -> Vec<u8> {
    let sizes = [POWER.to_le_bytes(), POWER.to_le_bytes()].concat();
    [32_u32.to_le_bytes().to_vec(), Fq::MODULUS.to_bytes_le(), sizes].concat()
}

fn powers(tau: Fr, count: usize) -> Vec<Fr> {
    std::iter::successors(Some(Fr::from(1)), |power| Some(*power * tau)).take(count).collect()
}

/// For each size up to `most`, what the polynomials that are 1 at one of its points come to.
fn lagrange(powers: &[Fr], most: u32) -> Vec<Fr> {
    let of_size = |power: u32| {
        let size = 1_usize << power;
        let domain = Radix2EvaluationDomain::<Fr>::new(size).expect("the field has such roots");
        let known = powers.iter().copied().chain(std::iter::repeat(Fr::from(0)));
        domain.ifft(&known.take(size).collect::<Vec<_>>())
    };
    (0..=most).flat_map(of_size).collect()
}

fn one(factors: &[Fr]) -> Vec<u8> {
    let points: Vec<G1Affine> = G1Projective::generator().batch_mul(factors);
    let coordinates = points.iter().map(|point| point.xy().unwrap_or_default());
    coordinates.flat_map(|(x, y)| [x, y]).flat_map(bytes).collect()
}

fn two(factors: &[Fr]) -> Vec<u8> {
    let points: Vec<G2Affine> = G2Projective::generator().batch_mul(factors);
    let coordinates = points.iter().map(|point| point.xy().unwrap_or_default());
    coordinates.flat_map(|(x, y)| [x.c0, x.c1, y.c0, y.c1]).flat_map(bytes).collect()
}

/// Montgomery's form, lowest limb first.
fn bytes(number: Fq) -> Vec<u8> {
    number.0.to_bytes_le()
}
