//! Nix itself, with a store of its own below cargo's target folder: nothing here needs root, a daemon
//! or /nix.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::guests::Install;
use crate::{apt, house, process};

/// Nix, found.
#[derive(Debug)]
pub(crate) struct Nix {
    kept: PathBuf,
}

impl Nix {
    /// Installs it where that is allowed.
    pub(crate) fn find(install: Install) -> Result<Self, String> {
        let there = || process::exists("nix-instantiate") && process::exists("nix");
        if !there() {
            if install == Install::Forbidden {
                return Err("there is no Nix; `apt-get install nix-bin` brings it".to_owned());
            }
            apt::install(&["nix-bin"])?;
        }
        if !there() {
            return Err("there is no Nix, although it was installed".to_owned());
        }
        let kept = house::kept("nix")?.join("own");
        // All of it, or a part would say that another has what it has not.
        discard(&kept);
        Ok(Self { kept })
    }

    /// The value of an expression that is written in the checkout's folder.
    pub(super) fn evaluate(&self, expression: &str) -> Result<Value, String> {
        let mut command = self.command("nix-instantiate", &house::root());
        command.args(["--eval", "--strict", "--json", "--readonly-mode", "--expr", expression]);
        let text = told(&mut command)?;
        serde_json::from_str(&text).map_err(|error| format!("{expression}: {error}"))
    }

    /// Whether every file can be read.
    pub(super) fn parse(&self, files: &[PathBuf]) -> Result<(), String> {
        let mut command = self.command("nix-instantiate", &house::root());
        told(command.arg("--parse").args(files)).map(drop)
    }

    /// `nix flake check` of a folder, with another folder in the place of nixpkgs.
    pub(super) fn check_flake(&self, flake: &Path, nixpkgs: &Path) -> Result<(), String> {
        let mut command = self.command("nix", flake);
        command.args(["--extra-experimental-features", "nix-command flakes", "flake", "check"]);
        command.args(["--no-build", "--offline", "--no-write-lock-file", "--override-input"]);
        command.arg("nixpkgs").arg(format!("path:{}", nixpkgs.display()));
        let checked = told(command.arg(format!("path:{}", flake.display()))).map(drop);
        discard(&self.kept);
        checked
    }

    fn command(&self, program: &str, folder: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(folder).env_remove("NIX_PATH");
        for (variable, name) in [
            ("HOME", "home"),
            ("XDG_CACHE_HOME", "cache"),
            ("XDG_CONFIG_HOME", "config"),
            ("XDG_STATE_HOME", "xdg-state"),
            ("NIX_STORE_DIR", "store"),
            ("NIX_STATE_DIR", "state"),
            ("NIX_LOG_DIR", "log"),
            ("NIX_CONF_DIR", "conf"),
        ] {
            command.env(variable, self.kept.join(name));
        }
        command.env("NIX_CONFIG", "build-users-group =\nsubstituters =");
        command
    }
}

/// Removes a store, from whose folders Nix has taken the right to write: `cargo clean` would stumble.
fn discard(folder: &Path) {
    let _seen_by_the_removal = fs::set_permissions(folder, Permissions::from_mode(0o700));
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            discard(&entry.path());
        }
    }
    let _next_time = fs::remove_dir_all(folder);
}

/// Its output; or the first line in which it says `error`, which is the one that matters.
fn told(command: &mut Command) -> Result<String, String> {
    let output = command.output().map_err(|error| format!("Nix does not start: {error}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let words = String::from_utf8_lossy(&output.stderr);
    let first = words.lines().find(|line| line.starts_with("error:"));
    Err(first.unwrap_or("Nix ended with an error and said nothing").to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_that_nobody_may_write_is_removed_all_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let store = folder.path().join("store");
        fs::create_dir_all(store.join("a/b")).unwrap();
        fs::write(store.join("a/b/c"), "").unwrap();
        for closed in ["a/b", "a", ""] {
            fs::set_permissions(store.join(closed), Permissions::from_mode(0o500)).unwrap();
        }
        discard(&store);
        assert!(!store.exists());
    }
}
