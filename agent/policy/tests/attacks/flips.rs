//! Every bit of a signed document of each kind and dress, and of the root that it is held against.
//!
//! Case N flips a bit of target N mod T; a soak of as many cases as there are bits flips each.

use arch_campaign::Case;
use arch_document::{Kind, SignedDocument};
use arch_identity::{Digest, KeyKind};

use crate::{
    family::ACCEPTED,
    paper,
    scene::{Scene, Under},
    stage::{Stage, world_root},
    world::*,
};

/// A signed document that is believed, and what it says.
pub(crate) struct Target {
    name: &'static str,
    scene: Scene,
    digest: Digest,
}

pub(crate) fn targets() -> Vec<Target> {
    let stage = Stage::default();
    let world = stage.world();
    let job = job_text();
    let by_bea = paper::by(&job, &["bea"]);
    let envelope = SignedDocument::parse("f", by_bea.as_bytes()).unwrap().to_envelope();
    let hybrid = RootText::new(1).hybrid("hyb").role("jobs", &["hyb"], 1, "Job");
    let both = paper::entries(&key_of(KeyKind::Hybrid, "hyb"), &paper::message(&job));
    let root = paper::by(&world_root().text(), &["ada"]);
    let pinned = SignedDocument::parse("f", root.as_bytes()).unwrap().digest();
    let pinned = Scene { under: Under::Pin(pinned), ..Scene::pinned(root) };
    [
        ("job", Scene::new(by_bea, Kind::Job, &world)),
        ("envelope", Scene::new(envelope, Kind::Job, &world)),
        ("hybrid", Scene::new(paper::with(&job, &both), Kind::Job, &stage.root(&hybrid))),
        (
            "policy",
            Scene::new(paper::by(&paper::policy("world", 3, ""), &["pol"]), Kind::Policy, &world),
        ),
        (
            "revocation",
            Scene::new(paper::by(&paper::revocation(3), &["rex"]), Kind::Revocation, &world),
        ),
        ("root", pinned),
    ]
    .map(|(name, scene)| {
        scene.judge().unwrap_or_else(|problem| panic!("{name}: {problem}"));
        let digest = SignedDocument::parse("f", &scene.bytes).unwrap().digest();
        Target { name, scene, digest }
    })
    .into()
}

pub(crate) fn flip(case: &mut Case, targets: &[Target]) {
    let number = usize::try_from(case.number()).unwrap();
    let target = &targets[number % targets.len()];
    let bits = target.scene.bytes.len() * 8;
    // A step that shares no factor with the count visits every bit, in an order that a slice of
    // them is spread over all.
    let step = (1..).map(|n| 7_919 + 2 * n).find(|step| divisor(*step, bits) == 1).unwrap();
    let bit = number / targets.len() % bits * step % bits;
    let mut bytes = target.scene.bytes.clone();
    bytes[bit / 8] ^= 1 << (bit % 8);
    case.count("documents tried");
    let forged = target.scene.with(bytes.clone());
    if forged.judge().is_err() {
        case.count("refused");
        return;
    }
    // A quote for a quote, or a hint in an envelope: nothing that was signed.
    let digest = SignedDocument::parse("f", &bytes).unwrap().digest();
    if digest == target.digest {
        case.count("changed nothing that was signed");
    } else {
        case.fault(ACCEPTED, format!("bit {bit} of {}\n{}", target.name, forged.text()));
    }
}

fn divisor(a: usize, b: usize) -> usize {
    if b == 0 { a } else { divisor(b, a % b) }
}
