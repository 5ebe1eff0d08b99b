//! Points and numbers as iden3's binary files have them: limbs of Montgomery's form, lowest first; zeros
//! are the point at infinity.

use std::sync::OnceLock;

use ark_bn254::{Fq, Fq2, Fr, G1Affine, G2Affine};
use ark_ec::AffineRepr as _;
use ark_ff::{BigInt, BigInteger as _, Field as _, PrimeField};

use super::sections::{BadFile, Reader};

/// Bytes of a number.
pub(super) const NUMBER: usize = 32;

/// A modulus, after its length, as headers have it.
pub(super) fn modulus<F: PrimeField<BigInt = BigInt<4>>>() -> Vec<u8> {
    [&32_u32.to_le_bytes()[..], &F::MODULUS.to_bytes_le()].concat()
}

/// Reads the same.
pub(super) fn expect_modulus<F: PrimeField<BigInt = BigInt<4>>>(
    reader: &mut Reader,
) -> Result<(), BadFile> {
    let bad = reader.bad("another field than BN254's");
    let wanted = modulus::<F>();
    if reader.take(wanted.len())? == wanted { Ok(()) } else { Err(bad) }
}

/// A number, plainly.
pub(super) fn plain(number: &Fr) -> Vec<u8> {
    number.into_bigint().to_bytes_le()
}

fn limbs(reader: &mut Reader) -> Result<BigInt<4>, BadFile> {
    let bytes: [u8; NUMBER] = reader.array()?;
    let mut limbs = bytes.as_chunks().0.iter().map(|limb| u64::from_le_bytes(*limb));
    Ok(BigInt::new(std::array::from_fn(|_| limbs.next().unwrap_or(0))))
}

fn coordinate(reader: &mut Reader) -> Result<Fq, BadFile> {
    let bad = reader.bad("a coordinate that is not below the modulus");
    let raw = limbs(reader)?;
    if raw < Fq::MODULUS { Ok(Fq::new_unchecked(raw)) } else { Err(bad) }
}

pub(super) fn write_one(point: &G1Affine, out: &mut Vec<u8>) {
    let (x, y) = point.xy().unwrap_or_default();
    out.extend([x, y].iter().flat_map(|number| number.0.to_bytes_le()));
}

pub(super) fn write_two(point: &G2Affine, out: &mut Vec<u8>) {
    let (x, y) = point.xy().unwrap_or_default();
    out.extend([x.c0, x.c1, y.c0, y.c1].iter().flat_map(|number| number.0.to_bytes_le()));
}

/// A point on the curve, which is the whole group; or the point at infinity.
pub(super) fn read_one(reader: &mut Reader) -> Result<G1Affine, BadFile> {
    let bad = reader.bad("a point that is not on the curve");
    let (x, y) = (coordinate(reader)?, coordinate(reader)?);
    if x == Fq::from(0) && y == Fq::from(0) {
        return Ok(G1Affine::identity());
    }
    let point = G1Affine::new_unchecked(x, y);
    if point.is_on_curve() { Ok(point) } else { Err(bad) }
}

/// A point on the curve and in its group; or the point at infinity.
pub(super) fn read_two(reader: &mut Reader) -> Result<G2Affine, BadFile> {
    let bad = reader.bad("a point that is not in the second group");
    let mut number = || coordinate(reader);
    let (x, y) = (Fq2::new(number()?, number()?), Fq2::new(number()?, number()?));
    if x == Fq2::default() && y == Fq2::default() {
        return Ok(G2Affine::identity());
    }
    let point = G2Affine::new_unchecked(x, y);
    let good = point.is_on_curve() && point.is_in_correct_subgroup_assuming_on_curve();
    if good { Ok(point) } else { Err(bad) }
}

/// A factor of a row, which `.zkey` files have in Montgomery's form twice over.
pub(super) fn write_factor(factor: &Fr, out: &mut Vec<u8>) {
    out.extend((*factor * montgomery()).0.to_bytes_le());
}

/// Reads the same.
pub(super) fn read_factor(reader: &mut Reader) -> Result<Fr, BadFile> {
    let bad = reader.bad("a factor that is not below the modulus");
    let raw = limbs(reader)?;
    if raw < Fr::MODULUS { Ok(Fr::new_unchecked(raw) * unmontgomery()) } else { Err(bad) }
}

/// 2^256, which a number in Montgomery's form is times.
fn montgomery() -> Fr {
    static POWER: OnceLock<Fr> = OnceLock::new();
    *POWER.get_or_init(|| crate::field::power_of_two(256))
}

/// One over the same.
fn unmontgomery() -> Fr {
    static INVERSE: OnceLock<Fr> = OnceLock::new();
    *INVERSE.get_or_init(|| montgomery().inverse().unwrap_or_default())
}
