//! Debian's packages, where we are root and may install.

use std::process::Command;

use crate::process;

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

fn get(verb: &[&str], packages: &[&str]) -> Result<(), String> {
    let mut command = Command::new("apt-get");
    command.arg("-q").args(verb).args(packages).env("DEBIAN_FRONTEND", "noninteractive");
    process::output(&mut command).map(drop)
}

fn is_root() -> bool {
    process::output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}
