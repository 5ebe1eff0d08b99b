//! All that is made once, before the first child: engine, filters, cache, alarm.

use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use arch_confine::{self as confine, Filters, Profile};
use arch_identity::Digest;
use arch_sandbox::cache::Cache;
use arch_sandbox::cgroup::Cgroups;
use arch_sandbox::channel::Channel;
use arch_sandbox::compiler::{self, CompileJob, CompileLimits};
use arch_sandbox::multiplier::{self, MultiplyJob};
use arch_sandbox::probe::{self, Confinement};
use arch_sandbox::process::{self, Alarm, Child, OneThread};
use arch_sandbox::wasm::WasmEngine;
use arch_sandbox::worker::{self, First, Kit};
use arch_wire::executor::{MultiplyRequest, RunRequest};
use rustix::io::Errno;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::failure::Failure;
use crate::run::Busy;
use crate::say;

/// What every child is born with.
pub(crate) struct Warm {
    engine: WasmEngine,
    filters: Filters,
    alarm: Alarm,
    null: OwnedFd,
    one_thread: OneThread,
    /// None where nothing is delegated.
    cgroups: Option<Cgroups>,
    pub(crate) cache: Cache,
    /// Where the cache and its key are.
    home: PathBuf,
    pub(crate) environment: Digest,
}

impl Warm {
    /// Makes everything and confines this process, in this order: what needs a right comes before
    /// the right is given up.
    pub(crate) fn up(folder: &Path, cache_bytes: u64) -> Result<Self, Failure> {
        confine::drop_capabilities()?;
        confine::no_core_dumps()?;
        let null = process::null().map_err(Failure::System)?;
        let cache = Cache::open(folder, cache_bytes)?;
        let home = folder.canonicalize().map_err(|error| {
            Failure::System(Errno::from_io_error(&error).unwrap_or(Errno::NOENT))
        })?;
        let engine = WasmEngine::new()?;
        let alarm = Alarm::install(engine.ticker()).map_err(Failure::System)?;
        let filters = Filters::new()?;
        many_descriptors();
        confine::close_main()?;
        let environment = engine.environment_digest();
        // Last: nothing above may have started a thread.
        let one_thread = OneThread::check()?;
        let cgroups = Cgroups::find();
        filters.apply(Profile::Broker)?;
        Ok(Self { engine, filters, alarm, null, one_thread, cgroups, cache, home, environment })
    }

    /// The request's grant that leads to the cache, its key or a folder around them: whoever reads
    /// the key can forge native code, and whoever writes there can forge everything.
    pub(crate) fn forbidden(&self, request: &RunRequest) -> Option<String> {
        worker::grant_into(&request.grants, &self.home).map(ToString::to_string)
    }

    /// Starts a worker on its first job.
    pub(crate) fn work(
        &mut self,
        request: &RunRequest,
        fds: Vec<OwnedFd>,
        code: &[u8],
        shared: bool,
    ) -> rustix::io::Result<Busy> {
        let kit = Kit {
            engine: &self.engine,
            filters: &self.filters,
            alarm: self.alarm,
            null: &self.null,
        };
        let (ours, theirs) = Channel::pair()?;
        let first = First { request, fds, code, shared };
        let child = self.one_thread.fork(|| worker::body(&kit, first, theirs))?;
        self.busy(child, ours, worker::memory_cap(request))
    }

    /// Starts a compiler.
    pub(crate) fn compile(
        &mut self,
        request: &RunRequest,
        module: &OwnedFd,
    ) -> rustix::io::Result<Busy> {
        let limits = CompileLimits {
            module_bytes: request.limits.module_bytes,
            millis: request.limits.compile_millis,
        };
        let job = CompileJob {
            run: request.run,
            module,
            digest: request.module,
            limits,
            null: &self.null,
        };
        let (ours, theirs) = Channel::pair()?;
        let child =
            self.one_thread.fork(|| compiler::body(&job, &self.engine, &self.filters, theirs))?;
        self.busy(child, ours, compiler::MEMORY)
    }

    /// Starts a worker on a piece of a product.
    pub(crate) fn multiply(
        &mut self,
        request: &MultiplyRequest,
        files: [OwnedFd; 3],
    ) -> rustix::io::Result<Busy> {
        let job = MultiplyJob { request, files, filters: &self.filters, null: &self.null };
        let (ours, theirs) = Channel::pair()?;
        let child = self.one_thread.fork(|| multiplier::body(job, theirs))?;
        self.busy(child, ours, multiplier::memory_cap(request))
    }

    // A child that has no cgroup although we have some to give is ended, and the run with it: who
    // delegated them relies on them.
    fn busy(&mut self, child: Child, channel: Channel, memory: u64) -> rustix::io::Result<Busy> {
        let placed = self.cgroups.as_mut().map(|cgroups| cgroups.place(&child, memory));
        let group = placed.transpose().map_err(|error| {
            say::talk(&format!("a child could not be put into a cgroup of its own: {error}"));
            Errno::from_io_error(&error).unwrap_or(Errno::IO)
        })?;
        Ok(Busy { child, channel, group })
    }
}

/// What is in force in a worker.
pub(crate) fn look() -> Result<Confinement, Failure> {
    confine::drop_capabilities()?;
    let null = process::null().map_err(Failure::System)?;
    let filters = Filters::new()?;
    confine::close_main()?;
    Ok(probe::look(OneThread::check()?, &filters, &null)?)
}

// A run may have 200 inputs and as many outputs: as many descriptors as we are let have.
fn many_descriptors() {
    let maximum = getrlimit(Resource::Nofile).maximum;
    let _ = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum });
}
