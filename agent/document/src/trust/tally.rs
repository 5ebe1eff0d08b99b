//! Counting signatures: by key material, each identity once, hybrids whole or not at all.

use std::collections::{BTreeMap, BTreeSet};

use arch_identity::{PublicKey, pae};
use arch_problem::{Problem, codes};

use super::TrustRoot;
use crate::{Fault, Kind, Role, Root, SignatureEntry, SignedDocument, tree::escape};

/// Which identity a key belongs to. Keys are equal by algorithm and bytes: that is their material.
#[derive(Debug, Clone)]
pub(super) struct Keyring(BTreeMap<PublicKey, String>);

/// What the signatures of a document came to.
#[derive(Debug)]
pub(super) struct Tally {
    /// Ids whose every key made a signature that holds.
    counted: BTreeSet<String>,
    /// Ids of hybrids with one half only.
    halves: BTreeSet<String>,
    /// Entries that do not count.
    lost: Vec<Lost>,
}

/// An entry that does not count.
#[derive(Debug)]
struct Lost {
    /// JSON pointer to the entry.
    at: String,
    fate: Fate,
    /// The id of its key in the root; empty for a key that is not there.
    who: String,
}

/// How often a key is tried on a signature that names none, in one document: 512 trials take less
/// than a tenth of a second, and nobody can ask for 32 times 256.
const MOST_TRIALS: u32 = 512;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Unknown,
    Revoked,
    Broken,
}

impl Keyring {
    /// Of a root that was checked, so that no material stands twice.
    pub(super) fn new(root: &Root) -> Self {
        let keys = root.spec.keys.iter();
        let owned = keys.flat_map(|(id, key)| {
            key.public().iter().map(move |public| (public.clone(), id.clone()))
        });
        Self(owned.collect())
    }

    /// Checks each signature once. Their number was capped when the document was read, and keys
    /// that nobody knows cost no cryptography.
    pub(super) fn count(
        &self,
        root: &Root,
        document: &SignedDocument,
        revoked: impl Fn(&PublicKey) -> bool,
    ) -> Tally {
        let message = pae(&document.kind().payload_type(), document.body());
        let mut held = BTreeSet::new();
        let mut lost = Vec::new();
        let mut trials = MOST_TRIALS;
        for entry in document.signatures() {
            let judged = match entry.by() {
                Some(by) => self.named(by, entry, &message, &revoked),
                None => self.unnamed(root, entry, &message, &revoked, &mut trials),
            };
            match judged {
                Ok(key) => {
                    held.insert(key);
                }
                Err((fate, who)) => lost.push(Lost { at: entry.pointer().to_owned(), fate, who }),
            }
        }
        let (mut counted, mut halves) = (BTreeSet::new(), BTreeSet::new());
        for (id, key) in &root.spec.keys {
            let have = key.public().iter().filter(|k| held.contains(k)).count();
            if have > 0 && have == key.public().len() {
                counted.insert(id.clone());
            } else if have > 0 {
                halves.insert(id.clone());
            }
        }
        Tally { counted, halves, lost }
    }

    /// A signature that names its key: that key, or none. The root's own one is used, which unfolded
    /// at its first use.
    fn named(
        &self,
        by: &PublicKey,
        entry: &SignatureEntry,
        message: &[u8],
        revoked: &impl Fn(&PublicKey) -> bool,
    ) -> Result<&PublicKey, (Fate, String)> {
        let Some((key, who)) = self.0.get_key_value(by) else {
            return Err((Fate::Unknown, String::new()));
        };
        if revoked(key) {
            return Err((Fate::Revoked, who.clone()));
        }
        let broken = |_| (Fate::Broken, who.clone());
        key.verify(message, entry.sig()).map(|()| key).map_err(broken)
    }

    /// A signature whose envelope names no key of ours: whichever key of the root made it.
    fn unnamed(
        &self,
        root: &Root,
        entry: &SignatureEntry,
        message: &[u8],
        revoked: &impl Fn(&PublicKey) -> bool,
        trials: &mut u32,
    ) -> Result<&PublicKey, (Fate, String)> {
        let keys = root.spec.keys.values().flat_map(|key| key.public());
        for key in keys.filter(|key| key.algorithm() == entry.algorithm()) {
            let Some(left) = trials.checked_sub(1) else { break };
            *trials = left;
            if key.verify(message, entry.sig()).is_ok() {
                return self.named(key, entry, message, revoked);
            }
        }
        Err((Fate::Unknown, String::new()))
    }
}

