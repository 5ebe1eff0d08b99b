//! Relations among the points of a key that give proofs of anything.
//!
//! With `aβ + bγ + cδ = 0` for known `a` and `b` that are not both zero, three points of the key are a
//! proof of any statement: with γ = -δ that is (α, β, IC), with β = δ it is (IC, γ, -α), and so on. The
//! same holds where α is a known multiple of the points of public numbers. Two such points that are
//! equal or opposite let one proof stand for two statements.
//!
//! Small relations are looked for, which whoever makes a key in haste or in bad faith may leave; one
//! with large numbers cannot be found, and is as good as any other secret that somebody kept.

use std::collections::BTreeSet;

use ark_bn254::{G2Affine, G2Projective};
use ark_ec::{AffineRepr as _, CurveGroup as _};
use ark_ff::Zero as _;

use super::verifying_key::ArkKey;

/// The largest factor that is tried, of either sign.
const MOST: usize = 8;

pub(super) fn are_known(key: &ArkKey) -> bool {
    points_of_publics(key) || secrets(key)
}

/// Whether α is one of the points that belong to public numbers, or two of those are the same, up to
/// the sign: then their first coordinates are.
fn points_of_publics(key: &ArkKey) -> bool {
    let mut seen = BTreeSet::from([key.alpha_g1.x]);
    !key.gamma_abc_g1.iter().all(|point| seen.insert(point.x))
}

/// Whether `aβ + bγ = cδ` for factors up to [`MOST`] that are not all zero.
fn secrets(key: &ArkKey) -> bool {
    let [beta, gamma, delta] = [key.beta_g2, key.gamma_g2, key.delta_g2].map(multiples);
    let pairs = beta.iter().enumerate().flat_map(|(a, beta)| {
        let zero_of_both = move |b: usize| (a, b) == (MOST, MOST);
        let sum =
            move |(b, gamma): (usize, &G2Projective)| (!zero_of_both(b)).then(|| *beta + gamma);
        gamma.iter().enumerate().filter_map(sum)
    });
    let sums = G2Projective::normalize_batch(&pairs.collect::<Vec<_>>());
    let delta: BTreeSet<_> = G2Projective::normalize_batch(&delta).iter().map(ordered).collect();
    sums.iter().any(|sum| delta.contains(&ordered(sum)))
}

/// -8, -7 … 8 times a point.
fn multiples(point: G2Affine) -> Vec<G2Projective> {
    let up = std::iter::successors(Some(G2Projective::zero()), |sum| Some(*sum + point));
    let up: Vec<_> = up.take(MOST.saturating_add(1)).collect();
    up.iter().skip(1).rev().map(|sum| -*sum).chain(up.iter().copied()).collect()
}

/// A point as something that can be looked up.
fn ordered(point: &G2Affine) -> Option<[ark_bn254::Fq; 4]> {
    point.xy().map(|(x, y)| [x.c0, x.c1, y.c0, y.c1])
}
