//! Key files and did:keys as people give them on the command line.

use std::path::Path;
use std::str::FromStr;

use arch_identity::{KeyError, KeyKind, KeyPair, PublicKey, keyfile};
use arch_problem::Problem;
use zeroize::Zeroizing;

use crate::answer::Stop;
use crate::passphrase::Existing;

/// A key file is a few KiB at most.
const LARGEST: u64 = 64 * 1024;

/// Opens a key file for signing; asks for its passphrase if it is sealed.
pub(crate) fn open(path: &Path, passphrase: &Existing) -> Result<KeyPair, Stop> {
    let bytes = arch_files::read_secret(path, LARGEST).map(Zeroizing::new).map_err(Stop::file)?;
    let text = std::str::from_utf8(&bytes).map_err(|_binary| not_text(path))?;
    if !keyfile::is_sealed(text) {
        return keyfile::read(text, None).map_err(|error| refused(path, &error));
    }
    let secret = passphrase.ask(path)?;
    keyfile::read(text, Some(secret.as_bytes())).map_err(|error| refused(path, &error))
}

/// The public half of a key file; needs no passphrase.
pub(crate) fn public(path: &Path) -> Result<(KeyKind, Vec<PublicKey>, bool), Stop> {
    let bytes = arch_files::read(path, LARGEST).map(Zeroizing::new).map_err(Stop::file)?;
    let text = std::str::from_utf8(&bytes).map_err(|_binary| not_text(path))?;
    let (kind, keys) = keyfile::public(text).map_err(|error| refused(path, &error))?;
    Ok((kind, keys, keyfile::is_sealed(text)))
}

/// A signer as given: `did:key:…`, two of them joined by `+` for a hybrid, or a key file.
pub(crate) fn named(text: &str) -> Result<Vec<PublicKey>, Stop> {
    if text.starts_with("did:") {
        let read = |did| PublicKey::from_str(did).map_err(|error| refused(Path::new(did), &error));
        return text.split('+').map(read).collect();
    }
    public(Path::new(text)).map(|(_kind, keys, _sealed)| keys)
}

fn refused(path: &Path, error: &KeyError) -> Stop {
    Problem::new(error.code(), format!("{}: {error}", path.display())).into()
}

fn not_text(path: &Path) -> Stop {
    refused(path, &KeyError::NotAKeyFile("not text"))
}
