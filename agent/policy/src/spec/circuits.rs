//! Keys of circuits under which proofs are believed, by their digests.

use std::collections::BTreeMap;

use arch_document::{Fault, schema};
use arch_identity::Digest;
use arch_problem::codes;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::sound::is_a_name;

/// The most keys that a policy pins: all circuits there are, each several times over.
pub const MAX_PINS: usize = 64;

/// Keys of circuits under which proofs are believed. What is not pinned is not believed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CircuitRules {
    /// Keys that are believed, each for one circuit in one version. While a key is replaced, its circuit
    /// is pinned in two versions. Default none.
    #[serde(default)]
    #[schemars(length(max = 64))]
    pub pins: Vec<CircuitPin>,
    /// Whether a pinned key will do that anybody can forge with, or whose ceremony nobody verified: for
    /// trying things out. Default no.
    #[serde(default)]
    pub allow_dev_keys: bool,
}

/// A key that is believed for one circuit in one version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CircuitPin {
    /// The circuit's name, such as `arch-tile-fma-v1`.
    #[schemars(length(max = 64), regex(pattern = "^[a-z][a-z0-9._-]*$"))]
    pub circuit: String,
    /// The version of its keys, counted from 1.
    #[schemars(range(min = 1))]
    pub version: u32,
    /// The SHA-256 of the key that proofs are checked with; `archctl circuit show` prints it.
    #[schemars(schema_with = "schema::digest")]
    pub vk_sha256: Digest,
}

impl CircuitRules {
    /// The pin of a circuit in a version, with its place in the list.
    #[must_use]
    pub fn pin(&self, circuit: &str, version: u32) -> Option<(usize, &CircuitPin)> {
        let is_it = |pin: &CircuitPin| pin.circuit == circuit && pin.version == version;
        self.pins.iter().enumerate().find(|(_, pin)| is_it(pin))
    }

    /// The first pin that says nothing, or says what another one says.
    pub(super) fn check(&self) -> Result<(), Fault> {
        if self.pins.len() > MAX_PINS {
            let message = format!("{} pins; {MAX_PINS} are the most", self.pins.len());
            return Err(Fault::new("/spec/circuits/pins", codes::TOO_MANY_PINS, message));
        }
        let (mut versions, mut keys) = (BTreeMap::new(), BTreeMap::new());
        for (index, CircuitPin { circuit, version, vk_sha256 }) in self.pins.iter().enumerate() {
            let at = |field: &str| format!("/spec/circuits/pins/{index}{field}");
            if !is_a_name(circuit) {
                let message = format!("`{circuit}` cannot be the name of a circuit");
                return Err(Fault::new(at("/circuit"), codes::PIN_FORM, message));
            }
            if *version == 0 {
                let message = "versions are counted from 1";
                return Err(Fault::new(at("/version"), codes::PIN_FORM, message));
            }
            if let Some(first) = versions.insert((circuit, version), index) {
                let message = format!(
                    "`{circuit}` of version {version} is pinned at /spec/circuits/pins/{first} too"
                );
                return Err(Fault::new(at(""), codes::PIN_TWICE, message));
            }
            // One key is for one circuit in one version: the second of two was copied by mistake.
            if let Some(first) = keys.insert(vk_sha256, index) {
                let message = format!("the same key is pinned at /spec/circuits/pins/{first} too");
                return Err(Fault::new(at("/vkSha256"), codes::PIN_TWICE, message));
            }
        }
        Ok(())
    }
}
