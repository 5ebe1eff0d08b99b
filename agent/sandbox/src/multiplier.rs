//! The process that computes a piece of a product: no file but the three that it was given, no guest,
//! one thread. As many are at work on a product as it has processors.
//!
//! ```text
//! fork ─ A, B and the file for the values ─ Landlock, limits, seccomp ─ tile after tile ─ Finished
//! ```
//!
//! It is our own code, closed all the same: what it reads was written by strangers.

use std::fs::File;
use std::ops::ControlFlow;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use arch_confine::{self as confine, Caps, ConfineError, Filters, Profile};
use arch_kernels::Backend;
use arch_kernels::stream::{self, Operand, StreamError, Work};
use arch_wire::executor::{Claim, MultiplyRequest, Outcome};

use crate::channel::Channel;
use crate::process::{Rusage, ignore_file_size};
use crate::report::Report;
use crate::worker::enter;

/// What it needs of its parent.
#[derive(Debug)]
pub struct MultiplyJob<'a> {
    /// What is asked for.
    pub request: &'a MultiplyRequest,
    /// A, B, and the file for the values.
    pub files: [OwnedFd; 3],
    /// The filters.
    pub filters: &'a Filters,
    /// `/dev/null`.
    pub null: &'a OwnedFd,
}

/// What counts beside the numbers, in bytes: some 512 MiB that the parent's engine had made writable
/// before the fork, of which this process touches nothing, and what the program itself needs. The numbers
/// are counted exactly, by [`stream::Tiles`].
const OVERHEAD: u64 = 640 << 20;

/// Memory that it may make writable, in bytes.
#[must_use]
pub fn memory_cap(request: &MultiplyRequest) -> u64 {
    request.memory_bytes.saturating_add(OVERHEAD)
}

/// Bytes of the values of the part.
fn part_bytes(request: &MultiplyRequest) -> u64 {
    let region = request.grid().ok().and_then(|grid| request.part.region(&grid));
    region.map_or(0, |region| region.bytes(request.format.carrier()))
}

/// The body of the child. Says `Progress` after each tile, and at last `Finished`.
pub fn body(job: MultiplyJob<'_>, mut channel: Channel) -> u8 {
    let keep: Vec<BorrowedFd<'_>> =
        job.files.iter().map(AsFd::as_fd).chain([channel.as_fd()]).collect();
    let ready = enter(job.null, &keep)
        .and_then(|()| ignore_file_size())
        .map_err(|errno| format!("the worker cannot be set up ({errno})"))
        .and_then(|()| close_door(&job).map_err(|error| error.to_string()));
    let run = job.request.run;
    let outcome = ready.and_then(|()| compute(job, &mut channel));
    let message = match outcome {
        Ok(outcome) => {
            let used = Rusage::own();
            let claim = Claim {
                cpu_millis: used.cpu_millis,
                peak_memory_bytes: used.peak_memory_bytes,
                ..Claim::without_work(outcome)
            };
            Report::Finished { run, claim }
        }
        Err(why) => Report::Broken { run, why },
    };
    let told = channel.send(&message, Vec::new()).is_ok() && channel.drain().is_ok();
    u8::from(!told)
}

fn close_door(job: &MultiplyJob<'_>) -> Result<(), ConfineError> {
    let request = job.request;
    confine::close_all_but(&[])?;
    let cpu = request.wall_millis.div_ceil(1_000).saturating_add(5);
    // The file has the part's size already: nothing is written behind it.
    confine::apply_limits(Caps { data: memory_cap(request), cpu, file: part_bytes(request) })?;
    job.filters.apply(Profile::Worker { files: false, shared: false })
}

fn compute(job: MultiplyJob<'_>, channel: &mut Channel) -> Result<Outcome, String> {
    let request = job.request;
    let grid = request.grid().map_err(|error| error.to_string())?;
    let [a, b, values] = job.files.map(File::from);
    let a = Operand::a(a, request.a, request.format);
    let b = Operand::b(b, request.b, request.format);
    let (a, b) = match (a, b) {
        (Ok(a), Ok(b)) => (a, b),
        (Err(error), _) | (_, Err(error)) => {
            return Ok(Outcome::OperandUnusable { why: error.to_string() });
        }
    };
    let work = Work {
        a: &a,
        b: &b,
        grid: &grid,
        part: request.part,
        memory: request.memory_bytes,
        backend: Backend::best(),
        threads: 1,
    };
    let mut tiles = 0_u64;
    let done = |_| {
        tiles = tiles.saturating_add(1);
        let told = Report::Progress { run: request.run, tiles };
        // A parent that does not listen right now is told by the next one.
        let told = channel.send(&told, Vec::new()).is_ok() && channel.flush().is_ok();
        match told && tiles < request.count {
            true => ControlFlow::Continue(()),
            false => ControlFlow::Break(()),
        }
    };
    match stream::multiply(&work, request.first, &values, done) {
        Ok(()) if tiles == request.count => Ok(Outcome::Completed),
        Ok(()) => Err(format!("{tiles} of {} tiles were computed", request.count)),
        Err(error) => ended(error),
    }
}

/// What an error means: numbers that cannot be multiplied are the job's, a file that does not do its part
/// is this node's.
fn ended(error: StreamError) -> Result<Outcome, String> {
    match error {
        StreamError::NotFinite { .. } => Ok(Outcome::OperandUnusable { why: error.to_string() }),
        StreamError::TooLittleMemory { .. } => Ok(Outcome::MemoryCap),
        error => Err(error.to_string()),
    }
}
