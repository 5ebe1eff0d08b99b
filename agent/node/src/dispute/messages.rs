//! Messages as they lie in the archive, and on their way there.

use arch_dispute::{Heard, Message, Recorded, Says, seal};
use arch_document::{Nonce, SignedDocument};
use arch_identity::{Digest, SigningKey};
use arch_ledger::Record;
use arch_problem::codes;

use crate::{
    node::Node,
    told::{Told, problem},
};

/// A message that is about to be anchored: it is durable in the archive.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) heard: Heard,
}

/// Signs what somebody of ours says, and keeps it.
pub(super) fn say(node: &Node, key: &SigningKey, says: Says) -> Told<Kept> {
    let nonce = matches!(says, Says::Challenge(_)).then(nonce).transpose()?;
    let message = Message::new(key.public().clone(), says, nonce);
    let unsaid = |error: String| problem(codes::DISPUTE_MESSAGE, error);
    let file = seal(&message, key).map_err(|error| unsaid(error.to_string()))?;
    let document = SignedDocument::parse("message.dsse.json", file.as_bytes())?;
    let heard = Heard::check(&document).map_err(|error| unsaid(error.to_string()))?;
    keep(node, &document, heard)
}

/// Keeps a message that was checked.
pub(super) fn keep(node: &Node, document: &SignedDocument, heard: Heard) -> Told<Kept> {
    tokio::task::block_in_place(|| node.stores.shelf.keep_document(document))?;
    Ok(Kept { heard })
}

fn nonce() -> Told<Nonce> {
    let unreadable = |error: String| problem(codes::FILE_MACHINE, format!("chance: {error}"));
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| unreadable(error.to_string()))?;
    let digits = Digest::from_bytes(bytes).hex();
    let digits = digits.get(..32).unwrap_or_default();
    digits.parse().map_err(|_| unreadable("no nonce".to_owned()))
}

impl Kept {
    /// What the ledger says of it.
    pub(super) fn record(&self, job: Digest) -> Record {
        let (message, says) = (self.heard.digest(), self.heard.says());
        let dispute = match says {
            Says::Commit(_) => None,
            Says::Challenge(_) => Some(message),
            _ => says.stage().map(|(dispute, _)| dispute),
        };
        Record::Said {
            document: job,
            dispute,
            message,
            word: says.word().to_owned(),
            by: self.heard.by().did(),
        }
    }
}

/// A message that the ledger names.
pub(super) fn read(node: &Node, message: &Digest) -> Told<Heard> {
    let missing = |why: String| problem(codes::WENT_MISSING, format!("message {message}: {why}"));
    let bytes = node.stores.shelf.document(message)?;
    let document = SignedDocument::parse("message.dsse.json", &bytes)?;
    let heard = Heard::check(&document).map_err(|error| missing(error.to_string()))?;
    match heard.digest() == *message {
        true => Ok(heard),
        false => Err(missing("another message stands there".to_owned())),
    }
}

/// All that was said in a dispute, in the ledger's order.
pub(super) fn record(node: &Node, dispute: &Digest) -> Told<Vec<Recorded>> {
    let said = node.anchors.memory().disputes().dispute(dispute).map(|known| known.said.clone());
    let said = said.unwrap_or_default();
    said.iter().map(|(at, message)| Ok(Recorded { at: *at, heard: read(node, message)? })).collect()
}
