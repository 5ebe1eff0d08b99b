//! Writes the SHA-256 checksums of inputs and granted folders, in the form that `sha256sum -c`
//! reads: a result that a stock tool can judge.
//!
//! ```text
//! /in/…                           ──┐
//! FOLDER… (read grants; arguments)──┴──> /out/SHA256SUMS
//! ```
//!
//! Built as a component (WASI preview 2). Links are not followed; a file that cannot be read ends
//! the run with code 1 after all others are done.

mod memory;
mod sha256;
#[path = "../shared/walk.rs"]
mod walk;

use std::fs::{self, File};
use std::io::{self, Read};
use std::process::ExitCode;

use sha256::Sha256;

const PORTION: usize = 64 << 10;

fn main() -> ExitCode {
    let mut sums = String::new();
    let mut unread = 0;
    // Inputs are named as `sha256sum` would in a folder that holds them.
    unread += folder("/in", "", &mut sums);
    for path in std::env::args().filter(|arg| arg.starts_with('/')) {
        unread += folder(&path, &format!("{path}/"), &mut sums);
    }
    if let Err(error) = fs::write("/out/SHA256SUMS", &sums) {
        eprintln!("checksums: /out/SHA256SUMS: {error}");
        return ExitCode::FAILURE;
    }
    println!("{} files, {unread} not read", sums.lines().count());
    if unread == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Adds a line for each file below `path`; gives how many could not be read.
fn folder(path: &str, prefix: &str, sums: &mut String) -> u64 {
    let mut unread = 0;
    let passed = walk::files(path, &|_| true, &mut |below| match digest(&format!("{path}/{below}")) {
        Ok(digest) => sums.push_str(&line(&digest, &format!("{prefix}{below}"))),
        Err(error) => {
            eprintln!("checksums: {path}/{below}: {error}");
            unread += 1;
        }
    });
    unread + passed.unreadable
}

fn digest(path: &str) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut sha = Sha256::new();
    let mut portion = vec![0; PORTION];
    loop {
        match file.read(&mut portion)? {
            0 => return Ok(sha.finish()),
            length => sha.update(&portion[..length]),
        }
    }
}

/// One line; a name with a line end or a backslash is escaped as coreutils do it.
fn line(digest: &str, path: &str) -> String {
    let escaped = path.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r");
    let mark = if escaped == path { "" } else { "\\" };
    format!("{mark}{digest}  {escaped}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_names_are_escaped_as_coreutils_do() {
        assert_eq!(line("00", "a b"), "00  a b\n");
        assert_eq!(line("00", "a\nb\\c"), "\\00  a\\nb\\\\c\n");
    }
}
