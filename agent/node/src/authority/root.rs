//! From the pinned root to the newest, version by version.

use arch_document::{Kind, Moment, SignedDocument, TrustRoot};
use arch_identity::Digest;
use arch_ledger::Record;
use arch_problem::codes;

use super::folder;
use crate::{
    memory::Memory,
    places::Places,
    told::{Told, problem},
};

/// The longest chain that is walked.
const LONGEST: usize = 1_000;

/// Walks from the document with the pinned digest as far as the documents reach.
pub(super) fn walk(
    places: &Places,
    pin: Digest,
    moment: &Moment,
    memory: &Memory,
    news: &mut Vec<Record>,
) -> Told<TrustRoot> {
    let mut documents = folder::documents(&places.roots())?;
    if places.root().exists() || documents.is_empty() {
        documents.push(folder::document(&places.root())?);
    }
    if let Some(other) = documents.iter().find(|document| document.kind() != Kind::Root) {
        let text =
            format!("`{}` is a {}, a {} belongs there", other.file(), other.kind(), Kind::Root);
        return Err(problem(codes::NOT_THAT_KIND, text));
    }
    let mut root = pinned(&documents, pin, moment)?;
    note(&root, memory, news);
    for _ in 0..LONGEST {
        match next(&root, &documents, moment, memory)? {
            Some(next) => root = next,
            None => break,
        }
        note(&root, memory, news);
    }
    Ok(root)
}

fn pinned(documents: &[SignedDocument], pin: Digest, moment: &Moment) -> Told<TrustRoot> {
    // With one document the words of the document crate say best what is wrong.
    let found = documents.iter().find(|document| document.digest() == pin);
    let candidate = match (found, documents) {
        (Some(document), _) | (None, [document]) => document.clone(),
        (None, _) => {
            let text = format!("none of {} root documents has the digest {pin}", documents.len());
            return Err(problem(codes::ROOT_ABSENT, text));
        }
    };
    TrustRoot::pinned(candidate, pin, moment).map_err(|refusal| Box::new(refusal.problem))
}

/// The root after this one, if there is one. Of two that claim the place, the one that the ledger
/// knows; a wrong one is an error, not something to pass by.
fn next(
    root: &TrustRoot,
    documents: &[SignedDocument],
    moment: &Moment,
    memory: &Memory,
) -> Told<Option<TrustRoot>> {
    let wanted = root.version().saturating_add(1);
    let known = memory.newest(Kind::Root, "").map(|newest| newest.document);
    let mut claimants: Vec<_> =
        documents.iter().filter(|document| version(document) == Some(wanted)).collect();
    claimants.sort_by_key(|document| Some(document.digest()) != known);
    match claimants.first() {
        None => Ok(None),
        Some(document) => root
            .rotate((*document).clone(), moment)
            .map(Some)
            .map_err(|refusal| Box::new(refusal.problem)),
    }
}

fn version(document: &SignedDocument) -> Option<u64> {
    document.read::<arch_document::Root>().ok()?.metadata.version
}

/// A root that is newer than every one before is news.
fn note(root: &TrustRoot, memory: &Memory, news: &mut Vec<Record>) {
    let newest = memory.newest(Kind::Root, "").map(|newest| newest.version);
    if newest.is_none_or(|newest| root.version() > newest) {
        news.push(Record::Root { document: root.document().digest(), version: root.version() });
    }
}
