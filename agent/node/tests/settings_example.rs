//! The example of node.yaml and the page about it say what the settings really are.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may be blunt")]

use arch_node::settings::{Settings, load};
use serde_json::Value;

const EXAMPLE: &str = include_str!("../../../dist/node.yaml.example");
const FORMATS: &str = include_str!("../../../docs/FORMATS.md");

fn loaded(text: &str) -> Settings {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("node.yaml"), text).unwrap();
    load(folder.path()).unwrap_or_else(|problems| panic!("{problems:?}\n{text}"))
}

/// Every setting switched on: a `#` without a space behind it goes.
fn everything() -> String {
    let on = |line: &str| match line.strip_prefix('#') {
        Some(rest) if rest.starts_with(|c: char| c.is_ascii_lowercase()) => rest.to_owned(),
        Some(rest) if rest.starts_with("  ") => rest.to_owned(),
        _ => line.to_owned(),
    };
    EXAMPLE.lines().map(on).collect::<Vec<_>>().join("\n")
}

/// `jobs.waitingPerOwner` and the like, down to the values; keys of `facts` are the operator's own.
fn paths(value: &Value, above: &str) -> Vec<String> {
    match value {
        Value::Object(map) if above != "facts" => {
            let dot = if above.is_empty() { "" } else { "." };
            map.iter().flat_map(|(key, v)| paths(v, &format!("{above}{dot}{key}"))).collect()
        }
        _ => vec![above.to_owned()],
    }
}

/// With everything set there is no field that is left out when it is written.
fn all_paths() -> Vec<String> {
    paths(&serde_json::to_value(loaded(&everything())).unwrap(), "")
}

#[test]
fn the_example_as_it_stands_sets_the_pin_and_leaves_the_rest_at_its_default() {
    let as_it_stands = loaded(EXAMPLE);
    let pinned = Settings { trust_root: as_it_stands.trust_root, ..loaded("") };
    assert!(as_it_stands.trust_root.is_some());
    assert_eq!(as_it_stands, pinned);
}

#[test]
fn what_the_example_shows_as_a_default_is_one() {
    let mut shown = loaded(&everything());
    let default = loaded("");
    // Those without a default, or with one that the machine decides.
    (shown.trust_root, shown.mode) = (default.trust_root, default.mode);
    shown.groups = default.groups.clone();
    shown.facts = default.facts.clone();
    (shown.lend.cpu, shown.lend.memory) = (None, None);
    (shown.executor, shown.control) = (default.executor.clone(), default.control.clone());
    shown.prover = default.prover.clone();
    shown.metrics.socket = None;
    assert_eq!(shown, default);
}

#[test]
fn every_setting_is_in_the_example_and_on_the_page_of_formats() {
    let paths = all_paths();
    assert!(paths.len() >= 20, "{paths:?}");
    // A new field without a default that is written would escape the list above.
    let fields = include_str!("../src/settings.rs").matches("    pub ").count();
    let structs =
        ["lend", "jobs", "inputs", "executor", "prover", "control", "metrics", "log", "shutdown"]
            .len();
    let functions = include_str!("../src/settings.rs").matches("    pub fn ").count();
    assert_eq!(paths.len(), fields - structs - functions, "{paths:?}");
    for path in paths {
        assert!(FORMATS.contains(&format!("`{path}`")), "docs/FORMATS.md lacks `{path}`");
    }
}
