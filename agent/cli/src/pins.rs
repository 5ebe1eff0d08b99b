//! The signed policy that says which keys of circuits are believed.

use std::path::PathBuf;

use arch_circuits::registry::{Entry, Registry};
use arch_document::{History, NoHistory, Verified};
use arch_identity::Digest;
use arch_policy::{PinnedKey, Policy, spec::CircuitPin};
use arch_problem::Problem;
use serde::Serialize;

use crate::answer::Stop;
use crate::ledger_folder::{Known, LedgerFolder};
use crate::node_settings::NodeSettings;
use crate::{documents, say, trust};

/// Which policy, and who must have signed it.
#[derive(Debug, clap::Args)]
pub(crate) struct Pinning {
    /// Go by the keys that this signed policy pins; needs `--root` or `--config`
    #[arg(long, value_name = "FILE", requires = "trusted")]
    policy: Option<PathBuf>,
    /// The trust root whose signers must have signed the policy
    #[arg(long, value_name = "FILE", requires = "policy", group = "trusted")]
    root: Option<PathBuf>,
    /// The same by the root of this agent's configuration folder
    #[arg(long, value_name = "DIR", requires = "policy", group = "trusted")]
    config: Option<PathBuf>,
    /// Folder with the agent's ledger, which knows whether a newer policy was in force, to go with
    /// `--config`
    #[arg(long, value_name = "DIR", requires = "config")]
    state: Option<PathBuf>,
}

/// A policy that was verified.
#[derive(Debug)]
pub(crate) struct Pins {
    policy: Verified<Policy>,
}

impl Pinning {
    /// Reads and verifies it: signatures, thresholds, time and, with a ledger, its version. Whom it is for
    /// is not asked: who checks a proof need not be a node.
    pub(crate) fn read(&self) -> Result<Option<Pins>, Stop> {
        let Some(path) = &self.policy else { return Ok(None) };
        let document = documents::read(path)?;
        let known = self.state.as_deref().map(LedgerFolder::known_below).transpose()?;
        let history: &dyn History = match &known {
            Some(known) => known,
            None => &NoHistory,
        };
        let moment = trust::moment(known.as_ref().and_then(Known::newest_time))?;
        let root = match (&self.root, &self.config) {
            (Some(path), _) => trust::alone(path)?,
            (None, Some(config)) => {
                let pin = NodeSettings::load(config)?.trust_root;
                trust::in_force(config, self.state.as_deref(), pin, &moment, history)?
            }
            (None, None) => {
                let help = "give `--root FILE` or `--config DIR`";
                return Err(Stop::usage("nobody says who must have signed the policy", help));
            }
        };
        let policy = root.verify(document, &moment, history).map_err(trust::refused)?;
        Ok(Some(Pins { policy }))
    }
}

impl Pins {
    /// The key that proofs of a circuit in a version must be under.
    pub(crate) fn key(&self, circuit: &str, version: u32) -> Result<PinnedKey, Stop> {
        PinnedKey::of(&self.policy, circuit, version).map_err(|problem| self.refused(*problem))
    }

    /// A refusal that points into the policy.
    pub(crate) fn refused(&self, problem: Problem) -> Stop {
        documents::refused(self.policy.document(), problem)
    }

    /// Which policy it is.
    pub(crate) fn told(&self) -> PolicyTold<'_> {
        let metadata = &self.policy.get().metadata;
        PolicyTold {
            name: &metadata.name,
            version: metadata.version,
            digest: self.policy.document().digest(),
            signers: self.policy.signers(),
            allow_dev_keys: self.policy.get().spec.circuits.allow_dev_keys,
        }
    }

    /// Each pin beside what a manifest has of it.
    pub(crate) fn beside<'a>(&'a self, registry: &Registry) -> Vec<Pin<'a>> {
        let listed = |pin: &CircuitPin| {
            let Some(entry) = registry.find(&pin.circuit, Some(pin.version)) else {
                return Listed::Not;
            };
            let key = entry.key.as_ref().map(|key| key.vk_sha256.as_str());
            // One that was revoked may be listed without its key.
            let same = key.is_none_or(|key| key == pin.vk_sha256.hex());
            if same { Listed::Same } else { Listed::OtherKey }
        };
        let pins = self.policy.get().spec.circuits.pins.iter();
        pins.map(|pin| Pin { pin, manifest: listed(pin) }).collect()
    }
}

/// A policy that was verified, in short.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PolicyTold<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<u64>,
    digest: Digest,
    signers: &'a [String],
    allow_dev_keys: bool,
}

impl PolicyTold<'_> {
    /// For people.
    pub(crate) fn words(&self) -> String {
        let version = self.version.unwrap_or_default();
        let signers = self.signers.join(", ");
        format!("policy `{}` version {version} by {signers}, {}", self.name, self.digest)
    }
}

/// A pin, and what the manifest has of it.
#[derive(Debug, Serialize)]
pub(crate) struct Pin<'a> {
    #[serde(flatten)]
    pin: &'a CircuitPin,
    manifest: Listed,
}

/// What a manifest has of a circuit and version that a policy pins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Listed {
    /// The key that is pinned.
    Same,
    /// Another key: no proof is believed.
    OtherKey,
    /// Nothing.
    Not,
}

/// What pins say of an entry of the manifest, for people.
pub(crate) fn word(pins: &[Pin], entry: &Entry) -> &'static str {
    let of = |pin: &&Pin| pin.is_of(&entry.id) && pin.pin.version == entry.version;
    match pins.iter().find(of).map(|pin| pin.manifest) {
        Some(Listed::OtherKey) => "other key",
        Some(_) => "pinned",
        None => "not pinned",
    }
}

impl Pin<'_> {
    /// Whether it is about this circuit, in whatever version.
    pub(crate) fn is_of(&self, circuit: &str) -> bool {
        self.pin.circuit == circuit
    }

    /// Says it if the manifest has no entry to say it beside.
    pub(crate) fn tell_if_unlisted(&self) {
        if self.manifest == Listed::Not {
            let CircuitPin { circuit, version, .. } = self.pin;
            say::talk(&format!(
                "the policy pins `{circuit}` of version {version}, which the manifest does not have"
            ));
        }
    }
}
