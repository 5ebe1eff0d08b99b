//! The launcher's own side.

use std::{
    io,
    os::fd::{AsFd as _, OwnedFd},
    process::{Child, Command, Stdio},
};

use arch_handover::{ReceiveError, receive};
use rustix::{
    event::{PollFd, PollFlags, poll},
    io::Errno,
    net::{SendFlags, send},
    process::{Pid, PidfdFlags, pidfd_open},
};

use super::{END, End, NOT, START, STARTED};
use crate::{arguments::Arguments, failure::Failure};

/// Serves the main process, over standard input, until that is gone.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    // What its workers would give up as well; that they are started is all that it must be able to.
    arch_confine::drop_capabilities()?;
    arch_confine::no_core_dumps()?;
    let served = io::stdin().as_fd().try_clone_to_owned().and_then(|main| serve(&main, arguments));
    served.map_err(Failure::Launcher)
}

fn serve(main: &OwnedFd, arguments: &Arguments) -> io::Result<()> {
    while let Some((order, socket)) = hear(main)? {
        // An order to end one that has ended by itself is late, and nothing.
        let (START, Some(socket)) = (order, socket) else { continue };
        match start(arguments, socket) {
            Err(error) => {
                let errno = error.raw_os_error().and_then(|errno| u8::try_from(errno).ok());
                say(main, [NOT, errno.unwrap_or(u8::MAX)])?;
            }
            Ok(child) => {
                say(main, [STARTED, 0])?;
                if !tend(main, child)? {
                    return Ok(());
                }
            }
        }
    }
    Ok(())
}

/// The worker's end of the line is the worker's alone: the main process sees it end.
fn start(arguments: &Arguments, line: OwnedFd) -> io::Result<Child> {
    Command::new(arguments.worker())
        .args(arguments.of_child("--work"))
        .env_clear()
        .stdin(Stdio::from(line))
        .stdout(Stdio::null())
        .spawn()
}

/// Until the worker is ended, or ends by itself and that is asked. Says whether the main process is
/// there.
fn tend(main: &OwnedFd, mut child: Child) -> io::Result<bool> {
    let there = matches!(hear(main)?, Some((END, _)));
    if there {
        // One that ends anyway keeps its own end.
        settle(&child)?;
    }
    // It may have ended by itself meanwhile.
    let _gone = child.kill();
    let status = child.wait()?;
    if there {
        say(main, End::of(status).packet())?;
    }
    Ok(there)
}

/// A moment for a worker that has said its last word, or whose line broke, to end as it would.
fn settle(child: &Child) -> io::Result<()> {
    let process = pidfd_open(Pid::from_child(child), PidfdFlags::empty())?;
    let mut polled = [PollFd::new(&process, PollFlags::IN)];
    let moment = rustix::event::Timespec { tv_sec: 0, tv_nsec: 200_000_000 };
    match poll(&mut polled, Some(&moment)) {
        Ok(_) | Err(Errno::INTR) => Ok(()),
        Err(errno) => Err(errno.into()),
    }
}

/// The next order with its descriptor; none when the main process is gone.
fn hear(main: &OwnedFd) -> io::Result<Option<(u8, Option<OwnedFd>)>> {
    let mut byte = [0];
    match receive(main.as_fd(), &mut byte) {
        Err(ReceiveError::Socket(Errno::CONNRESET)) => Ok(None),
        Err(ReceiveError::Socket(errno)) => Err(errno.into()),
        Err(error) => Err(io::Error::other(error)),
        Ok(received) => {
            let [order] = byte;
            Ok((received.bytes == 1).then(|| (order, received.files.into_iter().next())))
        }
    }
}

fn say(main: &OwnedFd, packet: [u8; 2]) -> io::Result<()> {
    match send(main, &packet, SendFlags::NOSIGNAL) {
        Ok(_) => Ok(()),
        Err(errno) => Err(errno.into()),
    }
}
