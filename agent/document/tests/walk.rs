//! From the pinned root to what is in force, with revocations that cannot be talked away.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests may be blunt"
)]

mod world;

use arch_document::{InForce, Job, NoHistory, Shown, SignedDocument, TrustRoot};
use world::*;

/// `ada` alone signs roots; `rob` and `rex` alone sign revocations; all of them jobs.
fn root(version: u64) -> RootText {
    RootText::new(version)
        .people(&["rob", "rex", "jim"])
        .role("revokers", &["rob", "rex"], 1, "Revocation")
        .role("jobs", &["ada", "rob", "rex", "jim"], 1, "Job")
}

fn list(name: &str, version: u64, keys: &[&str], by: &str) -> SignedDocument {
    let entry = |key: &&str| {
        format!("{{key: \"{}\", since: \"2026-11-01T00:00:00Z\", reason: x}}", did(key))
    };
    let keys: Vec<String> = keys.iter().map(entry).collect();
    let spec = format!("{{keys: [{}]}}", keys.join(", "));
    signed(&format!("{name}-{version}.yaml"), &revocation_text(name, version, &spec), &[by])
}

/// One agent's life: what it shows changes, what it knows and has put aside does not get less.
struct Life {
    shown: Shown,
    known: Memory,
    /// What came into force beside something that was refused.
    beside: Option<InForce>,
}

impl Life {
    fn new(roots: Vec<SignedDocument>) -> Self {
        Self { shown: Shown { roots, ..Shown::default() }, known: Memory::default(), beside: None }
    }

    fn walk(&mut self) -> Result<InForce, String> {
        let Shown { roots, lists, kept } = &self.shown;
        let shown = Shown { roots: roots.clone(), lists: lists.clone(), kept: kept.clone() };
        let pin = root(1).signed(&["ada"]).digest();
        let in_force = TrustRoot::walk(shown, pin, &noon(), &self.known)
            .map_err(|problem| problem.code.to_string())?;
        self.known.learn(&in_force.news);
        self.shown.kept = in_force.lists.clone();
        match &in_force.refused {
            None => Ok(in_force),
            Some(problem) => {
                let code = problem.code.to_string();
                self.beside = Some(in_force);
                Err(code)
            }
        }
    }
}

fn believes(in_force: &InForce, by: &str) -> bool {
    in_force.root.verify::<Job>(signed("j", &job_text(), &[by]), &noon(), &NoHistory).is_ok()
}

#[test]
fn a_revoked_revoker_does_not_give_himself_back_by_a_newer_list() {
    let mut life = Life::new(vec![root(1).signed(&["ada"])]);
    life.shown.lists = vec![list("k", 1, &["rex"], "rob")];
    assert!(!believes(&life.walk().unwrap(), "rex"));
    life.shown.lists = vec![list("k", 2, &[], "rex")];
    assert_eq!(life.walk().unwrap_err(), "ARCH-D015");
    life.shown.lists = vec![list("k", 1, &["rex"], "rob"), list("other", 1, &[], "rex")];
    assert_eq!(life.walk().unwrap_err(), "ARCH-D015");
    // Whoever may revoke may also take it back.
    life.shown.lists = vec![list("k", 2, &[], "rob")];
    assert!(believes(&life.walk().unwrap(), "rex"));
}

#[test]
fn a_revoked_root_key_makes_no_newer_root() {
    let mut life = Life::new(vec![root(1).signed(&["ada"])]);
    life.shown.lists = vec![list("k", 1, &["ada"], "rob")];
    assert_eq!(life.walk().unwrap().root.version(), 1);
    life.shown.roots.push(root(2).signed(&["ada"]));
    assert_eq!(life.walk().unwrap_err(), "ARCH-D015");
    // Nor does it when root and list come at once.
    let mut life = Life::new(vec![root(1).signed(&["ada"]), root(2).signed(&["ada"])]);
    life.shown.lists = vec![list("k", 1, &["ada"], "rob")];
    assert_eq!(life.walk().unwrap_err(), "ARCH-D015");
}

#[test]
fn a_root_that_was_in_force_stays_when_its_signer_is_revoked_later() {
    let mut life = Life::new(vec![root(1).signed(&["ada"]), root(2).signed(&["ada"])]);
    assert_eq!(life.walk().unwrap().root.version(), 2);
    life.shown.lists = vec![list("k", 1, &["ada"], "rob")];
    let in_force = life.walk().unwrap();
    assert!(in_force.root.version() == 2 && !believes(&in_force, "ada"));
    assert_eq!(life.walk().unwrap().root.version(), 2);
}

#[test]
fn another_root_of_the_newest_version_is_no_step_to_a_newer_one() {
    let mut life = Life::new(vec![root(1).signed(&["ada"]), root(2).signed(&["ada"])]);
    life.walk().unwrap();
    let other = root(2).role("extra", &["ada"], 1, "Policy").signed(&["ada"]);
    life.shown.roots = vec![root(1).signed(&["ada"]), other, root(3).signed(&["ada"])];
    assert_eq!(life.walk().unwrap_err(), "ARCH-D013");
    life.shown.roots = vec![root(1).signed(&["ada"])];
    assert_eq!(life.walk().unwrap_err(), "ARCH-D011");
}

