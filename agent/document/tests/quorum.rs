//! Who has to sign: thresholds, roles, kinds, groups, hybrids (facts/trust.md §3.4, rows 1-9, 19, 32).
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests may be blunt"
)]

mod world;

use arch_document::{Job, Kind, NoHistory, Revocation, Root, SignedDocument, signing};
use arch_identity::{Algorithm, Digest, KeyKind, PublicKey, SigningKey};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use world::*;

const SIGNERS: [&str; 5] = ["bea", "cem", "dora", "emil", "fay"];

fn root_of(count: usize, threshold: i64) -> RootText {
    let names = &SIGNERS[..count];
    RootText::new(1).people(names).role("jobs", names, threshold, "Job")
}

fn entry(by: &PublicKey, alg: Algorithm, sig: &[u8]) -> String {
    format!("  - by: \"{by}\"\n    alg: {alg}\n    sig: \"{}\"\n", STANDARD.encode(sig))
}

/// The job with hand-made entries.
fn with_entries(text: &str, entries: &[String]) -> Result<SignedDocument, String> {
    let text = format!("{text}signatures:\n{}", entries.concat());
    SignedDocument::parse("job.yaml", text.as_bytes()).map_err(|p| p.code.to_string())
}

fn message(text: &str) -> Vec<u8> {
    let document = SignedDocument::parse("job.yaml", text.as_bytes()).unwrap();
    arch_identity::pae(&document.kind().payload_type(), document.body())
}

#[test]
fn a_document_signed_by_a_quorum_is_verified_with_its_roles_and_signers() {
    let root = root_of(3, 2).active();
    let job = signed("job.yaml", &job_text(), &["bea", "dora"]);
    let digest = job.digest();
    let verified = root.verify::<Job>(job, &noon(), &NoHistory).unwrap();
    assert_eq!(verified.signers(), ["bea", "dora"]);
    assert_eq!(verified.roles()[0].role, "jobs");
    assert_eq!(verified.document().digest(), digest);
    assert_eq!(verified.get().metadata.name, "hello");
}

#[test]
fn every_subset_smaller_than_the_threshold_is_refused_and_every_other_accepted() {
    for count in 1..=SIGNERS.len() {
        for threshold in 1..=count {
            let root = root_of(count, threshold as i64).active();
            for set in 0_u32..1 << count {
                let by: Vec<&str> =
                    (0..count).filter(|i| set & (1 << i) != 0).map(|i| SIGNERS[i]).collect();
                let result = code::<Job>(&root, signed("job.yaml", &job_text(), &by));
                let expected = match by.len() {
                    have if have >= threshold => "verified",
                    0 => "ARCH-D001",
                    _ => "ARCH-D004",
                };
                assert_eq!(result, expected, "{threshold} of {count}, {by:?}");
            }
        }
    }
}

#[test]
fn the_refusal_counts_points_at_the_last_entry_and_at_the_rule() {
    let root = root_of(2, 2).active();
    let refusal = root
        .verify::<Job>(signed("job.yaml", &job_text(), &["bea"]), &noon(), &NoHistory)
        .unwrap_err();
    assert_eq!(refusal.problem.message, "1 of 2 required signatures are valid");
    assert_eq!(told(&refusal), "ARCH-D004 14:5");
    let rule = refusal.problem.rule.unwrap();
    assert_eq!(rule.file, "root.yaml");
    assert_eq!(&refusal.document.source()[..3], b"api");
}

#[test]
fn one_identity_signing_many_times_counts_once() {
    let root = root_of(2, 2).active();
    let bea = &key("bea");
    let sig = bea.signers()[0].sign(&message(&job_text()));
    for copies in 2..=32 {
        let entries = vec![entry(&bea.public()[0], Algorithm::Ed25519, &sig); copies];
        assert_eq!(code::<Job>(&root, with_entries(&job_text(), &entries).unwrap()), "ARCH-D004");
    }
}

#[test]
fn more_than_32_signatures_are_refused_before_any_cryptography() {
    let bea = &key("bea");
    let entries = vec![entry(&bea.public()[0], Algorithm::Ed25519, &[0; 64]); 33];
    assert_eq!(with_entries(&job_text(), &entries).unwrap_err(), "ARCH-D022");
}

