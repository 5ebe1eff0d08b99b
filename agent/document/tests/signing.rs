//! Signing changes nothing but signatures.
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

use arch_document::{Job, SignedDocument, signing};
use arch_identity::KeyKind;
use world::*;

fn sign(text: &str, who: &str) -> Result<String, String> {
    signing::sign("job.yaml", text.as_bytes(), &key(who)).map_err(|p| p.code.to_string())
}

#[test]
fn a_signature_is_added_below_everything_that_was_there() {
    let text = format!("# keep me\n{}# and me", job_text());
    let signed = sign(&text, "bea").unwrap();
    assert!(
        signed.starts_with(&format!("{text}\nsignatures:\n  - by: \"did:key:z6Mk")),
        "{signed}"
    );
    assert!(signed.ends_with("\"\n"));
}

#[test]
fn a_further_signature_goes_behind_the_last_wherever_the_list_stands() {
    let one = sign(&job_text(), "bea").unwrap();
    let (document, list) = one.split_at(one.find("signatures:").unwrap());
    let text = format!("{list}    # bea signed\n{document}# end\n");
    let two = sign(&text, "cem").unwrap();
    assert!(two.starts_with(list) && two.ends_with("# end\n"), "{two}");
    let parsed = SignedDocument::parse("job.yaml", two.as_bytes()).unwrap();
    assert_eq!(parsed.signatures().len(), 2);
}

#[test]
fn signing_twice_changes_nothing_and_signing_after_a_change_replaces() {
    let one = sign(&job_text(), "bea").unwrap();
    assert_eq!(sign(&one, "bea").unwrap(), one);
    let edited = sign(&one, "cem").unwrap().replace("name: hello", "name: hallo");
    let again = sign(&sign(&edited, "bea").unwrap(), "cem").unwrap();
    assert_eq!(again.matches("did:key:").count(), 2);
    let root =
        RootText::new(1).people(&["bea", "cem"]).role("jobs", &["bea", "cem"], 2, "Job").active();
    let document = SignedDocument::parse("job.yaml", again.as_bytes()).unwrap();
    assert_eq!(code::<Job>(&root, document), "verified");
}

#[test]
fn windows_line_endings_stay() {
    let text = job_text().replace('\n', "\r\n");
    let signed = sign(&text, "bea").unwrap();
    assert!(signed.starts_with(&text) && !signed.replace("\r\n", "").contains('\n'));
}

#[test]
fn an_indented_document_gets_an_indented_list() {
    let text: String = job_text().lines().map(|line| format!("  {line}\n")).collect();
    let signed = sign(&text, "bea").unwrap();
    assert!(signed.contains("\n  signatures:\n    - by: "));
}

#[test]
fn a_hybrid_key_writes_both_halves() {
    let hybrid = key_of(KeyKind::Hybrid, "gus");
    let text = signing::sign("job.yaml", job_text().as_bytes(), &hybrid).unwrap();
    let document = SignedDocument::parse("job.yaml", text.as_bytes()).unwrap();
    assert_eq!(document.signatures().len(), 2);
    let root = RootText::new(1).hybrid("gus").role("jobs", &["gus"], 1, "Job").active();
    assert_eq!(code::<Job>(&root, document), "verified");
}

#[test]
fn what_cannot_be_signed_says_why() {
    let short = format!(
        "{}  signature: {{by: \"{}\", alg: ed25519, sig: \"{}==\"}}\n",
        job_text(),
        did("bea"),
        "A".repeat(86)
    );
    assert_eq!(sign(&short, "cem").unwrap_err(), "ARCH-D209");
    assert_eq!(sign(&format!("{}signatures: []\n", job_text()), "bea").unwrap_err(), "ARCH-D210");
    let envelope = signed("j", &job_text(), &["bea"]).to_envelope();
    assert_eq!(sign(&envelope, "cem").unwrap_err(), "ARCH-D210");
    assert_eq!(sign("a: [", "bea").unwrap_err(), "ARCH-D107");
    assert_eq!(sign(&sign(&job_text(), "bea").unwrap(), "bea").unwrap().matches("by:").count(), 1);
}

#[test]
fn the_short_form_is_verified_like_the_list() {
    let signed = sign(&job_text(), "bea").unwrap();
    let document = SignedDocument::parse("job.yaml", signed.as_bytes()).unwrap();
    let list = signed.split_once("signatures:\n  - ").unwrap().1.replace("    ", "");
    let fields = list.trim().lines().collect::<Vec<_>>().join(", ");
    let short = format!("{}  signature: {{ {fields} }}\n", job_text());
    let short_form = SignedDocument::parse("job.yaml", short.as_bytes()).unwrap();
    assert_eq!(short_form.body(), document.body());
    assert_eq!(short_form.signatures()[0].pointer(), "/spec/signature");
    let root = RootText::new(1).person("bea").role("jobs", &["bea"], 1, "Job").active();
    assert_eq!(code::<Job>(&root, short_form), "verified");
    let both = format!("{short}signatures: []\n");
    let problem = SignedDocument::parse("job.yaml", both.as_bytes()).unwrap_err();
    assert_eq!(problem.code.as_str(), "ARCH-D207");
}
