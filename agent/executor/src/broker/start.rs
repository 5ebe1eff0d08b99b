//! From a message of the agent to a process that has the task.

use std::os::fd::{AsFd, OwnedFd};
use std::time::Instant;

use arch_sandbox::blob;
use arch_sandbox::cache::{Entry, Lookup};
use arch_sandbox::process::Rusage;
use arch_wire::executor::{Busy as Why, FromExecutor, MULTIPLY_FDS, Outcome, RunRequest};
use rustix::io::Errno;

use super::{Broker, COMPANY};
use crate::idle::Kinship;
use crate::run::{Busy, Heard, Run, Stage, deadline};
use crate::say;
use crate::task::Task;
use crate::verdict;

impl Broker {
    pub(super) fn take(&mut self, task: Task, fds: Vec<OwnedFd>) {
        let run = task.run();
        let why = if self.ending {
            Some(Why::Ending)
        } else if self.runs.iter().any(|one| one.task.run() == run) {
            Some(Why::Doubled)
        } else if let Err(what) = sensible(&task, &fds) {
            say::talk(&format!("run {run} makes no sense: {what}"));
            Some(Why::Request)
        } else if self.runs.len() >= self.most {
            Some(Why::NoWorker)
        } else {
            None
        };
        match why {
            Some(why) => self.tell(&FromExecutor::Busy { run, why }, Vec::new()),
            None => {
                let since = Instant::now();
                let held = match self.agent.unsent() {
                    0 => since.checked_add(COMPANY),
                    _ => self.held,
                };
                self.tell(&FromExecutor::Started { run }, Vec::new());
                match task {
                    Task::Guest(request) => self.guest(request, fds, since, held),
                    task @ Task::Product(_) => self.product(task, fds, since),
                }
            }
        }
    }

    // What the agent is told may wait until `held` where the end can come that soon.
    fn guest(
        &mut self,
        request: RunRequest,
        fds: Vec<OwnedFd>,
        since: Instant,
        held: Option<Instant>,
    ) {
        if let Some(grant) = self.warm.forbidden(&request) {
            let what = format!("`{grant}` leads to the node's own compiled modules and their key");
            let told = verdict::bare(Outcome::Denied { what });
            return self.finish(request.run, told, since, Rusage::default());
        }
        if let Some(idle) = self.idle.take(&request) {
            self.held = held;
            return self.reuse(idle.busy, idle.served, request, fds, since);
        }
        match self.warm.cache.find(self.entry(&request)) {
            Lookup::Found(code) => return self.work(request, fds, &code, since, Rusage::default()),
            Lookup::Missing => {}
            Lookup::Forged => say::talk(&format!(
                "the compiled form of {} was not written by this node; it is compiled again",
                request.module
            )),
        }
        let module = fds.first().ok_or(Errno::BADF);
        match module.and_then(|module| self.warm.compile(&request, module)) {
            Ok(busy) => {
                let deadline = deadline(request.limits.compile_millis, Stage::Compiling);
                let run = new(Task::Guest(request), busy, since, deadline);
                self.runs.push(Run { fds, stage: Stage::Compiling, ..run });
            }
            Err(errno) => self.no_process(request.run, errno, since),
        }
    }

    pub(super) fn work(
        &mut self,
        request: RunRequest,
        fds: Vec<OwnedFd>,
        code: &[u8],
        since: Instant,
        compiling: Rusage,
    ) {
        let shared = Kinship::of(&request).is_some();
        match self.warm.work(&request, fds, code, shared) {
            Ok(busy) => {
                self.watch(Task::Guest(request), busy, since, |run| run.compiling = compiling)
            }
            Err(errno) => self.no_process(request.run, errno, since),
        }
    }

    fn reuse(
        &mut self,
        mut busy: Busy,
        served: u32,
        request: RunRequest,
        fds: Vec<OwnedFd>,
        since: Instant,
    ) {
        // Its module is loaded.
        let inputs = fds.into_iter().skip(1).collect();
        if let Err(error) = busy.channel.send(&request, inputs) {
            let told = verdict::bare(verdict::lost(error));
            return self.finish(request.run, told, since, Rusage::default());
        }
        let _ = busy.channel.flush();
        self.watch(Task::Guest(request), busy, since, |run| run.served = served.saturating_add(1));
    }

    fn product(&mut self, task: Task, fds: Vec<OwnedFd>, since: Instant) {
        let started = match (&task, fds.try_into()) {
            (Task::Product(request), Ok(files)) => self.warm.multiply(request, files),
            _ => Err(Errno::BADF),
        };
        match started {
            Ok(busy) => self.watch(task, busy, since, |_| {}),
            Err(errno) => self.no_process(task.run(), errno, since),
        }
    }

    fn watch(&mut self, task: Task, busy: Busy, since: Instant, change: impl FnOnce(&mut Run)) {
        let deadline = deadline(task.wall_millis(), Stage::Working);
        let mut run = new(task, busy, since, deadline);
        change(&mut run);
        self.runs.push(run);
    }

    fn no_process(&mut self, run: u64, errno: Errno, since: Instant) {
        let why = format!("no process could be started: {errno}");
        self.finish(run, verdict::bare(verdict::lost(why)), since, Rusage::default());
    }

    pub(super) fn entry(&self, request: &RunRequest) -> Entry {
        Entry { module: request.module, environment: self.warm.environment }
    }
}

fn new(task: Task, busy: Busy, since: Instant, deadline: Instant) -> Run {
    Run {
        task,
        fds: Vec::new(),
        stage: Stage::Working,
        busy,
        mute: false,
        heard: Heard::default(),
        killed: None,
        since,
        deadline,
        served: 1,
        compiling: Rusage::default(),
    }
}

// What can be seen without reading: names, grants, seals and lengths. The bytes are for the child.
fn sensible(task: &Task, fds: &[OwnedFd]) -> Result<(), String> {
    let request = match task {
        Task::Guest(request) => request,
        Task::Product(_) if fds.len() != MULTIPLY_FDS => return Err("not three files".to_owned()),
        Task::Product(request) => {
            return request.grid().map(drop).map_err(|error| error.to_string());
        }
    };
    request.check().map_err(|error| error.to_string())?;
    let (module, inputs) = fds.split_first().ok_or("there is no module")?;
    blob::sealed_size(module.as_fd()).map_err(|error| format!("the module: {error}"))?;
    for (input, fd) in request.inputs.iter().zip(inputs) {
        blob::check_size(fd.as_fd(), input.size)
            .map_err(|error| format!("input `{}`: {error}", input.name))?;
    }
    Ok(())
}
