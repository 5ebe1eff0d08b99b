//! The loop: one agent, some runs, a process for each.

mod start;

use std::os::fd::{AsFd, OwnedFd};
use std::time::{Duration, Instant};

use arch_sandbox::channel::{Channel, ChannelError, Message, Peer};
use arch_sandbox::process::Rusage;
use arch_sandbox::report::Report;
use arch_sandbox::wasm::WasmEngine;
use arch_wire::executor::{Claim, FromExecutor, Outcome, ToExecutor};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use crate::failure::Failure;
use crate::idle::{Idlers, JOBS, Kinship};
use crate::run::{Ended, Killed, Run, Stage};
use crate::say;
use crate::task::Task;
use crate::verdict::{self, Told};
use crate::warm::Warm;

/// An agent that does not read is not read from: bytes that may wait for it.
const BACKLOG: usize = 4 << 20;
/// How long the word that a warm worker has a run waits for company: mostly the run's end comes
/// sooner, and the agent wakes once for both.
const COMPANY: Duration = Duration::from_millis(5);
/// Idle workers are looked at this often.
const TIDY: Duration = Duration::from_secs(10);

/// The executor's main process.
pub(crate) struct Broker {
    warm: Warm,
    agent: Channel,
    runs: Vec<Run>,
    idle: Idlers,
    most: usize,
    ending: bool,
    /// What is lined up for the agent may wait until then.
    held: Option<Instant>,
}

/// What `poll` saw.
#[derive(Debug, Default)]
struct Seen {
    agent: bool,
    /// By the index of the run: its child spoke, its child ended.
    runs: Vec<(bool, bool)>,
    /// Indices of idle workers that stirred.
    idle: Vec<usize>,
}

impl Broker {
    pub(crate) fn new(warm: Warm, agent: OwnedFd, most: u16) -> Self {
        let agent = Channel::new(agent);
        let most = usize::from(most);
        let (runs, idle) = (Vec::new(), Idlers::default());
        Self { warm, agent, runs, idle, most, ending: false, held: None }
    }

    /// Serves until the agent closes or asks for the end. Dropping the rest kills every child and
    /// waits for it.
    pub(crate) fn serve(mut self) -> Result<(), Failure> {
        let engine = WasmEngine::name().to_owned();
        self.tell(&FromExecutor::Ready { engine, environment: self.warm.environment }, Vec::new());
        loop {
            self.held = self.held.filter(|until| Instant::now() < *until);
            if self.held.is_none() {
                match self.agent.flush() {
                    Ok(()) => {}
                    Err(Errno::PIPE | Errno::CONNRESET) => return Ok(()),
                    Err(errno) => return Err(Failure::Agent(errno.into())),
                }
            }
            if self.ending && self.runs.is_empty() && self.agent.unsent() == 0 {
                return Ok(());
            }
            let seen = self.wait().map_err(Failure::System)?;
            for at in seen.idle.iter().rev() {
                self.idle.remove(*at);
            }
            self.attend(&seen.runs);
            if seen.agent && self.listen()? == Peer::Closed {
                return Ok(());
            }
            self.idle.retire();
        }
    }

