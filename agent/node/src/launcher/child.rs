//! The launcher's own side.

use std::{
    io,
    os::fd::{AsFd as _, AsRawFd as _, OwnedFd},
    process::{Child, Command, ExitCode, Stdio},
};

use rustix::{
    event::{PollFd, PollFlags, poll},
    io::{Errno, FdFlags, fcntl_setfd},
    process::{Pid, PidfdFlags, pidfd_open},
};

use super::{Launch, Order, Word};
use crate::executor_client::socket;

/// Serves one agent, over standard input, until that is gone.
pub(crate) fn run(launch: &Launch) -> ExitCode {
    // What the executor would give up as well; that it is started is all that this must be able to.
    let less = arch_confine::drop_capabilities().and_then(|()| arch_confine::no_core_dumps());
    if let Err(error) = less {
        tracing::error!(%error, "the launcher keeps its rights, so it ends");
        return ExitCode::FAILURE;
    }
    let served = io::stdin().as_fd().try_clone_to_owned().and_then(|agent| serve(&agent, launch));
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn serve(agent: &OwnedFd, launch: &Launch) -> io::Result<()> {
    while let Some((order, files)) = hear(agent)? {
        let (Order::Start, Some(socket)) = (order, files.into_iter().next()) else { continue };
        match start(launch, &socket) {
            Err(error) => say(agent, &Word::Not(error.to_string()))?,
            Ok(child) => {
                // The executor's end of it is the executor's alone: the agent sees it end.
                drop(socket);
                say(agent, &Word::Started)?;
                if !tend(agent, child)? {
                    return Ok(());
                }
            }
        }
    }
    Ok(())
}

fn start(launch: &Launch, socket: &OwnedFd) -> io::Result<Child> {
    // The child inherits this one descriptor; there is one thread, so no other child can get it.
    fcntl_setfd(socket, FdFlags::empty())?;
    Command::new(&launch.program)
        .arg("--wasm")
        .args(["--socket-fd", &socket.as_raw_fd().to_string()])
        .arg("--cache")
        .arg(&launch.cache)
        .args(["--max-workers", &launch.workers.to_string()])
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
}

/// Until the executor ends, by itself or because that is asked for. Says whether the agent is there.
fn tend(agent: &OwnedFd, mut child: Child) -> io::Result<bool> {
    let process = pidfd_open(Pid::from_child(&child), PidfdFlags::empty())?;
    loop {
        let mut both = [PollFd::new(&process, PollFlags::IN), PollFd::new(agent, PollFlags::IN)];
        match poll(&mut both, None) {
            Err(Errno::INTR) => continue,
            polled => polled?,
        };
        let [ended, asked] = both.map(|polled| !polled.revents().is_empty());
        if ended {
            let told = child.wait().map_or_else(|e| e.to_string(), |status| status.to_string());
            say(agent, &Word::Ended(told))?;
            return Ok(true);
        }
        if asked {
            let there = hear(agent)?.is_some();
            // It may have ended by itself meanwhile.
            let _ = child.kill();
            if !there {
                child.wait()?;
                return Ok(false);
            }
        }
    }
}

/// The next order; `None` when the agent is gone.
fn hear(agent: &OwnedFd) -> io::Result<Option<(Order, Vec<OwnedFd>)>> {
    match socket::receive(agent) {
        Ok(heard) => Ok(Some(heard)),
        Err(socket::ReadError::Ended) => Ok(None),
        Err(socket::ReadError::Io(error)) => Err(error),
        Err(error @ socket::ReadError::Protocol(_)) => Err(io::Error::other(error)),
    }
}

fn say(agent: &OwnedFd, word: &Word) -> io::Result<()> {
    socket::send_message(agent, word, &[])
}
