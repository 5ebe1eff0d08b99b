//! The example guests of `manifests/examples`.

use std::fs;

use crate::checkout;

/// The committed module of an example.
///
/// # Panics
/// When there is none of that name.
#[must_use]
pub fn example(name: &str) -> Vec<u8> {
    let path = checkout().join(format!("manifests/examples/{name}.wasm"));
    fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}
