//! Names that cannot lie: keys, did:key, digests, signatures, canonical bytes and instants.
//!
//! ```text
//! bytes ──> Digest              seed ──> SigningKey ──sign──> signature bytes
//! value ──> canonical bytes     did:key text ──> PublicKey ──verify──> Ok | BadSignature
//! ```
//!
//! Nothing here reads a file, a clock or a source of randomness; all three are arguments.
//!
//! ```
//! use arch_identity::{Algorithm, SigningKey, pae};
//! let key = SigningKey::from_seed(Algorithm::Ed25519, &[7; 32]);
//! let message = pae("application/vnd.arch-network.job.v1+json", b"{}");
//! let signature = key.sign(&message);
//! assert!(key.public().verify(&message, &signature).is_ok());
//! ```

mod algorithm;
mod base58;
pub mod canonical;
mod did;
mod digest;
pub mod keyfile;
mod pair;
mod public;
mod signing;
mod timestamp;

pub use algorithm::{Algorithm, KeyKind};
pub use digest::{Digest, DigestWriter, NotADigest};
pub use pair::KeyPair;
pub use public::{BadSignature, KeyError, PublicKey};
pub use signing::SigningKey;
pub use timestamp::{NotATimestamp, Timestamp};

/// The bytes that are signed for a `body` of a `payload_type`: DSSE v1 pre-authentication encoding.
///
/// Source: secure-systems-lab DSSE, protocol.md, "PAE".
#[must_use]
pub fn pae(payload_type: &str, body: &[u8]) -> Vec<u8> {
    let head =
        format!("DSSEv1 {} {} {} ", payload_type.len(), payload_type, body.len()).into_bytes();
    [head.as_slice(), body].concat()
}
