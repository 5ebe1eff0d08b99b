//! The vector that nobody knew.

use super::field::Residue;
use crate::commit::Hash;

/// One number below p for each column of a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge(Vec<Residue>);

impl Challenge {
    /// Drawn from a seed that was not known when the part was committed to, and from the commitment:
    /// each part has its own.
    #[must_use]
    pub fn draw(seed: &[u8; 32], commitment: &Hash, columns: u32) -> Self {
        Self::stream("arch.network 2026 matrix challenge v1", seed, commitment.as_bytes(), columns)
    }

    /// The same for a whole product in a file of this SHA-256, which was written after the seed was
    /// known: whoever wrote it could not choose the file to fit its own challenge.
    #[must_use]
    pub fn of_file(seed: &[u8; 32], sha256: &[u8; 32], columns: u32) -> Self {
        Self::stream("arch.network 2026 matrix file challenge v1", seed, sha256, columns)
    }

    fn stream(context: &str, seed: &[u8; 32], digest: &[u8; 32], columns: u32) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key(context);
        hasher.update(seed).update(digest);
        let mut stream = hasher.finalize_xof();
        let mut one = || loop {
            let mut bytes = [0; 8];
            stream.fill(&mut bytes);
            // 61 bits; p itself would be a second 0.
            let drawn = u64::from_le_bytes(bytes) >> 3;
            if Residue::new(drawn).value() == drawn {
                return Residue::new(drawn);
            }
        };
        Self((0..columns).map(|_| one()).collect())
    }

    /// The numbers.
    #[must_use]
    pub fn numbers(&self) -> &[Residue] {
        &self.0
    }
}
