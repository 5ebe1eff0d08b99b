//! How a root becomes active: the first by its digest, each further one by the one before.
//!
//! TUF 1.0 §5.3, without the network: versions are walked one by one, each signed by the threshold
//! of the root before *and* by its own. A root on the way may be past its life; the last one is
//! looked at by [`TrustRoot::check_current`] in each verification.

use std::collections::BTreeMap;

use arch_identity::Digest;
use arch_problem::{Problem, codes};

use super::{Keyring, Refusal, TrustRoot};
use crate::{Document, Fault, Kind, Moment, Root, SignedDocument};

impl TrustRoot {
    /// Takes the root whose digest the system configuration pins.
    ///
    /// # Errors
    /// [`Refusal`] if it is another document, is not signed by its own `root` role, could count a
    /// key twice, or has not begun.
    pub fn pinned(
        document: SignedDocument,
        pin: Digest,
        moment: &Moment,
    ) -> Result<Self, Box<Refusal>> {
        let found = document.digest();
        if found != pin {
            let text = format!("the file's digest is {found}, pinned is {pin}");
            let fault = Fault::new("", codes::NOT_THE_PINNED_ROOT, text);
            return Err(refuse(document, |document| document.problem(fault)));
        }
        let root = match document.typed::<Root>() {
            Ok(root) => root,
            Err(fault) => return Err(refuse(document, |document| document.problem(fault))),
        };
        let keyring = Keyring::new(&root);
        let candidate = Self { root, document, keyring, revocations: BTreeMap::new() };
        match candidate.signed_by(&candidate, moment) {
            Ok(()) => Ok(candidate),
            Err(problem) => Err(refuse(candidate.document, |_| *problem)),
        }
    }

    /// Takes the next version: one higher, signed by this root's threshold and by its own.
    ///
    /// Revocations stay in force.
    ///
    /// # Errors
    /// [`Refusal`] with the document and the first problem; this root stays the active one.
    pub fn rotate(&self, next: SignedDocument, moment: &Moment) -> Result<Self, Box<Refusal>> {
        let root = match next.typed::<Root>() {
            Ok(root) => root,
            Err(fault) => return Err(refuse(next, |next| next.problem(fault))),
        };
        if let Err(fault) = self.follows(&root) {
            return Err(refuse(next, |next| next.problem(fault)));
        }
        let keyring = Keyring::new(&root);
        let revocations = self.revocations.clone();
        let candidate = Self { root, document: next, keyring, revocations };
        let signed = self
            .signed_by(&candidate, moment)
            .and_then(|()| candidate.signed_by(&candidate, moment));
        match signed {
            Ok(()) => Ok(candidate),
            Err(problem) => Err(refuse(candidate.document, |_| *problem)),
        }
    }

    fn follows(&self, next: &Root) -> Result<(), Fault> {
        let (have, name) = (self.version(), &self.root.metadata.name);
        let version = next.metadata.version.unwrap_or(0);
        if next.metadata.name != *name {
            let text = format!("this is the root of `{}`, active is `{name}`", next.metadata.name);
            return Err(Fault::new("/metadata/name", codes::ROOT_CHAIN, text));
        }
        if have.checked_add(1) != Some(version) {
            let text = format!("this is version {version}, and version {have} is active");
            return Err(Fault::new("/metadata/version", codes::ROOT_CHAIN, text));
        }
        Ok(())
    }

    /// Whether the `root` role of `self` signed `candidate`, which has begun to live.
    fn signed_by(&self, candidate: &Self, moment: &Moment) -> Result<(), Box<Problem>> {
        let document = &candidate.document;
        let tally = self.tally(document, moment.now());
        if !self.is_satisfied(Kind::Root, &tally) {
            return Err(Box::new(self.explain(document, Kind::Root, &tally)));
        }
        let life = candidate.root.validity();
        if life.has_begun(moment.now()) {
            return Ok(());
        }
        let text = format!("the root's life has not begun; now is {}", moment.now());
        let fault = Fault::new("/metadata/notBefore", codes::NOT_YET_VALID, text);
        Err(Box::new(document.problem(fault)))
    }
}

fn refuse(document: SignedDocument, why: impl FnOnce(&SignedDocument) -> Problem) -> Box<Refusal> {
    let problem = why(&document);
    Box::new(Refusal { document, problem })
}
