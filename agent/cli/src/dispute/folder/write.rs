//! Writing.

use arch_document::SignedDocument;

use super::{Contents, Draft, LIST, Listed, MESSAGES, RECEIPT, SCHEMA, TASK};
use crate::answer::Stop;
use crate::dispute::evidence::{Evidence, Message};
use crate::dispute::words::short;

/// Writes what there is to judge by, with the receipt of the entry that anchors it.
pub(crate) fn write(draft: &Draft, evidence: &Evidence, receipt: Option<&str>) -> Result<(), Stop> {
    let mut messages = Vec::new();
    for (number, message) in evidence.commits.iter().chain(&evidence.said).enumerate() {
        let (word, digest) = (message.heard.says().word(), message.heard.digest());
        let file = format!("{number:04}-{word}-{}.dsse.json", short(&digest));
        draft.put(&format!("{MESSAGES}/{file}"), envelope(message)?.as_bytes())?;
        let (at, entry) = (message.at, message.entry);
        messages.push(Listed { file, message: digest, at, entry });
    }
    let task = evidence.task;
    let contents = Contents {
        schema: SCHEMA.to_owned(),
        job: task.job,
        attempt: task.attempt,
        entry: task.entry,
        leaf: task.leaf,
        committed_at: evidence.committed_at,
        dispute: evidence.said.first().map(|challenge| challenge.heard.digest()),
        messages,
    };
    let contents = serde_json::to_string_pretty(&contents)
        .map_err(|error| Stop::could_not(error.to_string(), "tell us"))?;
    draft.put(TASK, format!("{contents}\n").as_bytes())?;
    draft.put(LIST, &evidence.bytes)?;
    match receipt {
        Some(receipt) => draft.put(RECEIPT, receipt.as_bytes()),
        None => Ok(()),
    }
}

/// The message as tools that know nothing of us check it, however it was handed in.
fn envelope(message: &Message) -> Result<String, Stop> {
    let document = SignedDocument::parse("message", &message.file)?;
    Ok(document.to_envelope())
}
