//! The evidence that a document was believed.

use arch_identity::Timestamp;
use arch_problem::Place;

use crate::{Caps, SignedDocument};

/// A document that enough of the right people signed, in its time, for the first time.
///
/// Made only by [`crate::TrustRoot::verify`]. It cannot be copied: one signature, one run.
#[derive(Debug)]
pub struct Verified<T> {
    inner: T,
    document: SignedDocument,
    roles: Vec<RoleGrant>,
    signers: Vec<String>,
    at: Timestamp,
}

/// A role whose threshold was met, and what it lets its documents ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleGrant {
    /// The role's name in the trust root.
    pub role: String,
    /// What it allows at most; `None` when the role does not narrow.
    pub caps: Option<Caps>,
    /// Where the role's caps stand in the trust root's file.
    pub place: Option<Place>,
}

impl<T> Verified<T> {
    pub(super) fn new(
        inner: T,
        document: SignedDocument,
        roles: Vec<RoleGrant>,
        signers: Vec<String>,
        at: Timestamp,
    ) -> Self {
        Self { inner, document, roles, signers, at }
    }

    /// The document's content.
    #[must_use]
    pub fn get(&self) -> &T {
        &self.inner
    }

    /// The document itself: bytes, digest, places.
    #[must_use]
    pub fn document(&self) -> &SignedDocument {
        &self.document
    }

    /// The roles that were satisfied; at least one.
    #[must_use]
    pub fn roles(&self) -> &[RoleGrant] {
        &self.roles
    }

    /// Ids in the trust root of those whose signatures counted, in order.
    #[must_use]
    pub fn signers(&self) -> &[String] {
        &self.signers
    }

    /// The moment of the check.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        self.at
    }

    pub(super) fn into_inner(self) -> T {
        self.inner
    }
}
