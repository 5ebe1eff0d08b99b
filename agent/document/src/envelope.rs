//! DSSE envelopes: the same signatures around the canonical bytes, for tools that know nothing of us.
//!
//! Source: secure-systems-lab DSSE 1.0.2, envelope.md. Narrower than the standard on purpose: no
//! unknown fields, standard base64 only, and every `keyid` is a did:key.

use arch_identity::PublicKey;
use arch_problem::codes;
use base64::{Engine as _, engine::general_purpose::STANDARD};
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
    keyid: PublicKey,
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
    let payload = STANDARD.decode(&written.payload).map_err(|_| {
        Fault::new(
            "/payload",
            codes::ENVELOPE_FORM,
            "`payload` is not standard base64 with padding",
        )
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
    SignatureEntry::new(written.keyid, &written.sig, format!("{pointer}/sig"), pointer)
}

fn as_envelope(fault: Fault) -> Fault {
    Fault { code: codes::ENVELOPE_FORM, help: None, ..fault }
}

/// Writes an envelope; the fields' order is that of the standard's example.
pub(crate) fn write(payload_type: &str, body: &[u8], signatures: &[SignatureEntry]) -> String {
    let signatures: Vec<String> = signatures
        .iter()
        .map(|entry| {
            format!("{{\"keyid\":\"{}\",\"sig\":\"{}\"}}", entry.by(), STANDARD.encode(entry.sig()))
        })
        .collect();
    format!(
        "{{\"payload\":\"{}\",\"payloadType\":\"{payload_type}\",\"signatures\":[{}]}}\n",
        STANDARD.encode(body),
        signatures.join(",")
    )
}