#[test]
fn a_thousand_strangers_are_refused() {
    let root = root_of(1, 1).active();
    for i in 0..1_000 {
        let stranger = format!("stranger {i}");
        let document = signed("job.yaml", &job_text(), &[&stranger]);
        assert_eq!(code::<Job>(&root, document), "ARCH-D002");
    }
}

#[test]
fn one_key_under_two_ids_makes_the_root_unusable() {
    let twice = RootText::new(1)
        .person("bea")
        .entry("bea2", &format!("{{alg: ed25519, public: \"{}\", group: other}}", did("bea")))
        .role("jobs", &["bea", "bea2"], 2, "Job");
    assert_eq!(pin(twice.signed(&["ada"])).unwrap_err().problem.code.as_str(), "ARCH-D031");
}

#[test]
fn a_half_of_a_hybrid_may_not_stand_under_another_id() {
    let hybrid = key_of(KeyKind::Hybrid, "gus");
    for half in hybrid.public() {
        let root = RootText::new(1)
            .hybrid("gus")
            .entry("half", &format!("{{alg: {}, public: \"{half}\"}}", half.algorithm()));
        assert_eq!(pin(root.signed(&["ada"])).unwrap_err().problem.code.as_str(), "ARCH-D031");
    }
}

#[test]
fn a_hybrid_counts_with_both_halves_only() {
    let root = RootText::new(1).hybrid("gus").role("jobs", &["gus"], 1, "Job").active();
    let gus = key_of(KeyKind::Hybrid, "gus");
    let message = message(&job_text());
    let halves: Vec<String> = gus
        .signers()
        .iter()
        .map(|k: &SigningKey| entry(k.public(), k.public().algorithm(), &k.sign(&message)))
        .collect();
    let try_with =
        |entries: &[String]| code::<Job>(&root, with_entries(&job_text(), entries).unwrap());
    assert_eq!(try_with(&halves), "verified");
    assert_eq!(try_with(&halves[..1]), "ARCH-D023");
    assert_eq!(try_with(&halves[1..]), "ARCH-D023");
    let broken = entry(&gus.public()[1], Algorithm::MlDsa44, &[7; 2420]);
    assert_eq!(try_with(&[halves[0].clone(), broken]), "ARCH-D003");
}

#[test]
fn ml_dsa_alone_is_an_identity_too() {
    let pair = key_of(KeyKind::MlDsa44, "hana");
    let public = &pair.public()[0];
    let root = RootText::new(1)
        .entry("hana", &format!("{{alg: ml-dsa-44, public: \"{public}\"}}"))
        .role("jobs", &["hana"], 1, "Job")
        .active();
    let text = signing::sign("job.yaml", job_text().as_bytes(), &pair).unwrap();
    let document = SignedDocument::parse("job.yaml", text.as_bytes()).unwrap();
    assert_eq!(code::<Job>(&root, document), "verified");
}

#[test]
fn an_entry_that_names_another_algorithm_is_refused() {
    let ed = &key("bea").public()[0];
    let ml = &key_of(KeyKind::MlDsa44, "bea").public()[0];
    for (by, alg, len) in [(ed, Algorithm::MlDsa44, 64), (ml, Algorithm::Ed25519, 2420)] {
        let entries = [entry(by, alg, &vec![0; len])];
        assert_eq!(with_entries(&job_text(), &entries).unwrap_err(), "ARCH-D006");
    }
    let entries = [entry(ed, Algorithm::Ed25519, &[0; 63])];
    assert_eq!(with_entries(&job_text(), &entries).unwrap_err(), "ARCH-D208");
}

#[test]
fn a_root_that_records_another_algorithm_than_its_key_is_refused() {
    let ml = key_of(KeyKind::MlDsa44, "bea").public()[0].clone();
    let hybrid = key_of(KeyKind::Hybrid, "bea").public();
    for text in [
        format!("{{alg: ml-dsa-44, public: \"{}\"}}", did("bea")),
        format!("{{alg: ed25519, public: \"{ml}\"}}"),
        format!("{{alg: hybrid, public: \"{}\"}}", did("bea")),
        format!("{{alg: hybrid, public: [\"{}\", \"{}\"]}}", did("bea"), did("cem")),
        format!("{{alg: ed25519, public: [\"{}\", \"{}\"]}}", hybrid[0], hybrid[1]),
    ] {
        let root = RootText::new(1).entry("bea", &text);
        assert_eq!(
            pin(root.signed(&["ada"])).unwrap_err().problem.code.as_str(),
            "ARCH-D035",
            "{text}"
        );
    }
}

