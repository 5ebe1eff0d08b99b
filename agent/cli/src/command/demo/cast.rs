//! Who takes part in the demo: each with a key made a moment ago and kept in the demo's folder.

use arch_identity::{KeyKind, KeyPair, keyfile};
use zeroize::Zeroizing;

use super::folder::Folder;
use crate::answer::Stop;
use crate::chance;
use crate::roots::Signer;

/// The people of the demo.
#[derive(Debug)]
pub(super) struct Cast {
    /// Two who answer for the root, with post-quantum keys beside the ordinary ones.
    pub(super) root: [KeyPair; 2],
    pub(super) policy: KeyPair,
    pub(super) issuer: KeyPair,
    /// The node, which judges what its shards dispute.
    pub(super) node: KeyPair,
    /// Somebody of whom the root knows nothing.
    pub(super) stranger: KeyPair,
}

impl Cast {
    pub(super) fn make(folder: &Folder) -> Result<Self, Stop> {
        let key = |name: &str, kind| key(folder, name, kind);
        Ok(Self {
            root: [key("root-1", KeyKind::Hybrid)?, key("root-2", KeyKind::Hybrid)?],
            policy: key("policy", KeyKind::Ed25519)?,
            issuer: key("issuer", KeyKind::Hybrid)?,
            node: node(folder)?,
            stranger: key("stranger", KeyKind::Ed25519)?,
        })
    }
}

/// As they stand in a root.
pub(super) fn signer(pair: &KeyPair) -> Signer {
    Signer::of(None, pair.public())
}

/// The node's key, where the agent finds it at its first start.
fn node(folder: &Folder) -> Result<KeyPair, Stop> {
    let pair = KeyPair::from_seed(KeyKind::Hybrid, &*chance::bytes::<32>()?);
    let text = Zeroizing::new(keyfile::write_plain(&pair));
    folder.put("state/node.key", text.as_bytes(), 0o600)?;
    Ok(pair)
}

/// Plain files, because nobody is there to type a passphrase; the folder is closed to others.
fn key(folder: &Folder, name: &str, kind: KeyKind) -> Result<KeyPair, Stop> {
    let pair = KeyPair::from_seed(kind, &*chance::bytes::<32>()?);
    let text = Zeroizing::new(keyfile::write_plain(&pair));
    folder.put(&format!("keys/{name}.key"), text.as_bytes(), 0o600)?;
    Ok(pair)
}
