//! The compiler of the guests: Debian 12's rustc with its wasm library and linker.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process;

const VERSION: &str = "rustc 1.63.0";
const PACKAGES: [&str; 3] = ["rustc", "libstd-rust-dev-wasm32", "lld-14"];

/// Whether something may be installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Install {
    Allowed,
    Forbidden,
}

impl Install {
    /// Allowed unless `forbidden`.
    pub(crate) fn unless(forbidden: bool) -> Self {
        if forbidden { Self::Forbidden } else { Self::Allowed }
    }
}

/// A compiler and a linker that are there.
#[derive(Debug)]
pub(crate) struct Toolchain {
    pub(super) rustc: PathBuf,
    pub(super) linker: PathBuf,
}

impl Toolchain {
    /// Finds it, or installs it where that is allowed and we are root; else says why not.
    pub(crate) fn find(install: Install) -> Result<Self, String> {
        Self::installed().or_else(|why| {
            let packages = PACKAGES.join(" ");
            if install == Install::Forbidden || !is_root() || !process::exists("apt-get") {
                return Err(format!("{why}; on Debian 12 `apt-get install {packages}` brings it"));
            }
            apt()?;
            Self::installed()
        })
    }

    fn installed() -> Result<Self, String> {
        let (rustc, linker) =
            (PathBuf::from("/usr/bin/rustc"), PathBuf::from("/usr/bin/wasm-ld-14"));
        let version = process::output(Command::new(&rustc).arg("--version")).unwrap_or_default();
        if !version.starts_with(VERSION) {
            return Err(format!(
                "the guests' compiler, {VERSION} of Debian 12, is not at {}",
                rustc.display()
            ));
        }
        let wasi = ["--print", "target-libdir", "--target", "wasm32-wasi"];
        let library = process::output(Command::new(&rustc).args(wasi)).unwrap_or_default();
        if !Path::new(library.trim()).is_dir() {
            return Err("the compiler has no library for wasm32-wasi".to_owned());
        }
        if !linker.is_file() {
            return Err(format!("the linker {} is not there", linker.display()));
        }
        Ok(Self { rustc, linker })
    }
}

/// Installs the packages; where no list of packages is there yet, it is fetched first.
fn apt() -> Result<(), String> {
    println!("installing {}", PACKAGES.join(" "));
    apt_get(&["-y", "--no-install-recommends", "install"], &PACKAGES)
        .or_else(|_no_list_yet| {
            apt_get(&["update"], &[])?;
            apt_get(&["-y", "--no-install-recommends", "install"], &PACKAGES)
        })
        .map_err(|error| format!("the guests' compiler could not be installed: {error}"))
}

fn apt_get(verb: &[&str], packages: &[&str]) -> Result<(), String> {
    let mut command = Command::new("apt-get");
    command.arg("-q").args(verb).args(packages).env("DEBIAN_FRONTEND", "noninteractive");
    process::output(&mut command).map(drop)
}

fn is_root() -> bool {
    process::output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}
