//! The quotient as iden3's tools take it, so that one key serves theirs and ours.
//!
//! `(A·B - C)/Z` has values at `2n` points; where libsnark's reduction hands its coefficients to the
//! key, iden3's hands over the numerators at the odd points, and the key's points carry the rest: they
//! are `L(τ)/(−2δ)`-like numbers for the polynomials `L` that are one at one odd point.

#![expect(clippy::arithmetic_side_effects, reason = "numbers of a field have no overflow")]

use ark_ff::PrimeField;
use ark_groth16::r1cs_to_qap::{LibsnarkReduction, R1CSToQAP, evaluate_constraint};
use ark_poly::EvaluationDomain;
use ark_relations::gr1cs::{ConstraintSystemRef, Matrix, Result, SynthesisError};

/// The reduction of iden3's circom and snarkjs.
pub(super) struct Iden3;

impl R1CSToQAP for Iden3 {
    fn instance_map_with_evaluation<F: PrimeField, D: EvaluationDomain<F>>(
        system: ConstraintSystemRef<F>,
        point: &F,
    ) -> Result<(Vec<F>, Vec<F>, Vec<F>, F, usize, usize)> {
        LibsnarkReduction::instance_map_with_evaluation::<F, D>(system, point)
    }

    fn witness_map_from_matrices<F: PrimeField, D: EvaluationDomain<F>>(
        matrices: &[Matrix<F>],
        inputs: usize,
        rows: usize,
        numbers: &[F],
    ) -> Result<Vec<F>> {
        let too_large = SynthesisError::PolynomialDegreeTooLarge;
        let size = rows.checked_add(inputs).ok_or(too_large)?;
        let domain = D::new(size).ok_or(SynthesisError::PolynomialDegreeTooLarge)?;
        let [a, b, ..] = matrices else { return Err(SynthesisError::AssignmentMissing) };
        let side = |matrix: &Matrix<F>, tail: &[F]| {
            let values = matrix.iter().map(|row| evaluate_constraint(row, numbers));
            let mut side: Vec<F> = values.chain(tail.iter().copied()).collect();
            side.resize(domain.size(), F::zero());
            side
        };
        let a = side(a, numbers.get(..inputs).unwrap_or_default());
        let b = side(b, &[]);
        let c = a.iter().zip(&b).map(|(a, b)| *a * b).collect();
        let odd = D::new(domain.size().saturating_mul(2))
            .ok_or(SynthesisError::PolynomialDegreeTooLarge)?
            .element(1);
        let [a, b, c] = [a, b, c].map(|mut side: Vec<F>| {
            domain.ifft_in_place(&mut side);
            D::distribute_powers(&mut side, odd);
            domain.fft_in_place(&mut side);
            side
        });
        Ok(a.into_iter().zip(b).zip(c).map(|((a, b), c)| a * b - c).collect())
    }

    fn h_query_scalars<F: PrimeField, D: EvaluationDomain<F>>(
        most: usize,
        point: F,
        _: F,
        inverse_of_delta: F,
    ) -> Result<Vec<F>> {
        let count = most.saturating_mul(2).saturating_add(1);
        let powers = std::iter::successors(Some(inverse_of_delta), |power| Some(*power * point));
        let mut numbers: Vec<F> = powers.take(count).collect();
        let domain = D::new(count).ok_or(SynthesisError::PolynomialDegreeTooLarge)?;
        domain.ifft_in_place(&mut numbers);
        Ok(numbers.into_iter().skip(1).step_by(2).collect())
    }
}
