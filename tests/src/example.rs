//! The example guests of `manifests/examples`.

use std::{fs, path::PathBuf};

/// The committed module of an example.
///
/// # Panics
/// When there is none of that name.
#[must_use]
pub fn example(name: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../manifests/examples");
    let path = PathBuf::from(folder).join(format!("{name}.wasm"));
    fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}
