//! Trust roots whose thresholds can never be met, or are met by nobody.

use arch_campaign::Case;

use crate::{family::Attempt, paper, scene::Scene, stage::Stage, world::*};

pub(super) fn thresholds(_: &Stage, case: &mut Case) -> Attempt {
    let keys = 1 + case.index(6);
    let names: Vec<String> = (0..keys).map(|i| format!("key{i}")).collect();
    let people: Vec<&str> = names.iter().map(String::as_str).collect();
    let most = i64::try_from(keys).unwrap();
    let root = || RootText::new(1).people(&people);
    let good = 1 + i64::try_from(case.index(keys)).unwrap();
    let honest = root().role("jobs", &people, good, "Job");
    let list = people.join(", ");
    let random = i64::try_from(case.below(1 << 31)).unwrap();
    let far = most + 1 + i64::try_from(case.below(1 << 20)).unwrap();
    let (what, forged) = match case.below(7) {
        0 => ("zero".to_owned(), root().role("jobs", &people, 0, "Job")),
        1 => (format!("-{random}"), root().role("jobs", &people, -1 - random, "Job")),
        2 => (format!("{far} of {keys}"), root().role("jobs", &people, far, "Job")),
        3 => {
            let huge = (1_i64 << 32) + good;
            ("beyond 32 bits".to_owned(), root().role("jobs", &people, huge, "Job"))
        }
        4 => {
            let text = format!("{{keys: [{list}], threshold: 1, distinctGroups: 0, kinds: [Job]}}");
            ("no group".to_owned(), root().role_text("jobs", &text))
        }
        5 => {
            let text =
                format!("{{keys: [{list}], threshold: 1, distinctGroups: {far}, kinds: [Job]}}");
            (format!("{far} groups of {keys}"), root().role_text("jobs", &text))
        }
        _ => {
            let text = "{keys: [], threshold: 1, kinds: [Job]}";
            ("nobody".to_owned(), root().role_text("jobs", text))
        }
    };
    let pinned = |root: RootText| Scene::pinned(paper::by(&root.text(), &["ada"]));
    // A number that no threshold can be is a value of the wrong type.
    let codes = &["ARCH-D032", "ARCH-D204", "ARCH-D205"];
    Attempt::new(what, pinned(honest), pinned(forged), codes)
}
