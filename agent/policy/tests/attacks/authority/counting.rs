//! Signatures that must not add up: of strangers, and of one key that plays several.

use arch_campaign::Case;
use arch_document::{Kind, SignedDocument};
use arch_identity::{KeyKind, KeyPair};
use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::curve;
use crate::{family::Attempt, paper, scene::Scene, stage::Stage, world::*};

/// Keys that the root does not know, some under a name that it knows.
pub(super) fn strangers(stage: &Stage, case: &mut Case) -> Attempt {
    let text = paper::job(case);
    let message = paper::message(&text);
    let honest = Scene::new(paper::by(&text, &["bea"]), Kind::Job, &stage.world());
    let mut entries = Vec::new();
    for _ in 0..=case.below(4) {
        let kind = if case.once_in(8) { KeyKind::MlDsa44 } else { KeyKind::Ed25519 };
        let seed = case.bytes(32).try_into().unwrap();
        entries.extend(paper::entries(&KeyPair::from_seed(kind, &seed), &message));
    }
    if case.once_in(3) {
        // The same signature under bea's name.
        let sig = KeyPair::from_seed(KeyKind::Ed25519, &case.bytes(32).try_into().unwrap());
        let sig = sig.signers()[0].sign(&message);
        entries.insert(0, paper::entry(&did("bea"), "ed25519", &sig));
        let forged = honest.with(paper::with(&text, &entries));
        return Attempt::new("a stranger under a name", honest, forged, &["ARCH-D003"]);
    }
    let forged = honest.with(paper::with(&text, &entries));
    Attempt::new("strangers alone", honest, forged, &["ARCH-D002"])
}

fn two_of_three() -> RootText {
    RootText::new(1).people(&["bea", "cem", "dora"]).role("jobs", &["bea", "cem", "dora"], 2, "Job")
}

/// Up to 32 entries of one key; some are signatures of their own, from other nonces.
pub(super) fn many_entries(stage: &Stage, case: &mut Case) -> Attempt {
    let text = paper::job(case);
    let message = paper::message(&text);
    let root = stage.root(&two_of_three());
    let honest = Scene::new(paper::by(&text, &["bea", "cem"]), Kind::Job, &root);
    let who = *case.pick(&["bea", "cem", "dora"]);
    let count = 2 + case.index(31);
    let mut sigs = Vec::new();
    for _ in 0..count {
        let again = case.once_in(2);
        sigs.push(match again {
            true => paper::signature(who, &message),
            false => curve::signed_with(curve::secret_of(who), curve::scalar(case), &message),
        });
    }
    let forged = if case.once_in(2) {
        let entries: Vec<_> =
            sigs.iter().map(|sig| paper::entry(&did(who), "ed25519", sig)).collect();
        paper::with(&text, &entries)
    } else {
        // In an envelope an entry may name nobody: each is held against the keys.
        let named: Vec<_> =
            sigs.into_iter().map(|sig| (case.once_in(2).then(|| did(who)), sig)).collect();
        let document = SignedDocument::parse("f", text.as_bytes()).unwrap();
        paper::envelope(document.body(), &Kind::Job.payload_type(), &named)
    };
    let what = format!("{count} signatures of {who}");
    Attempt::new(what, honest.clone(), honest.with(forged), &["ARCH-D004"])
}

/// One key under two ids, in two roles, as half of a hybrid, or spelled otherwise.
pub(super) fn several(stage: &Stage, case: &mut Case) -> Attempt {
    match case.below(5) {
        0 => two_ids(case),
        1 => half_and_whole(case),
        2 => twice_in_a_role(case),
        3 => two_roles(stage, case),
        _ => other_spelling(stage, case),
    }
}

const PEOPLE: [&str; 5] = ["bea", "cem", "dora", "eve", "fay"];

/// A root of its own: people, and a role for jobs that all of them are in.
fn root_of(people: &[&str], threshold: usize) -> RootText {
    let threshold = i64::try_from(threshold).unwrap();
    RootText::new(1).people(people).role("jobs", people, threshold, "Job")
}

fn pinned(root: &RootText) -> Scene {
    Scene::pinned(paper::by(&root.text(), &["ada"]))
}

fn two_ids(case: &mut Case) -> Attempt {
    let (one, other) = paper::two(case, PEOPLE.len());
    let public = did(PEOPLE[one]);
    let group = case.pick(&["", ", group: elsewhere"]);
    let spelled = match case.below(2) {
        0 => format!("\"{public}\""),
        _ => format!("[\"{public}\"]"),
    };
    let twin = root_of(&PEOPLE, 2)
        .entry(PEOPLE[other], &format!("{{alg: ed25519, public: {spelled}{group}}}"));
    let what = format!("{} is {} as well", PEOPLE[other], PEOPLE[one]);
    Attempt::new(what, pinned(&root_of(&PEOPLE, 2)), pinned(&twin), &["ARCH-D031"])
}

