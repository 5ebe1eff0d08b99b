//! base58btc, for keys of 1,312 bytes as well as for those of 32: five digits at a time, so that
//! reading a long key costs microseconds and not milliseconds of whoever is handed a document.
//!
//! Source: draft-msporny-base58-03. Each value has one spelling: a leading `1` is a leading zero byte.
#![expect(
    clippy::arithmetic_side_effects,
    reason = "limb times scale plus carry fits twice a limb, as long multiplication by hand shows"
)]

const ALPHABET: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// What a character of ASCII counts; 58 and more is none.
const VALUES: [u8; 128] = values();

/// As many digits as fit a limb of 32 bits, for writing; for reading twice as many in 64.
const DIGITS: usize = 5;

/// 58 to the power of [`DIGITS`].
const SCALE: u64 = 656_356_768;

#[expect(
    clippy::as_conversions,
    clippy::indexing_slicing,
    reason = "evaluated when it is compiled"
)]
const fn values() -> [u8; 128] {
    let (mut values, mut digit) = ([u8::MAX; 128], 0);
    while digit < ALPHABET.len() {
        values[ALPHABET[digit] as usize] = digit as u8;
        digit += 1;
    }
    values
}

/// The text of some bytes.
pub(crate) fn encode(bytes: &[u8]) -> String {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    // Most significant limb first; the first one may have fewer than four bytes.
    let mut limbs: Vec<u32> = bytes
        .rchunks(4)
        .rev()
        .map(|chunk| chunk.iter().fold(0, |n, b| n << 8 | u32::from(*b)))
        .collect();
    let mut digits = Vec::new();
    while limbs.iter().any(|limb| *limb != 0) {
        let mut rest = 0_u64;
        for limb in &mut limbs {
            let value = rest << 32 | u64::from(*limb);
            *limb = low(value / SCALE);
            rest = value % SCALE;
        }
        for _ in 0..DIGITS {
            digits.push(usize::try_from(rest % 58).unwrap_or_default());
            rest /= 58;
        }
    }
    while digits.last() == Some(&0) {
        digits.pop();
    }
    digits.extend(std::iter::repeat_n(0, zeros));
    digits.iter().rev().filter_map(|digit| ALPHABET.get(*digit)).map(|c| char::from(*c)).collect()
}

/// The bytes of a text; `None` if a character is none of the alphabet's.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let zeros = text.bytes().take_while(|byte| *byte == b'1').count();
    // Least significant limb first.
    let mut limbs: Vec<u64> = Vec::new();
    for chunk in text.as_bytes().chunks(2 * DIGITS) {
        let (mut value, mut scale) = (0_u64, 1_u64);
        for character in chunk {
            let digit = VALUES.get(usize::from(*character)).filter(|digit| **digit < 58)?;
            value = value * 58 + u64::from(*digit);
            scale *= 58;
        }
        for limb in &mut limbs {
            let product = u128::from(*limb) * u128::from(scale) + u128::from(value);
            (*limb, value) = halves(product);
        }
        if value > 0 {
            limbs.push(value);
        }
    }
    let digits = limbs.iter().rev().flat_map(|limb| limb.to_be_bytes());
    Some(std::iter::repeat_n(0, zeros).chain(digits.skip_while(|byte| *byte == 0)).collect())
}

/// The lower and the upper half.
fn halves(value: u128) -> (u64, u64) {
    let [a, b, c, d, e, f, g, h, upper @ ..] = value.to_le_bytes();
    (u64::from_le_bytes([a, b, c, d, e, f, g, h]), u64::from_le_bytes(upper))
}

/// The lower half.
fn low(value: u64) -> u32 {
    let [a, b, c, d, ..] = value.to_le_bytes();
    u32::from_le_bytes([a, b, c, d])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_vectors_of_the_draft_hold() {
        for (bytes, text) in [
            (&b"Hello World!"[..], "2NEpo7TZRRrLZSi2U"),
            (
                b"The quick brown fox jumps over the lazy dog.",
                "USm3fpXnKG5EUBx2ndxBDMPVciP5hGey2Jh4NDv6gmeo1LkMeiKrLJUUBk6Z",
            ),
            (&[0, 0, 0x28, 0x7f, 0xb4, 0xcd], "11233QC4"),
            (b"", ""),
            (&[0, 0], "11"),
        ] {
            assert_eq!(encode(bytes), text);
            assert_eq!(decode(text).as_deref(), Some(bytes));
        }
        for text in ["0", "O", "I", "l", "2 ", "é", "2NEpo7TZRRrLZSi2-"] {
            assert_eq!(decode(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn another_implementation_agrees(
            bytes in prop::collection::vec(any::<u8>(), 0..80), zeros in 0_usize..3,
            long in prop::collection::vec(any::<u8>(), 1_310..1_316), text in "[1-9A-HJ-NP-Za-km-z]{0,80}",
        ) {
            let bytes = [vec![0; zeros], bytes].concat();
            for bytes in [&bytes, &long] {
                let text = encode(bytes);
                prop_assert_eq!(&bs58::encode(bytes).into_string(), &text);
                prop_assert_eq!(decode(&text), Some(bytes.clone()));
            }
            prop_assert_eq!(decode(&text), bs58::decode(&text).into_vec().ok());
            prop_assert_eq!(decode(&text).map(|bytes| encode(&bytes)), Some(text));
        }
    }
}
