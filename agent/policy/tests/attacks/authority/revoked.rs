//! Keys and documents that are believed no more, and from when on.

use std::rc::Rc;

use arch_campaign::Case;
use arch_document::{Job, Kind, NoHistory, Revocation, SignedDocument, TrustRoot};

use crate::{
    family::Attempt,
    paper,
    scene::{Scene, Under},
    stage::Stage,
    world::*,
};

/// The world, with a list in force that rex signed.
fn after_list(root: &TrustRoot, spec: &str) -> Rc<TrustRoot> {
    let list = paper::by(&revocation_text("keys", 1, spec), &["rex"]);
    let list = SignedDocument::parse("list", list.as_bytes()).unwrap();
    let mut root = root.clone();
    root.revoke(root.verify::<Revocation>(list, &noon(), &NoHistory).unwrap());
    Rc::new(root)
}

pub(super) fn revoked(stage: &Stage, case: &mut Case) -> Attempt {
    let since = time("2026-11-23T00:00:01Z").plus(case.below(86_000));
    let who = *case.pick(&["bea", "pol", "rex"]);
    let key = format!("{{keys: [{{key: \"{}\", since: \"{since}\", reason: lost}}]}}", did(who));
    let root = after_list(&stage.world(), &key);
    // The document's own times say nothing: it may claim to be from before.
    let text = match who {
        "bea" if case.once_in(2) => job_between("2026-11-01T00:00:00Z", "2026-11-24T00:00:00Z"),
        "bea" => paper::job(case),
        "pol" => paper::policy("world", 1, ""),
        _ => paper::revocation(2),
    };
    let kind = match who {
        "bea" => Kind::Job,
        "pol" => Kind::Policy,
        _ => Kind::Revocation,
    };
    let before = since.minus(1 + case.below(since.seconds_since(time("2026-11-23T00:00:00Z"))));
    let honest = Scene::new(paper::by(&text, &[who]), kind, &root).at(before);
    let after = if case.once_in(2) { since } else { since.plus(case.below(86_000)) };
    let after = after.min(time("2026-11-24T00:00:00Z"));
    if case.once_in(5) {
        return document(stage, case);
    }
    Attempt::new(
        format!("{who} from {since}, now {after}"),
        honest.clone(),
        honest.at(after),
        &["ARCH-D015"],
    )
}

/// One document, by its digest: its comments and its dress do not save it.
fn document(stage: &Stage, case: &mut Case) -> Attempt {
    let text = paper::job(case);
    let signed = paper::by(&text, &["bea"]);
    let parsed = SignedDocument::parse("f", signed.as_bytes()).unwrap();
    let spec =
        format!("{{documents: [{{digest: \"{}\", reason: \"wrong data\"}}]}}", parsed.digest());
    let root = after_list(&stage.world(), &spec);
    debug_assert!(root.verify::<Job>(parsed.clone(), &noon(), &NoHistory).is_err());
    let forged = match case.below(3) {
        0 => signed,
        1 => signed.replace("spec:", "spec: # another one"),
        _ => parsed.to_envelope(),
    };
    let honest = Scene::new(paper::by(&paper::job(case), &["bea"]), Kind::Job, &root);
    let forged = Scene { under: Under::Root(root), ..honest.with(forged) };
    Attempt::new("a revoked document", honest, forged, &["ARCH-D016"])
}
