//! did:key text of a public key: `did:key:z` + base58btc(multicodec ‖ key).
//!
//! Source: W3C CCG did:key method v0.7; multicodec table (`ed25519-pub` 0xed, `mldsa-44-pub` 0x1210),
//! both as unsigned varints.

use crate::{Algorithm, KeyError, base58};

const PREFIX: &str = "did:key:z";

/// An ML-DSA-44 key gives 1,796 characters; anything longer is not a key of ours.
const LONGEST: usize = 2_048;

fn multicodec(algorithm: Algorithm) -> &'static [u8] {
    match algorithm {
        Algorithm::Ed25519 => &[0xed, 0x01],
        Algorithm::MlDsa44 => &[0x90, 0x24],
    }
}

pub(crate) fn encode(algorithm: Algorithm, key: &[u8]) -> String {
    let bytes = [multicodec(algorithm), key].concat();
    format!("{PREFIX}{}", base58::encode(&bytes))
}

pub(crate) fn decode(did: &str) -> Result<(Algorithm, Vec<u8>), KeyError> {
    if did.len() > LONGEST {
        return Err(KeyError::NotADid);
    }
    let text = did.strip_prefix(PREFIX).ok_or(KeyError::NotADid)?;
    // One spelling a key: base58 has one a value, and none of these values begins with zero.
    let bytes = base58::decode(text).ok_or(KeyError::NotADid)?;
    for algorithm in [Algorithm::Ed25519, Algorithm::MlDsa44] {
        if let Some(key) = bytes.strip_prefix(multicodec(algorithm)) {
            return if key.len() == algorithm.public_key_len() {
                Ok((algorithm, key.to_vec()))
            } else {
                Err(KeyError::WrongLength { algorithm, have: key.len() })
            };
        }
    }
    Err(KeyError::UnknownAlgorithm(did.chars().take(24).collect()))
}
