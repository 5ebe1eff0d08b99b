//! `archctl policy explain`

use std::path::PathBuf;

use arch_document::{Grant, SignedDocument};
use arch_policy::{Policy, PolicySpec};
use serde::Serialize;

use crate::answer::{Answer, Outcome};
use crate::places::Format;
use crate::{documents, say};

/// Say in words what a policy allows, rule by rule, each with its place in the file
#[derive(Debug, clap::Args)]
#[command(after_help = "`archctl job plan` says what it means for one job")]
pub(crate) struct Args {
    /// The policy
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    format: Format,
}

#[derive(Serialize)]
struct Explained {
    schema: &'static str,
    digest: String,
    name: String,
    rules: Vec<Rule>,
}

/// One rule in words.
#[derive(Debug, Serialize)]
struct Rule {
    rule: String,
    /// `LINE:COLUMN`
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<String>,
    says: String,
}

impl Args {
    pub(crate) fn run(self) -> Outcome {
        let document = documents::read(&self.file)?;
        let policy: Policy =
            document.read().map_err(|problem| documents::refused(&document, *problem))?;
        let rules = rules(&policy.spec, &document);
        if self.format.json {
            say::json(&Explained {
                schema: "arch.policy-explained/v1",
                digest: document.digest().to_string(),
                name: policy.metadata.name,
                rules,
            })?;
            return Ok(Answer::Yes);
        }
        rules.iter().try_for_each(|rule| {
            let place = rule.place.as_deref().unwrap_or("-");
            say::data(&format!("{place:<7} {:<22} {}", rule.rule, rule.says))
        })?;
        say::talk("everything else is refused");
        Ok(Answer::Yes)
    }
}

fn rules(spec: &PolicySpec, document: &SignedDocument) -> Vec<Rule> {
    let rule = |name: &str, pointer: &str, says: String| Rule {
        rule: name.to_owned(),
        place: document.span(pointer).map(|span| format!("{}:{}", span.line, span.column)),
        says,
    };
    let mut rules = Vec::new();
    for (i, owner) in spec.owners.iter().enumerate() {
        let says =
            format!("jobs of `{}` may run, weight {}", owner.owner.as_str(), owner.weight.value());
        rules.push(rule(&owner.id, &format!("/spec/owners/{i}/id"), says));
    }
    let runtimes: Vec<&str> = spec.runtimes.iter().map(|runtime| runtime.name()).collect();
    rules.push(rule("runtimes", "/spec/runtimes", format!("may use {}", listed(&runtimes))));
    let images: Vec<&str> = spec.images.allow.iter().map(|image| image.as_str()).collect();
    rules.push(rule("images", "/spec/images/allow", format!("may run {}", listed(&images))));
    for (i, allow) in spec.allow.iter().enumerate() {
        let grants: Vec<String> = allow.net.iter().chain(&allow.fs).map(Grant::to_string).collect();
        let grants: Vec<&str> = grants.iter().map(String::as_str).collect();
        let says = format!("may have {}", listed(&grants));
        rules.push(rule(&allow.id, &format!("/spec/allow/{i}/id"), says));
    }
    let max = &spec.resources.max;
    let says = format!(
        "at most cpu {}, memory {}, timeout {}, gpu {}",
        max.cpu, max.memory, max.timeout, max.gpu
    );
    rules.push(rule("resources.max", "/spec/resources/max", says));
    let shared: Vec<&str> = spec.isolation.shared.iter().map(|owner| owner.as_str()).collect();
    if !shared.is_empty() {
        let says = format!("warm workers may be shared among jobs of one of {}", listed(&shared));
        rules.push(rule("isolation.shared", "/spec/isolation/shared", says));
    }
    for (i, pin) in spec.circuits.pins.iter().enumerate() {
        let says = format!(
            "proofs of version {} are believed under the key {}",
            pin.version, pin.vk_sha256
        );
        rules.push(rule(&pin.circuit, &format!("/spec/circuits/pins/{i}"), says));
    }
    if spec.circuits.allow_dev_keys {
        let says = "also if anybody can forge with that key, or nobody verified its ceremony";
        rules.push(rule("allowDevKeys", "/spec/circuits/allowDevKeys", says.to_owned()));
    }
    if let Some(disputes) = &spec.disputes {
        let ways: Vec<&str> = disputes.resolvers.iter().map(|way| way.name()).collect();
        let says = format!(
            "who differs may be challenged for a stake of {} units; settled by {}",
            disputes.bond,
            listed(&ways)
        );
        rules.push(rule("disputes", "/spec/disputes", says));
    }
    for (i, refuse) in spec.refuse.iter().enumerate() {
        let says = format!("refused whatever else allows it: {}", refuse.reason);
        rules.push(rule(&refuse.id, &format!("/spec/refuse/{i}/id"), says));
    }
    rules
}

fn listed(words: &[&str]) -> String {
    if words.is_empty() { "nothing".to_owned() } else { words.join(", ") }
}
