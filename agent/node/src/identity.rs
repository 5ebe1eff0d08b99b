//! The node's own key: handed in as a credential, or made at the first start.

use std::path::{Path, PathBuf};

use arch_identity::{KeyKind, KeyPair, keyfile};
use arch_ledger::LogKeys;
use arch_problem::{Problem, codes};
use zeroize::Zeroizing;

use crate::{
    places::Places,
    told::{Told, problem},
};

/// A hybrid key file has about 5 KiB.
const LIMIT: u64 = 16_384;

/// Opens the node's key, or makes one if this is the first start and none is handed in.
///
/// # Errors
/// A key that others can read, that is no hybrid, or that is missing beside an existing ledger.
pub fn open(places: &Places) -> Told<LogKeys> {
    let path = credential().unwrap_or_else(|| places.node_key());
    if !path.exists() && path == places.node_key() {
        make(&path, &places.ledger())?;
    }
    let text = arch_files::read_secret(&path, LIMIT).map_err(|e| Box::new(e.problem()))?;
    let text = Zeroizing::new(String::from_utf8(text).map_err(|_| unusable("it is not text"))?);
    let keys = keyfile::read(&text, None).map_err(|e| unusable(&e.to_string()))?;
    log_keys(keys)
}

/// The node's did:key, if it has a key that we may read. Makes nothing.
pub fn known(places: &Places) -> Option<String> {
    let there = credential().is_some() || places.node_key().exists();
    there.then(|| open(places).ok()).flatten().map(|keys| keys.node())
}

/// `$CREDENTIALS_DIRECTORY/node.key`, when the service manager put one there.
fn credential() -> Option<PathBuf> {
    let folder = PathBuf::from(std::env::var_os("CREDENTIALS_DIRECTORY")?);
    Some(folder.join("node.key")).filter(|path| path.exists())
}

fn make(path: &Path, ledger: &Path) -> Told<()> {
    // A new key could not sign the old ledger; better to say so than to begin beside it.
    if ledger.join("journal").exists() {
        return Err(unusable("the ledger is there, but its key is not"));
    }
    let mut seed = Zeroizing::new([0_u8; 32]);
    getrandom::fill(seed.as_mut()).map_err(|e| unusable(&e.to_string()))?;
    let text = Zeroizing::new(keyfile::write_plain(&KeyPair::from_seed(KeyKind::Hybrid, &seed)));
    arch_files::write_whole(path, text.as_bytes(), 0o600).map_err(|e| Box::new(e.problem()))
}

fn log_keys(keys: KeyPair) -> Told<LogKeys> {
    let [ed25519, _] = keys.signers() else { return Err(unusable("it is not a hybrid key")) };
    let did = ed25519.public().did();
    let origin = format!("arch.network/node/{}", did.trim_start_matches("did:key:"));
    LogKeys::new(&origin, keys).ok_or_else(|| unusable("it is not a hybrid key"))
}

fn unusable(why: &str) -> Box<Problem> {
    problem(codes::NODE_KEY, format!("the node's key cannot be used: {why}"))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use clap::Parser as _;

    use super::*;
    use crate::{args::Args, settings::Settings};

    fn places(state: &Path) -> Places {
        let args = Args::parse_from(["arch-node-agent", "--state", state.to_str().unwrap()]);
        Places::new(&args, &Settings::default())
    }

    #[test]
    fn the_key_is_made_once_for_us_alone() {
        let state = tempfile::tempdir().unwrap();
        let first = open(&places(state.path())).unwrap();
        let mode = state.path().join("node.key").metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o7777, 0o600);
        assert_eq!(open(&places(state.path())).unwrap().node(), first.node());
    }

    #[test]
    fn a_key_that_others_can_read_is_refused() {
        let state = tempfile::tempdir().unwrap();
        open(&places(state.path())).unwrap();
        let path = state.path().join("node.key");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        assert_eq!(open(&places(state.path())).unwrap_err().code, codes::FILE_EXPOSED);
    }

    #[test]
    fn no_new_key_is_made_beside_an_old_ledger() {
        let state = tempfile::tempdir().unwrap();
        std::fs::create_dir(state.path().join("ledger")).unwrap();
        std::fs::write(state.path().join("ledger/journal"), "").unwrap();
        assert_eq!(open(&places(state.path())).unwrap_err().code, codes::NODE_KEY);
    }

    #[test]
    fn a_key_of_one_algorithm_is_refused() {
        let state = tempfile::tempdir().unwrap();
        let text = keyfile::write_plain(&KeyPair::from_seed(KeyKind::Ed25519, &[1; 32]));
        arch_files::write_whole(&state.path().join("node.key"), text.as_bytes(), 0o600).unwrap();
        assert_eq!(open(&places(state.path())).unwrap_err().code, codes::NODE_KEY);
    }
}
