//! The policy that is in force, and its answer to a job.

use arch_document::{Document, Fault, Grant, Job, SignedDocument, Verified};
use arch_identity::{Digest, Timestamp};
use arch_problem::{Problem, codes};

use crate::{
    Admitted, Check, Decision, Denied, Facts, Here, PinnedKey, Policy,
    case::{Case, RoleCaps},
    check::capabilities,
    decision::Telling,
    finding::Finding,
    grants,
};

/// A policy that a quorum signed for this node, whose time had come when it was verified. There is
/// no other way to have one.
#[derive(Debug)]
pub struct ActivePolicy {
    policy: Verified<Policy>,
}

impl ActivePolicy {
    /// Puts a verified policy in force, if it is meant for this node.
    ///
    /// # Errors
    /// A [`Problem`] at its `audience`: a policy for other nodes is none for this one, whoever
    /// signed it.
    pub fn activate(policy: Verified<Policy>, here: Here<'_>) -> Result<Self, Box<Problem>> {
        if policy.get().audience().includes(here.node, here.groups) {
            return Ok(Self { policy });
        }
        let text = format!("this node, `{}`, is not in the policy's audience", here.node);
        let fault = Fault::new("/metadata/audience", codes::POLICY_FOR_OTHERS, text);
        Err(Box::new(policy.document().problem(fault)))
    }

    /// What it says.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        self.policy.get()
    }

    /// The document it was read from, with its spans.
    #[must_use]
    pub fn document(&self) -> &SignedDocument {
        self.policy.document()
    }

    /// The digest that names it in the ledger.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.policy.document().digest()
    }

    /// The key under which proofs of a circuit in a version are believed.
    ///
    /// # Errors
    /// A [`Problem`] if the policy pins none, or ran out.
    pub fn pinned_key(
        &self,
        circuit: &str,
        version: u32,
        now: Timestamp,
    ) -> Result<PinnedKey, Box<Problem>> {
        match self.in_force(now).problem {
            Some(over) => Err(Box::new(over)),
            None => PinnedKey::of(&self.policy, circuit, version),
        }
    }

    /// Decides whether this node will run `job`, and by which rules.
    ///
    /// # Errors
    /// [`Denied`] hands the job back with one problem for each reason.
    pub fn admit(&self, job: Verified<Job>, facts: &Facts) -> Result<Admitted, Box<Denied>> {
        let roles = roles_of(&job);
        let case = Case { tells: false, ..self.case(&job, &roles, facts) };
        let findings = case.findings();
        if self.is_over(facts.now) || findings.iter().any(Finding::has_failed) {
            return Err(Box::new(Denied { reasons: self.explain(&job, facts).reasons(), job }));
        }
        // Nothing but the rules is told of a check that holds: most jobs are admitted.
        let telling = self.telling(&job, facts);
        let rules = findings.into_iter().filter_map(|finding| finding.rule);
        let rules = telling.rules(rules);
        let effective = effective(&case);
        Ok(Admitted::by(rules, effective, job, self.policy()))
    }

    /// Every check of that decision with its evidence, without admitting anything.
    #[must_use]
    pub fn explain(&self, job: &Verified<Job>, facts: &Facts) -> Decision {
        let roles = roles_of(job);
        let case = self.case(job, &roles, facts);
        let telling = self.telling(job, facts);
        let told = case.findings().into_iter().map(|finding| telling.tell(finding));
        Decision {
            checks: std::iter::once(self.in_force(facts.now)).chain(told).collect(),
            effective: effective(&case),
        }
    }
}

impl ActivePolicy {
    fn case<'a>(
        &'a self,
        job: &'a Verified<Job>,
        roles: &'a [RoleCaps],
        facts: &'a Facts,
    ) -> Case<'a> {
        Case {
            policy: &self.policy().spec,
            job: job.get(),
            digest: job.document().digest(),
            roles,
            signers: job.signers(),
            facts,
            tells: true,
        }
    }

    fn telling<'a>(&'a self, job: &'a Verified<Job>, facts: &Facts) -> Telling<'a> {
        Telling { job: job.document(), policy: self.document(), quorum: facts.policy_quorum }
    }

    fn is_over(&self, now: Timestamp) -> bool {
        self.policy().validity().is_over(now)
    }

    /// A policy that was in force and ran out allows nothing more.
    fn in_force(&self, now: Timestamp) -> Check {
        let until = self.policy().validity().not_after;
        let place = |label| self.document().place("/metadata/notAfter", label);
        let problem = until.filter(|until| now > *until).map(|until| {
            let message = format!("the policy was in force until {until}; it is {now}");
            Problem { at: place("over"), ..Problem::new(codes::POLICY_OVER, message) }
        });
        let evidence = match until {
            Some(until) => format!("policy `{}` is in force until {until}", self.name()),
            None => format!("policy `{}` is in force", self.name()),
        };
        Check { about: "policy", evidence, at: None, rule: None, problem }
    }

    fn name(&self) -> &str {
        &self.policy().metadata.name
    }
}

fn roles_of(job: &Verified<Job>) -> Vec<RoleCaps> {
    job.roles()
        .iter()
        .map(|role| RoleCaps {
            role: role.role.clone(),
            caps: role.caps.as_ref().map(|caps| [caps.net.as_slice(), &caps.fs].concat()),
            place: role.place.clone(),
        })
        .collect()
}

/// Request ∩ caps of the roles that signed ∩ policy. Each layer only narrows.
pub(crate) fn effective(case: &Case<'_>) -> Vec<Grant> {
    let asked: Vec<Grant> = capabilities::asked(case).map(|(_, grant)| grant.clone()).collect();
    let mut by_roles = Vec::new();
    for role in case.roles {
        by_roles.extend(match &role.caps {
            Some(caps) => grants::narrow(&asked, caps),
            None => asked.clone(),
        });
    }
    let allowed: Vec<_> = capabilities::allowed(case.policy).cloned().collect();
    grants::narrow(&by_roles, &allowed)
}
