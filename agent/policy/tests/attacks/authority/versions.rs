//! Old versions, versions far ahead, versions used twice, and jobs that were here before.

use arch_campaign::Case;
use arch_document::{Kind, SignedDocument};

use crate::{family::Attempt, paper, scene::Scene, stage::Stage, world::*};

const LONGEST_JUMP: u64 = 1_000_000;
const LARGEST: u64 = 9_007_199_254_740_991;

fn digest(text: &str) -> arch_identity::Digest {
    SignedDocument::parse("f", text.as_bytes()).unwrap().digest()
}

/// A versioned document that is in force, and what the ledger remembers of it.
struct Active {
    kind: Kind,
    known: u64,
    history: Memory,
}

impl Active {
    fn draw(case: &mut Case) -> Self {
        let kind = if case.once_in(2) { Kind::Policy } else { Kind::Revocation };
        let known = match case.below(3) {
            0 => 2 + case.below(8),
            1 => 2 + case.below(1 << 40),
            _ => LARGEST - case.below(3) - LONGEST_JUMP,
        };
        let mut active = Self { kind, known, history: Memory::default() };
        let text = active.version(known);
        active.history.digests.push(digest(&text));
        active.history.versions.insert((kind, active.name().to_owned()), known);
        if kind == Kind::Policy {
            active.history.policy = Some("world".to_owned());
        }
        active
    }

    fn name(&self) -> &'static str {
        if self.kind == Kind::Policy { "world" } else { "keys" }
    }

    fn signer(&self) -> &'static str {
        if self.kind == Kind::Policy { "pol" } else { "rex" }
    }

    fn text(&self, version: u64) -> String {
        match self.kind {
            Kind::Policy => paper::policy("world", version, ""),
            _ => paper::revocation(version),
        }
    }

    fn version(&self, version: u64) -> String {
        paper::by(&self.text(version), &[self.signer()])
    }

    /// The same again, the next, or as far ahead as allowed.
    fn honest(&self, stage: &Stage, case: &mut Case) -> Scene {
        let version = match case.below(3) {
            0 => self.known,
            1 => self.known + 1,
            _ => self.known + LONGEST_JUMP,
        };
        Scene::new(self.version(version), self.kind, &stage.world()).after(self.history.clone())
    }
}

pub(super) fn rollback(stage: &Stage, case: &mut Case) -> Attempt {
    if case.once_in(4) {
        return root_rollback(stage, case);
    }
    let active = Active::draw(case);
    let honest = active.honest(stage, case);
    let kind = active.kind;
    match case.below(4) {
        0 => {
            // Another document of the version in force.
            let text = match kind {
                Kind::Policy => active.text(active.known).replace("cpu: \"1\"", "cpu: \"2\""),
                _ => revocation_text("keys", active.known, "{documents: []}"),
            };
            let forged = honest.with(paper::by(&text, &[active.signer()]));
            Attempt::new(format!("a second {kind} of the version"), honest, forged, &["ARCH-D013"])
        }
        1 if kind == Kind::Policy => {
            let name = *case.pick(&["World", "world2", "worl", "w"]);
            let text = paper::policy(name, active.known + 1, "");
            let forged = honest.with(paper::by(&text, &["pol"]));
            Attempt::new(format!("a policy `{name}`"), honest, forged, &["ARCH-D025"])
        }
        _ => {
            let older =
                if case.once_in(2) { active.known - 1 } else { 1 + case.below(active.known - 1) };
            let forged = honest.with(active.version(older));
            let what = format!("{kind} {older} after {}", active.known);
            Attempt::new(what, honest, forged, &["ARCH-D011"])
        }
    }
}

/// The pinned root is older than the ledger's, or another one of its version.
fn root_rollback(stage: &Stage, case: &mut Case) -> Attempt {
    let root = stage.world();
    let job = Scene::new(paper::by(&paper::job(case), &["bea"]), Kind::Job, &root);
    let remember = |version: u64, itself: bool| {
        let mut history = Memory::default();
        history.versions.insert((Kind::Root, "world".to_owned()), version);
        history.digests.extend(itself.then(|| root.document().digest()));
        history
    };
    let honest = job.after(remember(1, true));
    let version = 1 + case.below(1 << 20);
    let forged = job.after(remember(version, false));
    let codes: &[&str] = if version == 1 { &["ARCH-D013"] } else { &["ARCH-D011"] };
    Attempt::new(format!("a root beside version {version}"), honest, forged, codes)
}

pub(super) fn fast_forward(stage: &Stage, case: &mut Case) -> Attempt {
    let active = Active::draw(case);
    let honest = active.honest(stage, case);
    let room = LARGEST - active.known - LONGEST_JUMP;
    let ahead = match case.below(3) {
        0 => LONGEST_JUMP + 1,
        1 => LARGEST - active.known,
        _ => LONGEST_JUMP + 1 + case.below(room.max(1)),
    };
    let version = (active.known + ahead).min(LARGEST);
    if version <= active.known + LONGEST_JUMP {
        // At the end of all numbers the one after is no number any more.
        let text = active
            .text(active.known)
            .replace(&format!("version: {}", active.known), "version: 9007199254740992");
        let forged = honest.with(format!("{text}signatures: []\n"));
        return Attempt::new("a version beyond all", honest, forged, &["ARCH-D120"]);
    }
    let forged = honest.with(active.version(version));
    let what = format!("{} {version} after {}", active.kind, active.known);
    Attempt::new(what, honest, forged, &["ARCH-D012"])
}

/// A job that was accepted, in any of its dresses.
pub(super) fn replay(stage: &Stage, case: &mut Case) -> Attempt {
    let root = RootText::new(1).people(&["bea", "cem"]).role("jobs", &["bea", "cem"], 1, "Job");
    let root = stage.root(&root);
    let text = paper::job(case);
    let before = paper::by(&text, &["bea"]);
    let mut history = Memory::default();
    history.digests.push(digest(&before));
    let honest =
        Scene::new(paper::by(&paper::job(case), &["bea"]), Kind::Job, &root).after(history);
    let again = match case.below(7) {
        0 => before,
        1 => paper::by(&text, &["cem"]),
        2 => paper::by(&text, &["bea", "cem"]),
        3 => before.replace("spec:", "spec: # again, please"),
        4 => before.replace("name: hello", "name: \"hello\""),
        5 => before.replace('\n', "\r\n"),
        _ => SignedDocument::parse("f", before.as_bytes()).unwrap().to_envelope(),
    };
    let forged = honest.with(again);
    Attempt::new("accepted before", honest, forged, &["ARCH-D014"])
}
