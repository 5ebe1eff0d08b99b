//! Numbers that a canonical writer would round into one: two documents, one signature.

use arch_campaign::Case;
use arch_document::{Kind, SignedDocument};

use crate::{family::Attempt, paper, scene::Scene, stage::Stage};

const LARGEST: u64 = 9_007_199_254_740_991;

/// A job whose fuel is `number`, as written.
fn fuelled(case: &mut Case, number: &str) -> String {
    paper::job(case).replace("timeout: \"10s\"", &format!("timeout: \"10s\", fuel: {number}"))
}

pub(super) fn numbers(stage: &Stage, case: &mut Case) -> Attempt {
    let good = match case.below(3) {
        0 => LARGEST - case.below(4),
        1 => 1 + case.below(1_000),
        _ => 1 + case.below(LARGEST),
    };
    let text = fuelled(case, &good.to_string());
    let honest = Scene::new(paper::by(&text, &["bea"]), Kind::Job, &stage.world());
    let signed = paper::by(&text, &["bea"]);
    let past = LARGEST + 1 + case.below(1 << 12);
    let written = match case.below(12) {
        0 => past.to_string(),
        1 => format!("-{past}"),
        2 => "18446744073709551615".to_owned(),
        3 => format!("{good}{}", "0".repeat(17)),
        4 => format!("{good}.0"),
        5 => format!("{good}.{}", "0".repeat(1 + case.index(20))),
        6 => format!("{good}e0"),
        7 => format!("0{good}"),
        8 => format!("+{good}"),
        9 => "-0".to_owned(),
        10 => format!("{good}.00000000000000000001"),
        _ => format!("{}E-1", u128::from(good) * 10),
    };
    // Signed as it would be rounded, then written otherwise.
    let codes = &["ARCH-D118", "ARCH-D119", "ARCH-D120", "ARCH-D204", "ARCH-D205", "ARCH-D140"];
    let old = format!("fuel: {good}");
    if case.once_in(2) {
        let forged = signed.replace(&old, &format!("fuel: {written}"));
        return Attempt::new(
            format!("{good} as {written}"),
            honest.clone(),
            honest.with(forged),
            codes,
        );
    }
    // In an envelope the payload is read as JSON; it must be canonical.
    let document = SignedDocument::parse("f", signed.as_bytes()).unwrap();
    let body = String::from_utf8(document.body().to_vec()).unwrap();
    let body = body.replace(&format!("\"fuel\":{good}"), &format!("\"fuel\":{written}"));
    let type_ = Kind::Job.payload_type();
    let sig = paper::signature("bea", &arch_identity::pae(&type_, body.as_bytes()));
    // This one even signs what is not canonical.
    let forged = paper::envelope(body.as_bytes(), &type_, &[(None, sig)]);
    let codes = &["ARCH-D118", "ARCH-D119", "ARCH-D120", "ARCH-D140", "ARCH-D142"];
    Attempt::new(format!("a payload with {written}"), honest.clone(), honest.with(forged), codes)
}
