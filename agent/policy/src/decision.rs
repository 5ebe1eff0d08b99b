//! A decision is a value: what was asked, what it was answered upon, and by which rule.

use arch_document::{Grant, SignedDocument};
use arch_problem::{Place, Problem};
use serde::Serialize;

use crate::{
    facts::Quorum,
    finding::{Answer, Finding, Remedy, RuleAt, Source},
};

/// Every check of one job against one policy, in the order in which people read them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Decision {
    /// All checks; none is left out because another one failed.
    pub checks: Vec<Check>,
    /// What the job may do at most: request ∩ caps of the roles that signed ∩ policy.
    pub effective: Vec<Grant>,
}

/// One question and its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Check {
    /// What it is about, such as `image`.
    pub about: &'static str,
    /// What the answer rests upon, in a few words.
    pub evidence: String,
    /// The element of the job's file that was asked about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<Place>,
    /// The rule that decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<RuleRef>,
    /// Why the job is refused, if this check failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
}

/// A rule of the policy that decided something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RuleRef {
    /// Its id, or its path if it has none: `images.allow.0`; `role.NAME` stands in the trust root.
    pub id: String,
    /// Its place in the file of the policy or of the trust root.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}

impl Decision {
    /// Whether every check holds.
    #[must_use]
    pub fn allows(&self) -> bool {
        self.checks.iter().all(|check| check.problem.is_none())
    }

    /// One problem a reason, in the order of the checks; empty if the job is allowed.
    #[must_use]
    pub fn reasons(&self) -> Vec<Problem> {
        self.checks.iter().filter_map(|check| check.problem.clone()).collect()
    }

    /// The rules that the checks rest upon, each once, in the order of the checks.
    #[must_use]
    pub fn rules(&self) -> Vec<RuleRef> {
        let mut rules: Vec<RuleRef> = Vec::new();
        for rule in self.checks.iter().filter_map(|check| check.rule.as_ref()) {
            if !rules.iter().any(|seen| seen.id == rule.id) {
                rules.push(rule.clone());
            }
        }
        rules
    }
}

/// Turns pointers into places of the two files.
pub(crate) struct Telling<'a> {
    pub(crate) job: &'a SignedDocument,
    pub(crate) policy: &'a SignedDocument,
    pub(crate) quorum: Option<Quorum>,
}

impl Telling<'_> {
    pub(crate) fn tell(&self, finding: Finding) -> Check {
        let failed = finding.has_failed();
        let at = self.job.place(&finding.at, if failed { "asked for here" } else { "" });
        let rule = finding.rule.map(|rule| self.rule(rule));
        match finding.answer {
            Answer::Holds { evidence } => {
                Check { about: finding.about, evidence, at, rule, problem: None }
            }
            Answer::Fails { code, message, remedy } => {
                let usual = Problem::new(code, message.clone());
                let problem = Problem {
                    at: at.clone(),
                    rule: rule.as_ref().and_then(|rule| rule.place.clone()),
                    help: self.help(remedy, &usual.help),
                    ..usual
                };
                Check { about: finding.about, evidence: message, at, rule, problem: Some(problem) }
            }
        }
    }

    /// The rules that findings rest upon, each once, in their order: what [`Decision::rules`] gives
    /// of the whole decision.
    pub(crate) fn rules(&self, rules: impl Iterator<Item = RuleAt>) -> Vec<RuleRef> {
        let mut told: Vec<RuleRef> = Vec::new();
        for rule in rules {
            if !told.iter().any(|seen| seen.id == rule.id) {
                told.push(self.rule(rule));
            }
        }
        told
    }

    fn rule(&self, rule: RuleAt) -> RuleRef {
        let label = "rule that decided";
        let place = match rule.source {
            Source::Policy(pointer) => self.policy.place(&pointer, label),
            Source::Path => {
                self.policy.place(&format!("/spec/{}", rule.id.replace('.', "/")), label)
            }
            Source::Root(place) => place.map(|place| Place { label: label.to_owned(), ..place }),
        };
        RuleRef { id: rule.id, place }
    }

    fn help(&self, remedy: Remedy, usual: &str) -> String {
        match (remedy, self.quorum) {
            (Remedy::Usual, _) => usual.to_owned(),
            (Remedy::Say(words), _) => words,
            (Remedy::OrSigners(own), Some(Quorum { need, of })) => {
                format!("{own}, or have {need} of {of} policy signers allow it")
            }
            (Remedy::OrSigners(own), None) => {
                format!("{own}, or have the policy's signers allow it")
            }
        }
    }
}
