//! Adds signatures to a YAML file and leaves everything else in it as it stands.
//!
//! Comments, order and spelling stay; only lines of `signatures` are added, or replaced where the
//! same key signed an earlier state. What comes out is read again before it is handed out.

mod place;

use arch_identity::{KeyPair, SigningKey, pae};
use arch_problem::{Problem, codes};
use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::{Fault, SignedDocument};

/// Signs the document in `bytes` with all keys of `keys`, and returns the file's new text.
///
/// Signing twice with one key changes nothing. `file` is the name for messages. The document's
/// content is not checked; [`SignedDocument::read`] does that.
///
/// # Errors
/// A [`Problem`] if the file is no YAML document, carries `spec.signature`, holds the signatures of
/// too many others, or has no place for more.
pub fn sign(file: &str, bytes: &[u8], keys: &KeyPair) -> Result<String, Box<Problem>> {
    let mut text = String::from_utf8_lossy(bytes).into_owned();
    let unsigned = SignedDocument::parse(file, bytes)?;
    for key in keys.signers() {
        text = add(&SignedDocument::parse(file, text.as_bytes())?, &text, key)?;
    }
    let signed = SignedDocument::parse(file, text.as_bytes())?;
    let whole = signed.digest() == unsigned.digest()
        && keys.signers().iter().all(|key| is_signed_by(&signed, key));
    if whole {
        Ok(text)
    } else {
        Err(no_place(&unsigned, "the signature would change the document"))
    }
}

/// The text with one more signature.
fn add(document: &SignedDocument, text: &str, key: &SigningKey) -> Result<String, Box<Problem>> {
    if is_signed_by(document, key) {
        return Ok(text.to_owned());
    }
    let Some(root) = document.tree() else {
        return Err(no_place(document, "the file is an envelope"));
    };
    if let Some(entry) = document.signatures().first().filter(|e| e.pointer() == "/spec/signature")
    {
        let text = "the document has the short form `spec.signature`";
        let fault = Fault::new(entry.pointer(), codes::ALREADY_SIGNED_SHORT, text).on_key();
        return Err(Box::new(document.problem(fault)));
    }
    let sig = STANDARD.encode(key.sign(&message(document)));
    let stale = document.signatures().iter().find(|entry| entry.by() == Some(key.public()));
    if let Some(entry) = stale {
        let old = root.find(&format!("{}/sig", entry.pointer())).node.span;
        return Ok(place::replace(text, old, &format!("\"{sig}\"")));
    }
    let public = key.public();
    let lines = [
        format!("by: \"{}\"", public.did()),
        format!("alg: {}", public.algorithm()),
        format!("sig: \"{sig}\""),
    ];
    place::append(text, root, &lines)
        .ok_or_else(|| no_place(document, "there is no list in block form to add the signature to"))
}

fn message(document: &SignedDocument) -> Vec<u8> {
    pae(&document.kind().payload_type(), document.body())
}

fn is_signed_by(document: &SignedDocument, key: &SigningKey) -> bool {
    let message = message(document);
    let mut own = document.signatures().iter().filter(|entry| entry.by() == Some(key.public()));
    own.any(|entry| key.public().verify(&message, entry.sig()).is_ok())
}

fn no_place(document: &SignedDocument, why: &str) -> Box<Problem> {
    Box::new(document.problem(Fault::new("/signatures", codes::CANNOT_ADD_SIGNATURE, why)))
}
