//! What a run gave, for holding it against what another run of the same job gave.

use std::collections::{BTreeMap, BTreeSet};

use arch_identity::Digest;
use serde::Serialize;

use crate::{memory::End, validate::Findings};

/// All that has to be the same whenever and wherever a job is run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Gave {
    outcome: String,
    fuel: u64,
    outputs: BTreeMap<String, Digest>,
    logs: Option<Digest>,
    reads: Option<Digest>,
}

impl From<&End> for Gave {
    fn from(end: &End) -> Self {
        Self {
            outcome: end.outcome.to_string(),
            fuel: end.fuel,
            outputs: end.outputs.to_map(),
            logs: end.logs,
            reads: end.reads,
        }
    }
}

impl From<&Findings> for Gave {
    fn from(findings: &Findings) -> Self {
        Self {
            outcome: findings.outcome.word().to_owned(),
            fuel: findings.fuel,
            outputs: findings.outputs.clone(),
            logs: findings.logs,
            reads: findings.reads,
        }
    }
}

impl Gave {
    /// Where another run differs, in words; none if it gave the same.
    pub(crate) fn differences(&self, now: &Self) -> Vec<String> {
        let mut found = Vec::new();
        let mut differ = |what: &str, then: String, now: String| {
            if then != now {
                found.push(format!("{what} was `{then}`, is `{now}`"));
            }
        };
        differ("outcome", self.outcome.clone(), now.outcome.clone());
        differ("fuel", self.fuel.to_string(), now.fuel.to_string());
        differ("standard error", shown(self.logs), shown(now.logs));
        differ("list of files read", shown(self.reads), shown(now.reads));
        let names: BTreeSet<&String> = self.outputs.keys().chain(now.outputs.keys()).collect();
        for name in names {
            let (then, now) = (self.outputs.get(name), now.outputs.get(name));
            differ(&format!("output {name}"), shown(then.copied()), shown(now.copied()));
        }
        found
    }
}

fn shown(digest: Option<Digest>) -> String {
    digest.map_or_else(|| "nothing".to_owned(), |digest| digest.to_string())
}
