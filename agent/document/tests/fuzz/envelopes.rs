//! Envelopes and signed documents: what is read reads the same again, and what is believed was
//! signed.

use std::collections::BTreeSet;

use arch_campaign::{Campaign, Case, Mutator};
use arch_document::{Job, NoHistory, Revocation, SignedDocument, TrustRoot};
use arch_identity::Digest;

use crate::{corpus, world::*};

const OTHERWISE: &str = "read otherwise again";
const FORGED: &str = "forgeries believed";
const PLACELESS: &str = "refused without a place";

const WORDS: [&str; 30] = [
    "\"payload\"",
    "\"payloadType\"",
    "\"signatures\"",
    "\"sig\"",
    "\"keyid\"",
    ":",
    ",",
    "{",
    "}",
    "[",
    "]",
    "\"",
    "\\u0061",
    "\\",
    "null",
    "true",
    "0",
    "-0",
    "1e3",
    "==",
    "=",
    "+",
    "-",
    "_",
    "/",
    " ",
    "\n",
    "application/vnd.arch-network.policy.v1+json",
    "did:key:z6Mk",
    "\u{feff}",
];

/// Signed by who may, in YAML and as envelopes.
fn good() -> (TrustRoot, Vec<Vec<u8>>, BTreeSet<Digest>) {
    let root = RootText::new(1)
        .people(&["bea", "cem"])
        .role("jobs", &["bea", "cem"], 1, "Job")
        .role("lists", &["bea"], 1, "Revocation")
        .active();
    let texts = [
        sign_text(&job_text(), &["bea"]),
        sign_text(&job_text(), &["bea", "cem"]),
        sign_text(&job_text().replace("hello\n", "other\n"), &["cem"]),
        sign_text(&revocation_text("keys", 7, "{keys: []}"), &["bea"]),
    ];
    let signed = texts.iter().map(|text| SignedDocument::parse("f", text.as_bytes()).unwrap());
    let signed: Vec<_> = signed.collect();
    let digests = signed.iter().map(SignedDocument::digest).collect();
    let envelopes = signed.iter().map(|document| document.to_envelope().into_bytes());
    let corpus = texts.iter().map(|text| text.clone().into_bytes()).chain(envelopes).collect();
    (root, corpus, digests)
}

#[test]
fn an_accepted_mutant_of_an_envelope_reads_the_same_again_and_is_believed_only_if_it_was_signed() {
    let (root, ours, digests) = good();
    // Half of the corpus is signed by people of the root.
    let vectors = Mutator::new(corpus::files(&["tests/vectors"], ".dsse.json")).with_words(&WORDS);
    let ours = Mutator::new(ours).with_words(&WORDS);
    Campaign::new("fuzz-envelope", 1_000).watch(OTHERWISE).watch(FORGED).watch(PLACELESS).run(
        |case| {
            let bytes = if case.once_in(4) { vectors.draw(case) } else { ours.draw(case) };
            case.count("texts");
            match SignedDocument::parse("f", &bytes) {
                Ok(document) => accepted(case, &root, &digests, &bytes, document),
                Err(problem) => {
                    let span = problem.at.as_ref().map(|place| place.span);
                    let good = span.is_some_and(|s| s.start <= s.end && s.end <= bytes.len());
                    if !good {
                        case.fault(PLACELESS, format!("{problem:?} in {}", bytes.escape_ascii()));
                    }
                }
            }
        },
    );
}

fn accepted(
    case: &mut Case,
    root: &TrustRoot,
    digests: &BTreeSet<Digest>,
    bytes: &[u8],
    document: SignedDocument,
) {
    case.count("accepted");
    let plain: serde_json::Value = serde_json::from_slice(document.body()).unwrap();
    let theirs = serde_json_canonicalizer::to_vec(&plain).unwrap();
    let again = SignedDocument::parse("f", document.to_envelope().as_bytes());
    let same = again.is_ok_and(|again| {
        let entries = |document: &SignedDocument| {
            let all = document.signatures().iter();
            all.map(|entry| (entry.by().cloned(), entry.sig().to_vec())).collect::<Vec<_>>()
        };
        again.body() == document.body()
            && again.kind() == document.kind()
            && entries(&again) == entries(&document)
    });
    let digest = document.digest();
    if theirs != document.body() || !same || digest != Digest::of(document.body()) {
        case.fault(OTHERWISE, bytes.escape_ascii().to_string());
    }
    let job = root.verify::<Job>(document.clone(), &noon(), &NoHistory).is_ok();
    let list = root.verify::<Revocation>(document, &noon(), &NoHistory).is_ok();
    if job || list {
        case.count("believed");
        if !digests.contains(&digest) {
            case.fault(FORGED, bytes.escape_ascii().to_string());
        }
    }
}
