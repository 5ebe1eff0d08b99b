//! The options as they are documented, and against the settings that the agent knows.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Judged;
use crate::house;

const PAGE: &str = "docs/NIX.md";
const EXAMPLE: &str = "dist/node.yaml.example";
const BEGIN: &str = "<!-- options: written by `cargo xtask nix` from nix/module/options.nix -->\n";
const END: &str = "<!-- end of the options -->";

/// An option.
#[derive(Debug)]
pub(super) struct Leaf {
    name: String,
    default: String,
    description: String,
}

/// All of them, in order.
pub(super) fn leaves(all: &Value) -> Vec<Leaf> {
    let list = all["leaves"].as_array();
    list.map_or_else(Vec::new, |list| list.iter().filter_map(leaf).collect())
}

fn leaf(value: &Value) -> Option<Leaf> {
    let text = |key: &str| value[key].as_str().map(str::to_owned);
    Some(Leaf { name: text("name")?, default: text("default")?, description: text("description")? })
}

/// The page, and that settings are those of the agent.
pub(super) fn judged(leaves: &[Leaf]) -> Result<Vec<Judged>, String> {
    let root = house::root();
    let old = house::text(&root.join(PAGE))?;
    let same =
        if page(&old, leaves)? == old { Ok(()) } else { Err("run `cargo xtask nix`".into()) };
    let example = settings(&house::text(&root.join(EXAMPLE))?);
    let known = leaves.iter().filter_map(|leaf| leaf.name.strip_prefix("settings."));
    let known: BTreeSet<String> = known.map(str::to_owned).collect();
    let apart: Vec<_> = known.symmetric_difference(&example).cloned().collect();
    let settled = if apart.is_empty() { Ok(()) } else { Err(apart.join(", ")) };
    Ok(vec![
        Judged::by(format!("{PAGE} has the options as they are"), same),
        Judged::by(format!("settings are those of {EXAMPLE}"), settled),
    ])
}

/// Writes the options into the page.
pub(super) fn write(leaves: &[Leaf]) -> Result<(), String> {
    let path = house::root().join(PAGE);
    let new = page(&house::text(&path)?, leaves)?;
    std::fs::write(&path, new).map_err(|error| format!("{}: {error}", path.display()))
}

fn page(old: &str, leaves: &[Leaf]) -> Result<String, String> {
    let missing = |mark: &str| format!("{PAGE} has no line `{}`", mark.trim_end());
    let (before, rest) = old.split_once(BEGIN).ok_or_else(|| missing(BEGIN))?;
    let (_old, after) = rest.split_once(END).ok_or_else(|| missing(END))?;
    let rows: String = leaves.iter().map(row).collect();
    Ok(format!("{before}{BEGIN}\n| option | what | default |\n|---|---|---|\n{rows}\n{END}{after}"))
}

fn row(Leaf { name, default, description }: &Leaf) -> String {
    let words = description.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|");
    let default = match default.as_str() {
        "" | "null" => String::new(),
        default => format!("`{default}`"),
    };
    format!("| `{name}` | {words} | {default} |\n")
}

/// Names of settings in the example: a `#` without a space behind it goes, as the example says. What
/// is below `facts` is the operator's own.
fn settings(example: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut above = String::new();
    for line in example.lines().filter_map(switched_on) {
        let Some((key, value)) = line.trim_start().split_once(':') else { continue };
        let name = if line.starts_with(' ') { format!("{above}.{key}") } else { key.to_owned() };
        match (line.starts_with(' '), value.trim().is_empty()) {
            (false, true) if key != "facts" => key.clone_into(&mut above),
            (true, _) if above == "facts" => {}
            (_, _) => {
                if key == "facts" {
                    key.clone_into(&mut above);
                }
                found.insert(name);
            }
        }
    }
    found
}

fn switched_on(line: &str) -> Option<&str> {
    match line.strip_prefix('#') {
        None => Some(line),
        Some(rest) if rest.starts_with(|c: char| c.is_ascii_lowercase()) => Some(rest),
        Some(rest) if rest.starts_with("  ") && !rest.trim_start().starts_with('#') => Some(rest),
        Some(_) => None,
    }
    .filter(|line| !line.trim_start().starts_with('#'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_of_the_example_are_found_by_their_whole_names() {
        let example = "# A page.\na: 1\n\n# What.\n#b:\n  # It.\n#  c: 2\n#  d: \"3\"\n#facts:\n#  x.y: 1\n#e: []\n";
        let wanted = ["a", "b.c", "b.d", "facts", "e"].map(str::to_owned);
        assert_eq!(settings(example), BTreeSet::from(wanted));
    }

    #[test]
    fn the_options_stand_between_their_marks() {
        let leaf = |name: &str| Leaf {
            name: name.to_owned(),
            default: "null".to_owned(),
            description: "One\n| two.\n".to_owned(),
        };
        let old = format!("# A\n\n{BEGIN}old\n{END}\nmore\n");
        let new = page(&old, &[leaf("a.b")]).unwrap();
        assert!(new.contains("| `a.b` | One \\| two. |  |\n") && new.ends_with("\nmore\n"));
        assert_eq!(page(&new, &[leaf("a.b")]).unwrap(), new);
        assert!(page("# A\n", &[]).is_err());
    }
}
