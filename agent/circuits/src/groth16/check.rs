//! One proof, checked: e(A, B) = e(α, β)·e(IC(publics), γ)·e(C, δ), where IC is linear in the public
//! numbers (Groth, On the size of pairing-based non-interactive arguments, 2016).

use ark_bn254::{Bn254, Fr, G1Projective, G2Affine};
use ark_ec::{
    AffineRepr as _, CurveGroup as _,
    pairing::{Pairing, PairingOutput},
    scalar_mul::BatchMulPreprocessing,
};

use super::{Groth16Proof, verifying_key::ArkKey};

type Prepared = <Bn254 as Pairing>::G2Prepared;

/// How many multiples are kept of a point: for so many numbers, windows of four bits are best, and they
/// take less time to make than a proof takes to check.
const NUMBERS: usize = 64;

/// What of a key is the same for all proofs.
pub(super) struct Check {
    /// e(α, β).
    constant: PairingOutput<Bn254>,
    /// -γ and -δ.
    gamma: Prepared,
    delta: Prepared,
    /// The point of no public number, and multiples of each other one.
    first: G1Projective,
    others: Vec<BatchMulPreprocessing<G1Projective>>,
}

impl std::fmt::Debug for Check {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Check").field("publics", &self.others.len()).finish_non_exhaustive()
    }
}

impl Check {
    /// None for a key without the point of no public number.
    pub(super) fn of(key: &ArkKey) -> Option<Self> {
        let (first, others) = key.gamma_abc_g1.split_first()?;
        let opposite = |point: G2Affine| Prepared::from((-point.into_group()).into_affine());
        Some(Self {
            constant: Bn254::pairing(key.alpha_g1, key.beta_g2),
            gamma: opposite(key.gamma_g2),
            delta: opposite(key.delta_g2),
            first: first.into_group(),
            others: others
                .iter()
                .map(|point| BatchMulPreprocessing::new(point.into_group(), NUMBERS))
                .collect(),
        })
    }

    /// Whether the proof is one for these public numbers, as many as the key has.
    pub(super) fn holds(&self, publics: &[Fr], proof: &Groth16Proof) -> bool {
        if publics.len() != self.others.len() {
            return false;
        }
        let points = proof.points();
        let ones = [points.a, self.inputs(publics).into_affine(), points.c];
        let twos = [points.b.into(), self.gamma.clone(), self.delta.clone()];
        let product = Bn254::final_exponentiation(Bn254::multi_miller_loop(ones, twos));
        product == Some(self.constant)
    }

    /// IC₀ + Σ publicᵢ·ICᵢ.
    fn inputs(&self, publics: &[Fr]) -> G1Projective {
        self.others.iter().zip(publics).fold(self.first, |sum, (multiples, public)| {
            multiples.batch_mul(&[*public]).into_iter().fold(sum, |sum, point| sum + point)
        })
    }
}

#[cfg(test)]
mod tests {
    use ark_ff::Field as _;

    use super::*;
    use crate::{Circuit, groth16::dev_key};

    #[test]
    fn the_point_of_public_numbers_is_their_sum_at_both_ends_of_the_field() {
        let made = dev_key(Circuit::Fold.system()).unwrap();
        let key = made.verifying().points();
        let check = Check::of(key).unwrap();
        let [zero, one, last] = [Fr::from(0), Fr::from(1), -Fr::from(1)];
        let half = Fr::from(2).inverse().unwrap();
        for publics in [[zero; 4], [one; 4], [last; 4], [zero, one, last, half]] {
            let numbers = [one].into_iter().chain(publics);
            let plain = key.gamma_abc_g1.iter().zip(numbers);
            let plain: G1Projective = plain.map(|(point, number)| *point * number).sum();
            assert_eq!(check.inputs(&publics), plain);
        }
    }
}
