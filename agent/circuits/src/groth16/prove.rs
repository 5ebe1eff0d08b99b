//! Making a proof.

use ark_bn254::Bn254;
use ark_groth16::Groth16;

use super::{Groth16Proof, ProvingKey, chance::Chance, quotient::Iden3};
use crate::{System, Unsatisfied, field::to_bytes};

/// Why there is no proof.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProveError {
    /// The numbers do not satisfy the rows: what is stated is not so.
    #[error("what is stated does not hold for these numbers: {0}")]
    Unsatisfied(#[from] Unsatisfied),
    /// The proof that was made does not verify: the key or this machine is broken. It is thrown away.
    #[error("the proof that was made does not verify and was thrown away")]
    Unsound,
}

/// Proves that `numbers` satisfy `system`, and checks the proof before it is given out.
///
/// `seed` hides the numbers: it must be drawn for this proof, and nobody else may know it.
///
/// # Errors
/// [`ProveError`].
pub fn prove(
    system: &System,
    key: &ProvingKey,
    numbers: &[crate::Fr],
    seed: &[u8; 32],
) -> Result<Groth16Proof, ProveError> {
    system.check(numbers)?;
    // Also of what is proved: a seed that is used twice by mistake hides both all the same.
    let mut all = blake3::Hasher::new_keyed(seed);
    all.update(&key.verifying().sha256());
    for number in numbers {
        all.update(&to_bytes(number));
    }
    let mut chance = Chance::new("prove", all.finalize().as_bytes());
    let (r, s) = (chance.number(), chance.number());
    let aside = system.publics().saturating_add(1);
    let made = Groth16::<Bn254, Iden3>::create_proof_with_reduction_and_matrices(
        key.points(),
        r,
        s,
        system.matrices(),
        aside,
        system.rows(),
        numbers,
    );
    let proof = made.ok().and_then(|points| Groth16Proof::checked(points).ok());
    let proof = proof.ok_or(ProveError::Unsound)?;
    let publics = numbers.get(1..aside).unwrap_or_default();
    if key.verifying().verify(publics, &proof) { Ok(proof) } else { Err(ProveError::Unsound) }
}
