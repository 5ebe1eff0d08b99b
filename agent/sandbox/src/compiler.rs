//! The short-lived process that compiles one module: hostile bytes may cost it its life.

use std::os::fd::{AsFd, OwnedFd};

use arch_identity::Digest;
use arch_wire::executor::{Claim, Outcome};

use crate::channel::Channel;
use crate::process::Rusage;
use crate::report::Report;
use crate::wasm::{WasmEngine, compile};
use crate::{blob, worker};
use arch_confine::{self as confine, Caps, ConfineError, Filters, Profile};

/// What compiling may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CompileLimits {
    /// Length of the module, in bytes.
    pub module_bytes: u64,
    /// Time, in milliseconds; the parent ends the process then.
    pub millis: u64,
}

/// Memory a compiler may make writable, in bytes.
pub const MEMORY: u64 = 2 << 30;

/// What a compiler needs of its parent.
#[derive(Debug)]
pub struct CompileJob<'a> {
    /// The run it is for.
    pub run: u64,
    /// The module's bytes; a sealed memfd.
    pub module: &'a OwnedFd,
    /// What they should be.
    pub digest: Digest,
    /// The caps.
    pub limits: CompileLimits,
    /// `/dev/null`.
    pub null: &'a OwnedFd,
}

/// The body of the child. Says `Finished` with one blob, the compiled code, or why there is none.
pub fn body(
    job: &CompileJob<'_>,
    engine: &WasmEngine,
    filters: &Filters,
    mut channel: Channel,
) -> u8 {
    let answer = match worker::enter(job.null, &[channel.as_fd(), job.module.as_fd()]) {
        Ok(()) => confined(job, engine, filters),
        Err(errno) => Err(format!("the compiler cannot be set up ({errno})")),
    };
    let (message, fds) = match answer {
        Ok((claim, fds)) => (Report::Finished { run: job.run, claim }, fds),
        Err(why) => (Report::Broken { run: job.run, why }, Vec::new()),
    };
    let told = channel.send(&message, fds).is_ok() && channel.drain().is_ok();
    u8::from(!told)
}

fn confined(
    job: &CompileJob<'_>,
    engine: &WasmEngine,
    filters: &Filters,
) -> Result<(Claim, Vec<OwnedFd>), String> {
    close_door(job.limits, filters).map_err(|error| error.to_string())?;
    let refused = |why| (Claim::without_work(Outcome::ModuleRefused { why }), Vec::new());
    let bytes = match blob::read(job.module, job.limits.module_bytes) {
        Ok(bytes) => bytes,
        Err(error) => return Ok(refused(format!("the module was not accepted: {error}"))),
    };
    let has = Digest::of(&bytes);
    if has != job.digest {
        return Ok(refused(format!("its digest is {has}, not {}", job.digest)));
    }
    match compile(engine, &bytes, job.limits.module_bytes) {
        Err(why) => Ok((Claim::without_work(why.into()), Vec::new())),
        Ok(code) => {
            let (blob, fd) = blob::seal("compiled", &code).map_err(|errno| errno.to_string())?;
            let mut claim = Claim::without_work(Outcome::Completed);
            let used = Rusage::own();
            claim.cpu_millis = used.cpu_millis;
            claim.peak_memory_bytes = used.peak_memory_bytes;
            claim.outputs.push(blob);
            Ok((claim, vec![fd]))
        }
    }
}

fn close_door(limits: CompileLimits, filters: &Filters) -> Result<(), ConfineError> {
    confine::close_all_but(&[])?;
    // Whole seconds, and one more: the parent's clock is the exact one.
    let cpu = limits.millis.div_ceil(1_000).saturating_add(1);
    confine::apply_limits(Caps { data: MEMORY, cpu, file: crate::cache::CODE_CAP })?;
    filters.apply(Profile::Compiler)
}
