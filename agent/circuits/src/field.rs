//! Numbers of the BN254 scalar field, read strictly.
//!
//! A number and itself plus the modulus are the same element, and readers that reduce silently accept
//! both: then one statement has several texts. Here a text has one reading and an element one text.

use ark_bn254::Fr;
use ark_ff::{BigInteger as _, PrimeField as _};
use ark_serialize::CanonicalDeserialize as _;

/// Bytes of an element, lowest first.
pub const BYTES: usize = 32;

/// A text or bytes that are no element, or not its one way to be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a whole number below the modulus of BN254's scalar field, written plainly")]
pub struct NotAnElement(pub String);

/// Reads a decimal number, as snarkjs writes them: digits only, no zero in front, below the modulus.
///
/// # Errors
/// [`NotAnElement`] with the first characters of the text.
pub fn from_decimal(text: &str) -> Result<Fr, NotAnElement> {
    let refused = || NotAnElement(text.chars().take(80).collect());
    let plain = text.len() <= 77
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && (text == "0" || !text.starts_with('0'));
    if !plain {
        return Err(refused());
    }
    // Reduces what is too large; then it is not written back as it was.
    let element: Fr = text.parse().map_err(|()| refused())?;
    if to_decimal(&element) == text { Ok(element) } else { Err(refused()) }
}

/// The decimal text that [`from_decimal`] reads.
#[must_use]
pub fn to_decimal(element: &Fr) -> String {
    element.into_bigint().to_string()
}

/// Reads 32 bytes, lowest first.
///
/// # Errors
/// [`NotAnElement`] if they are the modulus or more.
pub fn from_bytes(bytes: &[u8; BYTES]) -> Result<Fr, NotAnElement> {
    Fr::deserialize_uncompressed(&bytes[..]).map_err(|_large| {
        NotAnElement(bytes.iter().rev().map(|byte| format!("{byte:02x}")).collect())
    })
}

/// The bytes that [`from_bytes`] reads.
#[must_use]
pub fn to_bytes(element: &Fr) -> [u8; BYTES] {
    let mut bytes = [0; BYTES];
    for (place, byte) in bytes.iter_mut().zip(element.into_bigint().to_bytes_le()) {
        *place = byte;
    }
    bytes
}

/// `2^exponent`.
pub(crate) fn power_of_two(exponent: usize) -> Fr {
    use ark_ff::Field as _;
    Fr::from(2_u64).pow([u64::try_from(exponent).unwrap_or(u64::MAX)])
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODULUS: &str =
        "21888242871839275222246405745257275088548364400416034343698204186575808495617";

    #[test]
    fn a_number_has_one_text() {
        for text in ["0", "1", "12345678901234567890123456789"] {
            assert_eq!(to_decimal(&from_decimal(text).unwrap()), text);
        }
        let last = "21888242871839275222246405745257275088548364400416034343698204186575808495616";
        assert_eq!(from_decimal(last).unwrap(), -Fr::from(1));
        for text in ["", "00", "01", "+1", "-1", " 1", "1 ", "0x1", "1e3", "1.0", "٣", MODULUS] {
            assert!(from_decimal(text).is_err(), "{text}");
        }
        assert!(from_decimal(&"1".repeat(78)).is_err());
        assert!(from_decimal(&"9".repeat(1 << 20)).is_err());
    }

    #[test]
    fn bytes_of_the_modulus_or_more_are_no_element() {
        let mut modulus = [0_u8; 32];
        for (place, byte) in modulus.iter_mut().zip(Fr::MODULUS.to_bytes_le()) {
            *place = byte;
        }
        assert!(from_bytes(&modulus).is_err());
        assert!(from_bytes(&[0xff; 32]).is_err());
        modulus[0] -= 1;
        let last = from_bytes(&modulus).unwrap();
        assert_eq!((last, to_bytes(&last)), (-Fr::from(1), modulus));
    }
}
