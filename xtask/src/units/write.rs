//! Writes files, or says which are not as they should be.

use std::path::Path;

use super::places::FOLDER;
use crate::house;

/// Writes every file; or compares, byte for byte, and looks for files that nobody describes.
pub(super) fn all(files: &[(String, String)], check: bool) -> Result<(), String> {
    let root = house::root();
    if check {
        let wrong = differences(&root, files);
        return if wrong.is_empty() { Ok(()) } else { Err(told(&wrong)) };
    }
    for stray in strays(&root, files) {
        let path = root.join(&stray);
        std::fs::remove_file(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    files.iter().try_for_each(|(path, text)| one(&root.join(path), text))
}

fn one(path: &Path, text: &str) -> Result<(), String> {
    let told = |error: std::io::Error| format!("{}: {error}", path.display());
    path.parent().map_or(Ok(()), std::fs::create_dir_all).map_err(told)?;
    std::fs::write(path, text).map_err(told)
}

fn told(wrong: &[String]) -> String {
    let files = wrong.join(", ");
    format!("not what the table in xtask/src/units says: {files}; run `cargo xtask units`")
}

fn differences(root: &Path, files: &[(String, String)]) -> Vec<String> {
    let differs = |(path, text): &&(String, String)| {
        std::fs::read(root.join(path)).map_or(true, |bytes| bytes != text.as_bytes())
    };
    let other = files.iter().filter(differs).map(|(path, _)| path.clone());
    other.chain(strays(root, files)).collect()
}

/// Files in the folder of the units that the table does not have.
fn strays(root: &Path, files: &[(String, String)]) -> Vec<String> {
    let there = house::files(&root.join(FOLDER));
    let names = there.iter().filter_map(|path| path.strip_prefix(root).ok()?.to_str());
    names.filter(|name| !files.iter().any(|(path, _)| path == name)).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_a_lost_and_a_stray_file_are_each_told() {
        let root = tempfile::tempdir().unwrap();
        let file = |name: &str| (format!("{FOLDER}/{name}"), format!("{name}\n"));
        let files = [file("a.service"), file("b.socket"), file("d/c.conf")];
        for (path, text) in &files {
            one(&root.path().join(path), text).unwrap();
        }
        assert_eq!(differences(root.path(), &files), Vec::<String>::new());
        std::fs::write(root.path().join(&files[0].0), "a.service").unwrap();
        std::fs::remove_file(root.path().join(&files[1].0)).unwrap();
        one(&root.path().join(FOLDER).join("d/stray.conf"), "x").unwrap();
        let told = ["a.service", "b.socket", "d/stray.conf"].map(|n| format!("{FOLDER}/{n}"));
        assert_eq!(differences(root.path(), &files), told);
    }
}
