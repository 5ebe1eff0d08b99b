//! Programs by others that ours are measured beside, or with; installed where that is allowed.

use std::path::PathBuf;

use crate::guests::Install;
use crate::{apt, house, process, referees};

/// The least that compiles a module and runs it compiled: whatever else the stock command line has
/// would only make its start slower.
const FEATURES: &str = "run,compile,cranelift";

/// The stock command line of the engine, of the version that we link.
pub(crate) fn wasmtime(install: Install) -> Result<PathBuf, String> {
    let lock = house::text(&house::root().join("Cargo.lock"))?;
    let version = locked(&lock, "wasmtime").ok_or("Cargo.lock names no wasmtime")?;
    let folder = house::kept("peers")?.join(format!("wasmtime-{version}"));
    let program = folder.join("bin/wasmtime");
    if program.is_file() {
        return Ok(program);
    }
    let package = format!("wasmtime-cli@{version}");
    if install == Install::Forbidden {
        return Err(format!("wasmtime {version} is not there; without --no-install it is built"));
    }
    eprintln!("building {package}, which takes many minutes; once for each version");
    let mut cargo = process::cargo(["install", "--quiet", "--locked", &package, "--root"]);
    cargo.arg(&folder).args(["--no-default-features", "--features", FEATURES]);
    // What it was built from is of no further use: it goes with the folder that cargo makes itself.
    cargo.env_remove("CARGO_TARGET_DIR");
    process::output(&mut cargo).map_err(|why| format!("{package} does not install: {why}"))?;
    Ok(program)
}

/// What counts system calls.
pub(crate) fn strace(install: Install) -> Result<PathBuf, String> {
    let find = || {
        let path = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&path).map(|at| at.join("strace")).find(|at| at.is_file())
    };
    if find().is_none() && install == Install::Allowed {
        apt::install(&["strace"])?;
    }
    find().ok_or_else(|| "strace is not there; `apt-get install strace` brings it".to_owned())
}

/// A Python that has NumPy.
pub(crate) fn numpy(install: Install) -> Result<PathBuf, String> {
    let folder = referees::prepare_python(install)?;
    let python = folder.join("bin/python");
    let has = process::output(std::process::Command::new(&python).args(["-c", "import numpy"]));
    has.map(|_said| python)
        .map_err(|_why| "NumPy is not there; without --no-install it is".to_owned())
}

/// What torch's products are measured with. Its package for Linux on x86-64 brings libraries for graphics
/// cards along, unless pip is set up with an index of builds for processors alone.
const TORCH: [&str; 2] = ["torch==2.15.0", "numpy==2.4.6"];

/// A Python that has torch, in an environment of its own.
pub(crate) fn torch(install: Install) -> Result<PathBuf, String> {
    let folder = house::kept("peers")?.join("torch");
    let python = folder.join("bin/python");
    let has = || {
        let mut tried = std::process::Command::new(&python);
        process::output(tried.args(["-c", "import numpy, torch; torch._int_mm"])).map(drop)
    };
    if has().is_err() && install == Install::Allowed {
        eprintln!("installing torch: up to 3 GB; once");
        referees::environment(&folder, &TORCH)?;
    }
    has().map(|()| python).map_err(|_why| {
        "torch is not there; `cargo xtask bench matmul-cpu-vs-torch` installs it, up to 3 GB"
            .to_owned()
    })
}

/// The version of a package in a lock file.
fn locked<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let (_, rest) = lock.split_once(&format!("\nname = \"{package}\"\nversion = \""))?;
    rest.split('"').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_peer_is_of_the_version_that_is_linked() {
        let lock = "[[package]]\nname = \"wasmtime-environ\"\nversion = \"1.0.0\"\n\n\
                    [[package]]\nname = \"wasmtime\"\nversion = \"48.0.8\"\nsource = \"x\"\n";
        assert_eq!(locked(lock, "wasmtime"), Some("48.0.8"));
        assert_eq!(locked(lock, "wasm"), None);
        let ours = house::text(&house::root().join("Cargo.lock")).unwrap();
        assert!(locked(&ours, "wasmtime").is_some());
    }
}
