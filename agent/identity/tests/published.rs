//! Signatures that others published because verifiers disagree about them, or get them wrong.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests may be blunt")]

use arch_identity::{Algorithm, PublicKey};
use serde::Deserialize;

/// One vector of `tests/vectors/ed25519/published.json`; bytes are hexadecimal digits.
#[derive(Deserialize)]
struct Vector {
    name: String,
    public: String,
    message: String,
    signature: String,
    believed: bool,
}

fn bytes(digits: &str) -> Vec<u8> {
    let pairs = digits.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap());
    pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
}

#[test]
fn published_signatures_are_believed_where_they_are_good_and_nowhere_else() {
    let text = include_str!("../../../tests/vectors/ed25519/published.json");
    let vectors: Vec<Vector> = serde_json::from_str(text).unwrap();
    let mut wrong = Vec::new();
    for Vector { name, public, message, signature, believed } in &vectors {
        let judged = PublicKey::from_bytes(Algorithm::Ed25519, &bytes(public))
            .is_ok_and(|key| key.verify(&bytes(message), &bytes(signature)).is_ok());
        if judged != *believed {
            wrong.push(name);
        }
    }
    assert!(wrong.is_empty(), "judged otherwise: {wrong:?}");
    let good = vectors.iter().filter(|vector| vector.believed).count();
    assert_eq!((vectors.len(), good), (163, 89));
}
