//! The one layer: a root with the program, and places for what is mounted.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use crate::house;

/// Where it stands in the image.
pub(super) const PROGRAM: &str = "usr/bin/arch-prover";

/// Folders for the keys and the socket, and those that every runtime puts something on.
const FOLDERS: [&str; 7] =
    ["usr/bin", "var/lib/arch-circuits", "run/arch", "dev", "proc", "sys", "etc"];

/// The layer's bytes: a tar archive with neither times nor names of this machine.
pub(super) fn of(program: &Path) -> Result<Vec<u8>, String> {
    let root = house::kept("image")?.join("root");
    stage(&root, program).map_err(|error| format!("{}: {error}", root.display()))?;
    let mut tar = Command::new("tar");
    tar.args(["--create", "--format=ustar", "--sort=name", "--mtime=@0", "--numeric-owner"]);
    tar.args(["--owner=0", "--group=0", "--mode=u=rwX,go=rX", "--directory"]).arg(&root).arg(".");
    let packed = tar.output().map_err(|error| format!("tar cannot be started: {error}"))?;
    if packed.status.success() {
        return Ok(packed.stdout);
    }
    Err(format!("tar: {}", String::from_utf8_lossy(&packed.stderr).trim()))
}

fn stage(root: &Path, program: &Path) -> io::Result<()> {
    if root.exists() {
        fs::remove_dir_all(root)?;
    }
    for folder in FOLDERS {
        fs::create_dir_all(root.join(folder))?;
    }
    let place = root.join(PROGRAM);
    fs::copy(program, &place)?;
    fs::set_permissions(place, Permissions::from_mode(0o755))
}
