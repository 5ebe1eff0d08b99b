//! Every set of signers that is one too small, for up to seven keys, padded with whatever there is.

use arch_campaign::Case;
use arch_document::Kind;

use super::curve;
use crate::{family::Attempt, paper, scene::Scene, stage::Stage, world::*};

const PEOPLE: [&str; 7] = ["bea", "cem", "dora", "eve", "fay", "gus", "hal"];

fn root(n: usize, m: usize) -> RootText {
    let m = i64::try_from(m).unwrap();
    RootText::new(1).people(&PEOPLE[..n]).role("jobs", &PEOPLE[..n], m, "Job")
}

/// `size` of the first `n` people: the members of a random set.
fn some(case: &mut Case, n: usize, size: usize) -> Vec<&'static str> {
    let mut people = PEOPLE[..n].to_vec();
    while people.len() > size {
        people.remove(case.index(people.len()));
    }
    people
}

pub(super) fn too_few(stage: &Stage, case: &mut Case) -> Attempt {
    let n = 1 + case.index(PEOPLE.len());
    let m = 1 + case.index(n);
    let text = paper::job(case);
    let message = paper::message(&text);
    let honest =
        Scene::new(paper::by(&text, &some(case, n, m)), Kind::Job, &stage.root(&root(n, m)));
    let thieves = some(case, n, m - 1);
    let mut entries: Vec<String> =
        thieves.iter().flat_map(|name| paper::entries(&key(name), &message)).collect();
    let mut broken = false;
    for _ in 0..=case.index(4) {
        let (entry, breaks) = padding(case, &text, &thieves, n);
        broken |= breaks;
        let at = case.index(entries.len() + 1);
        entries.insert(at, entry);
    }
    let codes: &[&str] = match (broken, thieves.is_empty()) {
        (true, _) => &["ARCH-D003"],
        (false, true) => &["ARCH-D002", "ARCH-D005"],
        (false, false) => &["ARCH-D004"],
    };
    let forged = honest.with(paper::with(&text, &entries));
    Attempt::new(format!("{thieves:?} for {m} of {n}"), honest, forged, codes)
}

/// Something that looks like one signature more, and whether it is a broken one of a member.
fn padding(case: &mut Case, text: &str, thieves: &[&str], n: usize) -> (String, bool) {
    let message = paper::message(text);
    let member = PEOPLE[case.index(n)];
    let known = thieves.first().copied();
    match (case.below(6), known) {
        // The same entry again.
        (0, Some(thief)) => (paper::entries(&key(thief), &message).remove(0), false),
        // Another good signature of the same key.
        (1, Some(thief)) => {
            let sig = curve::signed_with(curve::secret_of(thief), curve::scalar(case), &message);
            (paper::entry(&did(thief), "ed25519", &sig), false)
        }
        // A thief's signature under the name of a member who did not sign.
        (2, Some(thief)) if !thieves.contains(&member) => {
            (paper::entry(&did(member), "ed25519", &paper::signature(thief, &message)), true)
        }
        // A member's signature under another document.
        (3, _) if !thieves.contains(&member) => {
            let sig = paper::signature(member, &paper::message(&paper::job(case)));
            (paper::entry(&did(member), "ed25519", &sig), true)
        }
        // The root's own keeper, who is no member.
        (4, _) => (paper::entries(&key("ada"), &message).remove(0), false),
        // A stranger.
        _ => (paper::entries(&key("zoe"), &message).remove(0), false),
    }
}
