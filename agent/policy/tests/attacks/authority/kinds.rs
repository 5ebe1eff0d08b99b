//! The right key in the wrong place: role, kind, algorithm, node.

use arch_campaign::Case;
use arch_document::{Kind, SignedDocument};
use arch_identity::{KeyKind, pae};

use crate::{
    family::Attempt,
    paper,
    scene::{NODE, Scene},
    stage::{Stage, world_root},
    world::*,
};

/// Who may sign which kind in the world.
const SIGNERS: [(&str, Kind); 4] =
    [("bea", Kind::Job), ("pol", Kind::Policy), ("rex", Kind::Revocation), ("ada", Kind::Root)];

/// A good document of a kind, unsigned.
fn document(case: &mut Case, kind: Kind) -> String {
    match kind {
        Kind::Job => paper::job(case),
        Kind::Policy => paper::policy("world", 1 + case.below(1_000), ""),
        Kind::Revocation => paper::revocation(1 + case.below(1_000)),
        _ => {
            let mut next = world_root();
            next.version = 2;
            next.not_after = format!("2027-{:02}-01T00:00:00Z", 1 + case.below(12));
            next.text()
        }
    }
}

pub(super) fn wrong_role(stage: &Stage, case: &mut Case) -> Attempt {
    let (right, wrong) = paper::two(case, SIGNERS.len());
    let ((signer, kind), (other, _)) = (SIGNERS[right], SIGNERS[wrong]);
    let text = document(case, kind);
    let honest = Scene::new(paper::by(&text, &[signer]), kind, &stage.world());
    // All others together do not make up for it.
    let others: Vec<&str> = match case.once_in(2) {
        true => vec![other],
        false => SIGNERS.iter().map(|(name, _)| *name).filter(|name| *name != signer).collect(),
    };
    let forged = honest.with(paper::by(&text, &others));
    Attempt::new(format!("{others:?} sign a {kind}"), honest, forged, &["ARCH-D005"])
}

pub(super) fn cross_kind(stage: &Stage, case: &mut Case) -> Attempt {
    let (right, wrong) = paper::two(case, SIGNERS.len());
    let ((signer, kind), (_, other)) = (SIGNERS[right], SIGNERS[wrong]);
    let text = document(case, kind);
    let body = SignedDocument::parse("f", text.as_bytes()).unwrap().body().to_vec();
    let honest = Scene::new(paper::by(&text, &[signer]), kind, &stage.world());
    let by_hand = |message: &[u8]| {
        let sig = paper::signature(signer, message);
        paper::with(&text, &[paper::entry(&did(signer), "ed25519", &sig)])
    };
    let type_ = kind.payload_type();
    match case.below(6) {
        // The same bytes, signed as something else.
        0 | 1 => {
            let type_ = match case.below(5) {
                0 => type_.replace(".v1", ".v2"),
                1 => type_.replace("+json", ""),
                2 => type_.to_uppercase(),
                3 => String::new(),
                _ => case.pick(&Kind::ALL.map(Kind::payload_type)).clone(),
            };
            if type_ == kind.payload_type() {
                let forged = honest.with(by_hand(&body));
                return Attempt::new("the body without a type", honest, forged, &["ARCH-D003"]);
            }
            let forged = honest.with(by_hand(&pae(&type_, &body)));
            Attempt::new(format!("signed as `{type_}`"), honest, forged, &["ARCH-D003"])
        }
        // A signed document, renamed to another kind and offered as one.
        2 | 3 => {
            let text = paper::by(&text, &[signer])
                .replace(&format!("kind: {kind}"), &format!("kind: {other}"));
            let forged = Scene { wanted: other, ..honest.with(text) };
            // A next root has to be read before its own signers are known.
            let codes: &[&str] = match other {
                Kind::Root => &["ARCH-D019", "ARCH-D202", "ARCH-D203", "ARCH-D204", "ARCH-D205"],
                _ => &["ARCH-D003"],
            };
            Attempt::new(format!("a {kind} renamed to {other}"), honest, forged, codes)
        }
        // A good document in the place of another kind.
        4 => {
            let forged = Scene { wanted: other, ..honest.clone() };
            Attempt::new(format!("a {kind} as a {other}"), honest, forged, &["ARCH-D021"])
        }
        _ => {
            let version = *case.pick(&["v2", "v0", "v1.1", "V1", ""]);
            let text = paper::by(&text, &[signer])
                .replace("arch.network/v1\n", &format!("arch.network/{version}\n"));
            let forged = honest.with(text);
            Attempt::new(format!("version `{version}`"), honest, forged, &["ARCH-D206"])
        }
    }
}

fn hybrid_root() -> RootText {
    RootText::new(1)
        .people(&["bea"])
        .hybrid("hyb")
        .entry("ml", &format!("{{alg: ml-dsa-44, public: \"{}\"}}", ml_dsa("ml")))
        .role("jobs", &["hyb"], 1, "Job")
}

fn ml_dsa(name: &str) -> String {
    key_of(KeyKind::MlDsa44, name).public()[0].did()
}

