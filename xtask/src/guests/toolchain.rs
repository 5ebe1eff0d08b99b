//! The compiler of the guests: Debian 12's rustc with its wasm library and linker.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{apt, process};

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
            if install == Install::Forbidden {
                let packages = PACKAGES.join(" ");
                return Err(format!("{why}; on Debian 12 `apt-get install {packages}` brings it"));
            }
            apt::install(&PACKAGES).map_err(|missing| format!("{why}; {missing}"))?;
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
