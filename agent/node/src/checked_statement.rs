//! A statement that `arch-prover` found proved.
//!
//! The agent links nothing that can check a proof. It takes the word of a process that it started or
//! whose socket is its own, and that is written down in one place, which can be searched for:
//! `CheckedStatement::assertion`.

use arch_identity::Digest;
use arch_wire::prover::{FromProver, ProofText, VerifyRequest};

/// A statement with the circuit and key that it was found proved under. Made only from the prover's
/// word, by [`ProverClient::check`](crate::prover_client::ProverClient::check).
///
/// ```compile_fail
/// // No field is public and there is no public constructor: nobody else can claim that a proof holds.
/// fn forge(told: &arch_node::checked_statement::CheckedStatement) {
///     let arch_node::checked_statement::CheckedStatement { publics, .. } = told;
/// }
/// ```
///
/// ```compile_fail
/// // Nor is what another process wrote one.
/// fn read<T: serde::de::DeserializeOwned>() {}
/// read::<arch_node::checked_statement::CheckedStatement>();
/// ```
///
/// ```compile_fail
/// fn taken(asked: &arch_wire::prover::VerifyRequest, word: &arch_wire::prover::FromProver) {
///     let _ = arch_node::checked_statement::CheckedStatement::assertion(asked, word);
/// }
/// ```
///
/// What does compile, its twin, is to ask one that the prover's word gave:
///
/// ```
/// fn read<T>() {}
/// read::<arch_node::checked_statement::CheckedStatement>();
/// fn told(checked: &arch_node::checked_statement::CheckedStatement) -> &[String] {
///     checked.publics()
/// }
/// ```
#[derive(Debug, PartialEq, Eq)]
pub struct CheckedStatement {
    circuit: String,
    version: u32,
    key: Digest,
    publics: Vec<String>,
}

impl CheckedStatement {
    /// Takes the prover's word for it. None if it says anything else than that this proof holds on these
    /// terms, or if the proof's own words are none or name another key than the one that is pinned.
    pub(crate) fn assertion(asked: &VerifyRequest, word: &FromProver) -> Option<Self> {
        let FromProver::Checked { request, holds: true, .. } = word else { return None };
        let ProofText { circuit, version, vk_sha256, publics, .. } =
            ProofText::read(&asked.proof).ok()?;
        let key: Digest = format!("sha256:{vk_sha256}").parse().ok()?;
        let meant = *request == asked.request && asked.terms.pinned.is_none_or(|pin| pin == key);
        meant.then_some(Self { circuit, version, key, publics })
    }

    /// The circuit's name.
    #[must_use]
    pub fn circuit(&self) -> &str {
        &self.circuit
    }

    /// The version of its keys.
    #[must_use]
    pub fn version(&self) -> u32 {
        self.version
    }

    /// The SHA-256 of the key.
    #[must_use]
    pub fn key(&self) -> Digest {
        self.key
    }

    /// The public numbers, in decimal and in the circuit's order.
    #[must_use]
    pub fn publics(&self) -> &[String] {
        &self.publics
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use arch_wire::prover::Terms;

    use super::*;

    const SHIPPED: &str = include_str!("../../../circuits/example/step.json");

    fn asked(pinned: Option<Digest>) -> VerifyRequest {
        let terms = Terms { pinned, dev_keys: true };
        VerifyRequest { request: 3, proof: SHIPPED.to_owned(), terms }
    }

    fn checked(request: u64, holds: bool) -> FromProver {
        FromProver::Checked { request, holds, why: String::new() }
    }

    #[test]
    fn only_the_word_that_this_very_proof_holds_makes_evidence() {
        let made = CheckedStatement::assertion(&asked(None), &checked(3, true)).unwrap();
        assert_eq!((made.circuit(), made.version()), ("arch-tile-fma-v1", 1));
        assert_eq!(made.publics().len(), 5);
        let again = CheckedStatement::assertion(&asked(Some(made.key())), &checked(3, true));
        assert_eq!(again, Some(made));
        let proved = FromProver::Proved { request: 3, proof: SHIPPED.to_owned() };
        for word in [checked(3, false), checked(4, true), proved] {
            assert_eq!(CheckedStatement::assertion(&asked(None), &word), None);
        }
        let other = asked(Some(Digest::of(b"another key")));
        assert_eq!(CheckedStatement::assertion(&other, &checked(3, true)), None);
        let mut nothing = asked(None);
        nothing.proof = "{}".to_owned();
        assert_eq!(CheckedStatement::assertion(&nothing, &checked(3, true)), None);
    }

    fn sources(folder: &Path, found: &mut Vec<(String, usize)>) {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                sources(&path, found);
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            let product = text.split("#[cfg(test)]").next().unwrap_or_default();
            let code = product.lines().filter(|line| !line.trim_start().starts_with("//"));
            let uses = code.filter(|line| line.contains("CheckedStatement::assertion(")).count();
            if uses > 0 {
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                found.push((name, uses));
            }
        }
    }

    #[test]
    fn the_provers_word_is_taken_in_one_place() {
        let mut found = Vec::new();
        sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
        assert_eq!(found, [("prover_client.rs".to_owned(), 1)]);
    }
}
