//! Too much of anything: refused before it costs.

use arch_campaign::Case;
use arch_document::Kind;
use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::{family::Attempt, paper, scene::Scene, stage::Stage, world::*};

const FILE: usize = 256 * 1024;

fn around(case: &mut Case, limit: usize) -> usize {
    match case.below(3) {
        0 => limit + 1,
        1 => limit + 1 + case.index(64),
        _ => limit + 1 + case.index(limit),
    }
}

pub(super) fn floods(stage: &Stage, case: &mut Case) -> Attempt {
    let text = paper::job(case);
    let signed = paper::by(&text, &["bea"]);
    let honest = Scene::new(signed.clone(), Kind::Job, &stage.world());
    let (what, forged, codes): (String, String, &[&str]) = match case.below(7) {
        0 => {
            let to = around(case, FILE);
            let filler = "#".repeat(to - signed.len() - 1);
            (format!("{to} bytes"), format!("{signed}{filler}\n"), &["ARCH-D101"])
        }
        1 => {
            let depth = around(case, 16);
            let nested = format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
            (format!("{depth} deep"), format!("{signed}x: {nested}\n"), &["ARCH-D121"])
        }
        2 => {
            let count = around(case, 10_000);
            let list = "1,".repeat(count);
            (format!("{count} values"), format!("{signed}x: [{list}]\n"), &["ARCH-D122"])
        }
        3 => {
            let count = around(case, 512);
            let map: String = (0..count).map(|i| format!("k{i}: 1,")).collect();
            (format!("{count} keys"), format!("{signed}x: {{{map}}}\n"), &["ARCH-D124"])
        }
        4 => {
            let length = around(case, 65_536);
            (
                format!("{length} letters"),
                format!("{signed}x: \"{}\"\n", "a".repeat(length)),
                &["ARCH-D123"],
            )
        }
        5 => {
            let length = 129 + case.index(2_000);
            (
                format!("a key of {length}"),
                format!("{signed}{}: 1\n", "k".repeat(length)),
                &["ARCH-D109", "ARCH-D123", "ARCH-D107"],
            )
        }
        _ => {
            // Laughs by the million, if aliases were read.
            let laughs: String = (0..9).map(|i| format!("x{i}: &a{i} [*a{i}, *a{i}]\n")).collect();
            ("laughs".to_owned(), format!("{laughs}{signed}"), &["ARCH-D112", "ARCH-D113"])
        }
    };
    Attempt::new(what, honest.clone(), honest.with(forged), codes)
}

pub(super) fn signatures(stage: &Stage, case: &mut Case) -> Attempt {
    let text = paper::job(case);
    let message = paper::message(&text);
    let good = paper::entries(&key("bea"), &message).remove(0);
    let honest = Scene::new(paper::with(&text, &vec![good.clone(); 32]), Kind::Job, &stage.world());
    let by_bea = |sig: &str| paper::with(&text, &[paper::raw_entry(&did("bea"), "ed25519", sig)]);
    let sig = STANDARD.encode(paper::signature("bea", &message));
    let (what, forged, codes): (String, String, &[&str]) = match case.below(6) {
        0 => {
            let count = 33 + case.index(64);
            (format!("{count} signatures"), paper::with(&text, &vec![good; count]), &["ARCH-D022"])
        }
        1 => {
            let count = 10_000 + case.index(1_000);
            let tiny = "  - {}\n".to_owned();
            (
                format!("{count} empty ones"),
                paper::with(&text, &vec![tiny; count]),
                &["ARCH-D022", "ARCH-D122"],
            )
        }
        2 => {
            let length = 65 + case.index(40_000);
            (format!("{length} bytes"), by_bea(&STANDARD.encode(vec![0; length])), &["ARCH-D208"])
        }
        3 => {
            let length = case.index(64);
            (format!("{length} bytes"), by_bea(&STANDARD.encode(vec![7; length])), &["ARCH-D208"])
        }
        4 => {
            let length = FILE + case.index(FILE);
            ("a signature beyond the file".to_owned(), by_bea(&"A".repeat(length)), &["ARCH-D101"])
        }
        _ => {
            // Spellings of base64 that other decoders take.
            let odd = match case.below(5) {
                0 => sig.trim_end_matches('=').to_owned(),
                1 => format!("{sig}="),
                2 => format!("{} {}", &sig[..40], &sig[40..]),
                3 => {
                    // The four bits behind the last byte, not zero.
                    let at = sig.len() - 3;
                    let next = match sig.as_bytes()[at] {
                        b'A' => 'B',
                        b'Q' => 'R',
                        b'g' => 'h',
                        _ => 'x',
                    };
                    format!("{}{next}==", &sig[..at])
                }
                _ => format!("{}*{}", &sig[..20], &sig[21..]),
            };
            (format!("base64 `{odd}`"), by_bea(&odd), &["ARCH-D208"])
        }
    };
    Attempt::new(what, honest.clone(), honest.with(forged), codes)
}
