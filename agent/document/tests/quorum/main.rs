//! Who has to sign: thresholds, roles, kinds, groups, hybrids.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests may be blunt"
)]

mod counts;
mod keys;
mod roles;
#[path = "../world/mod.rs"]
mod world;

use arch_document::SignedDocument;
use arch_identity::{Algorithm, PublicKey};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use world::RootText;

const SIGNERS: [&str; 7] = ["bea", "cem", "dora", "emil", "fay", "gil", "hana"];

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
