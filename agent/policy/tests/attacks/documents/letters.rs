//! Letters that look like others, change the order of what is read, or are two spellings of one.

use arch_campaign::Case;
use arch_document::Kind;

use crate::{family::Attempt, paper, scene::Scene, stage::Stage};

/// Cyrillic, Greek, fullwidth and the like, by the ASCII letter that they pass for.
const SPOOFS: [(char, char); 14] = [
    ('a', 'а'),
    ('d', 'ԁ'),
    ('e', 'е'),
    ('h', 'һ'),
    ('l', 'ⅼ'),
    ('o', 'о'),
    ('u', 'υ'),
    ('s', 'ѕ'),
    ('r', 'г'),
    (':', '：'),
    ('a', 'ａ'),
    ('h', 'ｈ'),
    ('o', 'ο'),
    ('l', 'ӏ'),
];

/// Characters that people do not see where they stand.
const UNSEEN: [char; 14] = [
    '\u{200b}',
    '\u{200e}',
    '\u{200f}',
    '\u{202a}',
    '\u{202e}',
    '\u{2066}',
    '\u{2069}',
    '\u{feff}',
    '\u{61c}',
    '\u{2060}',
    '\u{180e}',
    '\u{e0041}',
    '\u{fff9}',
    '\u{2028}',
];

/// Composed and decomposed.
const PAIRS: [(&str, &str); 7] = [
    ("é", "e\u{301}"),
    ("ö", "o\u{308}"),
    ("Å", "\u{212b}"),
    ("ñ", "n\u{303}"),
    ("ế", "e\u{302}\u{301}"),
    ("각", "\u{1100}\u{1161}\u{11a8}"),
    ("Ω", "\u{2126}"),
];

pub(super) fn letters(stage: &Stage, case: &mut Case) -> Attempt {
    let escaped = |c: char| match u32::from(c) {
        code @ 0..=0xffff => format!("\\u{code:04x}"),
        code => format!("\\U{code:08x}"),
    };
    match case.below(3) {
        // In names and owners only ASCII is read, however it is written.
        0 => {
            let (plain, spoof) = *case.pick(&SPOOFS);
            let (field, value, pointer) = *case.pick(&[
                ("name: hello", "hello", "name"),
                ("owner: \"user:ada\"", "user:ada", "owner"),
            ]);
            let value = match value.contains(plain) {
                true => value.replacen(plain, &spoof.to_string(), 1),
                false => format!("{value}{spoof}"),
            };
            let text = paper::job(case);
            let forged = text.replace(field, &format!("{pointer}: \"{value}\""));
            // Signed by who may: his eyes were deceived as well.
            let honest = Scene::new(paper::by(&text, &["bea"]), Kind::Job, &stage.world());
            let forged = honest.with(paper::by(&forged, &["bea"]));
            let codes = &["ARCH-D204", "ARCH-D205", "ARCH-D106"];
            Attempt::new(format!("{pointer} `{value}`"), honest, forged, codes)
        }
        // In free text nothing that cannot be seen, raw or escaped.
        1 => {
            let c = *case.pick(&UNSEEN);
            let written = if case.once_in(2) { c.to_string() } else { escaped(c) };
            let (honest, forged) = labelled(stage, case, "ab", &format!("a{written}b"));
            Attempt::new(format!("U+{:04X}", u32::from(c)), honest, forged, &["ARCH-D104"])
        }
        // One text in two spellings.
        _ => {
            let (composed, decomposed) = *case.pick(&PAIRS);
            let written = if case.once_in(2) {
                decomposed.to_owned()
            } else {
                decomposed.chars().map(escaped).collect()
            };
            let (honest, forged) = labelled(stage, case, composed, &written);
            Attempt::new(format!("{composed} decomposed"), honest, forged, &["ARCH-D106"])
        }
    }
}

/// A job with a label, signed, and the same with the label written otherwise.
fn labelled(stage: &Stage, case: &mut Case, good: &str, bad: &str) -> (Scene, Scene) {
    let line = format!("  labels: {{x: \"{good}\"}}\n");
    let text = paper::job(case).replace("spec:\n", &format!("{line}spec:\n"));
    let signed = paper::by(&text, &["bea"]);
    let forged = signed.replace(&format!("\"{good}\""), &format!("\"{bad}\""));
    let honest = Scene::new(signed, Kind::Job, &stage.world());
    let forged = honest.with(forged);
    (honest, forged)
}
