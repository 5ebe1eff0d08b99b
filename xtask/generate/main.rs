//! Writes the files that are made from the code, or with `--check` says which are not up to date.
//! `cargo xtask docs` builds this and starts it in the workspace's folder.

mod completions;
mod errors;
mod events;
mod programs;
mod schemas;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Path in the repository to content.
type Files = BTreeMap<PathBuf, Vec<u8>>;

/// Folders that hold nothing but generated files, so that one too many is found as well.
const WHOLLY_GENERATED: [&str; 5] =
    ["dist/completions", "dist/journal", "dist/man", "manifests/schema", "policies/schema"];

fn main() -> ExitCode {
    let check = std::env::args().skip(1).any(|arg| arg == "--check");
    match run(check) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("error: {why}");
            ExitCode::FAILURE
        }
    }
}

fn run(check: bool) -> Result<(), String> {
    let root = Path::new(".");
    if !root.join("Cargo.lock").is_file() {
        return Err("start this with `cargo xtask docs`, or in the workspace's folder".to_owned());
    }
    let mut files = Files::new();
    files.insert("docs/ERRORS.md".into(), errors::markdown().into_bytes());
    files.insert("dist/journal/arch.catalog".into(), events::catalogue().into_bytes());
    files.extend(schemas::all());
    files.extend(completions::all()?);
    let stale: Vec<&PathBuf> = files
        .iter()
        .filter(|(path, bytes)| {
            std::fs::read(root.join(path)).ok().as_deref() != Some(bytes.as_slice())
        })
        .map(|(path, _)| path)
        .collect();
    let extra = extra(root, &files)?;
    println!("{} generated files, {} changed, {} too many", files.len(), stale.len(), extra.len());
    if check {
        return told(&stale, &extra);
    }
    for path in stale {
        write(&root.join(path), files.get(path).map_or(&[], Vec::as_slice))?;
        println!("wrote {}", path.display());
    }
    for path in extra {
        std::fs::remove_file(root.join(&path)).map_err(|e| format!("{}: {e}", path.display()))?;
        println!("removed {}", path.display());
    }
    Ok(())
}

fn told(stale: &[&PathBuf], extra: &[PathBuf]) -> Result<(), String> {
    let list: Vec<String> =
        stale.iter().copied().chain(extra).map(|path| path.display().to_string()).collect();
    if list.is_empty() {
        return Ok(());
    }
    Err(format!("not what the code says: {}; run `cargo xtask docs`", list.join(", ")))
}

fn extra(root: &Path, files: &Files) -> Result<Vec<PathBuf>, String> {
    let mut extra = Vec::new();
    for folder in WHOLLY_GENERATED.map(Path::new) {
        let Ok(entries) = std::fs::read_dir(root.join(folder)) else { continue };
        for entry in entries {
            let entry = entry.map_err(|error| format!("{}: {error}", folder.display()))?;
            let path = folder.join(entry.file_name());
            if !files.contains_key(&path) {
                extra.push(path);
            }
        }
    }
    Ok(extra)
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    let folder = path.parent().ok_or("a file without a folder")?;
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(path, bytes))
        .map_err(|error| format!("{}: {error}", path.display()))
}
