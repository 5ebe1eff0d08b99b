//! A process that starts workers, because the main process takes that right from itself.
//!
//! ```text
//! main process ──Start + socket──> launcher ──exec──> worker
//!  (confined)  <──Started, Ended──┘  (one thread, knows nothing but the program's path)
//! ```
//!
//! It is this program again, started before the main process is confined, with nothing in its environment
//! and one descriptor besides the streams: the socket of packets that is its standard input. It ends, and
//! its worker with it, when the main process does.

mod back;
mod front;

use std::{os::unix::process::ExitStatusExt as _, process::ExitStatus};

pub(crate) use back::run;
pub(crate) use front::{Launcher, Worker};

/// Orders, one byte a packet.
const START: u8 = b's';
const END: u8 = b'e';

/// Answers: a kind and a number a packet.
const STARTED: u8 = b'S';
const NOT: u8 = b'N';
const EXITED: u8 = b'X';
const KILLED: u8 = b'K';

/// How a worker ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// By itself, with this code.
    Exit(u8),
    /// By this signal.
    Signal(u8),
}

impl End {
    fn of(status: ExitStatus) -> Self {
        let small = |number: i32| u8::try_from(number).unwrap_or(u8::MAX);
        match status.signal() {
            Some(signal) => Self::Signal(small(signal)),
            None => Self::Exit(status.code().map_or(u8::MAX, small)),
        }
    }

    fn packet(self) -> [u8; 2] {
        match self {
            Self::Exit(code) => [EXITED, code],
            Self::Signal(signal) => [KILLED, signal],
        }
    }
}
