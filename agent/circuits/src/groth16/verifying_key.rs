//! The key that proofs are checked with.

use std::sync::OnceLock;

use ark_bn254::{Fr, G1Affine, G2Affine};
use ark_ec::AffineRepr as _;
use ark_serialize::{CanonicalDeserialize as _, CanonicalSerialize as _};
use sha2::{Digest as _, Sha256};

use super::{Groth16Proof, check::Check, relations};

/// What arkworks calls it.
pub(super) type ArkKey = ark_groth16::VerifyingKey<ark_bn254::Bn254>;

/// Bytes before the points that belong to public numbers: four points and their count.
const HEAD: usize = 32 + 3 * 64 + 8;

/// A key whose points are points of their groups, and that is none of those which are known to let
/// anybody forge. Who made it, and whether he kept what he made it from, no check can see: that is what
/// pins and ceremonies are for.
#[derive(Debug)]
pub struct VerifyingKey {
    key: ArkKey,
    check: OnceLock<Option<Check>>,
}

/// Why bytes are no key to check proofs with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// Not the one encoding of points of the right groups.
    #[error("it is not the compressed encoding of points on BN254 in their groups")]
    Malformed,
    /// A circuit with this many public numbers needs another length.
    #[error("it is a key for {have} public numbers, the circuit has {need}")]
    Publics {
        /// Public numbers of the key.
        have: usize,
        /// Public numbers of the circuit.
        need: usize,
    },
    /// One of its points is the neutral one.
    #[error("one of its points is the point at infinity")]
    Infinity,
    /// γ = δ, as setup leaves it before the first contribution: anybody can forge.
    #[error(
        "its gamma and delta are equal: nobody contributed to it, and anybody can forge with it"
    )]
    NotContributed,
    /// α or β is a generator, hence known: anybody can forge.
    #[error("its alpha, beta or delta is a generator: its secret is known")]
    KnownSecret,
    /// β, γ and δ, or points that belong to public numbers, are in a relation that anybody can find.
    #[error("its points are in a relation that anybody can forge with")]
    Related,
}

impl VerifyingKey {
    /// Reads a key for a circuit with this many public numbers: 232 bytes and 32 for each number and
    /// one more.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn read(bytes: &[u8], publics: usize) -> Result<Self, KeyError> {
        let count: Option<&[u8; 8]> =
            bytes.get(HEAD.saturating_sub(8)..).and_then(<[u8]>::first_chunk);
        let have = count.map(|count| u64::from_le_bytes(*count)).ok_or(KeyError::Malformed)?;
        let have = usize::try_from(have).unwrap_or(usize::MAX).saturating_sub(1);
        if have != publics {
            return Err(KeyError::Publics { have, need: publics });
        }
        if bytes.len() != HEAD.saturating_add(publics.saturating_add(1).saturating_mul(32)) {
            return Err(KeyError::Malformed);
        }
        let key = ArkKey::deserialize_compressed(bytes).map_err(|_any| KeyError::Malformed)?;
        let key = Self::checked(key, publics)?;
        if key.to_bytes() == bytes { Ok(key) } else { Err(KeyError::Malformed) }
    }

    /// Takes points that are in their groups.
    pub(crate) fn checked(key: ArkKey, publics: usize) -> Result<Self, KeyError> {
        let have = key.gamma_abc_g1.len().saturating_sub(1);
        if key.gamma_abc_g1.len() != publics.saturating_add(1) {
            return Err(KeyError::Publics { have, need: publics });
        }
        let twos = [key.beta_g2, key.gamma_g2, key.delta_g2];
        let ones = key.gamma_abc_g1.iter().chain([&key.alpha_g1]);
        if twos.iter().any(|point| point.is_zero()) || ones.into_iter().any(|p| p.is_zero()) {
            return Err(KeyError::Infinity);
        }
        if key.gamma_g2 == key.delta_g2 {
            return Err(KeyError::NotContributed);
        }
        let known =
            |point: &G1Affine| *point == G1Affine::generator() || *point == -G1Affine::generator();
        let known_two =
            |point: &G2Affine| *point == G2Affine::generator() || *point == -G2Affine::generator();
        if known(&key.alpha_g1) || known_two(&key.beta_g2) || known_two(&key.delta_g2) {
            return Err(KeyError::KnownSecret);
        }
        if relations::are_known(&key) {
            return Err(KeyError::Related);
        }
        Ok(Self { key, check: OnceLock::new() })
    }

    /// The bytes that [`VerifyingKey::read`] reads.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.key.compressed_size());
        // Writing to memory does not fail.
        let _written = self.key.serialize_compressed(&mut bytes);
        bytes
    }

    /// The SHA-256 of its bytes: what policies pin.
    #[must_use]
    pub fn sha256(&self) -> [u8; 32] {
        Sha256::digest(self.to_bytes()).into()
    }

    /// Public numbers of its circuit.
    #[must_use]
    pub fn publics(&self) -> usize {
        self.key.gamma_abc_g1.len().saturating_sub(1)
    }

    /// Whether `proof` proves the statement with these public numbers; about 2 ms, and as much once.
    #[must_use]
    pub fn verify(&self, publics: &[Fr], proof: &Groth16Proof) -> bool {
        let check = self.check.get_or_init(|| Check::of(&self.key));
        check.as_ref().is_some_and(|check| check.holds(publics, proof))
    }

    pub(crate) fn points(&self) -> &ArkKey {
        &self.key
    }
}
