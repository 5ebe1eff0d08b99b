//! References to bytes that nobody pinned.

use arch_campaign::Case;
use arch_document::Kind;
use arch_identity::Digest;

use crate::{family::Attempt, paper, scene::Scene, stage::Stage};

pub(super) fn unpinned(stage: &Stage, case: &mut Case) -> Attempt {
    let policy = stage.policy(&paper::policy("world", 1, ""));
    let pinned = Digest::of(b"module");
    let other = Digest::of(&case.bytes(8)).to_string();
    let text = paper::job(case);
    let signed = |text: &str| paper::by(text, &["bea"]);
    let (what, honest, forged, codes): (_, String, String, &[&str]) = match case.below(3) {
        0 => {
            let tag = *case.pick(&["hello", "hello:latest", "host:5000/hello:1", "hello@v1"]);
            let forged = text.replace(&format!("hello@{pinned}"), &format!("\"{tag}\""));
            ("an image by its tag", text, forged, &["ARCH-P005"])
        }
        1 => {
            let digest = match case.below(5) {
                0 => other[..other.len() - 1].to_owned(),
                1 => format!("{other}0"),
                2 => other.to_uppercase().replace("SHA256", "sha256"),
                3 => "sha256:".to_owned(),
                _ => format!("{}gg{}", &other[..10], &other[12..]),
            };
            let forged = text.replace(&pinned.to_string(), &digest);
            (
                "a digest that is none",
                text,
                forged,
                &["ARCH-D204", "ARCH-D205", "ARCH-D107", "ARCH-D130"],
            )
        }
        _ => {
            let input = |address: &str| format!("{text}  inputs: {{words: \"{address}\"}}\n");
            let honest = input(&format!("file:words@{other}"));
            let tag = *case.pick(&["file:words", "https://host/words", "words:latest"]);
            ("an input without a digest", honest, input(tag), &["ARCH-P014"])
        }
    };
    let honest = Scene::new(signed(&honest), Kind::Job, &stage.world()).by_policy(&policy);
    // What no reader takes cannot be signed either: the old signature stays.
    let forged = match arch_document::SignedDocument::parse("f", forged.as_bytes()) {
        Ok(_) => signed(&forged),
        Err(_) => format!("{forged}signatures: []\n"),
    };
    Attempt::new(what, honest.clone(), honest.with(forged), codes)
}
