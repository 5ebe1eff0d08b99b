//! The answers.

use arch_identity::Digest;
use serde::{Deserialize, Serialize};

use super::WORDS_CAP;

/// From the prover.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub enum FromProver {
    /// It can take requests; comes first, once. Over TCP after the secret was shown.
    Ready {
        /// The SHA-256 of its list of circuits and keys.
        manifest: Digest,
    },
    /// A proof has come so far.
    Progress {
        /// Which.
        request: u64,
        /// What is being done.
        stage: Stage,
        /// How many stages there are.
        of: u8,
    },
    /// A proof was made, and the prover's main process, which did not make it, found it good.
    Proved {
        /// Which.
        request: u64,
        /// A file of the schema `arch.proof/v1`.
        proof: String,
    },
    /// A proof was checked.
    Checked {
        /// Which.
        request: u64,
        /// Whether it is evidence on the terms that were given.
        holds: bool,
        /// Why not; empty if it is.
        why: String,
    },
    /// Digests were made, in the order in which their tiles were asked for.
    Digests {
        /// Which.
        request: u64,
        /// Each as [`digest_text`](super::digest_text) writes it: the 32 bytes of the field's element.
        digests: Vec<String>,
    },
    /// Nothing came of a request, or of the connection.
    Refused(Refusal),
}

/// Why nothing came of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Refusal {
    /// Which; none if it is about the connection, which ends then.
    pub request: Option<u64>,
    /// A code of the catalogue.
    pub code: String,
    /// In words, at most [`WORDS_CAP`] bytes.
    pub message: String,
    /// Whether the same request may succeed when it is made again.
    pub retry: bool,
}

/// What is being done for a proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Stage {
    /// A process of its own has it.
    Begun,
    /// The numbers of the circuit's cells are computed.
    Assigning,
    /// There is no key: a dev key is made and written.
    MakingKey,
    /// The key is read.
    ReadingKey,
    /// The proof is computed.
    Proving,
    /// It is checked by who did not make it.
    Checking,
}

impl Stage {
    /// How many there are.
    pub const COUNT: u8 = 6;
}

impl Refusal {
    /// Cuts the words to what may be sent.
    #[must_use]
    pub fn new(request: Option<u64>, code: &str, message: &str, retry: bool) -> Self {
        let message = message.get(..message.floor_char_boundary(WORDS_CAP)).unwrap_or_default();
        Self { request, code: code.to_owned(), message: message.to_owned(), retry }
    }
}

impl FromProver {
    /// The request that it is about.
    #[must_use]
    pub fn request(&self) -> Option<u64> {
        match self {
            Self::Ready { .. } => None,
            Self::Progress { request, .. }
            | Self::Proved { request, .. }
            | Self::Checked { request, .. }
            | Self::Digests { request, .. } => Some(*request),
            Self::Refused(refusal) => refusal.request,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        frame::{FrameReader, encode},
        prover::{PROOF_CAP, REQUEST_CAP},
    };

    #[test]
    fn the_words_of_a_refusal_are_cut_between_letters() {
        let refusal = Refusal::new(None, "ARCH-V002", &"é".repeat(WORDS_CAP), false);
        assert_eq!(refusal.message, "é".repeat(WORDS_CAP / 2));
        let odd = Refusal::new(None, "ARCH-V002", &format!("x{}", "é".repeat(WORDS_CAP)), false);
        assert_eq!(odd.message.len(), WORDS_CAP - 1);
    }

    #[test]
    fn the_longest_proof_fits_a_frame() {
        let proof = "\u{1}".repeat(PROOF_CAP);
        let told = FromProver::Proved { request: u64::MAX, proof };
        assert!(encode(&told).unwrap().len() < REQUEST_CAP);
    }

    proptest! {
        #[test]
        fn answers_read_back(
            request: u64, proof in ".{0,99}", holds: bool, of: u8, which: Option<u64>,
        ) {
            for told in [
                FromProver::Ready { manifest: Digest::of(proof.as_bytes()) },
                FromProver::Progress { request, stage: Stage::Proving, of },
                FromProver::Checked { request, holds, why: proof.clone() },
                FromProver::Refused(Refusal::new(which, "ARCH-V001", &proof, holds)),
                FromProver::Proved { request, proof },
            ] {
                let mut reader = FrameReader::capped(REQUEST_CAP);
                reader.push(&encode(&told).unwrap());
                prop_assert_eq!(reader.take().unwrap(), Some(told));
            }
        }

        #[test]
        fn no_bytes_make_the_reader_panic(body in ".{0,200}") {
            let mut reader = FrameReader::capped(REQUEST_CAP);
            reader.push(&u32::try_from(body.len()).unwrap().to_le_bytes());
            reader.push(body.as_bytes());
            drop(reader.take::<FromProver>());
        }
    }
}
