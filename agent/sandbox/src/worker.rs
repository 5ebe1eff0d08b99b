//! The process that runs guests: one job and out, or, shared, one job after the other.
//!
//! ```text
//! fork ─ only its own descriptors ─ module and inputs hashed ─ grants opened ─ code loaded
//!      ─ Landlock, limits, seccomp ─ guest runs ─ outputs sealed ─ Finished
//! ```

mod job;
mod load;
mod result;

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;

use arch_document::Grant;
use arch_wire::executor::{Claim, Isolation, Outcome, RunRequest};

use crate::channel::{Channel, Peer};
use crate::process::{Alarm, Rusage, close_except, end_without_memory, ignore_file_size};
use crate::report::Report;
use crate::wasm::{Access, Mounts, Program, Shared, WasmEngine};
use arch_confine::{self as confine, Caps, ConfineError, Filters, Profile, Reach};

/// What a worker is made with; everything was made in the parent, while it was warm.
#[derive(Debug)]
pub struct Kit<'a> {
    /// The engine, with its reserved memory.
    pub engine: &'a WasmEngine,
    /// The filters.
    pub filters: &'a Filters,
    /// The deadline's alarm.
    pub alarm: Alarm,
    /// `/dev/null`.
    pub null: &'a OwnedFd,
}

/// The first job of a worker, handed over by the fork itself.
#[derive(Debug)]
pub struct First<'a> {
    /// What to run.
    pub request: &'a RunRequest,
    /// Module and inputs.
    pub fds: Vec<OwnedFd>,
    /// Compiled code, as the cache vouched for.
    pub code: &'a [u8],
    /// Whether more jobs will follow on the channel.
    pub shared: bool,
}

/// The body of the child.
pub fn body(kit: &Kit<'_>, first: First<'_>, mut channel: Channel) -> u8 {
    let keep: Vec<BorrowedFd<'_>> =
        first.fds.iter().map(AsFd::as_fd).chain([channel.as_fd()]).collect();
    let ready = enter(kit.null, &keep)
        .and_then(|()| ignore_file_size())
        .map_err(|errno| format!("the worker cannot be set up ({errno})"))
        .and_then(|()| kit.alarm.start(first.request.limits.wall_millis).map_err(|e| e.to_string()))
        .and_then(|()| job::prepare(first.request, first.fds, job::Module::Hashed))
        .and_then(|prepared| {
            let program = load::load(kit.engine, first.code)?;
            Ok((prepared, program))
        });
    let (prepared, program) = match ready {
        Ok(ready) => ready,
        Err(why) => return reject(&mut channel, first.request.run, why),
    };
    if let job::Prepared::Ready(mounts) = &prepared
        && let Err(error) = close_door(kit.filters, first.request, mounts, first.shared)
    {
        return reject(&mut channel, first.request.run, error.to_string());
    }
    let mut worker = Worker { kit, program, used: Rusage::default() };
    if !worker.answer(first.request, prepared, &mut channel) || !first.shared {
        return 0;
    }
    worker.serve(first.request, &mut channel)
}

/// Closes the door of a worker that has no grants, for those who want to look at it from inside.
pub(crate) fn close_bare(filters: Option<&Filters>) -> Result<arch_confine::Abi, ConfineError> {
    let abi = confine::close_all_but(&[])?;
    confine::apply_limits(Caps { data: OVERHEAD, cpu: 60, file: 1 << 20 })?;
    if let Some(filters) = filters {
        filters.apply(Profile::Worker { files: false, shared: false })?;
    }
    Ok(abi)
}

/// Makes a fresh child's surroundings its own: no standard streams, no descriptor but `keep`.
pub(crate) fn enter(null: &OwnedFd, keep: &[BorrowedFd<'_>]) -> rustix::io::Result<()> {
    rustix::stdio::dup2_stdin(null)?;
    rustix::stdio::dup2_stdout(null)?;
    rustix::stdio::dup2_stderr(null)?;
    end_without_memory();
    // Messages of a panic could hold what the guest's author likes.
    std::panic::set_hook(Box::new(|_| {}));
    close_except(keep)
}

/// A closed worker with its code loaded.
struct Worker<'a> {
    kit: &'a Kit<'a>,
    program: Program,
    /// What this process had used when its last job ended.
    used: Rusage,
}

