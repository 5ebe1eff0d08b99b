//! Packages from outside, through the whole of what a crate links.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{Dependency, DependencyKind, Metadata, Node, NodeDep, Package, PackageId};

use crate::import_table::Row;

type Edges<'a> = BTreeMap<&'a PackageId, Vec<&'a PackageId>>;

/// Forbidden packages with the way that leads to each.
pub(super) fn breaches(table: &[Row], metadata: &Metadata) -> Vec<String> {
    let edges = normal_edges(metadata);
    let names: BTreeMap<&PackageId, &str> =
        metadata.packages.iter().map(|package| (&package.id, package.name.as_str())).collect();
    let mut breaches = Vec::new();
    for package in metadata.workspace_packages() {
        let Some(row) = table.iter().find(|row| row.name == package.name.as_str()) else {
            continue;
        };
        for path in paths(&package.id, &edges) {
            let way: Vec<&str> = path.iter().filter_map(|id| names.get(id).copied()).collect();
            if way.last().is_some_and(|last| is_among(row.never_linked, last)) {
                breaches.push(format!("`{}` must not link `{}`", row.name, way.join(" -> ")));
            }
        }
    }
    breaches
}

fn is_among(patterns: &[&[&str]], name: &str) -> bool {
    patterns.iter().copied().flatten().any(|pattern| match pattern.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => name == *pattern,
    })
}

fn normal_edges(metadata: &Metadata) -> Edges<'_> {
    let nodes = metadata.resolve.iter().flat_map(|resolve| &resolve.nodes);
    let normal =
        |dep: &&NodeDep| dep.dep_kinds.iter().any(|info| info.kind == DependencyKind::Normal);
    let edges = nodes.map(|node| {
        let package = metadata.packages.iter().find(|package| package.id == node.id);
        let asked = |dep: &&NodeDep| package.is_none_or(|package| is_asked_for(package, node, dep));
        (&node.id, node.deps.iter().filter(normal).filter(asked).map(|dep| &dep.pkg).collect())
    });
    edges.collect()
}

/// Whether a dependency is built: cargo also lists optional ones that only `name?/feature` mentions,
/// which asks for nothing.
fn is_asked_for(package: &Package, node: &Node, dep: &NodeDep) -> bool {
    let known_as = |dependency: &Dependency| {
        dependency.rename.as_deref().unwrap_or(&dependency.name).to_owned()
    };
    let declared: Vec<&Dependency> = package
        .dependencies
        .iter()
        .filter(|dependency| known_as(dependency).replace('-', "_") == dep.name)
        .collect();
    if declared.is_empty() || declared.iter().any(|dependency| !dependency.optional) {
        return true;
    }
    let active =
        node.features.iter().filter_map(|feature| package.features.get(&feature.to_string()));
    active.flatten().any(|asked| {
        let name = asked.strip_prefix("dep:").unwrap_or(asked);
        let name = name.split('/').next().unwrap_or(name);
        declared.iter().any(|dependency| known_as(dependency) == name)
    })
}

/// The shortest way from `start` to everything that can be reached.
fn paths<'a>(start: &'a PackageId, edges: &Edges<'a>) -> Vec<Vec<&'a PackageId>> {
    let mut seen = BTreeSet::from([start]);
    let mut found = Vec::new();
    let mut front = vec![vec![start]];
    while !front.is_empty() {
        let mut next = Vec::new();
        for path in front {
            let ahead = path.last().and_then(|last| edges.get(last)).into_iter().flatten();
            for id in ahead.copied().filter(|id| seen.insert(*id)) {
                next.push(path.iter().copied().chain([id]).collect::<Vec<_>>());
            }
            found.push(path);
        }
        front = next;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_everything_that_starts_so() {
        assert!(is_among(&[&["wasmtime*"]], "wasmtime-environ"));
        assert!(!is_among(&[&["x"], &["tokio"]], "tokio-util"));
        assert!(is_among(&[&["x"], &["tokio"]], "tokio"));
    }

    #[test]
    fn what_is_linked_through_others_is_found_by_the_shortest_way() {
        let ids = ["a", "b", "c", "d"].map(|name| PackageId { repr: name.to_owned() });
        let [a, b, c, d] = &ids;
        let edges = Edges::from([(a, vec![b, c]), (b, vec![d]), (c, vec![d]), (d, vec![a])]);
        let ways = paths(a, &edges);
        assert_eq!(ways, [vec![a], vec![a, b], vec![a, c], vec![a, b, d]]);
    }
}
