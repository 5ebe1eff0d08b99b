//! Signing a message: an envelope that stock tools verify, and that is a file as well.

use arch_document::{Document as _, Kind};
use arch_identity::{SigningKey, canonical, pae};
use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::message::Message;

/// Why a message is not signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unsealed {
    /// It names another key.
    #[error("the message names another key than the one that is to sign it")]
    OtherKey,
    /// Nobody would read it.
    #[error("{0}")]
    Form(String),
}

/// Signs a message, as a DSSE envelope.
///
/// # Errors
/// [`Unsealed`] if the key is not the one that the message names, or nobody would read the message.
pub fn seal(message: &Message, key: &SigningKey) -> Result<String, Unsealed> {
    if message.spec.by != *key.public() {
        return Err(Unsealed::OtherKey);
    }
    message.check().map_err(|fault| Unsealed::Form(fault.message))?;
    let body = canonical::bytes(message).map_err(|error| Unsealed::Form(error.to_string()))?;
    let payload_type = Kind::Dispute.payload_type();
    let sig = STANDARD.encode(key.sign(&pae(&payload_type, &body)));
    let (payload, keyid) = (STANDARD.encode(body), key.public());
    Ok(format!(
        "{{\"payload\":\"{payload}\",\"payloadType\":\"{payload_type}\",\
         \"signatures\":[{{\"keyid\":\"{keyid}\",\"sig\":\"{sig}\"}}]}}\n"
    ))
}
