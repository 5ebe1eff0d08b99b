//! Where things are in this checkout.

use std::path::{Path, PathBuf};

/// The folder of the workspace. Asked at run time, because a cached build may serve many checkouts.
pub(crate) fn root() -> PathBuf {
    let xtask = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let xtask = xtask.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")));
    xtask.parent().map_or(xtask.clone(), Path::to_path_buf)
}

/// The folder of the built programs: the one that this program lies in.
pub(crate) fn programs() -> Result<PathBuf, String> {
    let own = std::env::current_exe().map_err(|error| format!("cannot find myself: {error}"))?;
    own.parent().map(Path::to_path_buf).ok_or_else(|| "cannot find my own folder".to_owned())
}

/// A folder below cargo's target folder for what xtask keeps between runs.
pub(crate) fn kept(name: &str) -> Result<PathBuf, String> {
    let programs = programs()?;
    let target = programs.parent().unwrap_or(&programs);
    let folder = target.join("xtask").join(name);
    match std::fs::create_dir_all(&folder) {
        Ok(()) => Ok(folder),
        Err(error) => Err(format!("{}: {error}", folder.display())),
    }
}

/// All files below `path`, or the file itself, sorted. Links are not followed.
pub(crate) fn files(path: &Path) -> Vec<PathBuf> {
    if !path.is_dir() {
        return if path.is_file() { vec![path.to_path_buf()] } else { Vec::new() };
    }
    let entries = std::fs::read_dir(path).into_iter().flatten().flatten();
    let mut below: Vec<PathBuf> = entries
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir() || kind.is_file()))
        .flat_map(|entry| files(&entry.path()))
        .collect();
    below.sort();
    below
}

/// Reads a text file, with its name in the error.
pub(crate) fn text(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}
