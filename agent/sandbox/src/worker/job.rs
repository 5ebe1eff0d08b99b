//! One job in the worker: checked, opened, run.

use std::os::fd::{AsFd, OwnedFd};

use arch_identity::Digest;
use arch_wire::executor::{InputFile, Outcome, RunRequest};

use crate::blob::{self, NotTheBlob};
use crate::wasm::{Input, Job, Mounts, Program, RunResult, WasmEngine, run};

/// What became of the preparations.
#[derive(Debug)]
pub(super) enum Prepared {
    /// Everything is there.
    Ready(Mounts),
    /// The run ends before it starts.
    Refused(Outcome),
}

/// Whether the module's bytes are still to be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Module {
    /// They are hashed: what is loaded was compiled from bytes of this digest.
    Hashed,
    /// The code of this digest is loaded already, and nobody looks at the bytes again.
    Loaded,
}

/// Hashes module and inputs, and opens what is granted. The module's descriptor comes first, unless
/// the module is loaded already.
pub(super) fn prepare(
    request: &RunRequest,
    fds: Vec<OwnedFd>,
    module: Module,
) -> Result<Prepared, String> {
    let mut fds = fds.into_iter();
    if module == Module::Hashed {
        let file = fds.next().ok_or("the module's descriptor is missing")?;
        if let Err(why) = blob::check_digest(file.as_fd(), request.module) {
            return Ok(Prepared::Refused(Outcome::ModuleRefused { why: why.to_string() }));
        }
    }
    let mut inputs = Vec::new();
    for (input, file) in request.inputs.iter().zip(fds) {
        if checked(input, &file).is_err() {
            let path = format!("/in/{}", input.name);
            return Ok(Prepared::Refused(Outcome::InputChanged { path }));
        }
        inputs.push(Input { name: input.name.clone(), size: input.size, file });
    }
    match Mounts::open(&super::shared(&request.grants), inputs) {
        Ok(mounts) => Ok(Prepared::Ready(mounts)),
        Err(error) => Ok(Prepared::Refused(Outcome::Denied { what: error.to_string() })),
    }
}

fn checked(input: &InputFile, file: &OwnedFd) -> Result<(), NotTheBlob> {
    blob::check_size(file.as_fd(), input.size)?;
    blob::check_digest(file.as_fd(), input.digest)
}

/// Runs the guest. One tick of the alarm is the deadline.
pub(super) fn execute(
    engine: &WasmEngine,
    program: &Program,
    request: &RunRequest,
    mounts: Mounts,
) -> RunResult {
    let seed: &Digest = &request.seed;
    run(
        engine,
        program,
        Job {
            args: &request.args,
            env: &request.env,
            seed: *seed.as_bytes(),
            limits: &request.limits,
            ticks: 1,
            mounts,
        },
    )
}
