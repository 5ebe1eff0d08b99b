//! What the node believes: the trust root, walked from its pin, and the policy it signed.
//!
//! Read whole or not at all: a reload that fails anywhere leaves the old one in force.

mod folder;
mod root;

use arch_document::{Document as _, Kind, Moment, Revocation, SignedDocument, TrustRoot};
use arch_identity::Digest;
use arch_ledger::Record;
use arch_policy::{ActivePolicy, Here, Policy, Quorum};
use arch_problem::codes;

use crate::{
    memory::Memory,
    places::Places,
    told::{Told, problem},
};

/// Root, revocations and policy that are in force together.
#[derive(Debug)]
pub struct Authority {
    /// The newest root, with the revocations.
    pub root: TrustRoot,
    /// The policy.
    pub policy: ActivePolicy,
    /// What of it is new to the ledger, in the order in which it became active.
    pub news: Vec<Record>,
}

/// Reads and verifies everything.
///
/// # Errors
/// The first problem, with its place. An unverified, expired or downgraded document never gets
/// further than this.
pub fn load(
    places: &Places,
    pin: Digest,
    moment: &Moment,
    memory: &Memory,
    here: Here<'_>,
) -> Told<Authority> {
    let mut news = Vec::new();
    let mut root = root::walk(places, pin, moment, memory, &mut news)?;
    root.check_current(moment, memory)?;
    revoke(&mut root, places, moment, memory, &mut news)?;
    let policy = policy(&root, places, moment, memory, here, &mut news)?;
    Ok(Authority { root, policy, news })
}

fn revoke(
    root: &mut TrustRoot,
    places: &Places,
    moment: &Moment,
    memory: &Memory,
    news: &mut Vec<Record>,
) -> Told<()> {
    let mut seen = Vec::new();
    for document in folder::documents(&places.revocations())? {
        let digest = document.digest();
        let list = root
            .verify::<Revocation>(document, moment, memory)
            .map_err(|refusal| Box::new(refusal.problem))?;
        let (name, version) = list.get().version().unwrap_or_default();
        if memory.newest(Kind::Revocation, &name).map(|newest| newest.document) != Some(digest) {
            news.push(Record::Revocation { document: digest, name: name.clone(), version });
        }
        seen.push(name);
        root.revoke(list);
    }
    // A list that was in force cannot be revoked by deleting its file.
    match memory.names(Kind::Revocation).find(|name| !seen.iter().any(|s| s == name)) {
        None => Ok(()),
        Some(name) => {
            let text = format!("the revocation list `{name}` was in force and is not there");
            Err(problem(codes::ROLLED_BACK, text))
        }
    }
}

fn policy(
    root: &TrustRoot,
    places: &Places,
    moment: &Moment,
    memory: &Memory,
    here: Here<'_>,
    news: &mut Vec<Record>,
) -> Told<ActivePolicy> {
    let document = folder::document(&places.policy())?;
    let digest = document.digest();
    let policy = root
        .verify::<Policy>(document, moment, memory)
        .map_err(|refusal| Box::new(refusal.problem))?;
    let (name, version) = policy.get().version().unwrap_or_default();
    if memory.newest(Kind::Policy, &name).map(|newest| newest.document) != Some(digest) {
        news.push(Record::Policy { document: digest, name, version });
    }
    ActivePolicy::activate(policy, here)
}

impl Authority {
    /// Whether `other` is the same root, revocations and policy.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        let digest = |document: &SignedDocument| document.digest();
        other.news.is_empty()
            && digest(self.root.document()) == digest(other.root.document())
            && self.policy.digest() == other.policy.digest()
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
