//! What one key file holds: an Ed25519 key, an ML-DSA-44 key, or one of each.

use crate::{Algorithm, Digest, KeyKind, PublicKey, SigningKey};

/// The keys of one identity.
#[derive(Debug)]
pub struct KeyPair {
    kind: KeyKind,
    signers: Vec<SigningKey>,
}

impl KeyPair {
    /// Makes an identity from 32 bytes of randomness.
    ///
    /// The halves of a hybrid identity get seeds of their own, so that one leaking says nothing of
    /// the other: `SHA-256("arch.key/v1 " ‖ algorithm ‖ 0 ‖ seed)`.
    #[must_use]
    pub fn from_seed(kind: KeyKind, seed: &[u8; 32]) -> Self {
        let signers = match kind {
            KeyKind::Ed25519 => vec![SigningKey::from_seed(Algorithm::Ed25519, seed)],
            KeyKind::MlDsa44 => vec![SigningKey::from_seed(Algorithm::MlDsa44, seed)],
            KeyKind::Hybrid => kind
                .algorithms()
                .iter()
                .map(|algorithm| {
                    let name = algorithm.name().as_bytes();
                    let derived =
                        Digest::of(&[b"arch.key/v1 ".as_slice(), name, b"\0", seed].concat());
                    SigningKey::from_seed(*algorithm, derived.as_bytes())
                })
                .collect(),
        };
        Self { kind, signers }
    }

    /// Puts keys together that were stored together; their algorithms must be those of `kind`.
    pub(crate) fn from_signers(kind: KeyKind, signers: Vec<SigningKey>) -> Option<Self> {
        let have = signers.iter().map(|key| key.public().algorithm());
        have.eq(kind.algorithms().iter().copied()).then_some(Self { kind, signers })
    }

    /// Which algorithms it signs with.
    #[must_use]
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The one or two signing keys, Ed25519 first.
    #[must_use]
    pub fn signers(&self) -> &[SigningKey] {
        &self.signers
    }

    /// The one or two public keys, in the same order.
    #[must_use]
    pub fn public(&self) -> Vec<PublicKey> {
        self.signers.iter().map(|key| key.public().clone()).collect()
    }
}
