//! Keys that were decoded once, by their text.
//!
//! Decoding is a pure function of the text, so remembering its results changes no answer; it takes
//! a seventh of an Ed25519 verification, and base58 of a long key more. Only whoever has taken a
//! trust root fills this: what strangers send is looked up and never kept.

use std::{
    collections::BTreeMap,
    sync::{PoisonError, RwLock},
};

use super::PublicKey;

/// The keys of the root that was taken last: 256 identities of two keys at most.
static KNOWN: RwLock<BTreeMap<String, PublicKey>> = RwLock::new(BTreeMap::new());

/// As many as a trust root can have.
const MOST: usize = 512;

impl PublicKey {
    /// Remembers these keys instead of those remembered before, 512 at most.
    pub fn remember<'a>(keys: impl IntoIterator<Item = &'a Self>) {
        let keys = keys.into_iter().take(MOST);
        let known = keys.map(|key| (key.did(), key.clone())).collect();
        *KNOWN.write().unwrap_or_else(PoisonError::into_inner) = known;
    }
}

/// The key of that text, if it is remembered.
pub(super) fn recall(did: &str) -> Option<PublicKey> {
    KNOWN.read().unwrap_or_else(PoisonError::into_inner).get(did).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{KeyKind, KeyPair};

    #[test]
    fn a_remembered_key_is_the_decoded_one_and_others_are_decoded_as_ever() {
        let pair = KeyPair::from_seed(KeyKind::Hybrid, &[9; 32]);
        let keys = pair.public();
        let dids: Vec<String> = keys.iter().map(|key| key.did()).collect();
        let fresh: Vec<_> = dids.iter().map(|did| PublicKey::from_did(did)).collect();
        PublicKey::remember(&keys);
        for (did, fresh) in dids.iter().zip(fresh) {
            assert_eq!(recall(did), fresh.clone().ok());
            assert_eq!(PublicKey::from_did(did), fresh);
            assert_eq!(recall(&format!("{did}1")), None);
            assert!(PublicKey::from_did(&format!("{did}1")).is_err());
        }
        let other = KeyPair::from_seed(KeyKind::Ed25519, &[8; 32]);
        let other = other.public().first().map(|key| key.did()).unwrap_or_default();
        assert_eq!(PublicKey::from_did(&other).map(|key| key.did()), Ok(other));
        PublicKey::remember([]);
        assert_eq!(dids.iter().filter_map(|did| recall(did)).count(), 0);
    }
}
