//! One entry of `signatures`: who, with which algorithm, and the bytes.

use arch_identity::{Algorithm, PublicKey};
use arch_problem::codes;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Deserialize;

use crate::{
    Fault,
    tree::{Node, Value},
    typed,
};

/// The most signatures that a document may carry; checked before any cryptography.
pub(crate) const MOST: usize = 32;

/// A signature that was read, and believed by nobody yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureEntry {
    by: Option<PublicKey>,
    algorithm: Algorithm,
    sig: Vec<u8>,
    pointer: String,
}

/// The entry as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    by: PublicKey,
    alg: Algorithm,
    sig: String,
}

impl SignatureEntry {
    /// Whose key is said to have signed. Only a hint: trust comes from the root alone. `None` for a
    /// signature of an envelope that names no key in our way; the root's keys are tried then.
    #[must_use]
    pub fn by(&self) -> Option<&PublicKey> {
        self.by.as_ref()
    }

    /// The algorithm, the same in the entry and in its key.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The signature's bytes, of the algorithm's length.
    #[must_use]
    pub fn sig(&self) -> &[u8] {
        &self.sig
    }

    /// JSON pointer to the entry in its file.
    #[must_use]
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// Reads the entry `node` that stands at `pointer`.
    pub(crate) fn read(node: &Node, pointer: String) -> Result<Self, Fault> {
        let written: Written = typed::read(node).map_err(|fault| Fault {
            pointer: format!("{pointer}{}", fault.pointer),
            code: codes::SIGNATURE_FORM,
            ..fault
        })?;
        if written.alg != written.by.algorithm() {
            let text = format!(
                "`alg` says {}, but the key under `by` is one of {}",
                written.alg,
                written.by.algorithm()
            );
            return Err(Fault::new(format!("{pointer}/alg"), codes::ALGORITHM_MISMATCH, text));
        }
        let sig = STANDARD.decode(&written.sig).map_err(|_| {
            let text = "`sig` is not standard base64 with padding";
            Fault::new(format!("{pointer}/sig"), codes::SIGNATURE_FORM, text)
        })?;
        Self::new(Some(written.by), sig, pointer)
    }

    /// Puts an entry together. Without a key the signature's length tells the algorithm.
    pub(crate) fn new(by: Option<PublicKey>, sig: Vec<u8>, pointer: String) -> Result<Self, Fault> {
        let fault = |text| Fault::new(format!("{pointer}/sig"), codes::SIGNATURE_FORM, text);
        let have = sig.len();
        let algorithm = match &by {
            Some(key) => key.algorithm(),
            None => [Algorithm::Ed25519, Algorithm::MlDsa44]
                .into_iter()
                .find(|algorithm| algorithm.signature_len() == have)
                .ok_or_else(|| fault(format!("no algorithm of ours makes {have} bytes")))?,
        };
        let need = algorithm.signature_len();
        if have != need {
            let text = format!("a signature of {algorithm} has {need} bytes, this one has {have}");
            return Err(fault(text));
        }
        Ok(Self { by, algorithm, sig, pointer })
    }
}

/// Reads `signatures` or `spec.signature`, never both; none is fine, and then nobody signed.
pub(crate) fn read_all(root: &Node) -> Result<Vec<SignatureEntry>, Fault> {
    let list = root.field("signatures");
    let single = root.field("spec").and_then(|spec| spec.node.field("signature"));
    match (list, single) {
        (Some(_), Some(_)) => {
            let text = "`spec.signature` and `signatures` are both there";
            Err(Fault::new("/spec/signature", codes::TWO_SIGNATURE_PLACES, text).on_key())
        }
        (None, Some(field)) => {
            SignatureEntry::read(&field.node, "/spec/signature".to_owned()).map(|entry| vec![entry])
        }
        (Some(field), None) => entries(&field.node),
        (None, None) => Ok(vec![]),
    }
}

pub(crate) fn items(node: &Node) -> Result<&[Node], Fault> {
    let Value::List(items) = &node.value else {
        let text = "`signatures` is a list of `{by, alg, sig}`";
        return Err(Fault::new("/signatures", codes::SIGNATURE_FORM, text));
    };
    if items.len() > MOST {
        let text = format!("there are {} signatures, at most {MOST} are read", items.len());
        return Err(Fault::new("/signatures", codes::TOO_MANY_SIGNATURES, text).on_key());
    }
    Ok(items)
}

fn entries(node: &Node) -> Result<Vec<SignatureEntry>, Fault> {
    let numbered = items(node)?.iter().enumerate();
    numbered.map(|(i, item)| SignatureEntry::read(item, format!("/signatures/{i}"))).collect()
}
