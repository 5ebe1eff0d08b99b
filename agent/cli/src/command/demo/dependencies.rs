//! The real input of the demo: this project's lock file and the sources of what it names.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::answer::Stop;

/// The lock file of the build that made this program.
pub(super) const LOCK: &str = include_str!("../../../../../Cargo.lock");

/// A folder that holds the sources of locked packages, one folder a package.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Sources {
    pub(super) folder: PathBuf,
    /// Packages of the lock file that are there.
    pub(super) present: usize,
    /// Packages of the lock file that came from a registry.
    pub(super) wanted: usize,
}

impl Sources {
    /// One package of middling size, for the smaller jobs; the first one there if it is not.
    pub(super) fn package(&self) -> PathBuf {
        let packages = locked(LOCK);
        let there = |package: &&String| self.folder.join(package).is_dir();
        let liked = packages.iter().filter(|package| package.starts_with("anstream-")).find(there);
        let any = packages.iter().find(there);
        self.folder.join(liked.or(any).map_or("", |package| package))
    }
}

/// The folder with most of them: the given one, cargo's, or a vendored one.
pub(super) fn find(given: Option<&Path>) -> Result<Sources, Stop> {
    let wanted = locked(LOCK);
    let candidates = match given {
        Some(folder) => vec![folder.to_path_buf()],
        None => known().into_iter().chain(asked()).collect(),
    };
    candidates
        .iter()
        .filter_map(|folder| folder.canonicalize().ok())
        .map(|folder| count(folder, &wanted))
        .max_by_key(|sources| sources.present)
        .filter(|sources| sources.present > 0)
        .ok_or_else(|| {
            Stop::could_not(
                "the sources of this project's dependencies are nowhere to be found",
                "run `cargo fetch` in the project, or give `--sources DIR`",
            )
        })
}

fn count(folder: PathBuf, wanted: &[String]) -> Sources {
    let present = wanted.iter().filter(|package| folder.join(package).is_dir()).count();
    Sources { folder, present, wanted: wanted.len() }
}

/// `name-version` of each package that has a source, which is how registries unpack them.
fn locked(lock: &str) -> Vec<String> {
    lock.split("[[package]]")
        .filter(|part| part.contains("\nsource = "))
        .filter_map(named)
        .collect()
}

fn named(part: &str) -> Option<String> {
    let field = |key: &str| {
        part.lines()
            .find_map(|line| line.strip_prefix(key)?.strip_prefix(" = \"")?.strip_suffix('"'))
    };
    Some(format!("{}-{}", field("name")?, field("version")?))
}

/// Where cargo unpacks registries, and where `cargo vendor` puts them.
fn known() -> Vec<PathBuf> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let user = std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cargo"));
    let registries = home.into_iter().chain(user).flat_map(|cargo| {
        let entries = std::fs::read_dir(cargo.join("registry/src"));
        entries.into_iter().flatten().flatten().map(|entry| entry.path())
    });
    registries.chain([PathBuf::from("vendor")]).collect()
}

/// What cargo itself says, when it is there and we stand in a project.
fn asked() -> Vec<PathBuf> {
    let output = Command::new("cargo")
        .args(["metadata", "--format-version", "1", "--offline", "--locked"])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output();
    let metadata: serde_json::Value = output
        .ok()
        .filter(|output| output.status.success())
        .and_then(|output| serde_json::from_slice(&output.stdout).ok())
        .unwrap_or_default();
    let packages = metadata.get("packages").and_then(|packages| packages.as_array());
    let mut folders: Vec<PathBuf> = packages.into_iter().flatten().filter_map(holder).collect();
    folders.sort();
    folders.dedup();
    folders
}

/// The folder that holds the folder of a package.
fn holder(package: &serde_json::Value) -> Option<PathBuf> {
    let manifest = Path::new(package.get("manifest_path")?.as_str()?);
    manifest.parent()?.parent().map(Path::to_path_buf)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_packages_with_a_source_are_wanted() {
        let lock = "version = 4\n\n[[package]]\nname = \"ours\"\nversion = \"0.1.0\"\n\n\
                    [[package]]\nname = \"serde\"\nversion = \"1.0.9\"\nsource = \"registry+x\"\n";
        assert_eq!(locked(lock), ["serde-1.0.9"]);
    }

    #[test]
    fn this_project_has_hundreds_of_them() {
        assert!(locked(LOCK).len() > 100);
    }

    #[test]
    fn a_folder_without_sources_is_an_error_with_a_remedy() {
        let dir = tempfile::tempdir().unwrap();
        let Err(Stop::CouldNot { help, .. }) = find(Some(dir.path())) else { panic!() };
        assert!(help.contains("--sources"));
    }
}
