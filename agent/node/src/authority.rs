//! What the node believes: the trust root, walked from its pin, and the policy it signed.
//!
//! Root and revocations come into force by themselves; a policy that is not believed does not hold
//! them up. Each is read whole or not at all.

mod folder;
mod policy;
mod trust;

use std::sync::Arc;

use arch_document::{Kind, Moment, SignedDocument, TrustRoot};
use arch_identity::Digest;
use arch_policy::{ActivePolicy, Quorum};
use arch_problem::Problem;

use crate::{
    anchors::{AnchorError, Anchors},
    clock,
    memory::Memory,
    places::Places,
    told::{Told, problem},
};
pub(crate) use trust::Trust;

/// Root, revocations and policy that are in force together.
#[derive(Debug)]
pub struct Authority {
    /// The newest root, with the revocations.
    pub root: TrustRoot,
    /// The policy.
    pub policy: Arc<ActivePolicy>,
    /// The revocation lists in force.
    lists: Vec<Digest>,
    /// Why the policy is not believed any more; nothing is admitted then.
    doubt: Option<Box<Problem>>,
}

/// Why something did not come into force.
#[derive(Debug)]
pub enum Unsettled {
    /// It cannot be read or believed.
    Told(Box<Problem>),
    /// The ledger did not take it.
    Anchor(AnchorError),
}

impl From<Box<Problem>> for Unsettled {
    fn from(problem: Box<Problem>) -> Self {
        Self::Told(problem)
    }
}

impl From<AnchorError> for Unsettled {
    fn from(error: AnchorError) -> Self {
        Self::Anchor(error)
    }
}

impl Unsettled {
    /// As people see it.
    #[must_use]
    pub fn problem(self) -> Box<Problem> {
        match self {
            Self::Told(problem) => problem,
            Self::Anchor(error) => error.problem(),
        }
    }
}

/// Reads and verifies everything, and anchors what is new. Root and revocations stay in force when
/// it is the policy that fails.
///
/// # Errors
/// The first problem, with its place. An unverified, expired or downgraded document never gets
/// further than this.
pub async fn establish(
    places: &Places,
    pin: Digest,
    groups: &[String],
    anchors: &Anchors,
) -> Result<Authority, Unsettled> {
    let newest = anchors.memory().newest_time();
    let moment = Moment::read(clock::wall(), newest)
        .map_err(|step| problem(step.code(), step.to_string()))?;
    let mut trust = Trust::establish(places, pin, &moment, anchors).await?;
    if let Some(problem) = trust.refused.take() {
        return Err(problem.into());
    }
    let policy = policy::establish(places, &trust, groups, &moment, anchors).await?;
    Ok(Authority::new(trust, policy))
}

/// The same checks with nothing anchored or put aside.
pub(crate) fn look(
    places: &Places,
    pin: Digest,
    groups: &[String],
    moment: &Moment,
    memory: &Memory,
) -> Told<()> {
    let mut trust = Trust::look(places, pin, moment, memory)?;
    policy::look(places, &trust, groups, moment, memory)?;
    trust.refused.take().map_or(Ok(()), Err)
}

impl Authority {
    fn new(trust: Trust, policy: ActivePolicy) -> Self {
        let Trust { root, lists, .. } = trust;
        Self { root, lists, policy: Arc::new(policy), doubt: None }
    }

    /// This trust with the policy that lies in the configuration folder, unless something beside it
    /// was refused: then that is told, and the trust is handed back.
    pub(crate) async fn renewed(
        mut trust: Trust,
        places: &Places,
        groups: &[String],
        moment: &Moment,
        anchors: &Anchors,
    ) -> Result<Self, (Trust, Unsettled)> {
        if let Some(problem) = trust.refused.take() {
            return Err((trust, problem.into()));
        }
        match policy::establish(places, &trust, groups, moment, anchors).await {
            Ok(policy) => Ok(Self::new(trust, policy)),
            Err(unsettled) => Err((trust, unsettled)),
        }
    }

    /// This policy under a newer trust, which may not believe it any more.
    pub(crate) fn under(
        &self,
        trust: Trust,
        groups: &[String],
        moment: &Moment,
        memory: &Memory,
    ) -> Self {
        let document = self.policy.document().clone();
        let (policy, doubt) = match policy::believe(document, &trust, groups, moment, memory) {
            Ok(active) => (Arc::new(active), None),
            Err(problem) => (Arc::clone(&self.policy), Some(problem)),
        };
        Self { root: trust.root, lists: trust.lists, policy, doubt }
    }

    /// The policy, or why it is not believed any more.
    pub(crate) fn believed(&self) -> Told<&ActivePolicy> {
        match &self.doubt {
            None => Ok(&self.policy),
            Some(problem) => Err(problem.clone()),
        }
    }

    /// Why the policy is not believed any more.
    pub(crate) fn doubt(&self) -> Option<&Problem> {
        self.doubt.as_deref()
    }

    /// Whether `other` is the same root, revocations and policy.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        let digest = |document: &SignedDocument| document.digest();
        digest(self.root.document()) == digest(other.root.document())
            && self.lists == other.lists
            && self.policy.digest() == other.policy.digest()
            && self.doubt.is_some() == other.doubt.is_some()
    }

    /// How many of how many must sign a change of the policy.
    #[must_use]
    pub fn policy_quorum(&self) -> Option<Quorum> {
        let roles = self.root.root().spec.roles.values();
        let role = roles
            .filter(|role| role.kinds.contains(&Kind::Policy))
            .min_by_key(|role| role.threshold)?;
        Some(Quorum {
            need: role.threshold,
            of: u32::try_from(role.keys.len()).unwrap_or(u32::MAX),
        })
    }
}
