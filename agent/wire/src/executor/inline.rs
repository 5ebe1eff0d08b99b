//! Bytes that stand in the claim itself.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::control::Bytes;

/// Most bytes of one blob that may stand in a claim. As many as a run may have outputs fit into one
/// frame ([`crate::frame::FRAME_CAP`]), with all else that a claim says.
pub const INLINE_CAP: usize = 1 << 10;

/// At most [`INLINE_CAP`] bytes, written as base64: a memory file for so few costs more than they do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inline(Vec<u8>);

impl Inline {
    /// These bytes, if they are few enough.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Option<Self> {
        (bytes.len() <= INLINE_CAP).then(|| Self(bytes.to_vec()))
    }

    /// The bytes.
    #[must_use]
    pub fn as_slice(&self) -> &[u8] {
        &self.0
    }
}

impl Serialize for Inline {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Bytes(self.0.clone()).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Inline {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Bytes(bytes) = Bytes::deserialize(deserializer)?;
        match bytes.len() <= INLINE_CAP {
            true => Ok(Self(bytes)),
            false => Err(D::Error::custom("more bytes than may stand in a claim")),
        }
    }
}

#[cfg(test)]
mod tests {
    use arch_identity::Digest;

    use super::*;
    use crate::executor::{Blob, Claim, NAMED_FILES_CAP, Outcome};
    use crate::frame::encode;

    #[test]
    fn few_bytes_read_back_and_one_too_many_is_neither_written_nor_read() {
        for length in [0, 1, 2, 3, INLINE_CAP] {
            let inline = Inline::of(&vec![0xa5; length]).unwrap();
            let json = serde_json::to_string(&inline).unwrap();
            assert_eq!(serde_json::from_str::<Inline>(&json).unwrap(), inline);
        }
        let long = vec![0xa5; INLINE_CAP + 1];
        assert_eq!(Inline::of(&long), None);
        let json = serde_json::to_string(&Bytes(long)).unwrap();
        assert!(serde_json::from_str::<Inline>(&json).is_err());
    }

    #[test]
    fn as_many_outputs_as_a_run_may_have_fit_a_frame_with_their_bytes() {
        let blob = Blob {
            name: "x".repeat(255),
            size: u64::MAX,
            digest: Digest::of(b"x"),
            bytes: Inline::of(&[0xff; INLINE_CAP]),
        };
        let mut claim = Claim::without_work(Outcome::Completed);
        claim.outputs = vec![blob.clone(); NAMED_FILES_CAP + 2];
        claim.reads = Some(blob);
        assert!(encode(&claim).unwrap().len() < crate::frame::FRAME_CAP / 2);
    }
}
