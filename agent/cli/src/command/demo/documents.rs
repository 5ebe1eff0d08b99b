//! Root, policy and settings of the demo's node, made and signed as an operator would.

use std::path::PathBuf;

use arch_circuits::Circuit;
use arch_circuits::registry::Registry;
use arch_document::SignedDocument;
use arch_identity::{Digest, KeyPair};
use serde_json::Value;

use super::cast::{Cast, signer};
use super::folder::Folder;
use super::prover;
use crate::answer::Stop;
use crate::roots::{Draft, Threshold};
use crate::{clock, documents, signing};

const DAY: u64 = 24 * 3600;
const POLICY: &str = include_str!("policy.yaml");

/// Writes root.yaml, policy.yaml and node.yaml; gives the root's digest.
pub(super) fn write(folder: &Folder, cast: &Cast, reads: &[PathBuf]) -> Result<Digest, Stop> {
    let root = root(cast)?;
    let digest = digest_of(&root)?;
    folder.put("config/root.yaml", &root, 0o644)?;
    folder.put("config/policy.yaml", &policy(cast, reads)?, 0o644)?;
    let prover = folder.path(prover::SOCKET);
    let settings = format!(
        "trustRoot: \"{digest}\"\nprover:\n  socket: {}\n",
        Value::from(prover.display().to_string())
    );
    folder.put("config/node.yaml", settings.as_bytes(), 0o644)?;
    Ok(digest)
}

/// Both root signers must sign; one is enough for policies and jobs.
fn root(cast: &Cast) -> Result<Vec<u8>, Stop> {
    let mut draft = Draft::default();
    for pair in &cast.root {
        draft.add("root", &signer(pair))?;
    }
    draft.add("policy", &signer(&cast.policy))?;
    draft.add("jobs", &signer(&cast.issuer))?;
    draft.require(&Threshold { role: "root".to_owned(), number: 2 })?;
    let text = draft.write("demo", 1, clock::now()?.plus(DAY))?;
    signed("root.yaml", text.into_bytes(), &cast.root)
}

fn policy(cast: &Cast, reads: &[PathBuf]) -> Result<Vec<u8>, Stop> {
    let grants: Vec<String> = reads
        .iter()
        .map(|path| Value::from(format!("read:{}", path.display())).to_string())
        .collect();
    let text = POLICY
        .replace("@END@", &clock::now()?.plus(DAY).to_string())
        .replace("@READS@", &grants.join(", "))
        .replace("@CIRCUIT@", Circuit::Tile.id())
        .replace("@KEY@", &key()?.to_string())
        .replace("@JUDGE@", &judge(cast)?);
    signed("policy.yaml", text.into_bytes(), std::slice::from_ref(&cast.policy))
}

/// The key of the circuit for steps of products, as it comes with this program.
fn key() -> Result<Digest, Stop> {
    let ours = |what: String| Stop::could_not(what, "this is an error of ours; please tell us");
    let registry = Registry::built_in().map_err(|error| ours(error.to_string()))?;
    let entry = registry.find(Circuit::Tile.id(), None);
    let key = entry.and_then(|entry| registry.key(entry));
    let key = key.ok_or_else(|| ours("there is no key for steps of products".to_owned()))?;
    Ok(Digest::from_bytes(key.sha256()))
}

/// Who judges: the node by its Ed25519 key.
fn judge(cast: &Cast) -> Result<String, Stop> {
    let public = cast.node.public();
    let first = public.first().ok_or_else(|| Stop::could_not("the node has no key", ""))?;
    Ok(first.did())
}

/// The text with the signatures of all these keys.
pub(super) fn signed(file: &str, text: Vec<u8>, keys: &[KeyPair]) -> Result<Vec<u8>, Stop> {
    keys.iter().try_fold(text, |text, pair| signing::add(file, &text, pair))
}

pub(super) fn digest_of(text: &[u8]) -> Result<Digest, Stop> {
    documents::parse("demo", text).map(|document: SignedDocument| document.digest())
}
