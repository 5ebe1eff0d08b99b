//! Where the programs are that are measured as processes of their own; `cargo xtask bench` says so.

use std::path::PathBuf;

/// One of our programs, optimised as this one.
pub(crate) fn program(name: &str) -> Result<PathBuf, String> {
    let own = std::env::current_exe().map_err(|error| error.to_string())?;
    let beside = own.parent().and_then(|examples| examples.parent()).map(PathBuf::from);
    let folder = std::env::var_os("ARCH_PROGRAMS").map(PathBuf::from).or(beside);
    let path = folder.unwrap_or_default().join(name);
    if path.is_file() { Ok(path) } else { Err(format!("{} is not built", path.display())) }
}

/// A folder for what is kept between runs, beside the programs.
pub(crate) fn kept(name: &str) -> Result<PathBuf, String> {
    let program = program("arch-node-agent")?;
    let folder = program.parent().ok_or("no folder of programs")?.join("../xtask").join(name);
    std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    Ok(folder)
}

/// Another's program, if there is one; why there is none was told by whoever looked for it.
pub(crate) fn other(variable: &str) -> Option<PathBuf> {
    std::env::var_os(variable).map(PathBuf::from).filter(|path| path.is_file())
}

/// The sources that this program was built from.
pub(crate) fn checkout() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}
