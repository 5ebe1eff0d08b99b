//! What policies say of circuits and of disputes, against `tests/vectors/policy`: one file a rule, its first line says
//! what is wrong.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "tests may be blunt")]

use std::{collections::BTreeSet, fs, path::PathBuf};

use arch_document::SignedDocument;
use arch_identity::Digest;
use arch_policy::{
    Policy,
    spec::{CircuitPin, CircuitRules, DisputeResolver, DisputeRules, MAX_UNITS, MarkTime},
};

fn files(below: &str) -> Vec<(String, String)> {
    let folder =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/policy").join(below);
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = paths
        .filter(|path| path.extension().is_some_and(|ending| ending == "yaml"))
        .map(|path| {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            (name, fs::read_to_string(&path).unwrap())
        })
        .collect();
    files.sort();
    assert!(!files.is_empty());
    files
}

#[test]
fn every_policy_vector_is_refused_by_its_rule_at_its_place_with_words_that_help() {
    let (mut wrong, mut codes) = (Vec::new(), BTreeSet::new());
    for (name, text) in files("") {
        let document = SignedDocument::parse(&name, text.as_bytes()).unwrap();
        let expected = text.lines().next().unwrap().strip_prefix("# expect: ").expect(&name);
        let Err(problem) = document.read::<Policy>() else {
            wrong.push(format!("{name}: accepted, expected {expected}"));
            continue;
        };
        let span = problem.at.as_ref().unwrap().span;
        let told = format!("{} {}:{}", problem.code, span.line, span.column);
        if told != expected {
            wrong.push(format!("{name}: {told} {problem}, expected {expected}"));
        }
        let own_words = !problem.help.is_empty() && !problem.message.ends_with('.');
        assert!(own_words, "{name}: {problem}");
        codes.insert(problem.code.as_str());
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    for number in 108..=114 {
        let code = format!("ARCH-P{number}");
        assert!(codes.contains(code.as_str()), "no vector of {code}");
    }
}

#[test]
fn accepted_policies_are_read_alike_from_yaml_and_envelope_and_say_what_they_say() {
    for (name, text) in files("accepted") {
        let document = SignedDocument::parse(&name, text.as_bytes()).unwrap();
        let policy: Policy = document.read().unwrap_or_else(|problem| panic!("{name}: {problem}"));
        let envelope = document.to_envelope();
        let again = SignedDocument::parse(&name, envelope.as_bytes()).unwrap();
        assert_eq!(again.read::<Policy>().unwrap(), policy, "{name}");
        let CircuitRules { pins, allow_dev_keys } = policy.spec.circuits;
        assert_eq!(text.matches("vkSha256").count(), pins.len(), "{name}");
        assert_eq!(text.contains("allowDevKeys: true"), allow_dev_keys, "{name}");
        for CircuitPin { circuit, version, vk_sha256 } in pins {
            let line =
                format!("{{ circuit: {circuit}, version: {version}, vkSha256: \"{vk_sha256}\" }}");
            assert!(text.contains(&line), "{name}: {line}");
        }
    }
}

#[test]
fn two_versions_of_a_circuit_are_pinned_at_once_and_nothing_else_is() {
    let (_, text) =
        files("accepted").into_iter().find(|(name, _)| name == "pins-of-a-rotation").unwrap();
    let policy: Policy = SignedDocument::parse("a", text.as_bytes()).unwrap().read().unwrap();
    let key = |circuit: &str, version| {
        policy.spec.circuits.pin(circuit, version).map(|(_, pin)| pin.vk_sha256)
    };
    let digest = |byte| Some(Digest::from_bytes([byte; 32]));
    assert_eq!(key("arch-tile-fma-v1", 1), digest(1));
    assert_eq!(key("arch-tile-fma-v1", 2), digest(2));
    assert_eq!(key("arch-fold-v3", 1), digest(3));
    for (circuit, version) in [
        ("arch-tile-fma-v1", 3),
        ("arch-tile-fma-v1", 0),
        ("arch-tile-fma-v1-k256", 1),
        ("arch-tile-fma", 1),
        ("ARCH-FOLD-V3", 1),
        ("arch-fold-v3", 2),
        ("", 1),
    ] {
        assert_eq!(key(circuit, version), None, "{circuit} {version}");
    }
}

#[test]
fn what_is_not_said_of_disputes_has_its_default_and_without_terms_nothing_is_settled() {
    let rules = |wanted: &str| {
        let (_, text) = files("accepted").into_iter().find(|(name, _)| name == wanted).unwrap();
        let policy: Policy = SignedDocument::parse("a", text.as_bytes()).unwrap().read().unwrap();
        policy.spec.disputes
    };
    assert_eq!(rules("circuits-empty"), None);
    let plain = rules("disputes-with-defaults").unwrap();
    assert_eq!(plain.resolvers, [DisputeResolver::Reveal]);
    assert!(plain.allows(DisputeResolver::Reveal) && !plain.allows(DisputeResolver::Groth16));
    assert_eq!((plain.bond, plain.endowment, plain.marks), (100, 0, MarkTime::OnDispute));
    assert!(plain.judges.is_empty() && plain.parties.is_empty());
    let times = |rules: &DisputeRules| {
        [rules.answer, rules.exchange, rules.proof, rules.verdict].map(|time| time.seconds())
    };
    assert_eq!(times(&plain), [3_600; 4]);
    let least = rules("disputes-with-the-least").unwrap();
    assert_eq!((least.bond, least.endowment, times(&least)), (1, 1, [1; 4]));
    let most = rules("disputes-with-the-most").unwrap();
    assert_eq!((most.bond, most.endowment, most.marks), (MAX_UNITS, MAX_UNITS, MarkTime::Always));
    assert_eq!((most.judges.len(), most.parties.len(), times(&most)), (64, 256, [2_592_000; 4]));
}
