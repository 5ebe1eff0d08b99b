//! One run, from its acceptance to its last word.

use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use arch_sandbox::cgroup::Group;
use arch_sandbox::channel::{Channel, ChannelError, Peer};
use arch_sandbox::process::{Child, End, Rusage};
use arch_sandbox::report::Report;
use arch_wire::executor::RunRequest;

/// What is done for the run at present.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// A compiler has the module.
    Compiling,
    /// A worker has the guest.
    Working,
}

/// Why a child was killed by us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Killed {
    /// The agent asked for it.
    Cancelled,
    /// It did not end in time.
    Overdue,
    /// It sent what no child of ours sends.
    Lied,
}

/// A child with its line to us. The order is that of their end.
#[derive(Debug)]
pub(crate) struct Busy {
    pub(crate) child: Child,
    pub(crate) channel: Channel,
    pub(crate) group: Option<Group>,
}

/// A run under way.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) request: RunRequest,
    /// Module and inputs, until a worker has them.
    pub(crate) fds: Vec<OwnedFd>,
    pub(crate) stage: Stage,
    pub(crate) busy: Busy,
    /// The child has closed its end.
    pub(crate) mute: bool,
    pub(crate) report: Option<(Report, Vec<OwnedFd>)>,
    pub(crate) killed: Option<Killed>,
    pub(crate) since: Instant,
    pub(crate) deadline: Instant,
    /// Jobs that the worker has had, this one included.
    pub(crate) served: u32,
    /// What compiling used.
    pub(crate) compiling: Rusage,
}

/// The worker's own alarm comes first; this one is for a worker that does not heed it.
const BACKSTOP: Duration = Duration::from_secs(1);
/// For ever, as far as a run is concerned.
const YEAR: Duration = Duration::from_secs(365 * 86_400);

/// When a step that may take `millis` is overdue.
pub(crate) fn deadline(millis: u64, stage: Stage) -> Instant {
    let time = Duration::from_millis(millis).min(YEAR);
    let time = match stage {
        Stage::Compiling => time,
        Stage::Working => time.saturating_add(BACKSTOP),
    };
    let now = Instant::now();
    now.checked_add(time).unwrap_or(now)
}

impl Run {
    /// Reads what the child has said so far.
    pub(crate) fn listen(&mut self) {
        match self.hear() {
            Ok(Peer::Open) => {}
            Ok(Peer::Closed) => self.mute = true,
            Err(_) => {
                self.mute = true;
                self.report = None;
                self.kill(Killed::Lied);
            }
        }
    }

    fn hear(&mut self) -> Result<Peer, ChannelError> {
        let peer = self.busy.channel.fill()?;
        while let Some(report) = self.busy.channel.take::<Report>()? {
            let (Report::Finished { run, .. } | Report::Broken { run, .. }) = &report.0;
            if *run != self.request.run || self.report.is_some() {
                return Err(ChannelError::Descriptors);
            }
            self.report = Some(report);
        }
        Ok(peer)
    }

    /// Ends the child; the first reason counts, and none once it has reported.
    pub(crate) fn kill(&mut self, why: Killed) {
        if self.report.is_none() {
            self.killed.get_or_insert(why);
        }
        self.busy.child.kill();
    }

    /// The child has ended: how, what it used, and what it said last.
    pub(crate) fn bury(mut self) -> Ended {
        // What it sent before its end is still in the socket; nobody else holds its end, so this
        // ends with `Closed`.
        while !self.mute && self.report.is_none() {
            self.listen();
        }
        let Busy { child, group, .. } = self.busy;
        let (end, used) = child.wait();
        let starved = group.as_ref().is_some_and(Group::ran_out_of_memory);
        Ended {
            request: self.request,
            fds: self.fds,
            stage: self.stage,
            report: self.report,
            killed: self.killed,
            end,
            starved,
            used,
            since: self.since,
            compiling: self.compiling,
        }
    }
}

/// What is left of a run whose child has ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) request: RunRequest,
    pub(crate) fds: Vec<OwnedFd>,
    pub(crate) stage: Stage,
    pub(crate) report: Option<(Report, Vec<OwnedFd>)>,
    pub(crate) killed: Option<Killed>,
    pub(crate) end: End,
    /// Its cgroup had no memory left.
    pub(crate) starved: bool,
    pub(crate) used: Rusage,
    pub(crate) since: Instant,
    pub(crate) compiling: Rusage,
}
