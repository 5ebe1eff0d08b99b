//! `metadata`: name, owner, life, audience; the same for all kinds.

mod audience;
mod nonce;

use std::collections::BTreeMap;

use arch_identity::Timestamp;
use arch_problem::codes;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

pub use audience::Audience;
pub use nonce::Nonce;

use crate::{Fault, Kind, Validity, form::is_word};

/// The longest life of a job, in seconds: 30 days.
const LONGEST_JOB_LIFE: u64 = 2_592_000;

/// Who and when. Names are ASCII, so that none can pass for another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Metadata {
    /// 1 to 128 characters of `A-Z a-z 0-9 . _ -`.
    #[serde(deserialize_with = "name")]
    #[schemars(regex(pattern = "^[A-Za-z0-9._-]{1,128}$"))]
    pub name: String,
    /// Who answers for the document, such as `user:ada`. Jobs need it.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "owner")]
    #[schemars(regex(pattern = "^[A-Za-z0-9._:@/+-]{1,256}$"))]
    pub owner: Option<String>,
    /// Counts up from 1; Root, Policy and Revocation need it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub version: Option<u64>,
    /// Makes two equal jobs two documents. Jobs need it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<Nonce>,
    /// First second of its life. Jobs need it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "crate::schema::timestamp")]
    pub not_before: Option<Timestamp>,
    /// Last second of its life. Jobs, Root and Policy need it; a job lives for 30 days at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "crate::schema::timestamp")]
    pub not_after: Option<Timestamp>,
    /// Nodes and groups that a Job or Policy is for; left out or `*`, for every node. Root and
    /// Revocation are for every node.
    #[serde(default, skip_serializing_if = "Audience::is_everyone")]
    pub audience: Audience,
    /// Short texts that policies may look at.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// Signed, and read by nobody; names start with `x-`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, String>,
}

fn name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    if is_word(&text, 128, b"._-") {
        Ok(text)
    } else {
        Err(D::Error::custom("a name is 1 to 128 characters of `A-Z a-z 0-9 . _ -`"))
    }
}

fn owner<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let text = String::deserialize(deserializer)?;
    if is_word(&text, 256, b"._:@/+-") {
        Ok(Some(text))
    } else {
        Err(D::Error::custom("an owner is 1 to 256 characters of `A-Z a-z 0-9 . _ : @ / + -`"))
    }
}

impl Metadata {
    /// When the document is to be believed.
    #[must_use]
    pub fn validity(&self) -> Validity {
        Validity { not_before: self.not_before, not_after: self.not_after }
    }

    /// The fields that a kind needs beside the name.
    pub(crate) fn needed(kind: Kind) -> &'static [&'static str] {
        match kind {
            Kind::Job => &["owner", "nonce", "notBefore", "notAfter"],
            Kind::Root | Kind::Policy => &["version", "notAfter"],
            Kind::Revocation => &["version"],
            Kind::Playbook | Kind::Directive | Kind::Receipt | Kind::Dispute => &[],
        }
    }

    fn has(&self, field: &str) -> bool {
        match field {
            "owner" => self.owner.is_some(),
            "nonce" => self.nonce.is_some(),
            "notBefore" => self.not_before.is_some(),
            "notAfter" => self.not_after.is_some(),
            "version" => self.version.is_some(),
            _ => false,
        }
    }

    /// Whether documents of the kind count on every node, so that an audience would limit nothing.
    pub(crate) fn is_for_everyone(kind: Kind) -> bool {
        matches!(kind, Kind::Root | Kind::Revocation)
    }

    /// What the kind asks of its metadata.
    pub(crate) fn check(&self, kind: Kind) -> Result<(), Fault> {
        if let Some(field) = Self::needed(kind).iter().find(|field| !self.has(field)) {
            return Err(missing(kind, field));
        }
        if Self::is_for_everyone(kind) && self.audience != Audience::default() {
            let text = format!("a {kind} is for every node; an audience would limit nothing");
            return Err(Fault::new("/metadata/audience", codes::BAD_VALUE, text).on_key());
        }
        self.check_version()?;
        self.check_life(kind)?;
        self.check_texts()
    }

    fn check_version(&self) -> Result<(), Fault> {
        match self.version {
            Some(0) => {
                Err(Fault::new("/metadata/version", codes::BAD_VALUE, "versions start at 1"))
            }
            _ => Ok(()),
        }
    }

    fn check_life(&self, kind: Kind) -> Result<(), Fault> {
        let (Some(first), Some(last)) = (self.not_before, self.not_after) else { return Ok(()) };
        let at = "/metadata/notAfter";
        if last < first {
            let text = format!("`notAfter` {last} lies before `notBefore` {first}");
            return Err(Fault::new(at, codes::LIFE_TOO_LONG, text));
        }
        if kind == Kind::Job && last.seconds_since(first) > LONGEST_JOB_LIFE {
            let latest = first.plus(LONGEST_JOB_LIFE);
            let text = format!("the job would live from {first} to {last}, more than 30 days");
            return Err(Fault::new(at, codes::LIFE_TOO_LONG, text)
                .help(format!("write a `notAfter` of at most `{latest}`")));
        }
        Ok(())
    }

    fn check_texts(&self) -> Result<(), Fault> {
        if let Some(key) = self.annotations.keys().find(|key| !key.starts_with("x-")) {
            let text = format!("the annotation `{key}` does not start with `x-`");
            let at = format!("/metadata/annotations/{}", crate::tree::escape(key));
            return Err(Fault::new(at, codes::BAD_VALUE, text).on_key());
        }
        match self.labels.iter().find(|(_, label)| label.len() > 256) {
            Some((key, _)) => {
                let at = format!("/metadata/labels/{}", crate::tree::escape(key));
                Err(Fault::new(at, codes::BAD_VALUE, "a label is at most 256 bytes long"))
            }
            None => Ok(()),
        }
    }
}

fn missing(kind: Kind, field: &str) -> Fault {
    let text = format!("a {kind} needs `metadata.{field}`");
    let how = match field {
        "nonce" => "add 16 random bytes, such as `nonce: \"<32 hexadecimal digits>\"`",
        "version" => "add `version: 1`, and one more with every change",
        "owner" => "add an owner such as `owner: \"user:ada\"`",
        _ => "add a time such as `\"2026-11-23T00:00:00Z\"`",
    };
    Fault::new("/metadata", codes::MISSING_FIELD, text).on_key().help(how)
}
