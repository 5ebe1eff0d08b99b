//! On what terms a product that is computed now can be disputed: those of the policy in force.

use arch_dispute::{Agreed, Marks, ProofKey, Resolver, Terms};
use arch_policy::{DisputeResolver, MarkTime, Policy};

/// What whoever commits agrees upon. None where the policy does not have divergences settled.
pub(crate) fn agreed(policy: &Policy) -> Option<Agreed> {
    let rules = policy.spec.disputes.as_ref()?;
    let circuits = &policy.spec.circuits;
    let keys = circuits.pins.iter().map(|pin| ProofKey {
        circuit: pin.circuit.clone(),
        version: pin.version,
        key: pin.vk_sha256,
    });
    let resolver = |resolver: &DisputeResolver| match resolver {
        DisputeResolver::Groth16 => Resolver::Groth16,
        DisputeResolver::Reveal => Resolver::Reveal,
    };
    Some(Agreed {
        terms: Terms {
            bond: rules.bond,
            answer: rules.answer.seconds(),
            exchange: rules.exchange.seconds(),
            proof: rules.proof.seconds(),
            verdict: rules.verdict.seconds(),
        },
        resolvers: rules.resolvers.iter().map(resolver).collect(),
        judges: rules.judges.clone(),
        keys: keys.collect(),
        dev_keys: circuits.allow_dev_keys,
        marks: match rules.marks {
            MarkTime::OnDispute => Marks::OnDispute,
            MarkTime::Always => Marks::Always,
        },
    })
}
