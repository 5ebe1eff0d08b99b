//! How many signed, and that nothing counts twice.

use arch_document::{Job, NoHistory, SignedDocument};
use arch_identity::{Algorithm, Digest};

use crate::{SIGNERS, entry, message, root_of, with_entries, world::*};

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
fn strangers_beside_a_quorum_do_no_harm() {
    let root = root_of(2, 2).active();
    let document = signed("job.yaml", &job_text(), &["stranger", "bea", "other", "cem"]);
    assert_eq!(code::<Job>(&root, document), "verified");
}

#[test]
fn the_digest_does_not_depend_on_who_signed() {
    let plain = SignedDocument::parse("j", job_text().as_bytes()).unwrap();
    assert_eq!(signed("j", &job_text(), &["bea", "cem"]).digest(), plain.digest());
    assert_eq!(plain.digest(), Digest::of(plain.body()));
}
