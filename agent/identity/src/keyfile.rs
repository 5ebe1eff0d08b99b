//! Key files as text: JSON of schema `arch.key/v1`, plain or sealed with a passphrase.
//!
//! Sealed: Argon2id (RFC 9106, 64 MiB, 3 passes, 1 lane) -> XChaCha20-Poly1305 over the seeds, with
//! the public half as associated data, so that a swapped public key does not open. Salt and nonce
//! are arguments: this crate has no randomness.

use std::str::FromStr as _;

use argon2::{Argon2, Params, Version};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use chacha20poly1305::{
    KeyInit as _, XChaCha20Poly1305,
    aead::{Aead as _, Payload},
};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{KeyError, KeyKind, KeyPair, PublicKey, SigningKey};

const SCHEMA: &str = "arch.key/v1";

/// A hybrid key file has about 5 KiB.
const LONGEST: usize = 16_384;

/// Memory in KiB, passes and lanes of Argon2id; RFC 9106 §4, second recommendation.
const COST: (u32, u32, u32) = (65_536, 3, 1);

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct File {
    schema: String,
    kind: KeyKind,
    public: Vec<PublicKey>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seeds: Option<Vec<Zeroizing<String>>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sealed: Option<Sealed>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Sealed {
    kdf: String,
    cipher: String,
    salt: String,
    nonce: String,
    ciphertext: String,
}

const KDF: &str = "argon2id-64MiB-3-1";
const CIPHER: &str = "xchacha20-poly1305";

/// Writes a key file whose seeds anybody who reads the file can use.
#[must_use]
pub fn write_plain(keys: &KeyPair) -> String {
    let encode = |key: &SigningKey| Zeroizing::new(STANDARD.encode(key.seed()));
    let seeds = Some(keys.signers().iter().map(encode).collect());
    text(&File {
        schema: SCHEMA.into(),
        kind: keys.kind(),
        public: keys.public(),
        seeds,
        sealed: None,
    })
}

/// Writes a key file that only the passphrase opens.
///
/// `salt` and `nonce` must be fresh randomness.
///
/// # Errors
/// [`KeyError::NotAKeyFile`] if the sealing itself goes wrong, which no input is known to cause.
pub fn seal(
    keys: &KeyPair,
    passphrase: &[u8],
    salt: [u8; 16],
    nonce: [u8; 24],
) -> Result<String, KeyError> {
    let seeds: Zeroizing<Vec<u8>> =
        Zeroizing::new(keys.signers().iter().flat_map(|key| *key.seed()).collect());
    let public = keys.public();
    let associated = associated_data(keys.kind(), &public);
    let ciphertext = cipher(passphrase, &salt)?
        .encrypt(&nonce.into(), Payload { msg: &seeds, aad: &associated })
        .map_err(|_| KeyError::NotAKeyFile("cannot be sealed"))?;
    let sealed = Some(Sealed {
        kdf: KDF.into(),
        cipher: CIPHER.into(),
        salt: STANDARD.encode(salt),
        nonce: STANDARD.encode(nonce),
        ciphertext: STANDARD.encode(ciphertext),
    });
    Ok(text(&File { schema: SCHEMA.into(), kind: keys.kind(), public, seeds: None, sealed }))
}

/// Reads a key file of either form.
///
/// # Errors
/// [`KeyError::PassphraseNeeded`] for a sealed file without passphrase,
/// [`KeyError::WrongPassphrase`], [`KeyError::NotAKeyFile`].
pub fn read(content: &str, passphrase: Option<&[u8]>) -> Result<KeyPair, KeyError> {
    let file = parse(content)?;
    let seeds = match (&file.seeds, &file.sealed, passphrase) {
        (Some(seeds), None, _) => plain_seeds(seeds)?,
        (None, Some(sealed), Some(passphrase)) => open(&file, sealed, passphrase)?,
        (None, Some(_), None) => return Err(KeyError::PassphraseNeeded),
        _ => return Err(KeyError::NotAKeyFile("it has to hold either `seeds` or `sealed`")),
    };
    let algorithms = file.kind.algorithms();
    if seeds.len() != algorithms.len() {
        return Err(KeyError::NotAKeyFile("the number of seeds does not fit its kind"));
    }
    let signers = algorithms
        .iter()
        .zip(seeds.iter())
        .map(|(a, seed)| SigningKey::from_seed(*a, seed))
        .collect();
    KeyPair::from_signers(file.kind, signers)
        .filter(|keys| keys.public() == file.public)
        .ok_or(KeyError::NotAKeyFile("its public key does not belong to its private key"))
}

/// The public keys of a key file, without opening it.
///
/// # Errors
/// [`KeyError::NotAKeyFile`].
pub fn public(content: &str) -> Result<(KeyKind, Vec<PublicKey>), KeyError> {
    parse(content).map(|file| (file.kind, file.public))
}

/// Whether a passphrase is needed to read it.
#[must_use]
pub fn is_sealed(content: &str) -> bool {
    parse(content).is_ok_and(|file| file.sealed.is_some())
}

fn parse(content: &str) -> Result<File, KeyError> {
    if content.len() > LONGEST {
        return Err(KeyError::NotAKeyFile("too long"));
    }
    let file: File = serde_json::from_str(content)
        .map_err(|_| KeyError::NotAKeyFile("not JSON of schema `arch.key/v1`"))?;
    if file.schema == SCHEMA {
        Ok(file)
    } else {
        Err(KeyError::NotAKeyFile("not schema `arch.key/v1`"))
    }
}

fn text(file: &File) -> String {
    #[expect(clippy::expect_used, reason = "strings and lists of strings always have a JSON form")]
    let mut json = serde_json::to_string_pretty(file).expect("plain data");
    json.push('\n');
    json
}

type Seeds = Zeroizing<Vec<[u8; 32]>>;

fn plain_seeds(encoded: &[Zeroizing<String>]) -> Result<Seeds, KeyError> {
    let decode = |text: &Zeroizing<String>| {
        let bytes = Zeroizing::new(STANDARD.decode(text.as_str()).unwrap_or_default());
        bytes.as_slice().try_into().map_err(|_| KeyError::NotAKeyFile("a seed has 32 bytes"))
    };
    Ok(Zeroizing::new(encoded.iter().map(decode).collect::<Result<_, _>>()?))
}

fn open(file: &File, sealed: &Sealed, passphrase: &[u8]) -> Result<Seeds, KeyError> {
    if sealed.kdf != KDF || sealed.cipher != CIPHER {
        return Err(KeyError::NotAKeyFile("sealed in a way that this version does not know"));
    }
    let decode =
        |text: &str| STANDARD.decode(text).map_err(|_| KeyError::NotAKeyFile("not base64"));
    let nonce: [u8; 24] = decode(&sealed.nonce)?
        .try_into()
        .map_err(|_| KeyError::NotAKeyFile("the nonce has 24 bytes"))?;
    let ciphertext = decode(&sealed.ciphertext)?;
    let associated = associated_data(file.kind, &file.public);
    let bytes = cipher(passphrase, &decode(&sealed.salt)?)?
        .decrypt(&nonce.into(), Payload { msg: &ciphertext, aad: &associated })
        .map(Zeroizing::new)
        .map_err(|_| KeyError::WrongPassphrase)?;
    let (seeds, rest) = bytes.as_chunks::<32>();
    if rest.is_empty() {
        Ok(Zeroizing::new(seeds.to_vec()))
    } else {
        Err(KeyError::NotAKeyFile("a seed has 32 bytes"))
    }
}

fn associated_data(kind: KeyKind, public: &[PublicKey]) -> Vec<u8> {
    let names: Vec<String> = public.iter().map(PublicKey::did).collect();
    format!("{SCHEMA} {kind} {}", names.join(" ")).into_bytes()
}

fn cipher(passphrase: &[u8], salt: &[u8]) -> Result<XChaCha20Poly1305, KeyError> {
    let (memory, passes, lanes) = COST;
    let mut key = Zeroizing::new([0_u8; 32]);
    let failed = |_| KeyError::NotAKeyFile("its salt cannot be used");
    let params = Params::new(memory, passes, lanes, Some(32)).map_err(failed)?;
    Argon2::new(argon2::Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase, salt, key.as_mut())
        .map_err(failed)?;
    Ok(XChaCha20Poly1305::new(&(*key).into()))
}

/// Reads the kind of a key from its name, for command lines.
///
/// # Errors
/// [`KeyError::UnknownAlgorithm`].
pub fn kind(name: &str) -> Result<KeyKind, KeyError> {
    KeyKind::from_str(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(kind: KeyKind) -> KeyPair {
        KeyPair::from_seed(kind, &[9; 32])
    }

    #[test]
    fn a_plain_file_reads_back() {
        for kind in [KeyKind::Ed25519, KeyKind::MlDsa44, KeyKind::Hybrid] {
            let keys = keys(kind);
            let back = read(&write_plain(&keys), None).unwrap();
            assert_eq!((back.kind(), back.public()), (kind, keys.public()));
        }
    }

    #[test]
    fn only_the_passphrase_opens_a_sealed_file() {
        let sealed = seal(&keys(KeyKind::Hybrid), b"correct horse", [1; 16], [2; 24]).unwrap();
        assert!(is_sealed(&sealed));
        assert_eq!(read(&sealed, None).unwrap_err(), KeyError::PassphraseNeeded);
        assert_eq!(read(&sealed, Some(b"battery")).unwrap_err(), KeyError::WrongPassphrase);
        assert_eq!(read(&sealed, Some(b"correct horse")).unwrap().kind(), KeyKind::Hybrid);
    }

    #[test]
    fn a_swapped_public_key_does_not_open() {
        let other = KeyPair::from_seed(KeyKind::Ed25519, &[8; 32]);
        let swap = |text: String| {
            text.replace(&keys(KeyKind::Ed25519).public()[0].did(), &other.public()[0].did())
        };
        let sealed = swap(seal(&keys(KeyKind::Ed25519), b"p", [1; 16], [2; 24]).unwrap());
        assert_eq!(read(&sealed, Some(b"p")).unwrap_err(), KeyError::WrongPassphrase);
        let plain = swap(write_plain(&keys(KeyKind::Ed25519)));
        assert!(matches!(read(&plain, None), Err(KeyError::NotAKeyFile(_))));
    }
}
