//! Figures that a test took by the way. They are printed and not held against anything: machines differ.

use std::{env, fs::File, io::Write as _};

/// Prints a line and tells whoever prints the table at the end (`cargo xtask test` names a file in
/// `ARCH_COUNTS_LOG`).
///
/// # Panics
/// When that file takes no line.
pub fn measured(line: &str) {
    println!("{line}");
    let Some(log) = env::var_os("ARCH_COUNTS_LOG") else { return };
    let told = File::options()
        .create(true)
        .append(true)
        .open(log)
        .and_then(|mut file| file.write_all(format!("{line}\n").as_bytes()));
    told.expect("the log of what was counted takes a line");
}
