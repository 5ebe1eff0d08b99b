//! The node's own key: handed in as a credential, or made at the first start.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
};

use arch_identity::{KeyKind, KeyPair, keyfile};
use arch_ledger::LogKeys;
use arch_problem::{Problem, codes};
use zeroize::Zeroizing;

use crate::{
    places::Places,
    settings::NodeKey,
    told::{Told, problem},
};

/// A hybrid key file has about 5 KiB.
const LIMIT: u64 = 16_384;

/// The key's name among the credentials.
const NAME: &str = "node.key";

/// Opens the node's key, or makes one if this is the first start and none is handed in.
///
/// # Errors
/// A key that others can read, that is no hybrid, that is missing beside an existing ledger, or that
/// the settings or the service manager lead one to expect and that is not there.
pub fn open(places: &Places, from: NodeKey) -> Told<LogKeys> {
    let credentials = std::env::var_os("CREDENTIALS_DIRECTORY").map(PathBuf::from);
    open_from(places, from, credentials.as_deref())
}

/// Looks at the key as [`open`] would, and makes none: `None` where one would be made.
///
/// # Errors
/// As [`open`].
pub(crate) fn look(places: &Places, from: NodeKey) -> Told<Option<LogKeys>> {
    let credentials = std::env::var_os("CREDENTIALS_DIRECTORY").map(PathBuf::from);
    match find(places, from, credentials.as_deref())? {
        Found::ToBeMade(_) => Ok(None),
        found => read(&found).map(Some),
    }
}

fn open_from(places: &Places, from: NodeKey, credentials: Option<&Path>) -> Told<LogKeys> {
    let found = find(places, from, credentials)?;
    if let Found::ToBeMade(path) = &found {
        make(path)?;
    }
    read(&found)
}

/// Where the key is.
enum Found<'a> {
    Credential(&'a Path),
    State(PathBuf),
    ToBeMade(PathBuf),
}

fn find<'a>(places: &Places, from: NodeKey, credentials: Option<&'a Path>) -> Told<Found<'a>> {
    let handed_in = credentials.filter(|folder| folder.join(NAME).exists());
    match (from, handed_in) {
        (NodeKey::Auto | NodeKey::Credential, Some(folder)) => Ok(Found::Credential(folder)),
        (NodeKey::Credential, None) => {
            Err(unusable("the settings say that it is handed in, and there is none"))
        }
        (NodeKey::Auto | NodeKey::State, _) if is_there(&places.node_key())? => {
            Ok(Found::State(places.node_key()))
        }
        // A misspelt credential must not become another identity without a word.
        (NodeKey::Auto, _) if credentials.is_some() => Err(not_among_the_credentials()),
        // A new key could not sign the old ledger; better to say so than to begin beside it.
        _ if is_there(&places.ledger().join("journal"))? => {
            Err(unusable("the ledger is there, but its key is not"))
        }
        _ => Ok(Found::ToBeMade(places.node_key())),
    }
}

/// Whether anything stands there, a link to nowhere as well.
fn is_there(path: &Path) -> Told<bool> {
    match path.symlink_metadata() {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(problem(codes::FILE_MACHINE, format!("`{}`: {error}", path.display()))),
    }
}

fn read(found: &Found<'_>) -> Told<LogKeys> {
    let text = match found {
        Found::Credential(folder) => arch_files::read_credential(folder, OsStr::new(NAME), LIMIT),
        Found::State(path) | Found::ToBeMade(path) => arch_files::read_secret(path, LIMIT),
    };
    let text = text.map_err(|e| Box::new(e.problem()))?;
    let text = Zeroizing::new(String::from_utf8(text).map_err(|_| unusable("it is not text"))?);
    let keys = keyfile::read(&text, None).map_err(|e| unusable(&e.to_string()))?;
    log_keys(keys)
}

fn not_among_the_credentials() -> Box<Problem> {
    let text = "credentials are handed in, `node.key` is not among them, and none was made before";
    let help = "name the credential `node.key`, or set `nodeKey: state` to have a key made";
    Box::new(unusable(text).help(help))
}

fn make(path: &Path) -> Told<()> {
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
        let first = open_from(&places(state.path()), NodeKey::Auto, None).unwrap();
        let mode = state.path().join("node.key").metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o7777, 0o600);
        assert_eq!(
            open_from(&places(state.path()), NodeKey::Auto, None).unwrap().node(),
            first.node()
        );
    }

    #[test]
    fn a_key_that_others_can_read_is_refused() {
        let state = tempfile::tempdir().unwrap();
        open_from(&places(state.path()), NodeKey::Auto, None).unwrap();
        let path = state.path().join("node.key");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        assert_eq!(
            open_from(&places(state.path()), NodeKey::Auto, None).unwrap_err().code,
            codes::FILE_EXPOSED
        );
    }

    #[test]
    fn no_new_key_is_made_beside_an_old_ledger() {
        let state = tempfile::tempdir().unwrap();
        std::fs::create_dir(state.path().join("ledger")).unwrap();
        std::fs::write(state.path().join("ledger/journal"), "").unwrap();
        assert_eq!(
            open_from(&places(state.path()), NodeKey::Auto, None).unwrap_err().code,
            codes::NODE_KEY
        );
    }

    #[test]
    fn a_key_of_one_algorithm_is_refused() {
        let state = tempfile::tempdir().unwrap();
        let text = keyfile::write_plain(&KeyPair::from_seed(KeyKind::Ed25519, &[1; 32]));
        arch_files::write_whole(&state.path().join("node.key"), text.as_bytes(), 0o600).unwrap();
        assert_eq!(
            open_from(&places(state.path()), NodeKey::Auto, None).unwrap_err().code,
            codes::NODE_KEY
        );
    }

    #[test]
    fn a_key_that_is_handed_in_goes_before_the_one_in_the_state_folder() {
        let (state, handed_in) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let own = open_from(&places(state.path()), NodeKey::Auto, None).unwrap();
        let text = keyfile::write_plain(&KeyPair::from_seed(KeyKind::Hybrid, &[1; 32]));
        let path = handed_in.path().join("node.key");
        arch_files::write_whole(&path, text.as_bytes(), 0o400).unwrap();
        let open =
            |from| open_from(&places(state.path()), from, Some(handed_in.path())).unwrap().node();
        assert_ne!(open(NodeKey::Auto), own.node());
        assert_eq!(open(NodeKey::Credential), open(NodeKey::Auto));
        assert_eq!(open(NodeKey::State), own.node());
    }

    #[test]
    fn among_other_credentials_no_key_is_made_unless_the_settings_say_so() {
        let (state, handed_in) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let open = |from| open_from(&places(state.path()), from, Some(handed_in.path()));
        for from in [NodeKey::Auto, NodeKey::Credential] {
            assert_eq!(open(from).unwrap_err().code, codes::NODE_KEY);
            assert!(!state.path().join("node.key").exists());
        }
        let made = open(NodeKey::State).unwrap();
        // The key that is there is this node's, whatever else is handed in.
        assert_eq!(open(NodeKey::Auto).unwrap().node(), made.node());
    }
}
