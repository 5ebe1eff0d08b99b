//! Forged documents by the thousand: every attack family that concerns signed documents, each
//! mutant beside an honest twin that is believed, so that refusing everything does not pass.
//!
//! `cargo xtask soak documents`, `… authority` and `… flips` draw others, as many as asked;
//! docs/ATTACKS.md says which family is tried where.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "tests may be blunt"
)]

mod authority;
mod documents;
mod family;
mod flips;
mod paper;
mod scene;
mod stage;
#[path = "../../../document/tests/world/mod.rs"]
mod world;

use arch_campaign::Campaign;
use family::Family;
use stage::Stage;

/// Draws a family for each case, and one forgery and its twin of that family.
fn campaign(name: Campaign, families: &[Family]) {
    let stage = Stage::default();
    name.watch(family::ACCEPTED).watch(family::WRONG_CODE).watch(family::REFUSED_TWIN).run(
        |case| {
            // In turn, so that each run tries all of them, and as often.
            let turn = usize::try_from(case.number()).unwrap_or_default() % families.len();
            let Some(family) = families.get(turn) else { return };
            let attempt = (family.draw)(&stage, case);
            family::judge(case, family.name, &attempt);
        },
    );
}

#[test]
fn no_forged_authority_is_believed_and_every_honest_twin_is() {
    campaign(Campaign::new("authority", 300), &authority::families());
}

#[test]
fn no_document_of_two_meanings_or_without_bounds_is_believed_and_every_honest_twin_is() {
    campaign(Campaign::new("documents", 200), &documents::families());
}

#[test]
fn no_flipped_bit_of_a_signed_document_is_believed_unless_nothing_signed_changed() {
    let targets = flips::targets();
    Campaign::new("flips", 600).watch(family::ACCEPTED).run(|case| flips::flip(case, &targets));
}
