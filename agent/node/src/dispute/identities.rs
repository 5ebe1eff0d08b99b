//! The keys of those who compute on this machine. A product that is shared among local nodes has one
//! identity for each, so that what they say of each other is said by somebody; all of them follow from the
//! node's key.

use std::sync::Arc;

use arch_dispute::List;
use arch_identity::{Algorithm, Digest, DigestWriter, KeyPair, PublicKey, SigningKey};
use zeroize::Zeroizing;

/// What the node's key signs to make the secret of its identities. Ed25519 signatures are the same each
/// time (RFC 8032 §5.1.6), and nobody else can make this one.
const SECRET: &[u8] = b"arch-network.v1 local identities\n";

/// The node's own key, and those of its local nodes.
pub struct Identities {
    pair: Arc<KeyPair>,
    secret: Zeroizing<[u8; 32]>,
}

impl std::fmt::Debug for Identities {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Identities").finish_non_exhaustive()
    }
}

impl Identities {
    /// From the node's keys. None if they have no Ed25519 key at their head.
    #[must_use]
    pub fn new(pair: Arc<KeyPair>) -> Option<Self> {
        let key = pair.signers().first()?;
        if key.public().algorithm() != Algorithm::Ed25519 {
            return None;
        }
        let signature = Zeroizing::new(key.sign(SECRET));
        let secret = Zeroizing::new(*Digest::of(&signature).as_bytes());
        Some(Self { pair, secret })
    }

    /// The node itself: who computes alone, and who judges for others.
    #[must_use]
    pub fn own(&self) -> Option<&SigningKey> {
        self.pair.signers().first()
    }

    /// The identity of a local node by its number in a plan.
    #[must_use]
    pub fn local(&self, node: usize) -> SigningKey {
        let mut seed = DigestWriter::new();
        seed.update(b"arch-network.v1 local identity\n");
        seed.update(&u64::try_from(node).unwrap_or(u64::MAX).to_le_bytes());
        seed.update(self.secret.as_slice());
        let seed = Zeroizing::new(*seed.finish().as_bytes());
        SigningKey::from_seed(Algorithm::Ed25519, &seed)
    }

    /// Who computes a share: a local node of a plan, or the node itself where nothing is shared.
    pub(crate) fn of_share(&self, node: usize, is_shared: bool) -> Option<Key<'_>> {
        match is_shared {
            true => Some(Key::Local(Box::new(self.local(node)))),
            false => self.own().map(Key::Own),
        }
    }

    /// The key to a public one, if it is the node's own or one that a list names.
    pub(crate) fn key_of(&self, list: &List, public: &PublicKey) -> Option<Key<'_>> {
        if let Some(own) = self.own().filter(|own| own.public() == public) {
            return Some(Key::Own(own));
        }
        let line = list
            .commitments
            .iter()
            .find(|line| line.signed.as_ref().is_some_and(|signature| signature.by == *public))?;
        let key = self.local(line.node);
        (key.public() == public).then(|| Key::Local(Box::new(key)))
    }
}

/// A key of ours: keys are not copied.
#[derive(Debug)]
pub(crate) enum Key<'a> {
    /// The node's own.
    Own(&'a SigningKey),
    /// One that was made from it just now.
    Local(Box<SigningKey>),
}

impl std::ops::Deref for Key<'_> {
    type Target = SigningKey;

    fn deref(&self) -> &SigningKey {
        match self {
            Self::Own(key) => key,
            Self::Local(key) => key,
        }
    }
}

#[cfg(test)]
mod tests {
    use arch_identity::KeyKind;

    use super::*;

    fn of(seed: u8) -> Identities {
        Identities::new(Arc::new(KeyPair::from_seed(KeyKind::Hybrid, &[seed; 32]))).unwrap()
    }

    #[test]
    fn each_local_node_of_each_machine_has_an_identity_of_its_own_and_keeps_it() {
        let (one, other) = (of(1), of(2));
        let mut all: Vec<PublicKey> = (0..9)
            .flat_map(|node| [one.local(node), other.local(node)])
            .map(|key| key.public().clone())
            .collect();
        all.push(one.own().unwrap().public().clone());
        assert_eq!(of(1).local(3).public(), one.local(3).public());
        let count = all.len();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), count);
    }

    #[test]
    fn keys_without_an_ed25519_one_have_no_identities() {
        let pair = KeyPair::from_seed(KeyKind::MlDsa44, &[1; 32]);
        assert!(Identities::new(Arc::new(pair)).is_none());
    }
}
