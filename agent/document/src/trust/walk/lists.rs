//! Revocation lists by name and version, before anybody believes them.

use std::collections::{BTreeMap, BTreeSet};

use arch_problem::{Problem, codes};

use super::{News, told};
use crate::{Document as _, Fault, Kind, Revocation, SignedDocument};

/// One version of a list. Copies have one digest and may have different signatures.
#[derive(Debug)]
pub(super) struct Listed {
    pub(super) name: String,
    pub(super) version: u64,
    pub(super) copies: Vec<SignedDocument>,
}

impl Listed {
    pub(super) fn news(&self) -> Option<News> {
        let document = self.copies.first()?.digest();
        let Self { name, version, .. } = self;
        Some(News { kind: Kind::Revocation, name: name.clone(), version: *version, document })
    }
}

/// The highest version of each name, in the order of the names; what it replaces is passed over.
///
/// Beside it the first problem: what is no list is passed over, and a name of which two different
/// documents are the same version is left out.
pub(super) fn newest_of_each(
    documents: Vec<SignedDocument>,
) -> (Vec<Listed>, Option<Box<Problem>>) {
    let mut newest: BTreeMap<String, Listed> = BTreeMap::new();
    let mut versions = BTreeMap::new();
    let mut doubled = BTreeSet::new();
    let mut refused = None;
    for document in documents {
        let list = match super::require_kind::<Revocation>(&document).and_then(|()| document.read())
        {
            Ok(list) => list,
            Err(problem) => {
                refused = refused.or(Some(problem));
                continue;
            }
        };
        let (name, version) = Revocation::version(&list).unwrap_or_default();
        let first = *versions.entry((name.clone(), version)).or_insert(document.digest());
        if first != document.digest() {
            let text = format!("another document is version {version} of `{name}` as well");
            let fault = Fault::new("/metadata/version", codes::VERSION_REUSED, text);
            refused = refused.or(Some(told(&document, fault)));
            doubled.insert(name);
            continue;
        }
        let empty = Listed { name: name.clone(), version, copies: Vec::new() };
        let known = newest.entry(name.clone()).or_insert(empty);
        if version > known.version {
            *known = Listed { name, version, copies: vec![document] };
        } else if version == known.version {
            known.copies.push(document);
        }
    }
    newest.retain(|name, _| !doubled.contains(name));
    (newest.into_values().collect(), refused)
}
