//! The requests.

use arch_identity::Digest;
use serde::{Deserialize, Serialize};

use super::{DIGITS_CAP, DigestRequest, NAME_CAP, PROOF_CAP, PUBLICS_CAP, SECRET_CAP, WITNESS_CAP};
use crate::control::Bytes;

/// To the prover.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub enum ToProver {
    /// Shows the secret; the first message of a connection over TCP, and of no other.
    Present {
        /// What stands in the secret file.
        secret: String,
    },
    /// Asks for a proof.
    Prove(ProveRequest),
    /// Asks whether a proof is evidence.
    Verify(VerifyRequest),
    /// Asks for digests of tiles.
    Digest(DigestRequest),
}

/// A statement, and what it is known from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProveRequest {
    /// Chosen by the asker, for the answers to name.
    pub request: u64,
    /// The circuit's name.
    pub circuit: String,
    /// The version of its keys.
    pub version: u32,
    /// The public numbers in decimal, in the circuit's order.
    pub publics: Vec<String>,
    /// What only the asker has. For a step of a product: A, B, the sums before and the sums after, row by
    /// row, each number lowest byte first and as wide as the circuit says. For a fold: its words, 32 bytes
    /// each, lowest first.
    pub witness: Bytes,
}

/// A proof, and what it must be to count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct VerifyRequest {
    /// Chosen by the asker, for the answer to name.
    pub request: u64,
    /// A file of the schema `arch.proof/v1`.
    pub proof: String,
    /// What else its key must be.
    pub terms: Terms,
}

/// What else the key of a proof must be.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Terms {
    /// The SHA-256 that the key must have, as a policy pins it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pinned: Option<Digest>,
    /// Whether a key will do that anybody can forge with.
    pub dev_keys: bool,
}

/// Why a request makes no sense.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidAsk {
    /// Longer than any that means something.
    #[error("the {what} is longer than {most}")]
    Long {
        /// What is.
        what: &'static str,
        /// How long it may be.
        most: usize,
    },
    /// Not a decimal number.
    #[error("public number {0} is not written in digits")]
    Digits(usize),
}

impl ToProver {
    /// Checks what the types cannot say.
    ///
    /// # Errors
    /// [`InvalidAsk`].
    pub fn check(&self) -> Result<(), InvalidAsk> {
        match self {
            Self::Present { secret } => within("secret", secret.len(), SECRET_CAP),
            Self::Prove(request) => request.check(),
            Self::Verify(request) => within("proof", request.proof.len(), PROOF_CAP),
            Self::Digest(request) => request.check(),
        }
    }

    /// The number that the answers name.
    #[must_use]
    pub fn request(&self) -> Option<u64> {
        match self {
            Self::Present { .. } => None,
            Self::Prove(ProveRequest { request, .. })
            | Self::Verify(VerifyRequest { request, .. })
            | Self::Digest(DigestRequest { request, .. }) => Some(*request),
        }
    }
}

impl ProveRequest {
    /// Checks what the types cannot say.
    ///
    /// # Errors
    /// [`InvalidAsk`].
    pub fn check(&self) -> Result<(), InvalidAsk> {
        let Self { circuit, publics, witness: Bytes(witness), .. } = self;
        within("circuit's name", circuit.len(), NAME_CAP)?;
        within("list of public numbers", publics.len(), PUBLICS_CAP)?;
        within("assignment", witness.len(), WITNESS_CAP)?;
        publics.iter().enumerate().try_for_each(|(place, text)| {
            within("text of a public number", text.len(), DIGITS_CAP)?;
            let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            if digits { Ok(()) } else { Err(InvalidAsk::Digits(place.saturating_add(1))) }
        })
    }
}

