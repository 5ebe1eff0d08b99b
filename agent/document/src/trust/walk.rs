//! From the pinned root to what is in force now, in an order in which no revoked key speaks again.
//!
//! 1. Roots up to the ledger's newest. They were judged when they came; a key that signed one of
//!    them and was revoked later does not undo it, so only the last one's digest must be the
//!    ledger's.
//! 2. Lists that the ledger has in force. Its word and a signature under one of those roots are the
//!    evidence; that the signer was revoked or left out since, or the list's life is over, gives
//!    nobody his key back.
//! 3. Newer lists, all held against 1 and 2 alone, so that their order decides nothing.
//! 4. Newer roots, one by one, each judged with every revocation; after each, the lists that only
//!    it can vouch for.
//!
//! What fails in 3 and 4 holds nothing up that was believed: it is handed back beside it.
//!
//! Without a ledger nothing is in force, and a root whose quorum is revoked leads nowhere.

mod lists;

use arch_identity::Digest;
use arch_problem::{Problem, codes};

use super::{History, TrustRoot, history, require_kind};
use crate::{Fault, Kind, Moment, Revocation, Root, SignedDocument};
use lists::{Listed, newest_of_each};

/// Documents as they lie in folders; nothing of them is believed yet.
#[derive(Debug, Default)]
pub struct Shown {
    /// The pinned root and those after it, in any order.
    pub roots: Vec<SignedDocument>,
    /// Revocation lists of the configuration, in any order.
    pub lists: Vec<SignedDocument>,
    /// Revocation lists that were put aside when they came into force.
    pub kept: Vec<SignedDocument>,
}

/// Root and revocations that are in force together.
#[derive(Debug)]
pub struct InForce {
    /// The newest root, with every revocation.
    pub root: TrustRoot,
    /// The lists, to be put aside for the next walk.
    pub lists: Vec<SignedDocument>,
    /// What the history did not know, in the order in which it came into force.
    pub news: Vec<News>,
    /// The first of what is newer and was not believed. The rest is in force all the same.
    pub refused: Option<Box<Problem>>,
}

/// A root or a list that came into force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    /// `Root` or `Revocation`.
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: u64,
    /// Its digest.
    pub document: Digest,
}

impl TrustRoot {
    /// Walks from the root with the pinned digest as far as the documents reach.
    ///
    /// # Errors
    /// The first problem with what was in force before: nothing is, then. That the last root may be
    /// used now is the question of [`TrustRoot::check_current`].
    pub fn walk(
        shown: Shown,
        pin: Digest,
        moment: &Moment,
        history: &dyn History,
    ) -> Result<InForce, Box<Problem>> {
        let mut walk = Walk::begin(shown, pin, moment, history)?;
        walk.roots_of_the_ledger()?;
        walk.lists_of_the_ledger()?;
        walk.newer_lists();
        loop {
            match walk.newer_root() {
                Ok(true) => walk.newer_lists(),
                Ok(false) => break,
                Err(problem) => {
                    walk.refused = walk.refused.or(Some(problem));
                    break;
                }
            }
        }
        Ok(walk.end())
    }
}

struct Walk<'a> {
    moment: &'a Moment,
    history: &'a dyn History,
    roots: Vec<SignedDocument>,
    kept: Vec<SignedDocument>,
    /// The newest version of each name, not in force yet.
    waiting: Vec<Listed>,
    /// Why one of those that wait was not believed.
    unbelieved: Option<Box<Problem>>,
    /// Why a newer root, or what is no newer list, was not taken.
    refused: Option<Box<Problem>>,
    root: TrustRoot,
    /// Every root before, without revocations.
    passed: Vec<TrustRoot>,
    lists: Vec<Listed>,
    news: Vec<News>,
}

impl<'a> Walk<'a> {
    fn begin(
        shown: Shown,
        pin: Digest,
        moment: &'a Moment,
        history: &'a dyn History,
    ) -> Result<Self, Box<Problem>> {
        let Shown { roots, lists, kept } = shown;
        if let Some(other) = roots.iter().find(|document| document.kind() != Kind::Root) {
            let text = format!("this is a {}, a {} belongs here", other.kind(), Kind::Root);
            return Err(told(other, Fault::new("/kind", codes::WRONG_KIND, text)));
        }
        let root = pinned(&roots, pin, moment)?;
        let (waiting, refused) = newest_of_each(lists);
        let mut walk = Self {
            moment,
            history,
            roots,
            kept,
            waiting,
            unbelieved: None,
            refused,
            passed: vec![root.clone()],
            root,
            lists: Vec::new(),
            news: Vec::new(),
        };
        walk.note_root();
        Ok(walk)
    }

    fn newest_root(&self) -> Option<u64> {
        self.history.newest_version(Kind::Root, &self.root.root().metadata.name)
    }

    fn roots_of_the_ledger(&mut self) -> Result<(), Box<Problem>> {
        let Some(newest) = self.newest_root() else { return Ok(()) };
        while self.root.version() < newest && self.next_root()? {
            self.passed.push(self.root.clone());
        }
        // Too old, or another one of that version: nothing may be built upon it.
        history::check(self.root.root(), self.root.document().digest(), self.history)
            .map_err(|fault| told(self.root.document(), fault))
    }

    fn newer_root(&mut self) -> Result<bool, Box<Problem>> {
        let mut claimants = self.claimants();
        let first = claimants.next().map(SignedDocument::digest);
        if let Some(second) = claimants.find(|document| Some(document.digest()) != first) {
            let text = format!("another document is version {} as well", self.wanted());
            let fault = Fault::new("/metadata/version", codes::VERSION_REUSED, text);
            return Err(told(second, fault));
        }
        drop(claimants);
        self.next_root()
    }

