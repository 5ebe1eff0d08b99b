//! DSSE envelopes: the same signatures around the canonical bytes, for tools that know nothing of us.
//!
//! Source: secure-systems-lab DSSE 1.0.2, envelope.md: `keyid` is optional and only a hint, base64
//! is standard or URL-safe. Narrower than the standard on purpose in one thing: no unknown fields.

use arch_identity::PublicKey;
use arch_problem::codes;
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE},
};
use serde::Deserialize;

use crate::{Fault, SignatureEntry, signature, tree::Node, typed};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Written {
    payload: String,
    payload_type: String,
    #[expect(dead_code, reason = "read entry by entry, for their places")]
    signatures: Vec<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenSignature {
    #[serde(default)]
    keyid: Option<String>,
    sig: String,
}

/// What an envelope holds.
pub(crate) struct Opened {
    pub(crate) payload: Vec<u8>,
    pub(crate) payload_type: String,
    pub(crate) signatures: Vec<SignatureEntry>,
}

/// Takes an envelope apart; believes nothing.
pub(crate) fn open(root: &Node) -> Result<Opened, Fault> {
    let written: Written = typed::read(root).map_err(as_envelope)?;
    let payload = decode(&written.payload).ok_or_else(|| {
        Fault::new("/payload", codes::ENVELOPE_FORM, "`payload` is not base64 with padding")
    })?;
    let Some(list) = root.field("signatures") else {
        return Err(Fault::new("", codes::ENVELOPE_FORM, "`signatures` is missing"));
    };
    let numbered = signature::items(&list.node)?.iter().enumerate();
    let signatures = numbered
        .map(|(i, item)| read_signature(item, format!("/signatures/{i}")))
        .collect::<Result<_, _>>()?;
    Ok(Opened { payload, payload_type: written.payload_type, signatures })
}

fn read_signature(node: &Node, pointer: String) -> Result<SignatureEntry, Fault> {
    let written: WrittenSignature = typed::read(node).map_err(|fault| {
        as_envelope(Fault { pointer: format!("{pointer}{}", fault.pointer), ..fault })
    })?;
    let sig = decode(&written.sig).ok_or_else(|| {
        let text = "`sig` is not base64 with padding";
        Fault::new(format!("{pointer}/sig"), codes::SIGNATURE_FORM, text)
    })?;
    // Anything that is no did:key is a hint in a language that we do not speak.
    let by = written.keyid.and_then(|keyid| PublicKey::from_did(&keyid).ok());
    SignatureEntry::new(by, sig, pointer)
}

/// Either alphabet, but one a text.
fn decode(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).or_else(|_| URL_SAFE.decode(text)).ok()
}

fn as_envelope(fault: Fault) -> Fault {
    Fault { code: codes::ENVELOPE_FORM, help: None, ..fault }
}

/// Writes an envelope; the fields' order is that of the standard's example.
pub(crate) fn write(payload_type: &str, body: &[u8], signatures: &[SignatureEntry]) -> String {
    let signatures: Vec<String> = signatures
        .iter()
        .map(|entry| {
            let keyid = entry.by().map_or(String::new(), |by| format!("\"keyid\":\"{by}\","));
            format!("{{{keyid}\"sig\":\"{}\"}}", STANDARD.encode(entry.sig()))
        })
        .collect();
    format!(
        "{{\"payload\":\"{}\",\"payloadType\":\"{payload_type}\",\"signatures\":[{}]}}\n",
        STANDARD.encode(body),
        signatures.join(",")
    )
}
