//! Which circuits and keys there are: `circuits/manifest.json`, and what a proof must be held against.
//!
//! A manifest is data that others wrote. What it says of a circuit is compared with the circuit that
//! this program has; its keys are read strictly; and what it cannot say, whether a key is to be trusted,
//! is for a policy, which pins the key's digest.

mod entry;
pub mod hex;
mod proof_file;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

pub use entry::{Entry, Key, KeyKind, Laid, Status, Steps, Transcript};
pub use proof_file::{NotAProofFile, ProofFile};

use crate::{
    Circuit,
    groth16::{KeyError, VerifyingKey},
    poseidon2,
};

/// The manifest that this program was built with.
pub const BUILT_IN: &str = include_str!("../../../circuits/manifest.json");

/// The longest manifest that is read.
pub const LONGEST: usize = 1 << 20;

const SCHEMA: &str = "arch.circuits/v1";

/// The circuits of a manifest, each with its key.
#[derive(Debug)]
pub struct Registry {
    entries: Vec<(Entry, Option<VerifyingKey>)>,
}

/// Why a manifest is not taken, and which circuit it is about.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BadManifest {
    /// Not JSON of the schema `arch.circuits/v1`, or too long.
    #[error("it is not JSON of the schema `arch.circuits/v1`: {0}")]
    Form(String),
    /// Listed before.
    #[error("circuit `{0}` is listed twice in version {1}, or as active in two versions")]
    Twice(String, u32),
    /// Not revoked, and not among the circuits of this program.
    #[error("circuit `{0}` is not one that this program has")]
    Unknown(String),
    /// What it says of the rows is not so.
    #[error("circuit `{id}` has other {what} than the manifest says")]
    Differs {
        /// The circuit.
        id: String,
        /// What differs.
        what: &'static str,
    },
    /// The same key is listed for another circuit or version.
    #[error("the key of circuit `{0}` is listed twice")]
    SameKey(String),
    /// Its key is none.
    #[error("the key of circuit `{id}`: {error}")]
    Key {
        /// The circuit.
        id: String,
        /// What is wrong with it.
        error: KeyError,
    },
}

/// What else a proof's key must be.
#[derive(Clone, Debug)]
pub struct Terms {
    /// Which key it must be.
    pub trust: Trust,
    /// Whether a key will do that anybody can forge with, or whose ceremony nobody verified.
    pub dev_keys: bool,
}

/// Which key is trusted.
#[derive(Clone, Debug)]
pub enum Trust {
    /// The one with this SHA-256, which is known from elsewhere: a signed policy, or a person.
    Pinned([u8; 32]),
    /// Whatever the manifest has: for who trusts all who could have written it.
    Manifest,
}

/// Why a proof is no evidence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoEvidence {
    /// No such circuit in such a version.
    #[error("no circuit `{0}` of version {1} is known")]
    Unknown(String, u32),
    /// It was, and is no more.
    #[error("circuit `{id}` of version {version} is revoked: {about}")]
    Revoked {
        /// The circuit.
        id: String,
        /// Its version.
        version: u32,
        /// Why, as the manifest says.
        about: String,
    },
    /// It was made for another key than the manifest's.
    #[error("it is for a key with SHA-256 {0}, which is not the circuit's")]
    OtherKey(String),
    /// The manifest's key is not the one that is pinned.
    #[error("the circuit's key is not the one that is pinned")]
    NotPinned,
    /// The key is a dev key.
    #[error("the circuit's key is a dev key: anybody can forge proofs under it")]
    DevKey,
    /// The key is said to come from a ceremony, which was not verified.
    #[error("nobody verified here that the circuit's key comes from a ceremony")]
    Unverified,
    /// It does not prove what it says.
    #[error("the proof does not verify for these public numbers")]
    DoesNotVerify,
}

impl Registry {
    /// Reads a manifest. The rows are not laid down for it: [`Registry::check_rows`] does.
    ///
    /// # Errors
    /// [`BadManifest`].
    pub fn parse(text: &str) -> Result<Self, BadManifest> {
        if text.len() > LONGEST {
            return Err(BadManifest::Form(format!("it has more than {LONGEST} bytes")));
        }
        let manifest: entry::Manifest =
            serde_json::from_str(text).map_err(|error| BadManifest::Form(error.to_string()))?;
        if manifest.schema != SCHEMA {
            return Err(BadManifest::Form(format!("its schema is `{}`", manifest.schema)));
        }
        let (mut versions, mut active) = (BTreeSet::new(), BTreeSet::new());
        let mut keys = BTreeSet::new();
        for Entry { id, version, status, key, .. } in &manifest.circuits {
            // A revoked key is none for another version or circuit either.
            if key.as_ref().is_some_and(|key| !keys.insert(key.vk_sha256.clone())) {
                return Err(BadManifest::SameKey(id.clone()));
            }
            let new = versions.insert((id.clone(), *version))
                && (*status != Status::Active || active.insert(id.clone()));
            if !new {
                return Err(BadManifest::Twice(id.clone(), *version));
            }
        }
        let dev = dev_keys();
        let entries = manifest.circuits.into_iter().map(|entry| with_key(entry, &dev));
        Ok(Self { entries: entries.collect::<Result<_, _>>()? })
    }

    /// The manifest that this program was built with.
    ///
    /// # Errors
    /// None, as a test says.
    pub fn built_in() -> Result<Self, BadManifest> {
        Self::parse(BUILT_IN)
    }

