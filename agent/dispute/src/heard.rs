//! A message that somebody has signed.

use arch_document::SignedDocument;
use arch_identity::{Digest, PublicKey, canonical, pae};
use arch_problem::Problem;

use crate::message::{Message, Says};

/// A message, signed by the key that it names. Made only by [`Heard::check`]. That it was signed says
/// nothing of whether it is true, nor of whether it is anybody's turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    message: Message,
    digest: Digest,
}

/// Why a document is no message of anybody.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotHeard {
    /// It does not have the form.
    #[error("{}", .0.message)]
    Form(Box<Problem>),
    /// It could be written otherwise: then one message would have two digests.
    #[error("the message has parts that say nothing, or a list in place of a map")]
    OtherSpelling,
    /// Not one signature.
    #[error("a message has one signature, this one has {0}")]
    Signatures(usize),
    /// Signed by another key than it names.
    #[error("the message is by {0}, and another key signed it")]
    OtherSigner(Box<PublicKey>),
    /// The signature does not hold.
    #[error("the signature of {0} does not hold")]
    BadSignature(Box<PublicKey>),
}

impl Heard {
    /// Takes a document as a message of the key that signed it.
    ///
    /// # Errors
    /// [`NotHeard`] says what is wrong with it.
    pub fn check(document: &SignedDocument) -> Result<Self, NotHeard> {
        let message: Message = document.read().map_err(NotHeard::Form)?;
        if canonical::bytes(&message).ok().as_deref() != Some(document.body()) {
            return Err(NotHeard::OtherSpelling);
        }
        let [signature] = document.signatures() else {
            return Err(NotHeard::Signatures(document.signatures().len()));
        };
        let by = &message.spec.by;
        if signature.by().is_some_and(|signer| signer != by) {
            return Err(NotHeard::OtherSigner(Box::new(by.clone())));
        }
        let signed = pae(&document.kind().payload_type(), document.body());
        match by.verify(&signed, signature.sig()) {
            Ok(()) => Ok(Self { digest: document.digest(), message }),
            Err(_) => Err(NotHeard::BadSignature(Box::new(by.clone()))),
        }
    }

    /// The simulator plays more disputes than it could sign messages for.
    #[cfg(test)]
    pub(crate) fn unsigned(message: Message) -> Self {
        let digest = Digest::of(&canonical::bytes(&message).unwrap());
        Self { message, digest }
    }

    /// The message, as it was signed.
    #[must_use]
    pub fn message(&self) -> &Message {
        &self.message
    }

    /// Who says it.
    #[must_use]
    pub fn by(&self) -> &PublicKey {
        &self.message.spec.by
    }

    /// What is said.
    #[must_use]
    pub fn says(&self) -> &Says {
        &self.message.spec.says
    }

    /// The document's digest: the message's name.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.digest
    }
}
