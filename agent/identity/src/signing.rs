//! Signing keys: made from a seed, wiped on drop, deterministic.

use std::fmt;

use ed25519_dalek::Signer as _;
use ml_dsa::{Keypair as _, MlDsa44, SignatureEncoding as _};
use zeroize::Zeroizing;

use crate::{Algorithm, PublicKey};

/// A private key. Never printed, never serialised; only [`crate::keyfile`] sees its seed.
pub struct SigningKey {
    seed: Zeroizing<[u8; 32]>,
    form: Form,
    public: PublicKey,
}

enum Form {
    Ed25519(Box<ed25519_dalek::SigningKey>),
    MlDsa44(Box<ml_dsa::SigningKey<MlDsa44>>),
}

impl SigningKey {
    /// Unfolds a 32-byte seed (RFC 8032 §5.1.5, FIPS 204 algorithm 6).
    #[must_use]
    pub fn from_seed(algorithm: Algorithm, seed: &[u8; 32]) -> Self {
        let (form, bytes) = match algorithm {
            Algorithm::Ed25519 => {
                let key = Box::new(ed25519_dalek::SigningKey::from_bytes(seed));
                let public = key.verifying_key().to_bytes().to_vec();
                (Form::Ed25519(key), public)
            }
            Algorithm::MlDsa44 => {
                let key = Box::new(ml_dsa::SigningKey::<MlDsa44>::from_seed(&(*seed).into()));
                let public = key.verifying_key().encode().to_vec();
                (Form::MlDsa44(key), public)
            }
        };
        #[expect(clippy::expect_used, reason = "a derived public key is a canonical, strong point")]
        let public = PublicKey::from_bytes(algorithm, &bytes).expect("derived from a private key");
        Self { seed: Zeroizing::new(*seed), form, public }
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// Signs; the same message always gets the same bytes (64 or 2,420).
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        match &self.form {
            Form::Ed25519(key) => key.sign(message).to_bytes().to_vec(),
            Form::MlDsa44(key) => {
                let signature: ml_dsa::Signature<MlDsa44> = key.sign(message);
                signature.to_vec()
            }
        }
    }

    pub(crate) fn seed(&self) -> &[u8; 32] {
        &self.seed
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.public.algorithm())
    }
}
