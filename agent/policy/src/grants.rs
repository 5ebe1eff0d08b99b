//! The lattice of capabilities: a layer can narrow what the layers before it left, never widen it.

use arch_document::Grant;

/// What both grants allow: the smaller one, if one covers the other.
///
/// Ports are points and folders form a tree, so that two grants either nest or have nothing in
/// common; this is why one grant is enough for an answer.
#[must_use]
pub fn meet(a: &Grant, b: &Grant) -> Option<Grant> {
    if a.covers(b) {
        Some(b.clone())
    } else if b.covers(a) {
        Some(a.clone())
    } else {
        None
    }
}

/// What is left of `held` under another layer. Sorted, and nothing stands in it that another
/// entry covers already, so that equal rights are equal lists.
#[must_use]
pub fn narrow(held: &[Grant], layer: &[Grant]) -> Vec<Grant> {
    let pairs = held.iter().flat_map(|grant| layer.iter().map(move |cap| meet(grant, cap)));
    tidy(pairs.flatten().collect())
}

/// Sorted, without what another entry covers.
#[must_use]
pub fn tidy(mut grants: Vec<Grant>) -> Vec<Grant> {
    grants.sort_by_cached_key(Grant::to_string);
    grants.dedup();
    let covered = |grant: &Grant| grants.iter().any(|other| other != grant && other.covers(grant));
    grants.iter().filter(|grant| !covered(grant)).cloned().collect()
}

/// Whether some entry of `layer` covers `grant`.
#[must_use]
pub fn covers(layer: &[Grant], grant: &Grant) -> bool {
    layer.iter().any(|cap| cap.covers(grant))
}
