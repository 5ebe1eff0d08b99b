//! Says that something could not run here, so that it is never passed silently.

use std::{env, fs::File, io::Write as _};

/// Prints `SKIPPED because …` and tells whoever counts the tests (`cargo xtask test` names a file in
/// `ARCH_SKIPPED_LOG`).
pub fn skip(why: &str) {
    println!("SKIPPED because {why}");
    let Some(log) = env::var_os("ARCH_SKIPPED_LOG") else { return };
    let line = format!("SKIPPED because {why}\n");
    let told = File::options()
        .create(true)
        .append(true)
        .open(log)
        .and_then(|mut file| file.write_all(line.as_bytes()));
    told.expect("the log of what was skipped takes a line");
}
