//! `archctl root show`

use std::fmt::Write as _;
use std::path::PathBuf;

use arch_document::{NoHistory, Root, SignedDocument};
use arch_identity::{Digest, Timestamp};
use serde::Serialize;

use crate::answer::{Answer, Outcome, Stop, refusal_as_json};
use crate::places::Format;
use crate::{documents, say, trust};

/// Print what a root says: its digest, its life, whose keys it knows and what they may sign
///
/// The digest of the first root is what `trustRoot` of node.yaml pins.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The root
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    format: Format,
}

const SCHEMA: &str = "arch.root/v1";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    schema: &'static str,
    digest: Digest,
    name: String,
    version: u64,
    not_after: Option<Timestamp>,
    signatures: usize,
    /// Whether enough of its own signers signed it, and it is in its time.
    complete: bool,
    keys: Vec<Key>,
    roles: Vec<Role>,
}

#[derive(Serialize)]
struct Key {
    id: String,
    alg: String,
    public: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Role {
    name: String,
    threshold: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    distinct_groups: Option<u32>,
    keys: Vec<String>,
    kinds: Vec<String>,
    /// What its documents may ask for at most; absent when the role does not narrow.
    #[serde(skip_serializing_if = "Option::is_none")]
    caps: Option<Vec<String>>,
}

impl Args {
    pub(crate) fn run(self) -> Outcome {
        refusal_as_json(self.show(), self.format.json, SCHEMA)
    }

    fn show(&self) -> Outcome {
        let document = documents::read(&self.file)?;
        let root: Root =
            document.read().map_err(|problem| documents::refused(&document, *problem))?;
        let shown = shown(root, document);
        if self.format.json {
            say::json(&shown)?;
        } else {
            say::data(&text(&shown))?;
        }
        Ok(Answer::Yes)
    }
}

fn shown(root: Root, document: SignedDocument) -> Shown {
    let (digest, signatures) = (document.digest(), document.signatures().len());
    let complete: Result<(), Stop> = trust::is_complete(document, &NoHistory);
    let keys = root.spec.keys.into_iter().map(|(id, key)| Key {
        id,
        alg: key.alg.to_string(),
        public: key.public().iter().map(arch_identity::PublicKey::did).collect(),
        group: key.group,
    });
    let roles = root.spec.roles.into_iter().map(|(name, role)| Role {
        name,
        threshold: role.threshold,
        distinct_groups: role.distinct_groups,
        keys: role.keys,
        kinds: role.kinds.iter().map(ToString::to_string).collect(),
        caps: role
            .caps
            .map(|caps| caps.net.iter().chain(&caps.fs).map(ToString::to_string).collect()),
    });
    Shown {
        schema: SCHEMA,
        digest,
        name: root.metadata.name,
        version: root.metadata.version.unwrap_or_default(),
        not_after: root.metadata.not_after,
        signatures,
        complete: complete.is_ok(),
        keys: keys.collect(),
        roles: roles.collect(),
    }
}

/// The digest comes first and alone, so that `head -1` gives what is to be pinned.
fn text(shown: &Shown) -> String {
    let until = shown.not_after.map_or_else(|| "no end".to_owned(), |end| end.to_string());
    let enough = if shown.complete { "enough" } else { "not enough, or not in its time" };
    let mut text = format!(
        "{}\nroot `{}` version {}, valid until {until}\nsigned {} times: {enough}\n",
        shown.digest, shown.name, shown.version, shown.signatures
    );
    for key in &shown.keys {
        let group = key.group.as_ref().map_or_else(String::new, |group| format!(" of {group}"));
        let line = format!("key  {}{group} {} {}", key.id, key.alg, key.public.join(" + "));
        let _writing_to_text_cannot_fail = writeln!(text, "{line}");
    }
    for role in &shown.roles {
        let groups = role
            .distinct_groups
            .map_or_else(String::new, |groups| format!(" from {groups} groups"));
        let caps = role
            .caps
            .as_ref()
            .map_or_else(String::new, |caps| format!("; at most [{}]", caps.join(", ")));
        let line = format!(
            "role {}: {} of {} ({}){groups} sign {}{caps}",
            role.name,
            role.threshold,
            role.keys.len(),
            role.keys.join(", "),
            role.kinds.join(", ")
        );
        let _writing_to_text_cannot_fail = writeln!(text, "{line}");
    }
    text
}
