//! A key's way from a ceremony to a proof, with snarkjs for the contributors and `archctl` for the
//! operator.
#![allow(clippy::panic, clippy::unwrap_used, reason = "tests may be blunt")]

use std::{
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Command,
};

use arch_tests::{program, referee, skip};
use serde_json::Value;

/// What `archctl` says, and whether it is content.
fn archctl(folder: &Path, arguments: &[&str]) -> (bool, String) {
    let mut command = Command::new(program("archctl"));
    let output = command.args(arguments).current_dir(folder).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&said).into_owned())
}

/// What snarkjs answers; none where it is not installed.
fn snarkjs(folder: &Path, command: &str, files: &[&str]) -> Option<Value> {
    let mut node = referee::javascript("tests/referees/circuits.mjs", &["snarkjs"])?;
    let output = node.arg(command).args(files).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

/// snarkjs as a program, which its package has under a path of its own.
fn snarkjs_program(folder: &Path) -> String {
    let tools = PathBuf::from(std::env::var_os("ARCH_REFEREES").unwrap()).join("javascript");
    let script = folder.join("snarkjs");
    let cli = tools.join("node_modules/snarkjs/build/cli.cjs");
    let text = format!("#!/bin/sh\nexec node {} \"$@\"\n", cli.display());
    std::fs::write(&script, text).unwrap();
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
    script.display().to_string()
}

/// Powers of tau for 2^14 rows, with a tau that everybody knows.
fn powers() -> Option<String> {
    let file = PathBuf::from(std::env::var_os("ARCH_REFEREES")?).join("known-tau-14.ptau");
    if file.is_file() {
        return Some(file.display().to_string());
    }
    skip("there are no powers of tau; `cargo xtask test --only proofs` makes them");
    None
}

fn files_of(folder: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn a_key_that_several_contributed_to_becomes_the_circuits_next_version() {
    let world = tempfile::tempdir().unwrap();
    let folder = world.path();
    let good = |arguments: &[&str]| {
        let (good, said) = archctl(folder, arguments);
        assert!(good, "{arguments:?}: {said}");
        said
    };
    good(&["circuit", "export", "arch-fold-v3", "--out", "rows"]);
    let Some(tau) = powers() else { return };
    if snarkjs(folder, "second", &["rows/circuit.r1cs", &tau, "."]).is_none() {
        return;
    }
    let import = |file: &str, out: &str| {
        archctl(folder, &["circuit", "import", "arch-fold-v3", "--zkey", file, "--out", out])
    };
    let (taken, said) = import("two.zkey", "early");
    assert!(!taken && said.contains("ARCH-C010") && said.contains("2 of 3"), "{said}");
    let (taken, said) = import("three.zkey", "early");
    assert!(!taken && said.contains("no beacon at the end"), "{said}");
    assert!(!folder.join("early").exists());
    let (taken, said) = import("final.zkey", "keys");
    assert!(taken, "{said}");
    assert_eq!(files_of(&folder.join("keys")).len(), 2, "the manifest and the key");

    let manifest = ["--manifest", "keys/manifest.json"];
    let with = |arguments: &[&str]| good(&[arguments, &manifest].concat());
    assert!(said.contains("nobody verified the ceremony"), "{said}");
    let listed = with(&["circuit", "list"]);
    assert!(listed.contains("unverified"), "{listed}");
    // It does not follow from other powers of tau, and snarkjs finds that.
    std::fs::write(folder.join("none.ptau"), b"none").unwrap();
    let tool = snarkjs_program(folder);
    let verified = |powers: &str| {
        let asked = ["circuit", "import", "arch-fold-v3", "--zkey", "final.zkey"];
        let how = ["--out", "verified", "--powers", powers, "--snarkjs", &tool];
        archctl(folder, &[&asked[..], &how].concat())
    };
    let (taken, said) = verified("none.ptau");
    assert!(!taken && said.contains("ARCH-C009"), "{said}");
    assert!(!folder.join("verified").exists() && !folder.join("verified.r1cs").exists());
    // With those that it was made from, it does.
    let (taken, said) = verified(&tau);
    assert!(taken && !said.contains("nobody verified"), "{said}");
    let listed = good(&["circuit", "list", "--manifest", "verified/manifest.json"]);
    assert!(listed.contains("ceremony") && !listed.contains("unverified"), "{listed}");

    let shown = with(&["circuit", "show", "arch-fold-v3"]);
    assert!(shown.contains("arch-fold-v3, version 2, active"), "{shown}");
    assert!(shown.contains("ceremony   one, two, three, beacon"), "{shown}");
    let before = with(&["circuit", "show", "arch-fold-v3", "--version", "1"]);
    assert!(before.contains("version 1, verify-only"), "{before}");
    with(&["circuit", "verify", "arch-fold-v3", "--keys", "keys"]);

    // It goes out again as it came in, and a damaged one does not.
    let key =
        with(&["circuit", "export", "arch-fold-v3", "--out", "again", "--zkey", "--keys", "keys"]);
    assert!(key.contains("again/circuit.zkey"), "{key}");
    let pk = files_of(&folder.join("keys"))
        .into_iter()
        .find(|path| path.extension().is_some_and(|e| e == "pk"));
    let pk = pk.unwrap();
    let mut bytes = std::fs::read(&pk).unwrap();
    *bytes.get_mut(70_000).unwrap() ^= 1;
    std::fs::write(&pk, bytes).unwrap();
    let (good, said) = archctl(
        folder,
        &[&["circuit", "verify", "arch-fold-v3", "--keys", "keys"], &manifest[..]].concat(),
    );
    assert!(!good && said.contains("ARCH-C009"), "a damaged key is noticed: {said}");
}
