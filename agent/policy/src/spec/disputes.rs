//! Whether, how and at what stake nodes that contradict each other settle it.

use std::collections::BTreeMap;

use arch_document::{Fault, quantity::Duration, schema};
use arch_identity::PublicKey;
use arch_problem::codes;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The most units that a policy stakes or gives. A million accounts of as many stay below 2^53.
pub const MAX_UNITS: u64 = 8_589_934_591;
/// The most keys of those who offer to judge.
pub const MAX_JUDGES: usize = 64;
/// The most keys of others who may have a stake.
pub const MAX_PARTIES: usize = 256;

/// The shortest and the longest that somebody may be waited for, in seconds: one, and thirty days.
const WAIT: std::ops::RangeInclusive<u64> = 1..=30 * 86_400;

/// How divergences are settled on this node. The terms hold for whatever is committed to while this
/// policy is in force; no challenge has terms of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DisputeRules {
    /// How a disputed step may be settled; at least one.
    #[schemars(length(min = 1, max = 2), extend("uniqueItems" = true))]
    pub resolvers: Vec<DisputeResolver>,
    /// When digests of tiles are made: `onDispute`, of one leaf, by whoever disputes it; or `always`, of
    /// all leaves, which are committed to with the values. That takes the prover, and longer than the
    /// product itself. Default `onDispute`.
    #[serde(default)]
    pub marks: MarkTime,
    /// Units that each party stakes, and a judge with his verdict; from 1.
    #[schemars(range(min = 1, max = 8_589_934_591_u64))]
    pub bond: u64,
    /// Units with which each identity of this node, and each of `parties` and `judges`, is endowed once
    /// for each version of the policy. At least `bond` if it is not 0. Default 0.
    #[serde(default)]
    #[schemars(range(max = 8_589_934_591_u64))]
    pub endowment: u64,
    /// Who offered to judge. Whoever is a party judges nothing of his own. Default nobody: what everybody
    /// can replay stands without a judge.
    #[serde(default)]
    #[schemars(schema_with = "schema::dids", length(max = 64), extend("uniqueItems" = true))]
    pub judges: Vec<PublicKey>,
    /// Others who may have a stake here. Default nobody.
    #[serde(default)]
    #[schemars(schema_with = "schema::dids", length(max = 256), extend("uniqueItems" = true))]
    pub parties: Vec<PublicKey>,
    /// How long a challenge waits for its answer: 1 second to 30 days. Default one hour.
    #[serde(default = "an_hour")]
    pub answer: Duration,
    /// How long each exchange of digests waits for both, and an opening for whoever has to show it:
    /// 1 second to 30 days. Default one hour.
    #[serde(default = "an_hour")]
    pub exchange: Duration,
    /// How long a proof is waited for: 1 second to 30 days. Default one hour.
    #[serde(default = "an_hour")]
    pub proof: Duration,
    /// How long each judge is waited for: 1 second to 30 days. Default one hour.
    #[serde(default = "an_hour")]
    pub verdict: Duration,
}

/// How a disputed step is settled.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum DisputeResolver {
    /// A proof says what comes out; the tiles stay with the parties. It is believed under the keys that
    /// `circuits` pins.
    Groth16,
    /// The step's tiles are opened, and whoever judges computes it.
    Reveal,
}

/// When digests of tiles are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum MarkTime {
    /// Of one leaf, by whoever disputes it.
    #[default]
    OnDispute,
    /// Of all leaves, by whoever commits.
    Always,
}

fn an_hour() -> Duration {
    Duration::from_seconds(3_600)
}

impl DisputeResolver {
    /// Its word in documents.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Groth16 => "groth16",
            Self::Reveal => "reveal",
        }
    }
}

impl DisputeRules {
    /// Whether a step may be settled in this way.
    #[must_use]
    pub fn allows(&self, resolver: DisputeResolver) -> bool {
        self.resolvers.contains(&resolver)
    }

    /// The first field that nobody can act on.
    pub(super) fn check(&self) -> Result<(), Fault> {
        if self.resolvers.is_empty() {
            let message = "no way to settle a step is listed";
            return Err(Fault::new(at("/resolvers"), codes::DISPUTE_LIST, message));
        }
        once("resolvers", self.resolvers.iter().map(|resolver| resolver.name().to_owned()))?;
        self.stakes()?;
        for (list, keys, most) in
            [("judges", &self.judges, MAX_JUDGES), ("parties", &self.parties, MAX_PARTIES)]
        {
            if keys.len() > most {
                let message = format!("{} keys; {most} are the most", keys.len());
                return Err(Fault::new(at(&format!("/{list}")), codes::DISPUTE_LIST, message));
            }
            once(list, keys.iter().map(PublicKey::did))?;
        }
        self.times()
    }

    fn stakes(&self) -> Result<(), Fault> {
        let Self { bond, endowment, .. } = *self;
        let fault =
            |field: &str, message: String| Err(Fault::new(at(field), codes::STAKE_RANGE, message));
        if !(1..=MAX_UNITS).contains(&bond) {
            return fault("/bond", format!("a stake has 1 to {MAX_UNITS} units"));
        }
        if endowment > MAX_UNITS {
            return fault("/endowment", format!("an endowment has at most {MAX_UNITS} units"));
        }
        if endowment != 0 && endowment < bond {
            let message = format!("{endowment} units are no stake of {bond}");
            return fault("/endowment", message);
        }
        Ok(())
    }

    fn times(&self) -> Result<(), Fault> {
        let rows = [
            ("answer", self.answer),
            ("exchange", self.exchange),
            ("proof", self.proof),
            ("verdict", self.verdict),
        ];
        match rows.into_iter().find(|(_, time)| !WAIT.contains(&time.seconds())) {
            Some((name, time)) => {
                let message = format!("`{name}` is 1 second to 30 days, not {time}");
                Err(Fault::new(at(&format!("/{name}")), codes::DEADLINE_RANGE, message))
            }
            None => Ok(()),
        }
    }
}

fn at(field: &str) -> String {
    format!("/spec/disputes{field}")
}

/// The second of two that are the same was copied by mistake.
fn once(list: &str, names: impl Iterator<Item = String>) -> Result<(), Fault> {
    let mut seen = BTreeMap::new();
    for (index, name) in names.enumerate() {
        if let Some(first) = seen.insert(name.clone(), index) {
            let message = format!("`{name}` stands at /spec/disputes/{list}/{first} too");
            let place = at(&format!("/{list}/{index}"));
            return Err(Fault::new(place, codes::NAMED_TWICE, message));
        }
    }
    Ok(())
}
