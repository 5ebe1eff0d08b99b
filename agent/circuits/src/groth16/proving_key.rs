//! The key that proofs are made with.

use ark_bn254::{Bn254, G1Affine, G2Affine};
use ark_ec::{AffineRepr as _, pairing::Pairing as _};
use ark_ff::Zero as _;
use ark_serialize::{CanonicalDeserialize as _, CanonicalSerialize as _};
use sha2::{Digest as _, Sha256};

use super::{KeyError, VerifyingKey};
use crate::System;

/// What arkworks calls it.
pub(crate) type ArkProvingKey = ark_groth16::ProvingKey<Bn254>;

/// A key to prove with, and the one to check with that belongs to it.
#[derive(Debug)]
pub struct ProvingKey {
    key: ArkProvingKey,
    verifying: VerifyingKey,
}

/// Why bytes are no key to prove with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotAProvingKey {
    /// Their digest is another one.
    #[error("its SHA-256 is not the one that is pinned")]
    NotPinned,
    /// Not uncompressed points of a key.
    #[error("it is not the encoding of a proving key")]
    Malformed,
    /// It has points for another number of cells or rows.
    #[error("it is a key of another circuit")]
    OtherCircuit,
    /// β or δ is another number in one group than in the other: proofs would not be hidden, or wrong.
    #[error("its beta or delta is not the same in both groups")]
    OtherSecrets,
    /// The key to check with is none.
    #[error(transparent)]
    Verifying(#[from] KeyError),
}

impl ProvingKey {
    /// Reads a key whose digest is known. Its points are not checked, which would take a minute: whoever
    /// pinned the digest did.
    ///
    /// # Errors
    /// [`NotAProvingKey`].
    pub fn read_pinned(
        bytes: &[u8],
        sha256: &[u8; 32],
        system: &System,
    ) -> Result<Self, NotAProvingKey> {
        if Sha256::digest(bytes).as_slice() != sha256 {
            return Err(NotAProvingKey::NotPinned);
        }
        let key = ArkProvingKey::deserialize_uncompressed_unchecked(bytes)
            .map_err(|_any| NotAProvingKey::Malformed)?;
        Self::checked(key, system)
    }

    /// Takes points that are in their groups.
    pub(crate) fn checked(key: ArkProvingKey, system: &System) -> Result<Self, NotAProvingKey> {
        let rows = 1_usize.checked_shl(system.power()).unwrap_or(0);
        let aside = system.publics().saturating_add(1);
        let each_cell = [key.a_query.len(), key.b_g1_query.len(), key.b_g2_query.len()];
        let fits = each_cell == [system.cells(); 3]
            && key.l_query.len().saturating_add(aside) == system.cells()
            && key.h_query.len() == rows;
        if !fits {
            return Err(NotAProvingKey::OtherCircuit);
        }
        let verifying = VerifyingKey::checked(key.vk.clone(), system.publics())?;
        if !is_of_one_mind(&key) {
            return Err(NotAProvingKey::OtherSecrets);
        }
        Ok(Self { key, verifying })
    }

    /// The bytes that [`ProvingKey::read_pinned`] reads.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.key.uncompressed_size());
        // Writing to memory does not fail.
        let _written = self.key.serialize_uncompressed(&mut bytes);
        bytes
    }

    /// The key to check with.
    #[must_use]
    pub fn verifying(&self) -> &VerifyingKey {
        &self.verifying
    }

    pub(crate) fn points(&self) -> &ArkProvingKey {
        &self.key
    }
}

/// Whether β and δ are the same numbers in both groups, over the generators that everybody uses.
fn is_of_one_mind(key: &ArkProvingKey) -> bool {
    let (one, two) = (G1Affine::generator(), G2Affine::generator());
    let same = |in_one: G1Affine, in_two: G2Affine| {
        Bn254::multi_pairing([in_one, -one], [two, in_two]).is_zero()
    };
    same(key.beta_g1, key.vk.beta_g2) && same(key.delta_g1, key.vk.delta_g2)
}