pub(super) fn algorithms(stage: &Stage, case: &mut Case) -> Attempt {
    let text = paper::job(case);
    let message = paper::message(&text);
    let keys = key_of(KeyKind::Hybrid, "hyb");
    let both = paper::entries(&keys, &message);
    let honest = Scene::new(paper::with(&text, &both), Kind::Job, &stage.root(&hybrid_root()));
    let [ed, ml] = [0, 1].map(|half| keys.signers()[half].public().did());
    let [by_ed, by_ml] = [0, 1].map(|half| keys.signers()[half].sign(&message));
    let one = |by: &str, alg: &str, sig: &[u8]| paper::entry(by, alg, sig);
    let (what, entries, codes): (_, Vec<String>, &[&str]) = match case.below(9) {
        0 => ("Ed25519 alone", vec![both[0].clone()], &["ARCH-D023"]),
        1 => ("ML-DSA alone", vec![both[1].clone()], &["ARCH-D023"]),
        2 => {
            let many = vec![both[case.index(2)].clone(); 2 + case.index(30)];
            ("one half many times", many, &["ARCH-D023"])
        }
        3 => ("`alg` of the other", vec![one(&ed, "ml-dsa-44", &by_ed)], &["ARCH-D006"]),
        4 => {
            let alg =
                *case.pick(&["none", "ES256", "rsa", "hybrid", "Ed25519", "ED25519", "eddsa"]);
            ("an algorithm that we do not know", vec![one(&ed, alg, &by_ed)], &["ARCH-D208"])
        }
        5 => ("ML-DSA's bytes under Ed25519", vec![one(&ed, "ed25519", &by_ml)], &["ARCH-D208"]),
        6 => {
            let mut long = by_ed.clone();
            long.resize(2_420, 0);
            ("Ed25519's bytes made long", vec![one(&ml, "ml-dsa-44", &long)], &["ARCH-D003"])
        }
        7 => {
            // The halves of two identities do not make one.
            let other = paper::entries(&key_of(KeyKind::MlDsa44, "ml"), &message);
            ("halves of two identities", vec![both[0].clone(), other[0].clone()], &["ARCH-D023"])
        }
        _ => return recorded_otherwise(honest, case),
    };
    let forged = honest.with(paper::with(&text, &entries));
    Attempt::new(what, honest, forged, codes)
}

/// The root itself names another algorithm than its key has.
fn recorded_otherwise(honest: Scene, case: &mut Case) -> Attempt {
    let (ed, ml) = (did("bea"), ml_dsa("ml"));
    let public = match case.below(4) {
        0 => format!("alg: ml-dsa-44, public: \"{ed}\""),
        1 => format!("alg: ed25519, public: \"{ml}\""),
        2 => format!("alg: hybrid, public: \"{ed}\""),
        _ => format!("alg: hybrid, public: [\"{ed}\", \"{}\"]", did("cem")),
    };
    let root =
        RootText::new(1).entry("bea", &format!("{{{public}}}")).role("jobs", &["bea"], 1, "Job");
    let forged = Scene::pinned(paper::by(&root.text(), &["ada"]));
    Attempt::new(public, honest, forged, &["ARCH-D035"])
}

pub(super) fn audience(stage: &Stage, case: &mut Case) -> Attempt {
    let honest_list =
        *case.pick(&["", "[\"*\"]", "[lab]", "[others, lab]", "[\"did:key:z6MkNode\"]"]);
    let near = [
        "[others]".to_owned(),
        "[LAB]".to_owned(),
        "[lab2, la]".to_owned(),
        format!("[\"{NODE}2\"]"),
        format!("[\"{}\"]", &NODE[..NODE.len() - 1]),
        format!("[\"{}\"]", NODE.to_uppercase()),
        format!("[\"did:key:z6Mk{}\"]", paper::hex(&case.bytes(4))),
        "[\"lab/*\"]".to_owned(),
    ];
    let mut list = case.pick(&near).clone();
    // No such name, or a star beside others, is read as a pattern.
    if list.contains('*') {
        list = "[lab-, -lab]".to_owned();
    }
    let line = |list: &str| match list {
        "" => String::new(),
        list => format!("  audience: {list}\n"),
    };
    if case.once_in(2) {
        let text = paper::job(case);
        let signed = |list: &str| {
            paper::by(&text.replace("spec:\n", &format!("{}spec:\n", line(list))), &["bea"])
        };
        let policy = stage.policy(&paper::policy("world", 1, ""));
        let honest = Scene::new(signed(honest_list), Kind::Job, &stage.world()).by_policy(&policy);
        let forged = honest.with(signed(&list));
        return Attempt::new(format!("a job for {list}"), honest, forged, &["ARCH-P015"]);
    }
    let signed = |list: &str| paper::by(&paper::policy("world", 1, &line(list)), &["pol"]);
    let honest = Scene::new(signed(honest_list), Kind::Policy, &stage.world());
    let forged = honest.with(signed(&list));
    Attempt::new(format!("a policy for {list}"), honest, forged, &["ARCH-P107"])
}
