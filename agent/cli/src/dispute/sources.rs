//! Messages and lists out of the archive, each held against the entry that names it.

use arch_archive::Archive;
use arch_dispute::{Heard, List, Says};
use arch_document::SignedDocument;
use arch_problem::codes;

use super::docket::{Committed, Told};
use super::evidence::Message;
use super::flaw::Flaw;

/// The longest list of commitments that is read.
const LARGEST_LIST: u64 = 64 * 1024 * 1024;

/// The message that an entry names: read, signed, and what the entry says that it is.
pub(crate) fn message(archive: &Archive, told: &Told) -> Result<Message, Flaw> {
    let bytes = archive.document(&told.message)?;
    let (file, heard) = read(&format!("message {}", told.message), &bytes)?;
    if heard.digest() != told.message {
        let (told, found) = (told.message, heard.digest());
        return Err(Flaw::record(format!("the message {told} is {found} in the archive")));
    }
    let entry = told.entry;
    let differs = |what: &str| Err(Flaw::record(format!("entry {entry}: the message has {what}")));
    if heard.says().word() != told.word {
        return differs("another word than the entry says");
    }
    if heard.by().did() != told.by {
        return differs("another author than the entry says");
    }
    let dispute = match heard.says() {
        Says::Commit(_) => None,
        Says::Challenge(_) => Some(heard.digest()),
        other => other.stage().map(|(dispute, _stage)| dispute),
    };
    if dispute != told.dispute {
        return differs("another dispute than the entry says");
    }
    let job = match heard.says() {
        Says::Commit(commit) => Some(commit.job),
        Says::Challenge(challenge) => Some(challenge.task.job),
        _ => None,
    };
    if job.is_some_and(|job| job != told.document) {
        return differs("another job than the entry says");
    }
    Ok(Message { file, heard, at: told.at, entry: Some(told.entry) })
}

/// A message from its bytes.
pub(crate) fn read(name: &str, bytes: &[u8]) -> Result<(Vec<u8>, Heard), Flaw> {
    let document = SignedDocument::parse(name, bytes).map_err(Flaw::Wrong)?;
    let heard = Heard::check(&document)
        .map_err(|why| Flaw::wrong(codes::DISPUTE_MESSAGE, format!("{name}: {why}")))?;
    Ok((bytes.to_vec(), heard))
}

/// The list of commitments that an entry names, and its bytes.
pub(crate) fn list(archive: &Archive, committed: &Committed) -> Result<(List, Vec<u8>), Flaw> {
    let bytes = archive.get(&committed.list, LARGEST_LIST)?;
    let list = read_list(&format!("list {}", committed.list), &bytes)?;
    if (list.document, list.attempt) != (committed.document, committed.attempt) {
        let entry = committed.entry;
        let text = format!("the list that entry {entry} names is of another job or attempt");
        return Err(Flaw::wrong(codes::COMMITMENT_LIST, text));
    }
    Ok((list, bytes))
}

/// A list from its bytes. Whether it is signed is asked where facts are made of it.
pub(crate) fn read_list(name: &str, bytes: &[u8]) -> Result<List, Flaw> {
    let wrong = |error| Flaw::wrong(codes::COMMITMENT_LIST, format!("{name}: {error}"));
    serde_json::from_slice(bytes).map_err(wrong)
}