    /// All that is listed.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().map(|(entry, _)| entry)
    }

    /// The circuit of this name: in this version, or else the active one or the newest.
    #[must_use]
    pub fn find(&self, id: &str, version: Option<u32>) -> Option<&Entry> {
        let mut named: Vec<&Entry> = self.entries().filter(|entry| entry.id == id).collect();
        named.sort_by_key(|entry| (std::cmp::Reverse(entry.status), entry.version));
        match version {
            Some(version) => named.into_iter().find(|entry| entry.version == version),
            None => named.pop(),
        }
    }

    /// The key of a circuit that is not revoked.
    #[must_use]
    pub fn key(&self, entry: &Entry) -> Option<&VerifyingKey> {
        let same = |known: &&(Entry, _)| known.0.id == entry.id && known.0.version == entry.version;
        self.entries.iter().find(same).and_then(|(_, key)| key.as_ref())
    }

    /// The manifest with a new version of a circuit: the one that was active is there to check old
    /// proofs with from now on.
    #[must_use]
    pub fn rotated(&self, new: Entry) -> String {
        let mut circuits: Vec<Entry> = self.entries().cloned().collect();
        for entry in circuits.iter_mut().filter(|entry| entry.id == new.id) {
            if entry.status == Status::Active {
                entry.status = Status::VerifyOnly;
            }
        }
        circuits.push(new);
        let manifest = entry::Manifest { schema: SCHEMA.to_owned(), circuits };
        // Texts, numbers and lists of them are always written.
        serde_json::to_string_pretty(&manifest).unwrap_or_default()
    }

    /// Lays the rows of a circuit down and compares them with what the manifest says of them.
    ///
    /// # Errors
    /// [`BadManifest::Differs`], or [`BadManifest::Unknown`] for a circuit that has no rows here.
    pub fn check_rows(&self, entry: &Entry) -> Result<(), BadManifest> {
        let circuit = Circuit::of_id(&entry.id).filter(|_| entry.status != Status::Revoked);
        let unknown = || BadManifest::Unknown(entry.id.clone());
        let laid = entry.laid.as_ref().ok_or_else(unknown)?;
        let system = circuit.ok_or_else(unknown)?.system();
        let differs = |what| Err(BadManifest::Differs { id: entry.id.clone(), what });
        if (laid.rows, laid.cells) != (system.rows(), system.cells()) {
            return differs("numbers of rows and cells");
        }
        if laid.r1cs_sha256 != hex::write(&system.digest()) {
            return differs("rows");
        }
        Ok(())
    }

    /// Whether a proof is evidence of its statement, on these terms; gives the circuit's entry.
    ///
    /// # Errors
    /// [`NoEvidence`].
    pub fn evidence(&self, proof: &ProofFile, terms: &Terms) -> Result<&Entry, NoEvidence> {
        let entry = self.find(proof.circuit(), Some(proof.version()));
        let unknown = || NoEvidence::Unknown(proof.circuit().to_owned(), proof.version());
        let entry = entry.ok_or_else(unknown)?;
        let Some(key) = self.key(entry) else {
            let Entry { id, version, about, .. } = entry.clone();
            return Err(NoEvidence::Revoked { id, version, about });
        };
        if proof.vk_sha256() != key.sha256() {
            return Err(NoEvidence::OtherKey(hex::write(&proof.vk_sha256())));
        }
        if matches!(terms.trust, Trust::Pinned(pinned) if pinned != key.sha256()) {
            return Err(NoEvidence::NotPinned);
        }
        match entry.key.as_ref().map(|key| key.kind) {
            Some(KeyKind::Ceremony) => {}
            _ if terms.dev_keys => {}
            Some(KeyKind::Unverified) => return Err(NoEvidence::Unverified),
            Some(KeyKind::Dev) | None => return Err(NoEvidence::DevKey),
        }
        let holds = key.verify(proof.publics(), proof.proof());
        if holds { Ok(entry) } else { Err(NoEvidence::DoesNotVerify) }
    }
}

/// Reads the key of an entry and compares what can be compared without laying rows down.
fn with_key(
    entry: Entry,
    dev: &BTreeSet<String>,
) -> Result<(Entry, Option<VerifyingKey>), BadManifest> {
    if entry.status == Status::Revoked {
        return Ok((entry, None));
    }
    let id = || entry.id.clone();
    let circuit = Circuit::of_id(&entry.id).ok_or_else(|| BadManifest::Unknown(id()))?;
    let differs = |what| BadManifest::Differs { id: id(), what };
    let laid = entry.laid.as_ref().ok_or_else(|| differs("rows"))?;
    if laid.publics != circuit.public_names() {
        return Err(differs("public numbers"));
    }
    if laid.hash != poseidon2::NAME {
        return Err(differs("hashes"));
    }
    if laid.steps != circuit.tile_shape().map(Steps::of) {
        return Err(differs("sizes"));
    }
    let key = entry.key.as_ref().ok_or_else(|| differs("keys"))?;
    let bytes = hex::read(&key.vk).ok_or_else(|| differs("keys"))?;
    let read = VerifyingKey::read(&bytes, laid.publics.len());
    let read = read.map_err(|error| BadManifest::Key { id: id(), error })?;
    if hex::write(&read.sha256()) != key.vk_sha256 {
        return Err(differs("keys"));
    }
    // What anybody can forge with stays that, whatever a manifest calls it.
    let called_otherwise = dev.contains(&key.vk_sha256) && key.kind != KeyKind::Dev;
    let contributed = key.transcript.as_ref().is_some_and(Transcript::is_of_several);
    if called_otherwise || (key.kind != KeyKind::Dev && !contributed) {
        return Err(differs("makers of its key"));
    }
    Ok((entry, Some(read)))
}

/// The SHA-256 of the keys that this program could make.
fn dev_keys() -> BTreeSet<String> {
    let built_in: Option<entry::Manifest> = serde_json::from_str(BUILT_IN).ok();
    let keys = built_in.into_iter().flat_map(|manifest| manifest.circuits);
    keys.filter_map(|entry| Some(entry.key?.vk_sha256)).collect()
}