impl Tally {
    /// The role's members whose signatures count.
    pub(super) fn counted_in<'a>(&'a self, role: &'a Role) -> impl Iterator<Item = &'a String> {
        let members: BTreeSet<&String> = role.keys.iter().collect();
        members.into_iter().filter(|id| self.counted.contains(*id))
    }

    /// Whether threshold and groups of the role are met.
    pub(super) fn meets(&self, root: &Root, role: &Role) -> bool {
        self.have(role) >= role.threshold && self.groups(root, role) >= groups_wanted(role)
    }

    fn have(&self, role: &Role) -> u32 {
        u32::try_from(self.counted_in(role).count()).unwrap_or(u32::MAX)
    }

    fn groups(&self, root: &Root, role: &Role) -> u32 {
        let groups: BTreeSet<&String> =
            self.counted_in(role).filter_map(|id| root.spec.keys.get(id)?.group.as_ref()).collect();
        u32::try_from(groups.len()).unwrap_or(u32::MAX)
    }

    fn first(&self, fate: Fate) -> Option<&Lost> {
        self.lost.iter().find(|lost| lost.fate == fate)
    }
}

fn groups_wanted(role: &Role) -> u32 {
    role.distinct_groups.unwrap_or(0)
}

impl TrustRoot {
    /// Says why no role that may sign the kind is satisfied: the likeliest reason first.
    pub(super) fn explain(&self, document: &SignedDocument, kind: Kind, tally: &Tally) -> Problem {
        let roles: Vec<(&String, &Role)> =
            self.root.spec.roles.iter().filter(|(_, role)| role.kinds.contains(&kind)).collect();
        let nearest = roles
            .iter()
            .max_by_key(|(_, role)| (tally.have(role), std::cmp::Reverse(role.threshold)));
        let last = document.signatures().last().map_or("", SignatureEntry::pointer);
        let need = nearest.map_or(1, |(_, role)| role.threshold);
        let have = nearest.map_or(0, |(_, role)| tally.have(role));
        let score = format!("{have} of {need} required signatures are valid");
        let fault = if document.signatures().is_empty() {
            Fault::new(
                "",
                codes::NOT_SIGNED,
                format!("nobody signed; {need} signatures are required"),
            )
        } else if let Some(Lost { at, who, .. }) = tally.first(Fate::Broken) {
            let text = format!("the signature of `{who}` does not hold; {score}");
            Fault::new(format!("{at}/sig"), codes::SIGNATURE_BROKEN, text)
        } else if let Some(Lost { at, who, .. }) = tally.first(Fate::Revoked) {
            let text = format!("the key of `{who}` is revoked; {score}");
            Fault::new(format!("{at}/by"), codes::KEY_REVOKED, text)
        } else if let Some(half) = tally.halves.first() {
            let text = format!("`{half}` is a hybrid and signed with one key only; {score}");
            Fault::new(last, codes::HALF_A_SIGNATURE, text)
        } else if have > 0 && have >= need {
            let (_, role) = nearest.copied().unzip();
            let groups = role.map_or((0, 0), |r| (tally.groups(&self.root, r), groups_wanted(r)));
            let text =
                format!("the signers come from {} groups, {} are required", groups.0, groups.1);
            Fault::new(last, codes::TOO_FEW_GROUPS, text)
        } else if have > 0 {
            let name = nearest.map_or("", |(name, _)| name.as_str());
            Fault::new(last, codes::BELOW_QUORUM, score).help(format!(
                "ask {} more signer of role `{name}` to sign",
                need.saturating_sub(have)
            ))
        } else if let Some(id) = tally.counted.first() {
            let text = format!("`{id}` is in no role that may sign kind {kind}");
            Fault::new(last, codes::WRONG_ROLE, text)
        } else {
            let text = "none of the signers is in the trust root";
            Fault::new(format!("{last}/by"), codes::UNKNOWN_SIGNER, text)
        };
        let problem = document.problem(fault);
        let rule = nearest.and_then(|(name, _)| {
            let label = "the rule that decided";
            self.document.place(&format!("/spec/roles/{}/threshold", escape(name)), label)
        });
        match rule {
            Some(rule) => problem.because(rule),
            None => problem,
        }
    }
}
