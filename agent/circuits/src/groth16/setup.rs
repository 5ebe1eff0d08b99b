//! Keys for trying things out.

use ark_bn254::{Bn254, Fr, G1Projective, G2Projective};
use ark_ec::PrimeGroup as _;
use ark_groth16::Groth16;
use ark_relations::gr1cs::{
    ConstraintSynthesizer, ConstraintSystemRef, LinearCombination, Result, Variable,
};

use super::{ProvingKey, chance::Chance, quotient::Iden3};
use crate::System;

/// Makes the dev key of a system from a seed that everybody knows: whoever reads this can forge any
/// proof under it. The same system gives the same key on every machine, so that its digest can be
/// pinned and a policy must say in so many words that it takes such keys.
///
/// None for a system that is too large for the field's domains.
#[must_use]
pub fn dev_key(system: &System) -> Option<ProvingKey> {
    let mut chance = Chance::new("dev key", &system.digest());
    let [alpha, beta, gamma, delta] = std::array::from_fn(|_| chance.number());
    let (one, two) = (G1Projective::generator(), G2Projective::generator());
    let made = Groth16::<Bn254, Iden3>::generate_parameters_with_qap(
        Laid(system),
        alpha,
        beta,
        gamma,
        delta,
        one,
        two,
        &mut chance,
    );
    ProvingKey::checked(made.ok()?, system).ok()
}

/// A system as arkworks has it told.
struct Laid<'a>(&'a System);

impl ConstraintSynthesizer<Fr> for Laid<'_> {
    fn generate_constraints(self, told: ConstraintSystemRef<Fr>) -> Result<()> {
        let Self(system) = self;
        let publics = system.publics();
        for _ in 0..publics {
            let _place = told.new_input_variable(|| Ok(Fr::default()))?;
        }
        for _ in publics.saturating_add(1)..system.cells() {
            let _place = told.new_witness_variable(|| Ok(Fr::default()))?;
        }
        let variable = |place: usize| match place.checked_sub(publics.saturating_add(1)) {
            Some(place) => Variable::witness(place),
            None if place == 0 => Variable::One,
            None => Variable::instance(place),
        };
        let combination = |row: &Vec<(Fr, usize)>| {
            LinearCombination(
                row.iter().map(|(factor, place)| (*factor, variable(*place))).collect(),
            )
        };
        let [a, b, c] = system.matrices();
        for ((a, b), c) in a.iter().zip(b).zip(c) {
            let (a, b, c) = (combination(a), combination(b), combination(c));
            told.enforce_r1cs_constraint(|| a, || b, || c)?;
        }
        Ok(())
    }
}
