//! Public keys, and the one function that believes a signature.

use std::{
    cmp::Ordering,
    fmt, hash,
    str::FromStr,
    sync::{Arc, OnceLock},
};

use arch_problem::{Code, codes};
use ml_dsa::{KeyInit, MlDsa44, Verifier as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::{Algorithm, Digest, did};

/// A public key that can verify: decoded, on the curve, of the right length.
///
/// Equality, order and hash go by algorithm and key bytes, never by spelling.
#[derive(Clone)]
pub struct PublicKey {
    bytes: Vec<u8>,
    form: Form,
}

#[derive(Clone)]
enum Form {
    Ed25519(ed25519_dalek::VerifyingKey),
    // 1.3 KiB of bytes unfold into a matrix of 16 KiB, which takes as long as half a verification:
    // once, at the key's first use. A key that is merely named, as signatures do, never unfolds.
    MlDsa44(Arc<OnceLock<ml_dsa::VerifyingKey<MlDsa44>>>),
}

/// Why a key was not believed to be one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The algorithm is not in the registry.
    #[error("`{0}` is no algorithm of ours; there are ed25519, ml-dsa-44 and hybrid")]
    UnknownAlgorithm(String),
    /// The text is no did:key.
    #[error("not a `did:key:z…` identifier")]
    NotADid,
    /// The key has another length than its algorithm asks for.
    #[error("an {algorithm} public key has {} bytes, this one has {have}", algorithm.public_key_len())]
    WrongLength {
        /// The algorithm named by the key.
        algorithm: Algorithm,
        /// Length found, in bytes.
        have: usize,
    },
    /// The bytes are no point of the curve, or one of small order.
    #[error("the bytes are not a usable ed25519 public key")]
    NotAPoint,
    /// A key file is not one.
    #[error("not a key file: {0}")]
    NotAKeyFile(&'static str),
    /// The passphrase is wrong, or the file was changed.
    #[error("the passphrase does not open this key")]
    WrongPassphrase,
    /// The key is sealed and nobody gave a passphrase.
    #[error("the key is sealed with a passphrase")]
    PassphraseNeeded,
}

impl KeyError {
    /// The catalogue's code.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::UnknownAlgorithm(_) => codes::UNKNOWN_ALGORITHM,
            Self::NotADid | Self::WrongLength { .. } | Self::NotAPoint => codes::NOT_A_KEY,
            Self::NotAKeyFile(_) => codes::NOT_A_KEY_FILE,
            Self::WrongPassphrase => codes::WRONG_PASSPHRASE,
            Self::PassphraseNeeded => codes::PASSPHRASE_NEEDED,
        }
    }
}

/// The signature does not hold for this key and these bytes.
///
/// Deliberately says no more: why it fails is of use to forgers only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signature does not hold")]
pub struct BadSignature;

impl BadSignature {
    /// The catalogue's code.
    #[must_use]
    pub fn code(self) -> Code {
        codes::BAD_SIGNATURE
    }
}

impl PublicKey {
    /// Decodes a key; refuses wrong lengths, points off the curve and points of small order.
    ///
    /// # Errors
    /// [`KeyError::WrongLength`], [`KeyError::NotAPoint`].
    pub fn from_bytes(algorithm: Algorithm, bytes: &[u8]) -> Result<Self, KeyError> {
        let wrong_length = KeyError::WrongLength { algorithm, have: bytes.len() };
        let form = match algorithm {
            Algorithm::Ed25519 => {
                let array = bytes.try_into().map_err(|_| wrong_length)?;
                if !is_reduced(array) {
                    return Err(KeyError::NotAPoint);
                }
                let key = ed25519_dalek::VerifyingKey::from_bytes(array).ok();
                Form::Ed25519(key.filter(|key| !key.is_weak()).ok_or(KeyError::NotAPoint)?)
            }
            // FIPS 204 §7.2: whatever has the length decodes to a key.
            Algorithm::MlDsa44 if bytes.len() != algorithm.public_key_len() => {
                return Err(wrong_length);
            }
            Algorithm::MlDsa44 => Form::MlDsa44(Arc::default()),
        };
        Ok(Self { bytes: bytes.to_vec(), form })
    }

    /// Reads a `did:key:z…` identifier.
    ///
    /// # Errors
    /// [`KeyError`] when the text names no usable key.
    pub fn from_did(did: &str) -> Result<Self, KeyError> {
        let (algorithm, bytes) = did::decode(did)?;
        Self::from_bytes(algorithm, &bytes)
    }

    /// The `did:key:z…` identifier: 56 characters for Ed25519, about 1,800 for ML-DSA-44.
    #[must_use]
    pub fn did(&self) -> String {
        did::encode(self.algorithm(), &self.bytes)
    }

    /// The key's algorithm.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        match self.form {
            Form::Ed25519(_) => Algorithm::Ed25519,
            Form::MlDsa44(_) => Algorithm::MlDsa44,
        }
    }

    /// The raw key: 32 or 1,312 bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// A digest of algorithm and raw key. Thresholds count these, never key ids or spellings.
    #[must_use]
    pub fn material(&self) -> Digest {
        Digest::of(&[self.algorithm().name().as_bytes(), b"\0", &self.bytes].concat())
    }

    /// Believes a signature or does not.
    ///
    /// # Errors
    /// [`BadSignature`] when it does not hold, has the wrong length or is malleable.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), BadSignature> {
        match &self.form {
            Form::Ed25519(key) => {
                let signature = ed25519_dalek::Signature::from_slice(signature);
                key.verify_strict(message, &signature.map_err(|_| BadSignature)?)
                    .map_err(|_| BadSignature)
            }
            Form::MlDsa44(key) => {
                let signature = ml_dsa::Signature::<MlDsa44>::try_from(signature);
                let signature = signature.map_err(|_| BadSignature)?;
                let key = match key.get() {
                    Some(key) => key,
                    None => {
                        let fresh = ml_dsa::VerifyingKey::new_from_slice(&self.bytes);
                        let fresh = fresh.map_err(|_| BadSignature)?;
                        key.get_or_init(|| fresh)
                    }
                };
                key.verify(message, &signature).map_err(|_| BadSignature)
            }
        }
    }
}

/// RFC 8032 §5.1.3: whether the encoded `y` lies below 2^255 − 19; the top bit is the sign of `x`.
///
/// Each point has one such encoding, but for those with `x` = 0, which are of small order: a second
/// one would be a second name of a key.
fn is_reduced(encoded: &[u8; 32]) -> bool {
    let [low, middle @ .., high] = encoded;
    high & 0x7f != 0x7f || middle.iter().any(|byte| *byte != 0xff) || *low < 0xed
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for PublicKey {}

impl PartialOrd for PublicKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for PublicKey {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.algorithm(), &self.bytes).cmp(&(other.algorithm(), &other.bytes))
    }
}

impl hash::Hash for PublicKey {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        (self.algorithm(), &self.bytes).hash(state);
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.did())
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.did())
    }
}

impl FromStr for PublicKey {
    type Err = KeyError;

    fn from_str(did: &str) -> Result<Self, KeyError> {
        Self::from_did(did)
    }
}

impl Serialize for PublicKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PublicKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::from_did(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}
