//! On what terms a proof is believed: those of the policy in force, and of nobody else.

use arch_identity::Timestamp;
use arch_policy::ActivePolicy;
use arch_wire::prover::{ProofText, Terms};

use crate::told::Told;

/// What the key of this proof must be, for [`ProverClient::check`](crate::prover_client::ProverClient::check).
///
/// # Errors
/// A [`Problem`](arch_problem::Problem) if the policy pins no key of the proof's circuit and version, or
/// ran out: nobody need be asked about such a proof.
pub fn terms(policy: &ActivePolicy, proof: &ProofText, now: Timestamp) -> Told<Terms> {
    let key = policy.pinned_key(&proof.circuit, proof.version, now)?;
    Ok(Terms { pinned: Some(key.digest()), dev_keys: key.allows_dev_keys() })
}

#[cfg(test)]
mod tests {
    use arch_document::{Moment, NoHistory, SignedDocument, TrustRoot, signing};
    use arch_identity::{Digest, KeyKind, KeyPair};
    use arch_policy::Here;

    use super::*;

    const SHIPPED: &str = include_str!("../../../circuits/example/step.json");

    const NOON: &str = "2026-11-23T12:00:00Z";

    /// A policy with these lines about circuits, in force until the end of 2026.
    fn policy(circuits: &str) -> ActivePolicy {
        let key = KeyPair::from_seed(KeyKind::Ed25519, &[7; 32]);
        let did = key.public()[0].did();
        let signed = |text: &str| {
            let text = signing::sign("a.yaml", text.as_bytes(), &key).unwrap();
            SignedDocument::parse("a.yaml", text.as_bytes()).unwrap()
        };
        let root = signed(&format!(
            "apiVersion: arch.network/v1
kind: Root
metadata: {{ name: world, version: 1, notAfter: \"2036-01-01T00:00:00Z\" }}
spec:
  keys: {{ ann: {{ alg: ed25519, public: \"{did}\" }} }}
  roles:
    root: {{ keys: [ann], threshold: 1, kinds: [Root, Policy] }}
"
        ));
        let text = signed(&format!(
            "apiVersion: arch.network/v1
kind: Policy
metadata: {{ name: world, version: 1, notAfter: \"2026-12-31T00:00:00Z\" }}
spec:
  images: {{ allow: [] }}
  runtimes: [matrix]
  owners: []
  resources: {{ max: {{ cpu: \"1\", memory: \"1Gi\", timeout: \"1m\" }} }}
  circuits: {circuits}
"
        ));
        let moment = Moment::read(NOON.parse().unwrap(), None).unwrap();
        let pin = root.digest();
        let root = TrustRoot::pinned(root, pin, &moment).unwrap();
        let verified = root.verify(text, &moment, &NoHistory).unwrap();
        ActivePolicy::activate(verified, Here { node: "did:key:z6MkNode", groups: &[] }).unwrap()
    }

    fn told(policy: &ActivePolicy, proof: &ProofText) -> Result<Terms, &'static str> {
        terms(policy, proof, NOON.parse().unwrap()).map_err(|problem| problem.code.as_str())
    }

    #[test]
    fn a_proof_is_held_against_the_key_that_the_policy_pins_for_its_circuit_and_version() {
        let shipped = ProofText::read(SHIPPED).unwrap();
        let (old, new) = (Digest::of(b"old"), Digest::of(b"new"));
        let pins = format!(
            "{{ pins: [{{ circuit: {0}, version: 1, vkSha256: \"{old}\" }}, {{ circuit: {0}, version: \
             2, vkSha256: \"{new}\" }}]",
            shipped.circuit
        );
        let strict = policy(&format!("{pins} }}"));
        let changed = |change: &dyn Fn(&mut ProofText)| {
            let mut proof = shipped.clone();
            change(&mut proof);
            proof
        };
        let version = |version| changed(&|proof| proof.version = version);
        let with = |key, dev_keys| Ok(Terms { pinned: Some(key), dev_keys });
        assert_eq!(told(&strict, &version(1)), with(old, false));
        assert_eq!(told(&strict, &version(2)), with(new, false));
        assert_eq!(told(&strict, &version(3)), Err("ARCH-C012"));
        let other = changed(&|proof| proof.circuit = "arch-fold-v3".to_owned());
        assert_eq!(told(&strict, &other), Err("ARCH-C012"));
        let lenient = policy(&format!("{pins}, allowDevKeys: true }}"));
        assert_eq!(told(&lenient, &version(1)), with(old, true));
        assert_eq!(told(&lenient, &other), Err("ARCH-C012"), "a dev key has to be pinned as well");
        assert_eq!(told(&policy("{}"), &shipped), Err("ARCH-C012"));
    }

    #[test]
    fn the_key_that_a_proof_names_itself_changes_nothing() {
        let mut shipped = ProofText::read(SHIPPED).unwrap();
        let key = Digest::of(b"pinned");
        let text = format!(
            "{{ pins: [{{ circuit: {}, version: 1, vkSha256: \"{key}\" }}] }}",
            shipped.circuit
        );
        let terms = Ok(Terms { pinned: Some(key), dev_keys: false });
        let policy = policy(&text);
        assert_eq!(told(&policy, &shipped), terms);
        shipped.vk_sha256 = key.hex();
        assert_eq!(told(&policy, &shipped), terms);
    }

    #[test]
    fn a_policy_that_ran_out_gives_no_terms() {
        let shipped = ProofText::read(SHIPPED).unwrap();
        let policy = policy(&format!(
            "{{ pins: [{{ circuit: {}, version: 1, vkSha256: \"sha256:{}\" }}] }}",
            shipped.circuit, shipped.vk_sha256
        ));
        let at = |now: &str| {
            terms(&policy, &shipped, now.parse().unwrap()).map_err(|problem| problem.code.as_str())
        };
        assert!(at("2026-12-31T00:00:00Z").is_ok());
        assert_eq!(at("2026-12-31T00:00:01Z"), Err("ARCH-P001"));
    }
}