#[test]
fn signers_must_come_from_as_many_groups_as_the_role_asks_for() {
    let member = |name: &str, group: &str| {
        format!("{{alg: ed25519, public: \"{}\", group: {group}}}", did(name))
    };
    let root = RootText::new(1)
        .entry("bea", &member("bea", "north"))
        .entry("cem", &member("cem", "north"))
        .entry("dora", &member("dora", "south"))
        .role_text(
            "jobs",
            "{keys: [bea, cem, dora], threshold: 2, distinctGroups: 2, kinds: [Job]}",
        )
        .active();
    assert_eq!(code::<Job>(&root, signed("j", &job_text(), &["bea", "cem"])), "ARCH-D007");
    assert_eq!(code::<Job>(&root, signed("j", &job_text(), &["bea", "dora"])), "verified");
    assert_eq!(code::<Job>(&root, signed("j", &job_text(), &["dora"])), "ARCH-D004");
}

#[test]
fn thresholds_that_cannot_work_make_the_root_unusable() {
    for threshold in [0, 3, 1_000_000] {
        let root = RootText::new(1).person("bea").person("cem").role(
            "jobs",
            &["bea", "cem"],
            threshold,
            "Job",
        );
        let code = pin(root.signed(&["ada"])).unwrap_err().problem.code;
        assert_eq!(code.as_str(), "ARCH-D032", "{threshold}");
    }
    let negative = RootText::new(1).role("jobs", &["ada"], -1, "Job");
    assert_eq!(pin(negative.signed(&["ada"])).unwrap_err().problem.code.as_str(), "ARCH-D205");
    for (text, code) in [
        ("{keys: [ada], threshold: 1, distinctGroups: 2, kinds: [Job]}", "ARCH-D032"),
        ("{keys: [ada], threshold: 1, distinctGroups: 0, kinds: [Job]}", "ARCH-D032"),
        ("{keys: [ada, ada], threshold: 2, kinds: [Job]}", "ARCH-D033"),
        ("{keys: [ada, nobody], threshold: 1, kinds: [Job]}", "ARCH-D033"),
        ("{keys: [ada], threshold: 1, kinds: [Root]}", "ARCH-D034"),
        ("{keys: [ada], threshold: 1, kinds: [Tea]}", "ARCH-D205"),
        ("{keys: [ada], kinds: [Job]}", "ARCH-D203"),
    ] {
        let root = RootText::new(1).role_text("jobs", text);
        assert_eq!(pin(root.signed(&["ada"])).unwrap_err().problem.code.as_str(), code, "{text}");
    }
}

#[test]
fn each_role_signs_its_own_kinds_and_no_other() {
    let root = RootText::new(1)
        .people(&["bea", "cem"])
        .role("jobs", &["bea"], 1, "Job")
        .role("revokers", &["cem"], 1, "Revocation")
        .active();
    let revocation = revocation_text("keys", 1, "{keys: []}");
    assert_eq!(code::<Job>(&root, signed("j", &job_text(), &["cem"])), "ARCH-D005");
    assert_eq!(code::<Job>(&root, signed("j", &job_text(), &["ada"])), "ARCH-D005");
    assert_eq!(code::<Revocation>(&root, signed("r", &revocation, &["bea"])), "ARCH-D005");
    assert_eq!(code::<Revocation>(&root, signed("r", &revocation, &["cem"])), "verified");
    assert_eq!(code::<Job>(&root, signed("r", &revocation, &["cem"])), "ARCH-D021");
    assert_eq!(code::<Root>(&root, signed("j", &job_text(), &["bea"])), "ARCH-D021");
}

