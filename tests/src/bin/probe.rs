//! Tries what a unit must not be able to do, and what it must be able to do, each in a process of
//! its own: `probe` prints a line for each, `probe NAME` tries one.
//!
//! Run in a unit instead of its program, with nothing else changed. Every attempt is harmless where
//! it is possible: arguments are such that the kernel asks for the right first and then refuses.
#![expect(unsafe_code, reason = "an intruder would not use safe wrappers either")]

#[path = "probe/calls.rs"]
mod calls;
#[path = "probe/memory.rs"]
mod memory;
#[path = "probe/names.rs"]
mod names;
#[path = "probe/sockets.rs"]
mod sockets;

use std::{
    env, io,
    process::{Command, ExitCode, Stdio},
};

/// Tries something.
type Try = fn() -> io::Result<()>;

/// A kind of attempts, each with its name.
type Tries = &'static [(&'static str, Try)];

const ALL: [Tries; 4] = [names::TRIES, sockets::TRIES, calls::TRIES, memory::TRIES];

fn main() -> ExitCode {
    match env::args().nth(1) {
        Some(name) => one(&name),
        None => {
            for (name, _) in tries() {
                println!("{name}\t{}", word(name));
            }
            ExitCode::SUCCESS
        }
    }
}

fn tries() -> impl Iterator<Item = &'static (&'static str, Try)> {
    ALL.into_iter().flatten()
}

/// `possible`, the name of an error, or the signal that ended the attempt.
fn word(name: &str) -> String {
    // This very file, by the only name under which a unit lets it be started.
    let path = env::current_exe().unwrap_or_default();
    let ended = Command::new(path).arg(name).stdin(Stdio::null()).output();
    let ended = match ended {
        Ok(ended) => ended,
        Err(error) => return format!("not tried: {error}"),
    };
    match ended.status.code() {
        Some(0) => "possible".to_owned(),
        Some(_) => String::from_utf8_lossy(&ended.stdout).trim().to_owned(),
        None => ended.status.to_string(),
    }
}

fn one(name: &str) -> ExitCode {
    let Some((_, attempt)) = tries().find(|(known, _)| *known == name) else {
        eprintln!("no attempt `{name}`");
        return ExitCode::from(2);
    };
    match attempt() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("{}", error_name(&error));
            ExitCode::FAILURE
        }
    }
}

fn error_name(error: &io::Error) -> String {
    match error.raw_os_error() {
        Some(libc::EPERM) => "EPERM".to_owned(),
        Some(libc::EACCES) => "EACCES".to_owned(),
        Some(libc::ENOENT) => "ENOENT".to_owned(),
        Some(libc::ENOSYS) => "ENOSYS".to_owned(),
        Some(libc::EROFS) => "EROFS".to_owned(),
        Some(libc::EAFNOSUPPORT) => "EAFNOSUPPORT".to_owned(),
        Some(number) => format!("errno {number}"),
        None => error.to_string(),
    }
}