fn half_and_whole(case: &mut Case) -> Attempt {
    let public = key_of(KeyKind::Hybrid, "hyb").public();
    let half = case.index(2);
    let (alg, half) = (public[half].algorithm().name(), public[half].did());
    let root = root_of(&PEOPLE, 1).hybrid("hyb");
    let single = format!("{{alg: {alg}, public: \"{half}\"}}");
    let forged = if case.once_in(2) {
        let id = *case.pick(&["aaa", "zzz"]);
        root_of(&PEOPLE, 1).hybrid("hyb").entry(id, &single)
    } else {
        // Both halves of the one are a half of another hybrid each.
        let other = key_of(KeyKind::Hybrid, "other").public();
        let pair = match public[0].did() == half {
            true => [half.clone(), other[1].did()],
            false => [other[0].did(), half.clone()],
        };
        let entry = format!("{{alg: hybrid, public: [\"{}\", \"{}\"]}}", pair[0], pair[1]);
        root_of(&PEOPLE, 1).hybrid("hyb").entry("twin", &entry)
    };
    Attempt::new(format!("the {alg} half again"), pinned(&root), pinned(&forged), &["ARCH-D031"])
}

fn twice_in_a_role(case: &mut Case) -> Attempt {
    let mut keys = PEOPLE.to_vec();
    let (from, to) = (case.index(keys.len()), case.index(keys.len() + 1));
    keys.insert(to, PEOPLE[from]);
    let threshold = 1 + i64::try_from(case.index(6)).unwrap();
    let forged = RootText::new(1).people(&PEOPLE).role("jobs", &keys, threshold, "Job");
    let what = format!("{} at {from} and {to}", PEOPLE[from]);
    Attempt::new(what, pinned(&root_of(&PEOPLE, 3)), pinned(&forged), &["ARCH-D033"])
}

/// In several roles a key stays one: roles are met one by one, never together.
fn two_roles(stage: &Stage, case: &mut Case) -> Attempt {
    let text = paper::job(case);
    let root = RootText::new(1)
        .people(&["bea", "cem", "dora"])
        .role("first", &["bea", "cem"], 2, "Job")
        .role("second", &["bea", "dora"], 2, "Job")
        .role("third", &["bea"], 1, "Policy");
    let root = stage.root(&root);
    let other = *case.pick(&["cem", "dora"]);
    let honest = Scene::new(paper::by(&text, &["bea", other]), Kind::Job, &root);
    let copies = vec!["bea"; 1 + case.index(8)];
    let forged = match case.below(2) {
        0 => honest.with(paper::by(&text, &copies)),
        _ => honest.with(paper::by(&text, &["cem", "dora"])),
    };
    Attempt::new("two roles half met", honest, forged, &["ARCH-D004"])
}

fn other_spelling(stage: &Stage, case: &mut Case) -> Attempt {
    let text = paper::job(case);
    let sig = paper::signature("bea", &paper::message(&text));
    let good = did("bea");
    let base58 = good.trim_start_matches("did:key:").to_owned();
    let raw = key("bea").public()[0].bytes().to_vec();
    let spelled = match case.below(10) {
        0 => good.to_uppercase(),
        1 => base58,
        2 => format!("{good}#{base58}"),
        3 => paper::hex(&raw),
        4 => paper::hex(&raw).to_uppercase(),
        5 => format!("did:key:u{}", STANDARD.encode(&raw)),
        6 => format!(" {good}"),
        7 => good.replace("z6Mk", "z16Mk"),
        8 => format!("DID:key:{base58}"),
        _ => format!("{good}?service=x"),
    };
    let root = stage.world();
    let honest = Scene::new(paper::by(&text, &["bea"]), Kind::Job, &root);
    if case.once_in(3) {
        let root = world_with(&spelled);
        let honest = Scene::pinned(paper::by(&world_with(&good).text(), &["ada"]));
        let forged = honest.with(paper::by(&root.text(), &["ada"]));
        let codes = &["ARCH-D204", "ARCH-D205"];
        return Attempt::new(format!("`{spelled}` in a root"), honest, forged, codes);
    }
    let entry = paper::entry(&spelled, "ed25519", &sig);
    let forged = honest.with(paper::with(&text, &[entry]));
    Attempt::new(format!("`{spelled}` under a job"), honest, forged, &["ARCH-D208"])
}

fn world_with(bea: &str) -> RootText {
    RootText::new(1).entry("bea", &format!("{{alg: ed25519, public: \"{bea}\"}}")).role(
        "jobs",
        &["bea"],
        1,
        "Job",
    )
}