#[test]
fn a_signature_over_one_kind_never_holds_for_another() {
    let root = root_of(1, 1).active();
    let bea = &key("bea");
    let document = SignedDocument::parse("job.yaml", job_text().as_bytes()).unwrap();
    for kind in Kind::ALL.into_iter().filter(|kind| *kind != Kind::Job) {
        // The same bytes, signed as another kind of payload.
        let sig = bea.signers()[0].sign(&arch_identity::pae(&kind.payload_type(), document.body()));
        let forged =
            with_entries(&job_text(), &[entry(&bea.public()[0], Algorithm::Ed25519, &sig)]);
        assert_eq!(code::<Job>(&root, forged.unwrap()), "ARCH-D003", "{kind}");
        // The signature of the job, moved to a document that says it is another kind.
        let renamed =
            sign_text(&job_text(), &["bea"]).replace("kind: Job", &format!("kind: {kind}"));
        let renamed = SignedDocument::parse("job.yaml", renamed.as_bytes()).unwrap();
        assert_eq!(code::<Job>(&root, renamed), "ARCH-D021", "{kind}");
    }
}

#[test]
fn any_changed_byte_of_a_signed_job_is_refused_or_changes_nothing_that_was_signed() {
    let root = root_of(1, 1).active();
    let text = sign_text(&job_text(), &["bea"]).into_bytes();
    let digest = SignedDocument::parse("job.yaml", &text).unwrap().digest();
    let signature = SignedDocument::parse("job.yaml", &text).unwrap().signatures().to_vec();
    let mut unchanged = 0;
    for position in 0..text.len() {
        for bit in 0..8 {
            let mut mutant = text.clone();
            mutant[position] ^= 1 << bit;
            let Ok(document) = SignedDocument::parse("job.yaml", &mutant) else { continue };
            if document.digest() == digest && document.signatures() == signature {
                unchanged += 1;
                continue;
            }
            let result = root.verify::<Job>(document, &noon(), &NoHistory);
            assert!(result.is_err(), "byte {position}, bit {bit}");
        }
    }
    // Some blanks may be line breaks and back; hardly anything else means the same.
    assert!(unchanged < 20, "{unchanged} mutants mean the same");
}

#[test]
fn a_signature_with_a_second_spelling_does_not_hold() {
    let root = root_of(1, 1).active();
    let bea = &key("bea");
    let mut sig = bea.signers()[0].sign(&message(&job_text()));
    // s + L is the same number modulo the group's order (RFC 8032 §5.1.7 refuses it).
    let order: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde,
        0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let mut carry = 0_u16;
    for (byte, add) in sig[32..].iter_mut().zip(order) {
        let sum = u16::from(*byte) + u16::from(add) + carry;
        (*byte, carry) = ((sum & 0xff) as u8, sum >> 8);
    }
    let forged = with_entries(&job_text(), &[entry(&bea.public()[0], Algorithm::Ed25519, &sig)]);
    assert_eq!(code::<Job>(&root, forged.unwrap()), "ARCH-D003");
}

#[test]
fn strangers_beside_a_quorum_do_no_harm() {
    let root = root_of(2, 2).active();
    let document = signed("job.yaml", &job_text(), &["stranger", "bea", "other", "cem"]);
    assert_eq!(code::<Job>(&root, document), "verified");
}

#[test]
fn caps_of_the_satisfied_roles_come_with_the_document() {
    let root = RootText::new(1)
        .person("bea")
        .role_text(
            "jobs",
            "{keys: [bea], threshold: 1, kinds: [Job], caps: {net: [\"egress:443\"], fs: [\"read:/srv\"]}}",
        )
        .role("wide", &["bea"], 1, "Job")
        .active();
    let job = signed("job.yaml", &job_text(), &["bea"]);
    let verified = root.verify::<Job>(job, &noon(), &NoHistory).unwrap();
    let caps: Vec<_> =
        verified.roles().iter().map(|role| (&*role.role, role.caps.is_some())).collect();
    assert_eq!(caps, [("jobs", true), ("wide", false)]);
    assert_eq!(verified.roles()[0].place.as_ref().unwrap().file, "root.yaml");
}

