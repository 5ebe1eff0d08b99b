//! A proof: three points, 128 bytes.

use ark_bn254::Bn254;
use ark_ec::AffineRepr as _;
use ark_serialize::{CanonicalDeserialize as _, CanonicalSerialize as _};
use rayon::prelude::*;

/// What arkworks calls it.
pub(crate) type ArkProof = ark_groth16::Proof<Bn254>;

/// Three points in their groups, none of them neutral. It is not known to prove anything.
///
/// Anybody can make another proof of the same statement from a proof: its bytes identify nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct Groth16Proof(ArkProof);

/// Bytes or numbers that are no proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is not the one encoding of three points on BN254, in their groups and not at infinity")]
pub struct NotAProof;

impl Groth16Proof {
    /// How long a proof is.
    pub const BYTES: usize = 128;

    /// Reads the compressed points A, B and C.
    ///
    /// # Errors
    /// [`NotAProof`].
    pub fn read(bytes: &[u8; Self::BYTES]) -> Result<Self, NotAProof> {
        let points = ArkProof::deserialize_compressed(&bytes[..]).map_err(|_any| NotAProof)?;
        let proof = Self::checked(points)?;
        if proof.to_bytes() == *bytes { Ok(proof) } else { Err(NotAProof) }
    }

    /// Reads many, by all processors.
    ///
    /// # Errors
    /// [`NotAProof`] if one of them is none.
    pub fn read_all(all: &[&[u8; Self::BYTES]]) -> Result<Vec<Self>, NotAProof> {
        all.par_iter().map(|bytes| Self::read(bytes)).collect()
    }

    /// Takes points that are in their groups.
    pub(crate) fn checked(points: ArkProof) -> Result<Self, NotAProof> {
        let infinite = points.a.is_zero() || points.b.is_zero() || points.c.is_zero();
        if infinite { Err(NotAProof) } else { Ok(Self(points)) }
    }

    /// The bytes that [`Groth16Proof::read`] reads.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        // Three points are exactly as long.
        let _written = self.0.serialize_compressed(&mut bytes[..]);
        bytes
    }

    pub(crate) fn points(&self) -> &ArkProof {
        &self.0
    }
}
