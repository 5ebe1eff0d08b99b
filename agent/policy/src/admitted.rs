//! The evidence that the policy allows a job, and the refusal that hands it back.

use arch_document::{Document, Grant, Isolation, Job, Verified};
use arch_identity::{Digest, Timestamp};
use arch_problem::Problem;

use crate::{Limits, Policy, RuleRef, Weight, check::owner, spec::ArchiveRules};

/// A job that this node's policy allows. Made only by [`ActivePolicy::admit`](crate::ActivePolicy::admit);
/// not `Clone`: a job is admitted once.
#[derive(Debug)]
#[must_use]
pub struct Admitted {
    job: Verified<Job>,
    grants: Vec<Grant>,
    rules: Vec<RuleRef>,
    limits: Limits,
    weight: Weight,
    archive: ArchiveRules,
}

/// A job that the policy does not allow, and why.
#[derive(Debug)]
pub struct Denied {
    /// The job.
    pub job: Verified<Job>,
    /// One problem for each reason: `at` is the place in the job, `rule` the one in the policy.
    pub reasons: Vec<Problem>,
}

impl Admitted {
    /// Only for a job whose every check holds; the caller has looked.
    pub(crate) fn by(
        rules: Vec<RuleRef>,
        grants: Vec<Grant>,
        job: Verified<Job>,
        policy: &Policy,
    ) -> Self {
        let asked = job.get();
        let rule = owner::rule_for(&policy.spec, asked.owner());
        Self {
            weight: rule.map_or_else(Weight::default, |(_, rule)| rule.weight),
            limits: Limits::of(&asked.spec.resources, &policy.spec.resources),
            rules,
            grants,
            archive: policy.spec.archive.clone(),
            job,
        }
    }

    /// The job.
    #[must_use]
    pub fn job(&self) -> &Verified<Job> {
        &self.job
    }

    /// The job's name everywhere.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.job.document().digest()
    }

    /// Whose job it is.
    #[must_use]
    pub fn owner(&self) -> &str {
        self.job.get().owner()
    }

    /// What it may do: the whole request, without repetitions, sorted.
    #[must_use]
    pub fn grants(&self) -> &[Grant] {
        &self.grants
    }

    /// The rules that allowed it.
    #[must_use]
    pub fn rules(&self) -> &[RuleRef] {
        &self.rules
    }

    /// What one run of it may use.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Whether it has a process of its own.
    #[must_use]
    pub fn isolation(&self) -> Isolation {
        self.job.get().spec.isolation
    }

    /// Its owner's share of a busy node.
    #[must_use]
    pub fn weight(&self) -> Weight {
        self.weight
    }

    /// What is kept of it when it ended.
    #[must_use]
    pub fn archive(&self) -> &ArchiveRules {
        &self.archive
    }

    /// Whether its `notAfter` is past at `now`, so that it may not start any more.
    #[must_use]
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.job.get().validity().is_over(now)
    }
}

impl std::fmt::Display for Denied {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, reason) in self.reasons.iter().enumerate() {
            write!(f, "{}{reason}", if index == 0 { "" } else { "; " })?;
        }
        Ok(())
    }
}

impl std::error::Error for Denied {}
