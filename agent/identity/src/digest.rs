//! SHA-256 digests, written `sha256:` and 64 lower-case hexadecimal digits.

use std::{cmp::Ordering, fmt, io, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use sha2::{Digest as _, Sha256};

/// A SHA-256 digest; the identity of documents, modules, inputs and outputs.
///
/// All of it is hashed: of a ledger that somebody else wrote, nobody knows whether digests are any.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest([u8; 32]);

/// The text is not `sha256:` and 64 lower-case hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a digest is written `sha256:` and 64 lower-case hexadecimal digits")]
pub struct NotADigest;

impl Digest {
    /// The digest of `bytes`.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// Takes 32 bytes that are a SHA-256 digest already.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The first eight bytes as one number, in their order.
    fn first(&self) -> u64 {
        self.0.first_chunk().map_or(0, |first| u64::from_be_bytes(*first))
    }

    /// Reads text that has the right length.
    ///
    /// # Errors
    /// [`NotADigest`].
    pub fn from_text(text: &[u8; 71]) -> Result<Self, NotADigest> {
        let digits: &[u8; 64] = text
            .strip_prefix(b"sha256:")
            .and_then(|digits| digits.try_into().ok())
            .ok_or(NotADigest)?;
        // Whole arrays at once, which a processor does quickly: a node reads a ledger full of these at
        // each start. Only what is spelled again as it stood was a digit.
        let values = digits.map(digit_value);
        if values.map(hex_digit) != *digits {
            return Err(NotADigest);
        }
        let mut bytes = [0; 32];
        for (byte, [high, low]) in bytes.iter_mut().zip(values.as_chunks::<2>().0) {
            *byte = (high << 4) | low;
        }
        Ok(Self(bytes))
    }

    /// The 64 hexadecimal digits without the prefix.
    #[must_use]
    pub fn hex(&self) -> String {
        self.hex_digits().iter().copied().map(char::from).collect()
    }

    /// The 64 hexadecimal digits as bytes.
    #[must_use]
    pub fn hex_digits(&self) -> [u8; 64] {
        let mut digits = [0; 64];
        for ([high, low], byte) in digits.as_chunks_mut::<2>().0.iter_mut().zip(self.0) {
            (*high, *low) = (hex_digit(byte >> 4), hex_digit(byte & 15));
        }
        digits
    }
}

impl Ord for Digest {
    /// The order of the bytes. The first eight nearly always decide, and as one number they are
    /// compared at once: whoever looks a digest up among many compares little else.
    fn cmp(&self, other: &Self) -> Ordering {
        self.first().cmp(&other.first()).then_with(|| self.0.cmp(&other.0))
    }
}

impl PartialOrd for Digest {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("sha256:")?;
        f.write_str(&self.hex())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Digest {
    type Err = NotADigest;

    fn from_str(text: &str) -> Result<Self, NotADigest> {
        Self::from_text(text.as_bytes().try_into().map_err(|_| NotADigest)?)
    }
}

/// The digit of a number below 16.
fn hex_digit(number: u8) -> u8 {
    if number < 10 { b'0'.wrapping_add(number) } else { b'a'.wrapping_add(number.wrapping_sub(10)) }
}

/// What a lower-case hexadecimal digit stands for, and some number below 16 for everything else.
fn digit_value(digit: u8) -> u8 {
    let letter = (digit >> 6).wrapping_mul(9);
    (digit & 15).wrapping_add(letter) & 15
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

/// Computes a digest of bytes that come in pieces.
#[derive(Clone, Default)]
pub struct DigestWriter(Sha256);

impl DigestWriter {
    /// Starts with no bytes.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The digest of all bytes so far.
    #[must_use]
    pub fn finish(self) -> Digest {
        Digest(self.0.finalize().into())
    }
}

impl io::Write for DigestWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_form_reads_back_and_has_one_spelling() {
        let digest = Digest::of(b"abc");
        assert_eq!(
            digest.to_string(),
            "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert_eq!(digest.to_string().parse(), Ok(digest));
        assert_eq!(digest.to_string().to_uppercase().parse::<Digest>(), Err(NotADigest));
        assert_eq!(digest.hex().parse::<Digest>(), Err(NotADigest));
        assert_eq!("sha256:ab".parse::<Digest>(), Err(NotADigest));
    }

    /// A ledger or a job of a stranger names whatever digests he likes. Were only a part of one hashed, a
    /// table of those that agree in this part would be searched from end to end.
    #[test]
    fn digests_that_agree_in_all_bytes_but_one_are_hashed_apart() {
        use std::hash::{BuildHasher as _, RandomState};
        let keyed = RandomState::new();
        for at in 0..32 {
            let alike = (0..=255).map(|byte| {
                let mut bytes = [7; 32];
                bytes[at] = byte;
                keyed.hash_one(Digest(bytes))
            });
            let hashes: std::collections::BTreeSet<u64> = alike.collect();
            assert_eq!(hashes.len(), 256, "byte {at}");
        }
    }

    #[test]
    fn digests_stand_in_the_order_of_their_bytes() {
        let digests: Vec<Digest> = (0..=255_u8)
            .flat_map(|n| [Digest::of(&[n]), Digest([n; 32])])
            .chain((0..32).map(|at| Digest(std::array::from_fn(|n| u8::from(n == at) << 7))))
            .collect();
        for (one, other) in digests.iter().flat_map(|one| digests.iter().map(move |o| (one, o))) {
            assert_eq!(one.cmp(other), one.as_bytes().cmp(other.as_bytes()));
        }
    }

    #[test]
    fn pieces_give_the_digest_of_the_whole() {
        let mut writer = DigestWriter::new();
        writer.update(b"a");
        writer.update(b"bc");
        assert_eq!(writer.finish(), Digest::of(b"abc"));
    }
}