#[test]
fn the_digest_does_not_depend_on_who_signed() {
    let plain = SignedDocument::parse("j", job_text().as_bytes()).unwrap();
    assert_eq!(signed("j", &job_text(), &["bea", "cem"]).digest(), plain.digest());
    assert_eq!(plain.digest(), Digest::of(plain.body()));
}

#[test]
fn a_role_that_lists_owners_signs_for_no_other() {
    let role =
        |owners: &str| format!("{{keys: [bea], threshold: 1, kinds: [Job], owners: {owners}}}");
    let root = |owners: &str| {
        RootText::new(1).people(&["bea", "cem"]).role_text("jobs", &role(owners)).active()
    };
    for (owners, owner, expected) in [
        ("[\"user:ada\"]", "user:ada", "verified"),
        ("[\"user:ada\"]", "user:eve", "ARCH-D024"),
        ("[\"user:bea\", \"org:lab/*\"]", "org:lab/x", "verified"),
        ("[\"user:bea\", \"org:lab/*\"]", "org:lab/x/y", "ARCH-D024"),
        ("[\"**\"]", "user:eve", "verified"),
    ] {
        let text = job_text().replace("user:ada", owner);
        let job = signed("job.yaml", &text, &["bea"]);
        let told = match root(owners).verify::<Job>(job, &noon(), &NoHistory) {
            Ok(_) => "verified".to_owned(),
            Err(refusal) => {
                assert_eq!(told(&refusal), "ARCH-D024 5:10");
                assert_eq!(refusal.problem.rule.unwrap().file, "root.yaml");
                refusal.problem.code.to_string()
            }
        };
        assert_eq!(told, expected, "{owners} {owner}");
    }
}

#[test]
fn a_role_that_may_not_sign_for_the_owner_lends_the_document_no_capabilities() {
    let root = RootText::new(1)
        .people(&["bea", "cem"])
        .role_text("narrow", "{keys: [bea], threshold: 1, kinds: [Job], caps: {fs: [\"read:/a\"]}}")
        .role_text(
            "wide",
            "{keys: [cem], threshold: 1, kinds: [Job], owners: [\"user:cem\"], caps: {fs: [\"read:/\"]}}",
        )
        .active();
    let verified = root
        .verify::<Job>(signed("job.yaml", &job_text(), &["bea", "cem"]), &noon(), &NoHistory)
        .unwrap();
    let roles: Vec<_> = verified.roles().iter().map(|grant| grant.role.as_str()).collect();
    assert_eq!((roles, verified.signers()), (vec!["narrow"], &["bea".to_owned()][..]));
}

#[test]
fn a_role_with_owners_signs_no_document_without_one_and_no_root() {
    let role = "{keys: [rex], threshold: 1, kinds: [Revocation], owners: [\"**\"]}";
    let root = RootText::new(1).person("rex").role_text("revokers", role).active();
    let list = signed("r.yaml", &revocation_text("k", 1, "{keys: []}"), &["rex"]);
    assert_eq!(code::<Revocation>(&root, list), "ARCH-D024");
    for (name, role) in [
        ("root", "{keys: [ada], threshold: 1, kinds: [Root], owners: [\"**\"]}"),
        ("jobs", "{keys: [ada], threshold: 1, kinds: [Job], owners: []}"),
        ("jobs", "{keys: [ada], threshold: 1, kinds: [Job], owners: [\"a*b\"]}"),
    ] {
        let document = RootText::new(1).role_text(name, role).signed(&["ada"]);
        assert_eq!(pin(document).unwrap_err().problem.code.as_str(), "ARCH-D205", "{role}");
    }
}

#[test]
fn roots_and_revocations_are_for_every_node_and_carry_no_audience() {
    let root = RootText::new(1).person("rex").role("revokers", &["rex"], 1, "Revocation");
    let text =
        revocation_text("k", 1, "{keys: []}").replace("version: 1", "version: 1, audience: [lab]");
    assert_eq!(code::<Revocation>(&root.active(), signed("r", &text, &["rex"])), "ARCH-D205");
    let text = root.text().replace("  version: 1\n", "  version: 1\n  audience: [lab]\n");
    assert_eq!(
        pin(signed("root.yaml", &text, &["ada"])).unwrap_err().problem.code.as_str(),
        "ARCH-D205"
    );
}
