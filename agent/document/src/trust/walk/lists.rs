//! Revocation lists by name and version, before anybody believes them.

use std::collections::{BTreeMap, btree_map::Entry};

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
/// # Errors
/// When a document is no list, or two different ones are the same version of the same name.
pub(super) fn newest_of_each(documents: Vec<SignedDocument>) -> Result<Vec<Listed>, Box<Problem>> {
    let mut versions: BTreeMap<(String, u64), Vec<SignedDocument>> = BTreeMap::new();
    for document in documents {
        let list: Revocation = document.read()?;
        match versions.entry(list.version().unwrap_or_default()) {
            Entry::Vacant(free) => drop(free.insert(vec![document])),
            Entry::Occupied(mut same) => {
                if same.get().iter().any(|other| other.digest() != document.digest()) {
                    let (name, version) = same.key();
                    let text = format!("another document is version {version} of `{name}` as well");
                    let fault = Fault::new("/metadata/version", codes::VERSION_REUSED, text);
                    return Err(told(&document, fault));
                }
                same.get_mut().push(document);
            }
        }
    }
    let mut newest: BTreeMap<String, Listed> = BTreeMap::new();
    // In the order of the versions, so that the highest is what stays.
    for ((name, version), copies) in versions {
        newest.insert(name.clone(), Listed { name, version, copies });
    }
    Ok(newest.into_values().collect())
}
