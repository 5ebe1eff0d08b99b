//! Signature entries that no tool of ours would write.

use arch_document::SignedDocument;
use arch_identity::{KeyPair, pae};
use base64::{Engine as _, engine::general_purpose::STANDARD};

/// What is signed of a document.
pub(super) fn message(text: &str) -> Vec<u8> {
    let document = SignedDocument::parse("f", text.as_bytes()).unwrap();
    pae(&document.kind().payload_type(), document.body())
}

pub(super) fn entry(did: &str, alg: &str, sig: &[u8]) -> String {
    format!("  - by: \"{did}\"\n    alg: {alg}\n    sig: \"{}\"\n", STANDARD.encode(sig))
}

/// One entry a key of the pair, over `message`.
pub(super) fn entries(keys: &KeyPair, message: &[u8]) -> Vec<String> {
    let one = |key: &arch_identity::SigningKey| {
        entry(&key.public().did(), key.public().algorithm().name(), &key.sign(message))
    };
    keys.signers().iter().map(one).collect()
}

pub(super) fn with(text: &str, entries: &[String]) -> String {
    format!("{text}signatures:\n{}", entries.concat())
}

/// Adds the order of the group to the second half: the same number, written higher (RFC 8032
/// §5.1.7 asks for the lower).
pub(super) fn plus_order(mut signature: Vec<u8>) -> Vec<u8> {
    const ORDER: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde,
        0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let mut carry = 0_u16;
    for (byte, add) in signature[32..].iter_mut().zip(ORDER) {
        let sum = u16::from(*byte) + u16::from(add) + carry;
        *byte = (sum & 0xff) as u8;
        carry = sum >> 8;
    }
    signature
}
