//! One run, from its acceptance to its last word.

use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use arch_sandbox::cgroup::Group;
use arch_sandbox::channel::{Channel, ChannelError, Peer};
use arch_sandbox::process::{Child, End, Rusage};
use arch_sandbox::report::Report;

use crate::task::Task;

/// What is done for the run at present.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// A compiler has the module.
    Compiling,
    /// A worker has the task.
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
    pub(crate) task: Task,
    /// Module and inputs, until a worker has them.
    pub(crate) fds: Vec<OwnedFd>,
    pub(crate) stage: Stage,
    pub(crate) busy: Busy,
    /// The child has closed its end.
    pub(crate) mute: bool,
    pub(crate) heard: Heard,
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
        let heard = self.heard.hear(&mut self.busy.channel, &self.task);
        self.note(heard);
    }

    fn note(&mut self, heard: Result<Peer, ChannelError>) {
        match heard {
            Ok(Peer::Open | Peer::Quiet) => {}
            Ok(Peer::Closed) => self.mute = true,
            Err(_) => {
                self.mute = true;
                self.heard.report = None;
                self.kill(Killed::Lied);
            }
        }
    }

    /// Ends the child; the first reason counts, and none once it has reported.
    pub(crate) fn kill(&mut self, why: Killed) {
        if self.heard.report.is_none() {
            self.killed.get_or_insert(why);
        }
        self.busy.child.kill();
    }

    /// The child has ended: how, what it used, and what it said last.
    pub(crate) fn bury(mut self) -> Ended {
        if !self.mute {
            let heard = self.heard.hear_out(&mut self.busy.channel, &self.task);
            self.note(heard);
        }
        let Busy { child, group, .. } = self.busy;
        let (end, used) = child.wait();
        let starved = group.as_ref().is_some_and(Group::ran_out_of_memory);
        Ended {
            task: self.task,
            fds: self.fds,
            stage: self.stage,
            report: self.heard.report,
            killed: self.killed,
            end,
            starved,
            used,
            since: self.since,
            compiling: self.compiling,
        }
    }
}

/// What a child has said.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    /// Its last word.
    pub(crate) report: Option<(Report, Vec<OwnedFd>)>,
    tiles: u64,
    /// More tiles than the agent was told of.
    news: bool,
}

impl Heard {
    // Reads once. A second report, one on another run, or more tiles than there are, is a lie.
    fn hear(&mut self, channel: &mut Channel, task: &Task) -> Result<Peer, ChannelError> {
        let peer = channel.fill()?;
        while let Some((report, fds)) = channel.take::<Report>()? {
            let (Report::Finished { run, .. }
            | Report::Progress { run, .. }
            | Report::Broken { run, .. }) = &report;
            if *run != task.run() || self.report.is_some() {
                return Err(ChannelError::Descriptors);
            }
            match report {
                Report::Progress { tiles, .. } if self.tiles < tiles && tiles <= task.tiles() => {
                    self.tiles = tiles;
                    self.news = true;
                }
                Report::Progress { .. } => return Err(ChannelError::Descriptors),
                last => self.report = Some((last, fds)),
            }
        }
        Ok(peer)
    }

    // What a child sent before its end is still in the socket. The end may not be `Closed`: a child
    // that was taken over can have sent us its own end, which we then keep open ourselves. Nobody else
    // is left to write to it, so silence is the end, too.
    fn hear_out(&mut self, channel: &mut Channel, task: &Task) -> Result<Peer, ChannelError> {
        loop {
            match self.hear(channel, task)? {
                Peer::Open if self.report.is_none() => {}
                other => return Ok(other),
            }
        }
    }

    /// How many tiles there are, if the agent has not heard of the last ones.
    pub(crate) fn news(&mut self) -> Option<u64> {
        std::mem::take(&mut self.news).then_some(self.tiles)
    }
}

/// What is left of a run whose child has ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) task: Task,
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

#[cfg(test)]
mod tests {
    use std::os::fd::AsFd as _;

    use super::*;

    fn multiply(run: u64, count: u64) -> Task {
        use arch_wire::executor::MultiplyRequest;
        let json = r#"{"run":0,"format":"i8","a":{"dtype":"i8","rows":1,"columns":1,"offset":0},
            "b":{"dtype":"i8","rows":1,"columns":1,"offset":0},
            "splits":{"rows":1,"columns":1,"depth":1},"part":{"row":{"index":0}},
            "memoryBytes":1,"first":0,"count":1,"wallMillis":1}"#;
        let plain: MultiplyRequest = serde_json::from_str(json).unwrap();
        Task::Product(MultiplyRequest { run, count, ..plain })
    }

    #[test]
    fn tiles_are_counted_upwards_and_never_beyond_what_was_asked_for() {
        let told = |tiles: &[(u64, u64)]| {
            let (mut ours, mut theirs) = Channel::pair().unwrap();
            for (run, tiles) in tiles {
                theirs.send(&Report::Progress { run: *run, tiles: *tiles }, Vec::new()).unwrap();
            }
            theirs.drain().unwrap();
            let mut heard = Heard::default();
            heard.hear(&mut ours, &multiply(7, 3)).map(|_| (heard.news(), heard.news()))
        };
        assert_eq!(told(&[(7, 1), (7, 3)]).unwrap(), (Some(3), None));
        for lie in [&[(7, 4)][..], &[(7, 2), (7, 2)], &[(7, 2), (7, 1)], &[(8, 1)], &[(7, 0)]] {
            assert!(told(lie).is_err(), "{lie:?}");
        }
    }

    #[test]
    fn a_child_that_sent_us_its_own_end_and_died_is_not_waited_for() {
        let (mut ours, theirs) = Channel::pair().unwrap();
        // A frame that has begun and does not go on.
        let torn = [9_u8, 0, 0, 0, b'{'];
        let sent = arch_handover::send(theirs.as_fd(), &torn, &[theirs.as_fd()]);
        assert_eq!(sent.unwrap(), torn.len());
        drop(theirs);
        let (tell, told) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let mut heard = Heard::default();
            let peer = heard.hear_out(&mut ours, &multiply(1, 1));
            tell.send((peer.unwrap(), heard.report.is_none())).unwrap();
        });
        let heard = told.recv_timeout(Duration::from_secs(20)).unwrap();
        assert_eq!(heard, (Peer::Quiet, true));
    }
}
