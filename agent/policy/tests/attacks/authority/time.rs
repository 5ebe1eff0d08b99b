//! Lives, frozen documents, and clocks that stand, step back or run ahead.

use arch_campaign::Case;
use arch_document::Kind;
use arch_identity::Timestamp;

use crate::{
    family::Attempt,
    paper,
    scene::{Scene, Under},
    stage::{Stage, world_root},
    world::*,
};

const DAY: u64 = 86_400;

/// A second, a minute, days: near a border most of the time.
fn distance(case: &mut Case) -> u64 {
    match case.below(4) {
        0 | 1 => 1,
        2 => 1 + case.below(120),
        _ => 1 + case.below(400 * DAY),
    }
}

fn some_time(case: &mut Case) -> Timestamp {
    time("2026-01-01T00:00:00Z").plus(case.below(300 * DAY))
}

/// A job before its first second or after its last; its twin at one of its ends, or within.
pub(super) fn lives(stage: &Stage, case: &mut Case) -> Attempt {
    let first = some_time(case);
    let length = if case.once_in(4) { 0 } else { case.below(30 * DAY + 1) };
    let last = first.plus(length);
    let text = job_between(&first.to_string(), &last.to_string());
    let within = match case.below(3) {
        0 => first,
        1 => last,
        _ => first.plus(case.below(length + 1)),
    };
    let honest = Scene::new(paper::by(&text, &["bea"]), Kind::Job, &stage.world()).at(within);
    let away = distance(case);
    if case.once_in(2) {
        let forged = honest.at(last.plus(away).min(time("2027-11-23T00:00:00Z")));
        Attempt::new(format!("{away} s after its life"), honest, forged, &["ARCH-D008"])
    } else {
        let forged = honest.at(first.minus(away));
        Attempt::new(format!("{away} s before its life"), honest, forged, &["ARCH-D009"])
    }
}

/// An old document that is still served past its life: policy, revocation, or the root itself.
pub(super) fn frozen(stage: &Stage, case: &mut Case) -> Attempt {
    let last = some_time(case);
    let away = distance(case);
    match case.below(3) {
        0 => {
            let text =
                paper::policy("world", 1, "").replace("2027-01-01T00:00:00Z", &last.to_string());
            let honest =
                Scene::new(paper::by(&text, &["pol"]), Kind::Policy, &stage.world()).at(last);
            let forged = honest.at(last.plus(away).min(time("2027-11-23T00:00:00Z")));
            Attempt::new(format!("a policy, {away} s late"), honest, forged, &["ARCH-D008"])
        }
        1 => {
            let text = revocation_text("keys", 1, "{keys: []}")
                .replace("version: 1", &format!("version: 1, notAfter: \"{last}\""));
            let honest =
                Scene::new(paper::by(&text, &["rex"]), Kind::Revocation, &stage.world()).at(last);
            let forged = honest.at(last.plus(away).min(time("2027-11-23T00:00:00Z")));
            Attempt::new(format!("a list, {away} s late"), honest, forged, &["ARCH-D008"])
        }
        _ => {
            let mut root = world_root();
            let end = time(NOON).minus(if case.once_in(2) { 1 } else { 1 + case.below(DAY) });
            let honest =
                Scene::new(paper::by(&paper::job(case), &["bea"]), Kind::Job, &stage.world());
            root.not_after = end.to_string();
            let forged = honest.under(&stage.root(&root));
            Attempt::new(format!("a root that ended {end}"), honest, forged, &["ARCH-D020"])
        }
    }
}

/// The ledger's newest entry against the clock: ten minutes back are tolerated, not a second more;
/// and who stands or steps back does not get an expired job in.
pub(super) fn clocks(stage: &Stage, case: &mut Case) -> Attempt {
    let text = job_between("2026-11-23T00:00:00Z", "2026-11-24T00:00:00Z");
    let honest = Scene::new(paper::by(&text, &["bea"]), Kind::Job, &stage.world());
    let entry = time("2026-11-23T01:00:00Z").plus(case.below(22 * 3_600));
    let back = if case.once_in(2) { 600 } else { case.below(601) };
    let honest = Scene { newest_entry: Some(entry), ..honest.at(entry.minus(back)) };
    let away = distance(case);
    match case.below(4) {
        // Far behind: nothing is judged at all, root or job.
        0 => {
            let forged = honest.at(entry.minus(600 + away));
            let forged = match case.once_in(4) {
                true => Scene { under: Under::Itself, ..forged },
                false => forged,
            };
            Attempt::new(format!("the clock {} s back", 600 + away), honest, forged, &["ARCH-D017"])
                .without_place()
        }
        // A little behind, to a time when the job was good: the ledger's time counts.
        1 => {
            let last = time("2026-11-24T00:00:00Z");
            let entry = last.plus(1 + case.below(600));
            let wall = entry
                .minus(entry.seconds_since(last) + case.below(600 - entry.seconds_since(last) + 1));
            let forged = Scene { newest_entry: Some(entry), ..honest.at(wall) };
            Attempt::new("back into the life of a job", honest, forged, &["ARCH-D008"])
        }
        // Stuck: entries go on while the clock stands.
        2 => {
            let wall = time(NOON);
            let forged = Scene { newest_entry: Some(wall.plus(600 + away)), ..honest.at(wall) };
            Attempt::new("a clock that stands", honest, forged, &["ARCH-D017"]).without_place()
        }
        // Ahead: documents end early, none begins again.
        _ => {
            let forged = Scene {
                newest_entry: Some(entry),
                ..honest.at(time("2026-11-24T00:00:00Z").plus(away.min(300 * DAY)))
            };
            Attempt::new("a clock that runs ahead", honest, forged, &["ARCH-D008"])
        }
    }
}
