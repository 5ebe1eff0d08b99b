//! One line of a plan.

use arch_problem::Problem;
use serde::Serialize;

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Verdict {
    Ok,
    No,
    /// Could not be checked here; the agent will.
    Unknown,
}

/// One check with its evidence.
#[derive(Debug, Serialize)]
pub(super) struct Step {
    pub(super) check: String,
    pub(super) verdict: Verdict,
    pub(super) evidence: String,
    /// The rule that decided, with its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) rule: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) problem: Option<Problem>,
}

impl Step {
    pub(super) fn ok(check: &str, evidence: impl Into<String>) -> Self {
        Self::new(check, Verdict::Ok, evidence.into(), None)
    }

    pub(super) fn unknown(check: &str, evidence: impl Into<String>) -> Self {
        Self::new(check, Verdict::Unknown, evidence.into(), None)
    }

    pub(super) fn no(check: &str, problem: Problem) -> Self {
        Self::new(check, Verdict::No, problem.message.clone(), Some(problem))
    }

    fn new(check: &str, verdict: Verdict, evidence: String, problem: Option<Problem>) -> Self {
        Self { check: check.to_owned(), verdict, evidence, rule: None, problem }
    }

    pub(super) fn by_rule(mut self, rule: Option<String>) -> Self {
        self.rule = rule;
        self
    }

    pub(super) fn line(&self) -> String {
        let word = match self.verdict {
            Verdict::Ok => "ok",
            Verdict::No => "NO",
            Verdict::Unknown => "?",
        };
        let told = format!("  {word:<3} {:<22} {}", self.check, self.evidence);
        match &self.rule {
            Some(rule) => format!("{told}  (rule {rule})"),
            None => told,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_names_the_check_the_evidence_and_the_rule() {
        let step = Step::ok("grant", "egress:443").by_rule(Some("net at policy.yaml:3:5".into()));
        assert_eq!(
            step.line(),
            "  ok  grant                  egress:443  (rule net at policy.yaml:3:5)"
        );
        assert!(Step::unknown("replay", "no ledger given").line().starts_with("  ?   replay"));
    }
}
