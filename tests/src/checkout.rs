//! Where this checkout is.

use std::path::{Path, PathBuf};

/// The folder of the workspace. Asked at run time, because one cache of builds may serve several
/// checkouts, and a test must not read the files of another one.
///
/// # Panics
/// Never: the harness lies in a folder of the workspace.
#[must_use]
pub fn checkout() -> PathBuf {
    let tests = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let tests = tests.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")));
    tests.parent().map(Path::to_path_buf).expect("tests is a folder of the workspace")
}
