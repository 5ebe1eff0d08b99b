//! Good and bad documents that lie in the repository.

use std::fs;
use std::path::{Path, PathBuf};

fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Every file below `folders` with this ending, in the order of the names; the huge ones are left
/// out, since what they try is their size.
pub(crate) fn files(folders: &[&str], ending: &str) -> Vec<Vec<u8>> {
    fn walk(path: &Path, ending: &str, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(path).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, ending, found);
            } else if path.to_str().unwrap().ends_with(ending) {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    for folder in folders {
        walk(&repository().join(folder), ending, &mut found);
    }
    found.sort();
    let all = found.iter().map(|path| fs::read(path).unwrap());
    all.filter(|bytes| bytes.len() < 16 * 1024).collect()
}
