//! Audits the dependencies of a Rust build: licences, lines, `unsafe`, code that runs at build
//! time; deterministic, offline, over a lock file and the unpacked sources.
//!
//! ```text
//! /in/lock           a Cargo.lock                 ──┐
//! SOURCES/NAME-VERSION/…   unpacked packages        ├──> /out/report.json, /out/report.txt
//!                    (read grant; first argument) ──┘     progress on standard error
//! ```
//!
//! Fuel: about 30 a byte of Rust; 115 MB of sources, 6,100 files, took 3,500,000,000.

mod audit;
mod counts;
#[path = "../shared/json.rs"]
mod json;
mod lock;
mod manifest;
mod report;
mod scan;
mod survey;
#[path = "../shared/walk.rs"]
mod walk;

use std::fs;
use std::process::ExitCode;

use audit::Audit;
use survey::Buffer;

/// A lock file of a thousand packages has 300 KiB.
const LOCK_MAX: usize = 16 << 20;

/// Packages between two lines of progress.
const STEP: usize = 25;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("dependency-audit: {why}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let sources = std::env::args().find(|arg| arg.starts_with('/'));
    let sources = sources.ok_or("the folder of the sources is missing; give it as argument")?;
    let lock = fs::read("/in/lock").map_err(|error| format!("/in/lock: {error}"))?;
    if lock.len() > LOCK_MAX {
        return Err(format!("/in/lock: larger than {LOCK_MAX} bytes"));
    }
    let packages = lock::read(&String::from_utf8_lossy(&lock));
    if packages.is_empty() {
        return Err("/in/lock: names no packages; is it a Cargo.lock?".to_owned());
    }
    let audit = look_at(&sources, packages);
    if audit.packages.is_empty() {
        return Err(format!("{sources}: has the sources of no package in the lock file"));
    }
    fs::write("/out/report.json", report::json(&audit)).map_err(|error| format!("/out/report.json: {error}"))?;
    fs::write("/out/report.txt", report::text(&audit)).map_err(|error| format!("/out/report.txt: {error}"))
}

fn look_at(sources: &str, packages: Vec<lock::Locked>) -> Audit {
    let all = packages.len();
    let mut audit = Audit::default();
    let mut buffer = Buffer::new();
    for (done, locked) in packages.into_iter().enumerate() {
        if done % STEP == 0 {
            eprintln!("dependency-audit: {done} of {all} packages, {} Rust files", audit.total().files);
        }
        audit.take(locked, |locked| survey::package(sources, locked, &mut buffer));
    }
    eprintln!("dependency-audit: {all} of {all} packages, {} Rust files", audit.total().files);
    audit
}
