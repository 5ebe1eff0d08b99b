//! What the agent, or an auditor, asks of `arch-prover`, and what that answers.
//!
//! Messages cross as frames ([`crate::frame`]) of at most [`REQUEST_CAP`] bytes. Public numbers are
//! decimal texts and proofs are texts: nothing here knows a field or a curve. Whatever comes from the
//! prover is a claim.

mod digest;
mod proof_text;
mod reply;
mod request;

pub use digest::{DigestRequest, TileKind, TileNumbers, digest_text, read_digest_text};
pub use proof_text::{NotAProofText, ProofText};
pub use reply::{FromProver, Refusal, Stage};
pub use request::{InvalidAsk, ProveRequest, Terms, ToProver, VerifyRequest};

/// Most bytes of JSON in one frame to or from the prover.
pub const REQUEST_CAP: usize = 1 << 18;
/// Most bytes of JSON in the frame of a peer that has not shown its secret yet.
pub const STRANGER_CAP: usize = 1 << 10;
/// Most bytes of an assignment. The widest tiles have 12 KiB, a fold has 7,680 bytes.
pub const WITNESS_CAP: usize = 1 << 16;
/// Most tiles whose digests are asked for at once.
pub const TILES_CAP: usize = 128;
/// Most bytes of the numbers of all those tiles. The smallest tile that there is has 1 KiB.
pub const NUMBERS_CAP: usize = 1 << 17;
/// Most bytes of a proof file.
pub const PROOF_CAP: usize = 1 << 14;
/// Most public numbers.
pub const PUBLICS_CAP: usize = 64;
/// Most digits of a public number: the field's last one has 77.
pub const DIGITS_CAP: usize = 77;
/// Most bytes of a circuit's name.
pub const NAME_CAP: usize = 64;
/// Most bytes of a secret.
pub const SECRET_CAP: usize = 256;
/// Most bytes of what a refusal says.
pub const WORDS_CAP: usize = 1 << 10;
