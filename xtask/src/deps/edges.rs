//! Edges between our own crates.

use cargo_metadata::{DependencyKind, Metadata};

use crate::import_table::Row;

/// Edges that the table does not have, crates without a row, rows without a crate.
pub(super) fn breaches(table: &[Row], metadata: &Metadata) -> Vec<String> {
    let ours = metadata.workspace_packages();
    let named = |name: &str| ours.iter().any(|package| package.name.as_str() == name);
    let stale = table.iter().filter(|row| !named(row.name));
    let mut breaches: Vec<String> = stale
        .map(|row| format!("the import table names `{}`, which is no crate", row.name))
        .collect();
    for package in &ours {
        let name = package.name.as_str();
        let Some(row) = table.iter().find(|row| row.name == name) else {
            breaches.push(format!("`{name}` has no row in xtask/src/import_table.rs"));
            continue;
        };
        let linked = package.dependencies.iter().filter(|d| d.kind != DependencyKind::Development);
        let foreign = linked.filter(|d| named(&d.name) && !row.may_use.contains(&d.name.as_str()));
        breaches.extend(foreign.map(|d| format!("`{name}` must not import `{}`", d.name)));
    }
    breaches
}