impl Worker<'_> {
    // Whether the worker may go on: after a run that did not complete, it may not.
    fn answer(
        &mut self,
        request: &RunRequest,
        prepared: job::Prepared,
        channel: &mut Channel,
    ) -> bool {
        let (claim, fds) = match prepared {
            job::Prepared::Refused(outcome) => (Claim::without_work(outcome), Vec::new()),
            job::Prepared::Ready(mounts) => {
                let gave = job::execute(self.kit.engine, &self.program, request, mounts);
                match result::claim(gave, request, &mut self.used) {
                    Ok(result) => result,
                    Err(errno) => {
                        reject(
                            channel,
                            request.run,
                            format!("the result cannot be kept ({errno})"),
                        );
                        return false;
                    }
                }
            }
        };
        let completed = claim.outcome == Outcome::Completed;
        let message = Report::Finished { run: request.run, claim };
        let told = channel.send(&message, fds).is_ok() && channel.drain().is_ok();
        told && completed
    }

    // The executor sends jobs of the same owner, module, grants and process limits only; this side
    // checks what it was closed with: file rules and limits are those of the first job.
    fn serve(&mut self, first: &RunRequest, channel: &mut Channel) -> u8 {
        // Nothing of a job may ring in the next one, or while there is none. It is seen to when the
        // job was answered, and before the next one is read: nobody waits for it.
        if self.kit.alarm.stop().is_err() {
            return 1;
        }
        loop {
            match channel.take::<RunRequest>() {
                Ok(Some((request, fds))) => {
                    let alike = request.grants == first.grants
                        && request.module == first.module
                        && process_caps(&request) == process_caps(first);
                    if !alike {
                        return 1;
                    }
                    let ready = self.kit.alarm.start(request.limits.wall_millis);
                    let ready = ready.map_err(|errno| errno.to_string());
                    let prepare = |()| job::prepare(&request, fds, job::Module::Loaded);
                    let prepared = match ready.and_then(prepare) {
                        // What could be opened for the first job is another file by now, which our
                        // file rules do not know: a fresh worker has to look.
                        Ok(job::Prepared::Refused(Outcome::Denied { what })) => {
                            return reject(channel, request.run, what);
                        }
                        Ok(prepared) => prepared,
                        Err(why) => return reject(channel, request.run, why),
                    };
                    if !self.answer(&request, prepared, channel) {
                        return 0;
                    }
                    if self.kit.alarm.stop().is_err() {
                        return 1;
                    }
                }
                Err(_) => return 1,
                Ok(None) => match channel.wait() {
                    Ok(Peer::Open | Peer::Quiet) => {}
                    Ok(Peer::Closed) | Err(_) => return 0,
                },
            }
        }
    }
}

fn reject(channel: &mut Channel, run: u64, why: String) -> u8 {
    let message = Report::Broken { run, why };
    let told = channel.send(&message, Vec::new()).is_ok() && channel.drain().is_ok();
    u8::from(!told)
}

fn close_door(
    filters: &Filters,
    request: &RunRequest,
    mounts: &Mounts,
    shared: bool,
) -> Result<(), ConfineError> {
    let reach = |access: Access| if access.writes() { Reach::Write } else { Reach::Read };
    let roots: Vec<_> = mounts.roots().map(|(fd, access)| (fd, reach(access))).collect();
    confine::close_all_but(&roots)?;
    confine::apply_limits(process_caps(request))?;
    filters.apply(Profile::Worker { files: !roots.is_empty(), shared })
}

/// What the engine, the code and one result's buffers need beside the guest, in bytes.
const OVERHEAD: u64 = 512 << 20;

/// Memory that a worker may make writable, in bytes: the guest's with what is held open for it,
/// which together keep to one cap, and buffers for its results, which double when they grow.
#[must_use]
pub fn memory_cap(request: &RunRequest) -> u64 {
    let limits = &request.limits;
    let buffers = limits.output_bytes.saturating_mul(2);
    limits.memory_bytes.saturating_add(buffers).saturating_add(OVERHEAD)
}

/// What a worker for this request is held to by the kernel, for all its life. A shared worker takes
/// further jobs only if they would be held to the same.
///
/// It lives through many jobs: the engine's own limits hold for each, and time is the parent's to
/// keep.
#[must_use]
pub fn process_caps(request: &RunRequest) -> Caps {
    let limits = &request.limits;
    let seconds = limits.wall_millis.div_ceil(1_000).saturating_add(5);
    let shared = matches!(request.isolation, Isolation::Shared { .. });
    Caps {
        data: memory_cap(request),
        cpu: if shared { u64::MAX } else { seconds },
        file: limits.output_bytes.max(limits.write_bytes).max(1 << 30),
    }
}

/// The first grant that would show a guest `folder`, something in it, or a folder around it. Paths
/// of grants are clean and followed without links, so their texts decide.
// KNOWN GAP: a bind mount gives the folder another name, which is not seen here.
#[must_use]
pub fn grant_into<'a>(grants: &'a [Grant], folder: &Path) -> Option<&'a Grant> {
    let touches = |path: &Path| folder.starts_with(path) || path.starts_with(folder);
    grants.iter().find(|grant| {
        shared(std::slice::from_ref(*grant)).iter().any(|one| touches(Path::new(&one.path)))
    })
}

/// The grants as the guest sees them.
fn shared(grants: &[Grant]) -> Vec<Shared> {
    let one = |grant: &Grant| match grant {
        Grant::Read(path) => Some(Shared { path: path.to_string(), access: Access::Read }),
        Grant::Write(path) => Some(Shared { path: path.to_string(), access: Access::Write }),
        Grant::Egress(_) => None,
    };
    grants.iter().filter_map(one).collect()
}
