//! Debian's packages, where we are root and may install.

use std::path::Path;
use std::process::Command;

use crate::{house, process};

/// Installs `packages`. Where no list of packages is there yet, it is fetched first.
pub(crate) fn install(packages: &[&str]) -> Result<(), String> {
    if !is_root() || !process::exists("apt-get") {
        return Err(format!("on Debian 12 `apt-get install {}` brings it", packages.join(" ")));
    }
    eprintln!("installing {}", packages.join(" "));
    get(&["-y", "--no-install-recommends", "install"], packages)
        .or_else(|_no_list_yet| {
            get(&["update"], &[])?;
            get(&["-y", "--no-install-recommends", "install"], packages)
        })
        .map_err(|error| format!("{} could not be installed: {error}", packages.join(" ")))
}

/// Unpacks a package, with all that it needs and this machine has not, below a folder. Nothing is
/// installed, and so nothing has to give way.
pub(crate) fn unpack(package: &str, to: &Path) -> Result<(), String> {
    if !is_root() || !process::exists("apt-get") {
        return Err(format!("on Debian 12 `apt-get install {package}` brings it"));
    }
    eprintln!("fetching {package}");
    let packages = to.join("packages");
    let told = |error: std::io::Error| format!("{}: {error}", packages.display());
    std::fs::create_dir_all(packages.join("partial")).map_err(told)?;
    let kept = format!("Dir::Cache::archives={}", packages.display());
    let fetch = ["-y", "--no-install-recommends", "--download-only", "-o", &kept, "install"];
    get(&fetch, &[package])
        .or_else(|_no_list_yet| {
            get(&["update"], &[])?;
            get(&fetch, &[package])
        })
        .map_err(|error| format!("{package} could not be fetched: {error}"))?;
    for file in
        house::files(&packages).iter().filter(|file| file.extension().is_some_and(|e| e == "deb"))
    {
        process::output(Command::new("dpkg-deb").arg("-x").arg(file).arg(to))?;
    }
    std::fs::remove_dir_all(&packages).map_err(told)
}

fn get(verb: &[&str], packages: &[&str]) -> Result<(), String> {
    let mut command = Command::new("apt-get");
    command.arg("-q").args(verb).args(packages).env("DEBIAN_FRONTEND", "noninteractive");
    process::output(&mut command).map(drop)
}

fn is_root() -> bool {
    process::output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}
