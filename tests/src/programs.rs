//! The programs under test, built once.

use std::{
    env,
    path::PathBuf,
    process::{Command, Stdio},
    sync::OnceLock,
};

use crate::checkout;

/// Path of `arch-node-agent`, `arch-executor`, `arch-prover` or `archctl`, built from this tree.
///
/// # Panics
/// When they do not build.
#[must_use]
pub fn program(name: &str) -> PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    let path = FOLDER.get_or_init(folder).join(name);
    assert!(path.is_file(), "{} is missing", path.display());
    path
}

/// `ARCH_PROGRAMS` names a folder with programs that are built already, as `cargo xtask test` does.
fn folder() -> PathBuf {
    env::var_os("ARCH_PROGRAMS").map_or_else(build, PathBuf::from)
}

/// Test programs stand in `<target>/<profile>/deps`; the programs they test one folder above.
fn build() -> PathBuf {
    let test = env::current_exe().expect("a running test has a path");
    let folder = test.ancestors().nth(2).expect("deps stands in a profile's folder").to_owned();
    let target = folder.parent().expect("a profile's folder stands in the target folder");
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--quiet"]);
    for package in ["arch-node", "arch-executor", "arch-prover", "arch-cli"] {
        cargo.args(["-p", package]);
    }
    if folder.ends_with("release") {
        cargo.arg("--release");
    }
    cargo.arg("--manifest-path").arg(checkout().join("Cargo.toml")).arg("--target-dir").arg(target);
    let built = cargo.stdin(Stdio::null()).status().expect("cargo runs");
    assert!(built.success(), "the programs do not build");
    folder
}
