//! Components: `wasi:cli/run@0.2.x` over the same virtual file system as preview 1.
//!
//! The interfaces are written out by hand. Any patch version of 0.2 finds them: the engine matches
//! `0.2.x` with `0.2.y`. Sockets have types but no functions: the first call ends the run.

mod cli;
mod clocks;
mod descriptor;
mod filesystem;
mod io;
mod random;
mod stream;
mod types;

use wasmtime::StoreContextMut;
use wasmtime::component::{Linker, Resource, ResourceTable, ResourceTableError};

use self::types::ErrorCode;
use super::guest::Guest;
use super::stop::Stop;
use super::vfs::fault::Fault;

/// The interface that a component is started by, without its version.
const RUN: &str = "wasi:cli/run";
/// Interfaces that are all here.
const OFFERED: [&str; 20] = [
    "wasi:cli/environment",
    "wasi:cli/exit",
    "wasi:cli/stdin",
    "wasi:cli/stdout",
    "wasi:cli/stderr",
    "wasi:cli/terminal-input",
    "wasi:cli/terminal-output",
    "wasi:cli/terminal-stdin",
    "wasi:cli/terminal-stdout",
    "wasi:cli/terminal-stderr",
    "wasi:clocks/monotonic-clock",
    "wasi:clocks/wall-clock",
    "wasi:filesystem/preopens",
    "wasi:filesystem/types",
    "wasi:io/error",
    "wasi:io/poll",
    "wasi:io/streams",
    "wasi:random/insecure",
    "wasi:random/insecure-seed",
    "wasi:random/random",
];
/// Interfaces that may be imported and never called.
const DENIED: &str = "wasi:sockets/";

/// Whether a component that imports `name` can be linked.
pub(crate) fn offers(name: &str) -> bool {
    base(name).is_some_and(|base| OFFERED.contains(&base) || base.starts_with(DENIED))
}

/// Whether `name` needs [`Linker::define_unknown_imports_as_traps`].
pub(crate) fn denies(name: &str) -> bool {
    name.starts_with(DENIED)
}

/// Whether `name` is the interface that starts a component.
pub(crate) fn is_run(name: &str) -> bool {
    base(name) == Some(RUN)
}

// The interface without its version, if that is 0.2 with any patch.
fn base(name: &str) -> Option<&str> {
    let (base, version) = name.split_once('@')?;
    let patch = version.strip_prefix("0.2.")?;
    (!patch.is_empty() && patch.bytes().all(|b| b.is_ascii_digit())).then_some(base)
}

/// Defines every offered interface.
pub(crate) fn link(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    io::link(linker)?;
    stream::link(linker)?;
    cli::link(linker)?;
    clocks::link(linker)?;
    random::link(linker)?;
    descriptor::link(linker)?;
    filesystem::link(linker)
}

/// Counts one host call and does its work.
fn gate<T>(
    mut store: StoreContextMut<'_, Guest>,
    work: impl FnOnce(&mut Guest) -> wasmtime::Result<T>,
) -> wasmtime::Result<(T,)> {
    let guest = store.data_mut();
    guest.calls.spend(1)?;
    Ok((work(guest)?,))
}

/// As [`gate`], for calls whose failures the guest is told as an `error-code`.
fn file_gate<T>(
    store: StoreContextMut<'_, Guest>,
    work: impl FnOnce(&mut Guest) -> Result<T, Failure>,
) -> wasmtime::Result<(Result<T, ErrorCode>,)> {
    gate(store, |guest| match work(guest) {
        Ok(value) => Ok(Ok(value)),
        Err(Failure::Code(code)) => Ok(Err(code)),
        Err(Failure::End(error)) => Err(error),
    })
}

/// An error code for the guest, or the end of the run.
enum Failure {
    Code(ErrorCode),
    End(wasmtime::Error),
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Errno(errno) => Self::Code(errno.into()),
            Fault::Stop(stop) => Self::End(stop.into()),
        }
    }
}

impl From<ErrorCode> for Failure {
    fn from(code: ErrorCode) -> Self {
        Self::Code(code)
    }
}

impl From<ResourceTableError> for Failure {
    fn from(error: ResourceTableError) -> Self {
        Self::End(error.into())
    }
}

impl From<wasmtime::Error> for Failure {
    fn from(error: wasmtime::Error) -> Self {
        Self::End(error)
    }
}

/// Puts a new resource into the run's table, which is bounded.
fn push<T: Send + 'static>(table: &mut ResourceTable, entry: T) -> wasmtime::Result<Resource<T>> {
    // The table is memory that the host holds for the guest.
    table.push(entry).map_err(|_| Stop::MemoryCap.into())
}

/// The interface `name` in the version we define.
fn versioned(name: &str) -> String {
    format!("{name}@0.2.0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_patch_of_0_2_is_known_and_nothing_else() {
        for yes in ["wasi:cli/exit@0.2.0", "wasi:io/streams@0.2.11", "wasi:sockets/tcp@0.2.3"] {
            assert!(offers(yes), "{yes}");
        }
        for no in ["wasi:cli/exit", "wasi:cli/exit@0.3.0", "wasi:http/types@0.2.0", "a", "@0.2.0"] {
            assert!(!offers(no), "{no}");
        }
        assert!(is_run("wasi:cli/run@0.2.6") && !is_run("wasi:cli/run@0.2.0-rc"));
    }
}
