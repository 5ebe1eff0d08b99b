//! The active trust root: the only place where a document becomes believed.

mod chain;
mod history;
mod refusal;
mod tally;
mod verified;
mod walk;

use std::collections::BTreeMap;

use arch_identity::{Digest, PublicKey, Timestamp};
use arch_problem::{Problem, codes};

pub use history::{ActiveList, History, NoHistory};
pub use refusal::Refusal;
pub use verified::{RoleGrant, Verified};
pub use walk::{InForce, News, Shown};

use crate::{Document, Fault, Kind, Moment, Revocation, Role, Root, SignedDocument, tree::escape};
use tally::{Keyring, Tally};

/// A trust root that its own signers and, but for the pinned one, those before it signed.
#[derive(Debug, Clone)]
pub struct TrustRoot {
    root: Root,
    document: SignedDocument,
    keyring: Keyring,
    revocations: BTreeMap<String, Revocation>,
}

impl TrustRoot {
    /// The root's content.
    #[must_use]
    pub fn root(&self) -> &Root {
        &self.root
    }

    /// The root's document, for its digest and for places in its file.
    #[must_use]
    pub fn document(&self) -> &SignedDocument {
        &self.document
    }

    /// The root's version, from 1.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.root.metadata.version.unwrap_or(0)
    }

    /// Applies a revocation; a newer version of the same name replaces the earlier one, an older
    /// one changes nothing.
    pub fn revoke(&mut self, revocation: Verified<Revocation>) {
        self.revoke_by(revocation.into_inner());
    }

    /// The list was believed by this root or by one before it.
    fn revoke_by(&mut self, revocation: Revocation) {
        let name = revocation.metadata.name.clone();
        let version = |r: &Revocation| r.metadata.version.unwrap_or(0);
        let newest = self.revocations.get(&name).map_or(0, version);
        if version(&revocation) >= newest {
            self.revocations.insert(name, revocation);
        }
    }

    /// Believes a document, or hands it back with the reason.
    ///
    /// In this order: kind, life of the root, revoked documents, signatures, thresholds, content,
    /// owner, life of the document, then what `history` knows: rollback of versions, replay of jobs.
    /// Whom a document is for (`audience`) is asked where a policy becomes active and a job is
    /// admitted.
    ///
    /// # Errors
    /// [`Refusal`] with the document and the first problem.
    pub fn verify<T: Document>(
        &self,
        document: SignedDocument,
        moment: &Moment,
        history: &dyn History,
    ) -> Result<Verified<T>, Box<Refusal>> {
        match self.examine(&document, moment, history) {
            Ok((inner, (roles, signers))) => {
                Ok(Verified::new(inner, document, roles, signers, moment.now()))
            }
            Err(problem) => Err(Box::new(Refusal { document, problem: *problem })),
        }
    }

    fn examine<T: Document>(
        &self,
        document: &SignedDocument,
        moment: &Moment,
        history: &dyn History,
    ) -> Result<(T, Believed), Box<Problem>> {
        require_kind::<T>(document)?;
        self.check_current(moment, history)?;
        self.examine_signed(document, moment, history)
    }

    /// All that is asked of a document, but for what is asked of this root.
    fn examine_signed<T: Document>(
        &self,
        document: &SignedDocument,
        moment: &Moment,
        history: &dyn History,
    ) -> Result<(T, Believed), Box<Problem>> {
        let told = |fault| Box::new(document.problem(fault));
        let (inner, believed) = self.signed_content::<T>(document, moment)?;
        check_life(&inner, moment.now()).map_err(told)?;
        history::check(&inner, document.digest(), history).map_err(told)?;
        Ok((inner, believed))
    }

    /// What a document says, if enough of the right people signed it; its time is not asked for.
    fn signed_content<T: Document>(
        &self,
        document: &SignedDocument,
        moment: &Moment,
    ) -> Result<(T, Believed), Box<Problem>> {
        let told = |fault| Box::new(document.problem(fault));
        require_kind::<T>(document)?;
        if let Some(reason) = self.revoked_document(document.digest()) {
            let text = format!("the document is revoked: {reason}");
            return Err(told(Fault::new("", codes::DOCUMENT_REVOKED, text)));
        }
        let tally = self.tally(document, moment.now());
        if !self.is_satisfied(T::KIND, &tally) {
            return Err(Box::new(self.explain(document, T::KIND, &tally)));
        }
        let inner: T = document.typed().map_err(told)?;
        let believed = self.answering(&inner, document, &tally)?;
        Ok((inner, believed))
    }

    /// Of the satisfied roles those that may sign for the document's owner.
    fn answering<T: Document>(
        &self,
        inner: &T,
        document: &SignedDocument,
        tally: &Tally,
    ) -> Result<Believed, Box<Problem>> {
        let owner = inner.metadata().owner.as_deref();
        let believed = self.satisfied_by(T::KIND, tally, |role| role.answers_for(owner));
        if !believed.0.is_empty() {
            return Ok(believed);
        }
        let roles = self.satisfied(T::KIND, tally).0;
        let names: Vec<_> = roles.iter().map(|grant| format!("`{}`", grant.role)).collect();
        let whom = owner.map_or("nobody".to_owned(), |owner| format!("owner `{owner}`"));
        let text = format!("role {} may not sign for {whom}", names.join(", "));
        let fault = Fault::new("/metadata/owner", codes::OWNER_NOT_SIGNED_FOR, text);
        let problem = document.problem(fault);
        let rule = roles.first().and_then(|grant| {
            let at = format!("/spec/roles/{}/owners", escape(&grant.role));
            self.document.place(&at, "the rule that decided")
        });
        Err(Box::new(Problem { rule, ..problem }))
    }

    /// That this root may be relied on now: its life is not over, and no newer one was active.
    ///
    /// # Errors
    /// A [`Problem`] at the root's file.
    pub fn check_current(
        &self,
        moment: &Moment,
        history: &dyn History,
    ) -> Result<(), Box<Problem>> {
        let told = |fault| Box::new(self.document.problem(fault));
        if self.root.validity().is_over(moment.now()) {
            let text = format!("the trust root's life is over; now is {}", moment.now());
            return Err(told(Fault::new("/metadata/notAfter", codes::ROOT_EXPIRED, text)));
        }
        history::check(&self.root, self.document.digest(), history).map_err(told)
    }

    fn tally(&self, document: &SignedDocument, now: Timestamp) -> Tally {
        self.keyring.count(&self.root, document, |key| self.revoked_key(key, now))
    }

    /// Whether a key is believed no more at `now`, which is the verifier's time.
    fn revoked_key(&self, key: &PublicKey, now: Timestamp) -> bool {
        let mut entries = self.revocations.values().flat_map(|r| &r.spec.keys);
        entries.any(|entry| entry.key == *key && entry.since <= now)
    }

    fn revoked_document(&self, digest: Digest) -> Option<&str> {
        let mut entries = self.revocations.values().flat_map(|r| &r.spec.documents);
        entries.find(|entry| entry.digest == digest).map(|entry| entry.reason.as_str())
    }

    /// Whether any role that may sign the kind has its conditions met.
    fn is_satisfied(&self, kind: Kind, tally: &Tally) -> bool {
        let mut roles = self.root.spec.roles.values();
        roles.any(|role| role.kinds.contains(&kind) && tally.meets(&self.root, role))
    }

    /// The roles that may sign the kind and whose conditions hold, and the signers they count.
    fn satisfied(&self, kind: Kind, tally: &Tally) -> Believed {
        self.satisfied_by(kind, tally, |_| true)
    }

    fn satisfied_by(&self, kind: Kind, tally: &Tally, counts: impl Fn(&Role) -> bool) -> Believed {
        let mut roles = Vec::new();
        let mut signers = std::collections::BTreeSet::new();
        for (name, role) in self.root.spec.roles.iter().filter(|(_, r)| r.kinds.contains(&kind)) {
            if counts(role) && tally.meets(&self.root, role) {
                let place = self.document.place(&format!("/spec/roles/{}/caps", escape(name)), "");
                roles.push(RoleGrant { role: name.clone(), caps: role.caps.clone(), place });
                signers.extend(tally.counted_in(role).cloned());
            }
        }
        (roles, signers.into_iter().collect())
    }
}

/// Satisfied roles, and the ids of the signers that they count.
type Believed = (Vec<RoleGrant>, Vec<String>);

fn require_kind<T: Document>(document: &SignedDocument) -> Result<(), Box<Problem>> {
    if document.kind() == T::KIND {
        return Ok(());
    }
    let text = format!("this is a {}, a {} belongs here", document.kind(), T::KIND);
    Err(Box::new(document.problem(Fault::new("/kind", codes::WRONG_KIND, text))))
}

/// Both ends of a life belong to it.
fn check_life<T: Document>(document: &T, now: Timestamp) -> Result<(), Fault> {
    let life = document.validity();
    match (life.not_before, life.not_after) {
        (Some(first), _) if now < first => {
            let text = format!("valid from {first}, and now is {now}");
            Err(Fault::new("/metadata/notBefore", codes::NOT_YET_VALID, text))
        }
        (_, Some(last)) if now > last => {
            let text = format!("expired at {last}, and now is {now}");
            Err(Fault::new("/metadata/notAfter", codes::EXPIRED, text))
        }
        _ => Ok(()),
    }
}