pub(super) fn within(what: &'static str, have: usize, most: usize) -> Result<(), InvalidAsk> {
    if have > most { Err(InvalidAsk::Long { what, most }) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;
    use crate::{
        frame::{FrameReader, encode},
        prover::REQUEST_CAP,
    };

    fn plain() -> ProveRequest {
        ProveRequest {
            request: 1,
            circuit: "arch-fold-v3".to_owned(),
            version: 1,
            publics: vec!["7".to_owned()],
            witness: Bytes(vec![1, 2, 3]),
        }
    }

    #[test]
    fn what_is_too_long_or_no_number_is_refused() {
        plain().check().unwrap();
        let refused = |change: fn(&mut ProveRequest)| {
            let mut request = plain();
            change(&mut request);
            ToProver::Prove(request).check().unwrap_err()
        };
        let long = |what, most| InvalidAsk::Long { what, most };
        assert_eq!(refused(|r| r.circuit = "x".repeat(65)), long("circuit's name", 64));
        let many = refused(|r| r.publics = vec!["1".to_owned(); 65]);
        assert_eq!(many, long("list of public numbers", 64));
        let wide = refused(|r| r.publics = vec!["1".repeat(78)]);
        assert_eq!(wide, long("text of a public number", 77));
        let bytes = refused(|r| r.witness = Bytes(vec![0; WITNESS_CAP + 1]));
        assert_eq!(bytes, long("assignment", WITNESS_CAP));
        for text in ["", "-1", "0x1", "1 ", "١"] {
            let mut request = plain();
            request.publics = vec!["1".to_owned(), text.to_owned()];
            assert_eq!(request.check(), Err(InvalidAsk::Digits(2)), "{text}");
        }
        let (terms, proof) = (Terms::default(), "x".repeat(PROOF_CAP + 1));
        let verify = ToProver::Verify(VerifyRequest { request: 1, proof, terms });
        assert_eq!(verify.check(), Err(long("proof", PROOF_CAP)));
        let present = ToProver::Present { secret: "x".repeat(SECRET_CAP + 1) };
        assert_eq!(present.check(), Err(long("secret", SECRET_CAP)));
    }

    #[test]
    fn the_longest_requests_that_pass_fit_a_frame() {
        let request = ProveRequest {
            request: u64::MAX,
            circuit: "\u{1}".repeat(NAME_CAP),
            version: u32::MAX,
            publics: vec!["9".repeat(DIGITS_CAP); PUBLICS_CAP],
            witness: Bytes(vec![0xff; WITNESS_CAP]),
        };
        request.check().unwrap();
        assert!(encode(&ToProver::Prove(request)).unwrap().len() < REQUEST_CAP);
        let proof = "\u{1}".repeat(PROOF_CAP);
        let pinned = Some(Digest::of(b"x"));
        let terms = Terms { pinned, dev_keys: true };
        let verify = ToProver::Verify(VerifyRequest { request: u64::MAX, proof, terms });
        assert!(encode(&verify).unwrap().len() < REQUEST_CAP);
    }

    proptest! {
        #[test]
        fn requests_read_back(
            request: u64, circuit in ".{0,30}", version: u32, publics in vec("[0-9]{1,77}", 0..6),
            witness: Vec<u8>, proof in ".{0,99}", pinned: Option<[u8; 32]>, dev_keys: bool,
        ) {
            let terms = Terms { pinned: pinned.map(Digest::from_bytes), dev_keys };
            for asked in [
                ToProver::Present { secret: proof.clone() },
                ToProver::Verify(VerifyRequest { request, proof, terms }),
                ToProver::Prove(ProveRequest {
                    request, circuit, version, publics, witness: Bytes(witness),
                }),
            ] {
                let mut reader = FrameReader::capped(REQUEST_CAP);
                reader.push(&encode(&asked).unwrap());
                prop_assert_eq!(reader.take().unwrap(), Some(asked));
            }
        }

        #[test]
        fn no_bytes_make_the_reader_panic(body: Vec<u8>, text in ".{0,200}") {
            for body in [&body[..], text.as_bytes()] {
                let mut reader = FrameReader::capped(REQUEST_CAP);
                reader.push(&u32::try_from(body.len()).unwrap().to_le_bytes());
                reader.push(body);
                if let Ok(Some(asked)) = reader.take::<ToProver>() {
                    drop(asked.check());
                }
            }
        }
    }
}
