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
        let heard = hear(&mut self.busy.channel, self.request.run, &mut self.report);
        self.note(heard);
    }

    fn note(&mut self, heard: Result<Peer, ChannelError>) {
        match heard {
            Ok(Peer::Open | Peer::Quiet) => {}
            Ok(Peer::Closed) => self.mute = true,
            Err(_) => {
                self.mute = true;
                self.report = None;
                self.kill(Killed::Lied);
            }
        }
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
        if !self.mute {
            let heard = hear_out(&mut self.busy.channel, self.request.run, &mut self.report);
            self.note(heard);
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

type Reported = Option<(Report, Vec<OwnedFd>)>;

// Reads once; a second report, or one on another run, is a lie.
fn hear(channel: &mut Channel, run: u64, reported: &mut Reported) -> Result<Peer, ChannelError> {
    let peer = channel.fill()?;
    while let Some(report) = channel.take::<Report>()? {
        let (Report::Finished { run: its, .. } | Report::Broken { run: its, .. }) = &report.0;
        if *its != run || reported.is_some() {
            return Err(ChannelError::Descriptors);
        }
        *reported = Some(report);
    }
    Ok(peer)
}

// What a child sent before its end is still in the socket. The end may not be `Closed`: a child
// that was taken over can have sent us its own end, which we then keep open ourselves. Nobody else
// is left to write to it, so silence is the end, too.
fn hear_out(
    channel: &mut Channel,
    run: u64,
    reported: &mut Reported,
) -> Result<Peer, ChannelError> {
    loop {
        match hear(channel, run, reported)? {
            Peer::Open if reported.is_none() => {}
            other => return Ok(other),
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

#[cfg(test)]
mod tests {
    use std::io::IoSlice;
    use std::mem::MaybeUninit;
    use std::os::fd::AsFd as _;

    use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};

    use super::*;

    #[test]
    fn a_child_that_sent_us_its_own_end_and_died_is_not_waited_for() {
        let (mut ours, theirs) = Channel::pair().unwrap();
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut control = SendAncillaryBuffer::new(&mut space);
        let fds = [theirs.as_fd()];
        assert!(control.push(SendAncillaryMessage::ScmRights(&fds)));
        // A frame that has begun and does not go on.
        let torn = [9_u8, 0, 0, 0, b'{'];
        sendmsg(&theirs, &[IoSlice::new(&torn)], &mut control, SendFlags::empty()).unwrap();
        drop(theirs);
        let (tell, told) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let mut reported = None;
            let heard = hear_out(&mut ours, 1, &mut reported);
            tell.send((heard.unwrap(), reported.is_none())).unwrap();
        });
        let heard = told.recv_timeout(Duration::from_secs(20)).unwrap();
        assert_eq!(heard, (Peer::Quiet, true));
    }
}