    /// Takes the root after this one, if there is one. A wrong one is an error, not something to
    /// pass by.
    fn next_root(&mut self) -> Result<bool, Box<Problem>> {
        let mut claimants: Vec<_> = self.claimants().cloned().collect();
        claimants.sort_by_key(|document| !self.history.was_accepted(&document.digest()));
        let mut refused = None;
        for document in claimants {
            match self.root.rotate(document, self.moment) {
                Ok(next) => {
                    self.root = next;
                    self.note_root();
                    return Ok(true);
                }
                Err(refusal) => refused = refused.or(Some(refusal.problem)),
            }
        }
        refused.map_or(Ok(false), |problem| Err(Box::new(problem)))
    }

    fn wanted(&self) -> u64 {
        self.root.version().saturating_add(1)
    }

    fn claimants(&self) -> impl Iterator<Item = &SignedDocument> {
        let wanted = Some(self.wanted());
        self.roots.iter().filter(move |document| version(document) == wanted)
    }

    fn lists_of_the_ledger(&mut self) -> Result<(), Box<Problem>> {
        for active in self.history.lists_in_force() {
            if !self.waiting.iter().any(|listed| listed.name == active.name) {
                let text =
                    format!("the revocation list `{}` was in force and is not there", active.name);
                return Err(Box::new(Problem::new(codes::ROLLED_BACK, text)));
            }
            let copies = self.waiting.iter().flat_map(|listed| &listed.copies).chain(&self.kept);
            let copies: Vec<_> =
                copies.filter(|copy| copy.digest() == active.document).cloned().collect();
            let listed = Listed { name: active.name, version: active.version, copies };
            self.in_force_again(&listed)?;
            self.lists.push(listed);
            self.waiting
                .retain(|listed| listed.copies.iter().all(|copy| copy.digest() != active.document));
        }
        Ok(())
    }

    fn in_force_again(&mut self, listed: &Listed) -> Result<(), Box<Problem>> {
        let mut refused = None;
        for copy in &listed.copies {
            for root in self.passed.iter().rev() {
                match root.signed_content::<Revocation>(copy, self.moment) {
                    Ok((list, _)) => {
                        self.root.revoke_by(list);
                        return Ok(());
                    }
                    Err(problem) => refused = refused.or(Some(problem)),
                }
            }
        }
        Err(refused.unwrap_or_else(|| {
            let text = format!(
                "version {} of the revocation list `{}` is in force, and no copy of it is here",
                listed.version, listed.name
            );
            let help = "put that version into revocations/ again, then the newer one";
            Box::new(Problem::new(codes::ROLLED_BACK, text).help(help))
        }))
    }

    /// Those that can be believed now; the others wait for a root that vouches for them.
    fn newer_lists(&mut self) {
        let (mut believed, mut rest) = (Vec::new(), Vec::new());
        for listed in std::mem::take(&mut self.waiting) {
            match self.believe(&listed) {
                Ok(list) => believed.push((listed, list)),
                Err(problem) => {
                    self.unbelieved = Some(problem);
                    rest.push(listed);
                }
            }
        }
        self.waiting = rest;
        for (listed, list) in believed {
            self.root.revoke_by(list);
            self.news.extend(listed.news());
            self.lists.retain(|older| older.name != listed.name);
            self.lists.push(listed);
        }
    }

    fn believe(&self, listed: &Listed) -> Result<Revocation, Box<Problem>> {
        let mut refused = None;
        for copy in &listed.copies {
            // The root may be past its life on the way; a list can only take trust away.
            match self.root.examine_signed::<Revocation>(copy, self.moment, self.history) {
                Ok((list, _)) => return Ok(list),
                Err(problem) => refused = refused.or(Some(problem)),
            }
        }
        Err(refused.unwrap_or_else(|| Box::new(Problem::new(codes::NOT_SIGNED, "no copy"))))
    }

    fn note_root(&mut self) {
        if self.newest_root().is_none_or(|newest| self.root.version() > newest) {
            self.news.push(News {
                kind: Kind::Root,
                name: self.root.root().metadata.name.clone(),
                version: self.root.version(),
                document: self.root.document().digest(),
            });
        }
    }

    fn end(self) -> InForce {
        let unbelieved = self.unbelieved.filter(|_| !self.waiting.is_empty());
        InForce {
            root: self.root,
            lists: self.lists.into_iter().flat_map(|listed| listed.copies).collect(),
            news: self.news,
            refused: self.refused.or(unbelieved),
        }
    }
}

fn told(document: &SignedDocument, fault: Fault) -> Box<Problem> {
    Box::new(document.problem(fault))
}

fn pinned(
    roots: &[SignedDocument],
    pin: Digest,
    moment: &Moment,
) -> Result<TrustRoot, Box<Problem>> {
    let mut copies: Vec<_> = roots.iter().filter(|document| document.digest() == pin).collect();
    // With one document the words about it say best what is wrong.
    if let ([], [only]) = (copies.as_slice(), roots) {
        copies.push(only);
    }
    let mut refused = None;
    for copy in copies {
        match TrustRoot::pinned(copy.clone(), pin, moment) {
            Ok(root) => return Ok(root),
            Err(refusal) => refused = refused.or(Some(refusal.problem)),
        }
    }
    Err(Box::new(refused.unwrap_or_else(|| {
        let text = format!("none of {} root documents has the digest {pin}", roots.len());
        Problem::new(codes::ROOT_ABSENT, text)
    })))
}

fn version(document: &SignedDocument) -> Option<u64> {
    document.read::<Root>().ok()?.metadata.version
}
