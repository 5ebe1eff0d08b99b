//! A dependency is named once, in the root `Cargo.toml`, with its purpose behind it.

use std::path::Path;

use crate::house;

/// Lines without a purpose, and crates that name versions of their own.
pub(super) fn breaches(root: &Path) -> Result<Vec<String>, String> {
    let mut breaches = without_purpose(&house::text(&root.join("Cargo.toml"))?);
    let agent = root.join("agent");
    let crates =
        std::fs::read_dir(&agent).map_err(|error| format!("{}: {error}", agent.display()))?;
    let ours = crates.flatten().map(|entry| entry.path());
    for folder in ours.chain([root.join("tests"), root.join("xtask")]) {
        let manifest = folder.join("Cargo.toml");
        let shown = manifest.strip_prefix(root).unwrap_or(&manifest).display().to_string();
        let own = own_versions(&house::text(&manifest)?);
        breaches.extend(
            own.into_iter().map(|line| format!("{shown}: `{line}` should say `.workspace = true`")),
        );
    }
    Ok(breaches)
}

fn without_purpose(text: &str) -> Vec<String> {
    let from_outside =
        |line: &&str| !line.is_empty() && !line.starts_with('#') && !line.contains("path = \"");
    let bare = |line: &&str| {
        line.rsplit_once("# ").is_none_or(|(before, purpose)| {
            !before.ends_with([' ', '\t']) || purpose.trim().len() < 5
        })
    };
    table(text, |name| name == "[workspace.dependencies]")
        .into_iter()
        .filter(from_outside)
        .filter(bare)
        .map(|line| format!("Cargo.toml: `{line}` has no purpose behind it"))
        .collect()
}

fn own_versions(text: &str) -> Vec<String> {
    let inherits = |line: &str| line.contains("workspace = true");
    table(text, |name| name.ends_with("dependencies]"))
        .into_iter()
        .filter(|line| !line.is_empty() && !line.starts_with('#') && !inherits(line))
        .map(str::to_owned)
        .collect()
}

/// The trimmed lines of the tables whose heads are `wanted`.
fn table(text: &str, wanted: impl Fn(&str) -> bool) -> Vec<&str> {
    let mut inside = false;
    let mut lines = Vec::new();
    for line in text.lines().map(str::trim) {
        if line.starts_with('[') {
            inside = wanted(line);
        } else if inside {
            lines.push(line);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dependency_without_a_purpose_is_told() {
        let text = "[workspace.dependencies]\n# ---- data ----\nours = { path = \"x\" }\nserde = \"1\" # typed documents\n\
                    bare = \"1\"\nempty = \"1\" # \n[other]\nx = \"1\"\n";
        let told = without_purpose(text);
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(told[0].contains("bare") && told[1].contains("empty"));
    }

    #[test]
    fn a_crate_with_a_version_of_its_own_is_told() {
        let text = "[package]\nversion = \"1\"\n[dev-dependencies]\na.workspace = true\nb = \"2\"\nc = { workspace = true }\n";
        assert_eq!(own_versions(text), ["b = \"2\""]);
    }
}
