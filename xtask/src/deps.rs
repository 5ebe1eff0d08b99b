//! `cargo xtask deps`: the import table and the rules for what comes from outside.

mod closure;
mod edges;
mod licences;
mod purposes;
mod sources;
mod spdx;
mod words;

use std::process::ExitCode;

use cargo_metadata::{CargoOpt, Metadata, MetadataCommand};

use crate::house;
use crate::import_table::TABLE;

/// Check who imports whom, and the sources, licences and purposes of dependencies
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

impl Args {
    pub(crate) fn run(self) -> Result<ExitCode, String> {
        check().map(|()| ExitCode::SUCCESS)
    }
}

/// Runs every rule, prints what each looked at, and fails with all breaches together.
pub(crate) fn check() -> Result<(), String> {
    let root = house::root();
    let metadata = metadata()?;
    let rules: [(&str, Vec<String>); 6] = [
        ("our crates import what the table allows", edges::breaches(TABLE, &metadata)),
        ("forbidden packages are linked nowhere", closure::breaches(TABLE, &metadata)),
        ("forbidden words are written nowhere", words::breaches(TABLE, &root)?),
        ("every dependency names its purpose once, in the root", purposes::breaches(&root)?),
        ("every package comes from the one registry", sources::breaches(&metadata)),
        ("every licence is allowed by deny.toml", licences::breaches(&metadata, &root)?),
    ];
    let mut wrong = 0_usize;
    for (rule, breaches) in &rules {
        println!("{} {rule}", if breaches.is_empty() { "ok  " } else { "FAIL" });
        breaches.iter().for_each(|breach| println!("       {breach}"));
        wrong = wrong.saturating_add(breaches.len());
    }
    println!("     {} crates of ours, {} packages in all", TABLE.len(), metadata.packages.len());
    if wrong == 0 { Ok(()) } else { Err(format!("{wrong} breaches of the dependency rules")) }
}

/// The packages and edges of a build for Linux, where this project runs, with every feature: what is
/// linked only on demand is linked under the same rules.
fn metadata() -> Result<Metadata, String> {
    let options = ["--locked", "--filter-platform", "x86_64-unknown-linux-gnu"].map(str::to_owned);
    MetadataCommand::new()
        .manifest_path(house::root().join("Cargo.toml"))
        .features(CargoOpt::AllFeatures)
        .other_options(options)
        .exec()
        .map_err(|error| format!("cargo metadata: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_a_feature_links_is_under_the_rules_as_well() {
        let metadata = metadata().unwrap();
        let nodes = metadata.resolve.iter().flat_map(|resolve| &resolve.nodes);
        let linked: Vec<&str> = nodes
            .filter_map(|node| metadata.packages.iter().find(|package| package.id == node.id))
            .map(|package| package.name.as_str())
            .collect();
        assert!(linked.contains(&"wit-component"), "the feature `component` links it");
    }
}
