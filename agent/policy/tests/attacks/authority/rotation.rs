//! The next trust root: gaps, cycles, half of the signers, another house's root.

use arch_campaign::Case;
use arch_document::Kind;
use arch_identity::Digest;

use crate::{
    family::Attempt,
    paper,
    scene::{Scene, Under},
    stage::{Stage, world_root},
    world::*,
};

const LARGEST: u64 = 9_007_199_254_740_991;

/// The old root's quorum is `threshold` of `old`; the next one's is two of bea, cem, dora.
struct Step {
    now: RootText,
    old: Vec<&'static str>,
    need: usize,
}

const OLD: [&str; 4] = ["ada", "ann", "art", "ace"];
const NEW: [&str; 3] = ["bea", "cem", "dora"];

impl Step {
    fn draw(case: &mut Case) -> Self {
        let count = 1 + case.index(OLD.len());
        let old = OLD[..count].to_vec();
        let need = 1 + case.index(count);
        let mut now = world_root().people(&OLD);
        now.version = 1 + case.below(1_000);
        let now = now.role("root", &old, i64::try_from(need).unwrap(), "Root");
        Self { now, old, need }
    }

    fn next(&self, version: u64) -> RootText {
        let mut next = world_root().role("root", &NEW, 2, "Root");
        next.version = version;
        next
    }

    fn quorum(&self) -> Vec<&'static str> {
        self.old[..self.need].to_vec()
    }
}

pub(super) fn rotation(stage: &Stage, case: &mut Case) -> Attempt {
    let step = Step::draw(case);
    let now = self_signed(&step);
    let version = step.now.version;
    let both = [step.quorum(), vec!["bea", "dora"]].concat();
    let text = step.next(version + 1).text();
    let honest = Scene::new(paper::by(&text, &both), Kind::Root, &now);
    let (what, forged, codes): (String, String, &[&str]) = match case.below(7) {
        0 => {
            let gap = match case.below(3) {
                0 => version + 2,
                1 => LARGEST,
                _ => version + 2 + case.below(1 << 30),
            };
            (
                format!("{version} to {gap}"),
                paper::by(&step.next(gap).text(), &both),
                &["ARCH-D019"],
            )
        }
        // A cycle: the same version, or one from before.
        1 => {
            let back = 1 + case.below(version);
            (
                format!("{version} to {back}"),
                paper::by(&step.next(back).text(), &both),
                &["ARCH-D019"],
            )
        }
        2 => {
            let only = step.quorum();
            (format!("only {only:?}"), paper::by(&text, &only), &["ARCH-D004", "ARCH-D005"])
        }
        3 => ("only the new".to_owned(), paper::by(&text, &NEW), &["ARCH-D004", "ARCH-D005"]),
        4 => {
            let few = [step.quorum(), vec![*case.pick(&NEW)]].concat();
            (format!("too few of the new: {few:?}"), paper::by(&text, &few), &["ARCH-D004"])
        }
        5 => {
            // All but one that the old threshold needs, and all of the new.
            let few = [step.quorum()[1..].to_vec(), NEW.to_vec()].concat();
            (
                format!("too few of the old: {few:?}"),
                paper::by(&text, &few),
                &["ARCH-D004", "ARCH-D005"],
            )
        }
        _ => return another_house(stage, case, honest, &step, &both),
    };
    let forged = honest.with(forged);
    Attempt::new(what, honest, forged, codes)
}

/// Pinned, so that the old root needs nobody else.
fn self_signed(step: &Step) -> std::rc::Rc<arch_document::TrustRoot> {
    let text = paper::by(&step.now.text(), &step.quorum());
    let document = arch_document::SignedDocument::parse("root", text.as_bytes()).unwrap();
    std::rc::Rc::new(pin(document).unwrap())
}

fn another_house(_: &Stage, case: &mut Case, honest: Scene, step: &Step, both: &[&str]) -> Attempt {
    let mut next = step.next(step.now.version + 1);
    if case.once_in(2) {
        next.name = (*case.pick(&["World", "elsewhere", "world2"])).to_owned();
        let forged = honest.with(paper::by(&next.text(), both));
        return Attempt::new("a root of another name", honest, forged, &["ARCH-D019"]);
    }
    // Nothing but its digest makes the first root.
    let forged = Scene {
        under: Under::Pin(Digest::of(&case.bytes(8))),
        ..honest.with(paper::by(&next.text(), both))
    };
    Attempt::new("a root that is not the pinned one", honest, forged, &["ARCH-D018"])
}
