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
    let (body, sig) = sign(message, key)?;
    Ok(around(&body, message, &sig))
}

/// The message's canonical bytes, and the key's signature of them.
pub(crate) fn sign(message: &Message, key: &SigningKey) -> Result<(Vec<u8>, Vec<u8>), Unsealed> {
    if message.spec.by != *key.public() {
        return Err(Unsealed::OtherKey);
    }
    message.check().map_err(|fault| Unsealed::Form(fault.message))?;
    let body = bytes(message)?;
    let sig = key.sign(&pae(&Kind::Dispute.payload_type(), &body));
    Ok((body, sig))
}

/// The envelope of a message that was signed elsewhere. Whether the signature holds is not asked.
pub(crate) fn envelope(message: &Message, sig: &[u8]) -> Result<String, Unsealed> {
    Ok(around(&bytes(message)?, message, sig))
}

fn bytes(message: &Message) -> Result<Vec<u8>, Unsealed> {
    canonical::bytes(message).map_err(|error| Unsealed::Form(error.to_string()))
}

fn around(body: &[u8], message: &Message, sig: &[u8]) -> String {
    let (payload, sig) = (STANDARD.encode(body), STANDARD.encode(sig));
    let (payload_type, keyid) = (Kind::Dispute.payload_type(), &message.spec.by);
    format!(
        "{{\"payload\":\"{payload}\",\"payloadType\":\"{payload_type}\",\
         \"signatures\":[{{\"keyid\":\"{keyid}\",\"sig\":\"{sig}\"}}]}}\n"
    )
}
