//! A warm, trivial wasm job through the executor's process, beside the stock command line of the
//! same engine on the same module, compiled beforehand.
//!
//! Ours: the request over the socketpair, a worker in its confinement, the guest, its output in a
//! sealed memfd, the claim. The peer: a process from its start to its end, confined in nothing.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use arch_identity::Digest;
use arch_wire::executor::Isolation;
use tempfile::TempDir;

use crate::executor::{Executor, sealed};
use crate::ledger::beside_the_programs;
use crate::{Bench, Side, Sides, places};

/// Each job in a fresh process.
pub(crate) const PROCESS: Bench = Bench {
    name: "wasm-start-process",
    unit: "ms per warm job, a process each",
    prepare: || prepare(&Isolation::Process),
};

/// One owner's jobs in one process after the other; it is replaced after a hundred.
pub(crate) const SHARED: Bench = Bench {
    name: "wasm-start-shared",
    unit: "ms per warm job, a shared worker",
    prepare: || prepare(&Isolation::Shared { owner: "user:bench".to_owned() }),
};

/// Jobs a run of ours, and starts a run of the peer's.
const JOBS: u32 = 100;
const STARTS: u32 = 25;

/// Writes one byte.
const GUEST: &str = r#"(module
  (import "wasi_snapshot_preview1" "fd_write"
    (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\10\00\00\00\01\00\00\00")
  (data (i32.const 16) "x")
  (func (export "_start")
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))"#;

fn prepare(isolation: &Isolation) -> Result<Sides, String> {
    let folder = beside_the_programs()?;
    let guest = arch_tests::module(GUEST);
    let peer = places::other("ARCH_PEER_WASMTIME");
    let peer = peer.map(|program| peer_side(program, folder.path(), &guest)).transpose()?;
    if peer.is_none() {
        eprintln!("SKIPPED because there is no wasmtime of our version: the row has no peer");
    }
    Ok(Sides { ours: ours(folder, &guest, isolation.clone())?, peer })
}

fn ours(folder: TempDir, guest: &[u8], isolation: Isolation) -> Result<Side, String> {
    let program = places::program("arch-executor")?;
    let mut executor = Executor::start(&program, &folder.path().join("cache"))?;
    let (module, digest) = (sealed(guest)?, Digest::of(guest));
    Ok(Box::new(move || {
        let _lives_as_long = &folder;
        each(JOBS, || match executor.run(&module, digest, isolation.clone())?.as_slice() {
            b"x" => Ok(()),
            other => Err(format!("the guest wrote {other:?}")),
        })
    }))
}

fn peer_side(program: PathBuf, folder: &Path, guest: &[u8]) -> Result<Side, String> {
    let (wasm, compiled) = (folder.join("guest.wasm"), folder.join("guest.cwasm"));
    std::fs::write(&wasm, guest).map_err(told)?;
    let mut compile = Command::new(&program);
    let status = compile.arg("compile").arg(&wasm).arg("-o").arg(&compiled).status();
    if !status.map_err(told)?.success() {
        return Err(format!("{} compiles nothing", program.display()));
    }
    Ok(Box::new(move || {
        each(STARTS, || {
            let mut run = Command::new(&program);
            run.args(["run", "--allow-precompiled"]).arg(&compiled);
            let output = run.stdin(Stdio::null()).output().map_err(told)?;
            match output.stdout.as_slice() {
                b"x" => Ok(()),
                _ => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
            }
        })
    }))
}

/// Milliseconds each.
fn each(many: u32, mut one: impl FnMut() -> Result<(), String>) -> Result<f64, String> {
    let started = Instant::now();
    for _ in 0..many {
        one()?;
    }
    Ok(started.elapsed().as_secs_f64() * 1e3 / f64::from(many))
}

fn told(error: std::io::Error) -> String {
    error.to_string()
}
