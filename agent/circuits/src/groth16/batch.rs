//! Many proofs at once.

use ark_bn254::{Bn254, Fr, G1Affine, G1Projective};
use ark_ec::{AffineRepr as _, CurveGroup as _, VariableBaseMSM as _, pairing::Pairing};
use ark_ff::{One as _, Zero as _};
use rayon::prelude::*;

use super::{Groth16Proof, VerifyingKey, chance::Chance};
use crate::field::to_bytes;

type Prepared = <Bn254 as Pairing>::G2Prepared;

/// Whether every one of these proofs, each with its public numbers, verifies under `key`.
///
/// Each equation is taken times a number that `seed` gives, and all are added up: a sum that holds with
/// one that does not has a chance of 2^-128. The numbers also depend on the key, the statements and the
/// proofs, so that nobody can choose proofs for numbers that he knows, not even where the seed is known. A
/// no says nothing about which one it is; no proofs at all are all good.
#[must_use]
pub fn verify_all(key: &VerifyingKey, proofs: &[(&[Fr], &Groth16Proof)], seed: &[u8; 32]) -> bool {
    if proofs.iter().any(|(publics, _)| publics.len() != key.publics()) {
        return false;
    }
    let points = key.points();
    let weights = weights(key, proofs, seed);
    let total: Fr = weights.iter().sum();

    // Σ wᵢ·(IC₀ + Σⱼ pᵢⱼ·ICⱼ), gathered by j.
    let mut factors = vec![Fr::zero(); points.gamma_abc_g1.len()];
    for ((publics, _), weight) in proofs.iter().zip(&weights) {
        for (factor, public) in factors.iter_mut().zip([Fr::one()].iter().chain(*publics)) {
            *factor += *weight * public;
        }
    }
    let inputs = G1Projective::msm_unchecked(&points.gamma_abc_g1, &factors);
    let c: Vec<G1Affine> = proofs.iter().map(|(_, proof)| proof.points().c).collect();
    let c = G1Projective::msm_unchecked(&c, &weights);
    let alpha = points.alpha_g1.into_group() * total;
    let each = proofs.par_iter().zip(&weights);
    let (a, b): (Vec<G1Projective>, Vec<Prepared>) = each
        .map(|((_, proof), weight)| (proof.points().a * weight, proof.points().b.into()))
        .unzip();

    // Π e(wᵢ·Aᵢ, Bᵢ) = e(Σ wᵢ·α, β)·e(inputs, γ)·e(Σ wᵢ·Cᵢ, δ)
    let ones = G1Projective::normalize_batch(&[&a[..], &[-alpha, -inputs, -c]].concat());
    let keys = [points.beta_g2, points.gamma_g2, points.delta_g2].map(Prepared::from);
    let twos: Vec<Prepared> = b.into_iter().chain(keys).collect();
    Bn254::multi_pairing(ones, twos).is_zero()
}

/// A number for each proof, from the seed and from all that is checked.
fn weights(key: &VerifyingKey, proofs: &[(&[Fr], &Groth16Proof)], seed: &[u8; 32]) -> Vec<Fr> {
    let mut all = blake3::Hasher::new_keyed(seed);
    all.update(&key.sha256());
    for (publics, proof) in proofs {
        for number in *publics {
            all.update(&to_bytes(number));
        }
        all.update(&proof.to_bytes());
    }
    let mut chance = Chance::new("batch", all.finalize().as_bytes());
    proofs.iter().map(|_| chance.half()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        groth16::{dev_key, prove},
        tile::{Inputs, TileShape, TileStep},
    };

    /// With numbers that are known beforehand, false proofs can be chosen that cancel each other out.
    #[test]
    fn the_weights_of_a_batch_depend_on_all_that_is_checked() {
        let shape = TileShape::new(1, 1, 1, Inputs::I8).unwrap();
        let system = crate::tile_system(shape);
        let key = dev_key(&system).unwrap();
        let step = TileStep::compute(shape, vec![2], vec![3], vec![4]).unwrap();
        let statement = step.statement(Fr::from(1));
        let numbers = crate::tile_numbers(&statement, &step);
        let [one, two] = [1, 2].map(|seed| prove(&system, &key, &numbers, &[seed; 32]).unwrap());
        let publics = statement.publics();
        let vk = key.verifying();
        let drawn = weights(vk, &[(&publics, &one), (&publics, &two)], &[0; 32]);
        assert!(drawn.len() == 2 && drawn[0] != drawn[1]);
        let mut others = publics;
        others[4] += Fr::from(1);
        for (what, again) in [
            ("the seed", weights(vk, &[(&publics, &one), (&publics, &two)], &[1; 32])),
            ("a public number", weights(vk, &[(&publics, &one), (&others, &two)], &[0; 32])),
            ("a proof", weights(vk, &[(&publics, &one), (&publics, &one)], &[0; 32])),
            ("their order", weights(vk, &[(&publics, &two), (&publics, &one)], &[0; 32])),
        ] {
            assert!(again.iter().all(|weight| !drawn.contains(weight)), "{what}");
        }
    }
}
