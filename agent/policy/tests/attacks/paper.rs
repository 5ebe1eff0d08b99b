//! Signed texts, written by hand: our own tools would write few of them.

use arch_campaign::Case;
use arch_document::SignedDocument;
use arch_identity::{KeyPair, pae};
use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::world::*;

/// What is signed of a document.
pub(crate) fn message(text: &str) -> Vec<u8> {
    let document = SignedDocument::parse("f", text.as_bytes()).unwrap_or_else(|problem| {
        panic!("what is signed must be readable: {problem}\n{text}");
    });
    pae(&document.kind().payload_type(), document.body())
}

pub(crate) fn entry(by: &str, alg: &str, sig: &[u8]) -> String {
    raw_entry(by, alg, &STANDARD.encode(sig))
}

pub(crate) fn raw_entry(by: &str, alg: &str, sig: &str) -> String {
    format!("  - by: \"{by}\"\n    alg: {alg}\n    sig: \"{sig}\"\n")
}

/// One entry a key of the pair.
pub(crate) fn entries(keys: &KeyPair, message: &[u8]) -> Vec<String> {
    let one = |key: &arch_identity::SigningKey| {
        entry(&key.public().did(), key.public().algorithm().name(), &key.sign(message))
    };
    keys.signers().iter().map(one).collect()
}

pub(crate) fn with(text: &str, entries: &[String]) -> String {
    format!("{text}signatures:\n{}", entries.concat())
}

/// Signed by Ed25519 keys of these names.
pub(crate) fn by<S: AsRef<str>>(text: &str, names: &[S]) -> String {
    let message = message(text);
    let all: Vec<String> =
        names.iter().flat_map(|name| entries(&key(name.as_ref()), &message)).collect();
    with(text, &all)
}

/// The signature of one Ed25519 key.
pub(crate) fn signature(name: &str, message: &[u8]) -> Vec<u8> {
    key(name).signers()[0].sign(message)
}

/// A DSSE envelope with any payload, type and signatures (`keyid` and bytes).
pub(crate) fn envelope(payload: &[u8], type_: &str, sigs: &[(Option<String>, Vec<u8>)]) -> String {
    let one = |(keyid, sig): &(Option<String>, Vec<u8>)| {
        let keyid = keyid.as_ref().map_or(String::new(), |id| format!("\"keyid\":\"{id}\","));
        format!("{{{keyid}\"sig\":\"{}\"}}", STANDARD.encode(sig))
    };
    let sigs: Vec<String> = sigs.iter().map(one).collect();
    format!(
        "{{\"payload\":\"{}\",\"payloadType\":\"{type_}\",\"signatures\":[{}]}}\n",
        STANDARD.encode(payload),
        sigs.join(",")
    )
}

/// A job that is good at noon, with a nonce of its own.
pub(crate) fn job(case: &mut Case) -> String {
    job_text().replace(NONCE, &hex(&case.bytes(16)))
}

pub(crate) fn policy(name: &str, version: u64, more: &str) -> String {
    format!(
        "apiVersion: arch.network/v1\nkind: Policy\nmetadata:\n  name: {name}\n  version: {version}\n  \
         notAfter: \"2027-01-01T00:00:00Z\"\n{more}spec:\n  images: {{ allow: [\"**\"] }}\n  \
         runtimes: [wasm]\n  owners: [{{ id: owners.all, owner: \"**\" }}]\n  \
         resources: {{ max: {{ cpu: \"1\", memory: \"1Gi\", timeout: \"1m\" }} }}\n"
    )
}

pub(crate) fn revocation(version: u64) -> String {
    revocation_text("keys", version, "{keys: []}")
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Two different numbers below `end`.
pub(crate) fn two(case: &mut Case, end: usize) -> (usize, usize) {
    let first = case.index(end);
    let second = (first + 1 + case.index(end - 1)) % end;
    (first, second)
}
