//! Key material: one key is one signer, under whatever id, and a hybrid is both of its halves.

use arch_document::{Job, SignedDocument, signing};
use arch_identity::{Algorithm, KeyKind, SigningKey};

use crate::{entry, message, root_of, with_entries, world::*};

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