    fn wait(&self) -> rustix::io::Result<Seen> {
        let mut fds = Vec::new();
        let mut wanted = PollFlags::empty();
        if self.agent.unsent() < BACKLOG {
            wanted |= PollFlags::IN;
        }
        if self.agent.unsent() > 0 && self.held.is_none() {
            wanted |= PollFlags::OUT;
        }
        fds.push(PollFd::from_borrowed_fd(self.agent.as_fd(), wanted));
        for run in &self.runs {
            let channel = run.busy.channel.as_fd();
            let mut speech = if run.mute { PollFlags::empty() } else { PollFlags::IN };
            if run.busy.channel.unsent() > 0 {
                speech |= PollFlags::OUT;
            }
            // A closed channel would be reported for ever: the pidfd stands in for it.
            let speech = match run.mute {
                true => PollFd::from_borrowed_fd(run.busy.child.pidfd(), PollFlags::IN),
                false => PollFd::from_borrowed_fd(channel, speech),
            };
            fds.push(speech);
            fds.push(PollFd::from_borrowed_fd(run.busy.child.pidfd(), PollFlags::IN));
        }
        for idle in self.idle.iter() {
            fds.push(PollFd::from_borrowed_fd(idle.busy.channel.as_fd(), PollFlags::IN));
        }
        match poll(&mut fds, Some(&self.patience())) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(errno) => return Err(errno),
        }
        let stirred = |fd: &PollFd<'_>| !fd.revents().is_empty();
        let mut fds = fds.iter();
        let agent = fds.next().is_some_and(stirred);
        let mut runs = Vec::new();
        for _ in &self.runs {
            let spoke = fds.next().is_some_and(stirred);
            runs.push((spoke, fds.next().is_some_and(stirred)));
        }
        let idle = fds.enumerate().filter(|(_, fd)| stirred(fd)).map(|(at, _)| at).collect();
        Ok(Seen { agent, runs, idle })
    }

    fn patience(&self) -> Timespec {
        let now = Instant::now();
        let waiting = self.runs.iter().filter(|run| run.killed.is_none());
        let next = waiting.map(|run| run.deadline).chain(self.held).min();
        let next = next.map(|moment| moment.saturating_duration_since(now));
        // Rounded up, so that the deadline has passed when we wake.
        let time =
            next.map_or(TIDY, |time| time.saturating_add(Duration::from_millis(1)).min(TIDY));
        Timespec {
            tv_sec: time.as_secs().try_into().unwrap_or(10),
            tv_nsec: time.subsec_nanos().into(),
        }
    }

    // From the last to the first, so that a run which leaves the list moves none that is to come.
    fn attend(&mut self, seen: &[(bool, bool)]) {
        for (at, (spoke, ended)) in seen.iter().enumerate().rev() {
            let Some(run) = self.runs.get_mut(at) else { continue };
            // A worker that takes no more is a worker that is gone: its pidfd tells.
            let _ = run.busy.channel.flush();
            if *spoke {
                run.listen();
            }
            let (number, news) = (run.task.run(), run.heard.news());
            let over = run.heard.report.is_some();
            let late = run.killed.is_none() && Instant::now() >= run.deadline;
            if late && !*ended && !over {
                run.kill(Killed::Overdue);
            }
            if let Some(tiles) = news {
                self.tell(&FromExecutor::Progress { run: number, tiles }, Vec::new());
            }
            if *ended {
                let ended = self.runs.swap_remove(at).bury();
                self.step(ended);
            } else if over {
                self.reported(at);
            }
        }
    }

    // A shared worker that completed its job waits for the next one; any other child has said all
    // that it was made for.
    fn reported(&mut self, at: usize) {
        let Some(run) = self.runs.get(at) else { return };
        let completed = matches!(
            &run.heard.report,
            Some((Report::Finished { claim, .. }, _)) if claim.outcome == Outcome::Completed
        );
        let goes_on = run.stage == Stage::Working
            && run.task.shares_its_worker()
            && completed
            && run.killed.is_none()
            && !run.mute
            && run.busy.channel.is_clean()
            && run.served < JOBS
            && !self.ending;
        if !goes_on {
            return run.busy.child.kill();
        }
        let run = self.runs.swap_remove(at);
        let Some((Report::Finished { claim, .. }, fds)) = run.heard.report else { return };
        let told = verdict::checked(claim, fds, &run.task, None);
        let honest = told.0.outcome == Outcome::Completed;
        self.finish(run.task.run(), told, run.since, run.compiling);
        let Task::Guest(request) = &run.task else { return };
        if let Some(kinship) = Kinship::of(request).filter(|_| honest) {
            self.idle.keep(run.busy, kinship, run.served, self.most);
        }
    }

    fn step(&mut self, mut ended: Ended) {
        let code = match ended.stage {
            Stage::Working => {
                let told = verdict::worked(&mut ended);
                return self.finish(ended.task.run(), told, ended.since, ended.compiling);
            }
            Stage::Compiling => verdict::compiled(&mut ended),
        };
        match (code, ended.task) {
            (Ok(code), Task::Guest(request)) => {
                if let Err(errno) = self.warm.cache.keep(self.entry(&request), &code) {
                    say::talk(&format!("a compiled module could not be kept: {errno}"));
                }
                self.work(request, ended.fds, &code, ended.since, ended.used);
            }
            (Ok(_), task) => {
                let told = verdict::bare(verdict::lost("a product was compiled"));
                self.finish(task.run(), told, ended.since, ended.used);
            }
            (Err(outcome), task) => {
                self.finish(task.run(), verdict::bare(outcome), ended.since, ended.used);
            }
        }
    }

    fn listen(&mut self) -> Result<Peer, Failure> {
        let peer = self.agent.fill().map_err(Failure::Agent)?;
        while let Some((message, fds)) = self.agent.take::<ToExecutor>().map_err(Failure::Agent)? {
            match message {
                ToExecutor::Run(request) => self.take(Task::Guest(request), fds),
                ToExecutor::Multiply(request) => self.take(Task::Product(request), fds),
                ToExecutor::Cancel { run } => {
                    for run in self.runs.iter_mut().filter(|one| one.task.run() == run) {
                        run.kill(Killed::Cancelled);
                    }
                }
                ToExecutor::Ping => self.tell(&FromExecutor::Pong, Vec::new()),
                ToExecutor::Shutdown => {
                    self.ending = true;
                    self.idle.clear();
                }
            }
        }
        Ok(peer)
    }

    fn finish(&mut self, run: u64, told: Told, since: Instant, compiling: Rusage) {
        let (mut claim, fds) = told;
        claim.wall_millis = u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX);
        claim.cpu_millis = claim.cpu_millis.saturating_add(compiling.cpu_millis);
        claim.peak_memory_bytes = claim.peak_memory_bytes.max(compiling.peak_memory_bytes);
        self.held = None;
        if let Err(error) = finished(&mut self.agent, run, claim, fds) {
            say::talk(&format!("the end of run {run} could not be sent: {error}"));
        }
    }

    fn tell(&mut self, message: &FromExecutor, fds: Vec<OwnedFd>) {
        debug_assert_eq!(message.descriptors(), fds.len());
        self.held = None;
        // These messages are short; the one that carries what a child said is `finished`.
        if let Err(error) = self.agent.send(message, fds) {
            say::talk(&format!("a message could not be sent: {error}"));
        }
    }
}

// A run that was started has an end, whatever a child made of its claim.
fn finished(
    agent: &mut Channel,
    run: u64,
    claim: Claim,
    fds: Vec<OwnedFd>,
) -> Result<(), ChannelError> {
    agent.send(&FromExecutor::Finished { run, claim }, fds).or_else(|error| {
        let (claim, fds) = verdict::bare(verdict::lost(format!("its claim: {error}")));
        agent.send(&FromExecutor::Finished { run, claim }, fds)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_that_fits_no_frame_ends_the_run_all_the_same() {
        let (mut ours, mut agent) = Channel::pair().unwrap();
        let kind = "x".repeat(arch_wire::frame::FRAME_CAP);
        let claim = Claim::without_work(Outcome::Trap { kind });
        finished(&mut ours, 7, claim, Vec::new()).unwrap();
        ours.flush().unwrap();
        agent.wait().unwrap();
        let (told, _) = agent.take::<FromExecutor>().unwrap().unwrap();
        let FromExecutor::Finished { run: 7, claim } = told else { panic!("{told:?}") };
        assert!(matches!(claim.outcome, Outcome::WorkerLost { .. }), "{claim:?}");
    }
}
