//! The key that proofs are made with.

use ark_bn254::Bn254;
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
