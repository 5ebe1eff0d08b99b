//! `nix flake check` without a network: nix/tests is a flake too, and stands for nixpkgs.

use std::path::Path;

use super::Nix;
use crate::house;

/// What flake.nix and the package read while they are evaluated.
const FILES: [&str; 7] =
    ["flake.nix", "nix", "dist", "Cargo.toml", "Cargo.lock", "manifests", "policies"];

/// Checks a copy, because Nix copies the whole folder of a flake, and cargo's is large.
pub(super) fn check(nix: &Nix) -> Result<(), String> {
    let root = house::root();
    let copy = house::kept("nix")?.join("flake");
    let _start_afresh = std::fs::remove_dir_all(&copy);
    for file in FILES.iter().flat_map(|name| house::files(&root.join(name))) {
        let below = file.strip_prefix(&root).map_err(|error| error.to_string())?;
        copied(&file, &copy.join(below))?;
    }
    nix.check_flake(&copy, &copy.join("nix/tests"))
}

fn copied(from: &Path, to: &Path) -> Result<(), String> {
    let told = |error: std::io::Error| format!("{}: {error}", to.display());
    to.parent().map_or(Ok(()), std::fs::create_dir_all).map_err(told)?;
    std::fs::copy(from, to).map(drop).map_err(told)
}
