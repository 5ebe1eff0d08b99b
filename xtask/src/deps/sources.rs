//! Where packages come from: this workspace, or the one registry.

use std::collections::BTreeSet;

use cargo_metadata::Metadata;

/// Packages from version control, other folders or a second registry.
pub(super) fn breaches(metadata: &Metadata) -> Vec<String> {
    let packages = metadata.packages.iter().filter(|p| !metadata.workspace_members.contains(&p.id));
    let mut registries = BTreeSet::new();
    let mut breaches = Vec::new();
    for package in packages {
        match package.source.as_ref().map(|source| source.repr.as_str()) {
            Some(source) if source.starts_with("registry+") => drop(registries.insert(source)),
            Some(source) => breaches.push(format!("`{}` comes from {source}", package.name)),
            None => breaches
                .push(format!("`{}` comes from a folder outside the workspace", package.name)),
        }
    }
    if registries.len() > 1 {
        breaches.push(format!("packages come from {} registries", registries.len()));
    }
    breaches
}