#[test]
fn two_new_roots_of_one_version_are_refused_and_one_in_two_copies_is_not() {
    let other = root(2).role("extra", &["ada"], 1, "Policy").signed(&["ada"]);
    let mut life = Life::new(vec![root(1).signed(&["ada"]), root(2).signed(&["ada"]), other]);
    assert_eq!(life.walk().unwrap_err(), "ARCH-D013");
    let mut life =
        Life::new(vec![root(2).signed(&[]), root(1).signed(&["ada"]), root(2).signed(&["ada"])]);
    assert_eq!(life.walk().unwrap().root.version(), 2);
}

#[test]
fn old_and_new_version_side_by_side_load_again_and_again() {
    let mut life = Life::new(vec![root(1).signed(&["ada"])]);
    life.shown.lists = vec![list("k", 1, &["rex"], "rob"), list("k", 2, &["jim"], "rob")];
    for _ in 0..3 {
        let in_force = life.walk().unwrap();
        assert!(believes(&in_force, "rex") && !believes(&in_force, "jim"));
    }
}

#[test]
fn two_documents_of_one_version_of_a_list_are_refused() {
    let mut life = Life::new(vec![root(1).signed(&["ada"])]);
    life.shown.lists = vec![list("k", 1, &["rex"], "rob"), list("k", 1, &["jim"], "rob")];
    assert_eq!(life.walk().unwrap_err(), "ARCH-D013");
}

#[test]
fn lists_that_come_together_do_not_depend_on_their_order() {
    for turn in [false, true] {
        let mut life = Life::new(vec![root(1).signed(&["ada"])]);
        let mut lists = vec![list("a", 1, &["rob"], "rex"), list("b", 1, &["rex"], "rob")];
        if turn {
            lists.reverse();
        }
        life.shown.lists = lists;
        let in_force = life.walk().unwrap();
        assert!(!believes(&in_force, "rob") && !believes(&in_force, "rex"));
        // And they stay, though each revokes who signed the other.
        assert!(!believes(&life.walk().unwrap(), "rob"));
    }
}

#[test]
fn a_list_in_force_outlives_the_root_that_knew_its_signer() {
    let mut life = Life::new(vec![root(1).signed(&["ada"])]);
    life.shown.lists = vec![list("k", 1, &["jim"], "rob")];
    life.walk().unwrap();
    let mut next = root(2).role("revokers", &["rex"], 1, "Revocation");
    next.keys.remove("rob");
    let next = next.role("jobs", &["rex", "jim"], 1, "Job");
    life.shown.roots.push(next.signed(&["ada"]));
    for _ in 0..2 {
        let in_force = life.walk().unwrap();
        assert!(in_force.root.version() == 2 && !believes(&in_force, "jim"));
    }
}

#[test]
fn a_list_that_only_the_next_root_vouches_for_comes_into_force_after_it() {
    let mut next = root(2).person("sue");
    next = next.role("revokers", &["sue"], 1, "Revocation");
    let mut life = Life::new(vec![root(1).signed(&["ada"]), next.signed(&["ada"])]);
    life.shown.lists = vec![list("k", 1, &["jim"], "sue")];
    assert!(!believes(&life.walk().unwrap(), "jim"));
}

#[test]
fn a_list_in_force_that_is_gone_or_without_a_copy_is_told() {
    let mut life = Life::new(vec![root(1).signed(&["ada"])]);
    life.shown.lists = vec![list("k", 1, &["rex"], "rob")];
    life.walk().unwrap();
    life.shown.lists.clear();
    assert_eq!(life.walk().unwrap_err(), "ARCH-D011");
    life.shown.lists = vec![list("k", 2, &[], "rob")];
    life.shown.kept.clear();
    assert_eq!(life.walk().unwrap_err(), "ARCH-D011");
}

#[test]
fn what_is_not_believed_holds_no_other_revocation_up() {
    let strange = || list("strange", 1, &["ada"], "jim");
    let twice = || vec![list("two", 1, &["ada"], "rob"), list("two", 1, &[], "rob")];
    let no_list = || root(1).signed(&["ada"]);
    let cases: [(Vec<SignedDocument>, Vec<SignedDocument>, &str); 4] = [
        (vec![strange()], vec![], "ARCH-D005"),
        (twice(), vec![], "ARCH-D013"),
        (vec![no_list()], vec![], "ARCH-D021"),
        (vec![], vec![root(2).signed(&["jim"])], "ARCH-D005"),
    ];
    for (lists, roots, code) in cases {
        let mut life = Life::new(vec![root(1).signed(&["ada"])]);
        life.shown.roots.extend(roots);
        life.shown.lists = lists;
        life.shown.lists.push(list("good", 1, &["rex"], "rob"));
        assert_eq!(life.walk().unwrap_err(), code);
        let in_force = life.beside.take().unwrap();
        assert!(in_force.root.version() == 1 && !believes(&in_force, "rex"), "{code}");
        assert!(believes(&in_force, "ada"), "{code}");
    }
}
