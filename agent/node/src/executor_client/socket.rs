//! Frames with files over a blocking Unix stream socket.

use std::{
    io,
    os::fd::{AsFd as _, OwnedFd},
    time::Duration,
};

use arch_handover::{MOST_FILES, ReceiveError, Received};
use arch_wire::frame::{FDS_CAP, FRAME_CAP, FrameError, HEADER, decode, encode, length};
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    io::Errno,
    net::sockopt::{Timeout, set_socket_timeout},
};
use serde::{Serialize, de::DeserializeOwned};

// A message's files go at once.
const _: () = assert!(FDS_CAP <= MOST_FILES);

/// Why nothing more can be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadError {
    /// The other side is gone.
    #[error("the connection ended")]
    Ended,
    /// It broke the protocol.
    #[error("it broke the protocol: {0}")]
    Protocol(String),
    /// The machine says no.
    #[error("the connection failed: {0}")]
    Io(#[from] io::Error),
}

impl From<FrameError> for ReadError {
    fn from(error: FrameError) -> Self {
        Self::Protocol(error.to_string())
    }
}

/// Sends a whole frame; files go with its first byte.
pub(crate) fn send(socket: &OwnedFd, frame: &[u8], files: &[OwnedFd]) -> io::Result<()> {
    let (mut rest, mut files) = (frame, files);
    while !rest.is_empty() {
        let sent = arch_handover::send(socket.as_fd(), rest, files)?;
        rest = rest.get(sent..).unwrap_or_default();
        files = &[];
    }
    Ok(())
}

/// Sends as much of a frame as goes without waiting, and gives what is left; the files are gone with the
/// first byte.
pub(crate) fn send_at_once<'a>(
    socket: &OwnedFd,
    frame: &'a [u8],
    files: &[OwnedFd],
) -> io::Result<&'a [u8]> {
    match arch_handover::send_now(socket.as_fd(), frame, files) {
        Ok(sent) => Ok(frame.get(sent..).unwrap_or_default()),
        Err(Errno::AGAIN) => Ok(frame),
        Err(errno) => Err(errno.into()),
    }
}

/// Receives one frame and exactly the files that came with its bytes.
pub(crate) fn receive<T: DeserializeOwned>(
    socket: &OwnedFd,
) -> Result<(T, Vec<OwnedFd>), ReadError> {
    let mut files = Vec::new();
    let mut header = [0_u8; HEADER];
    fill(socket, &mut header, &mut files, true)?;
    let mut body = vec![0_u8; length(header, FRAME_CAP)?];
    fill(socket, &mut body, &mut files, false)?;
    Ok((decode(&body)?, files))
}

fn fill(
    socket: &OwnedFd,
    buffer: &mut [u8],
    files: &mut Vec<OwnedFd>,
    at_the_start: bool,
) -> Result<(), ReadError> {
    let mut filled = 0_usize;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        let Received { bytes, files: came } = match arch_handover::receive(socket.as_fd(), rest) {
            Ok(received) => received,
            Err(ReceiveError::Socket(errno)) => return Err(ReadError::Io(errno.into())),
            Err(error) => return Err(ReadError::Protocol(error.to_string())),
        };
        files.extend(came);
        if files.len() > FDS_CAP {
            return Err(ReadError::Protocol("too many files beside one frame".to_owned()));
        }
        if bytes == 0 {
            return Err(match at_the_start && filled == 0 {
                true => ReadError::Ended,
                false => ReadError::Protocol("it ended in the middle of a frame".to_owned()),
            });
        }
        filled = filled.saturating_add(bytes);
    }
    Ok(())
}

/// Sends one message with its files.
pub(crate) fn send_message<T: Serialize>(
    socket: &OwnedFd,
    message: &T,
    files: &[OwnedFd],
) -> io::Result<()> {
    send(socket, &encode(message).map_err(io::Error::other)?, files)
}

/// Waits so long for something to come, or for the other side to go.
pub(crate) fn is_readable(socket: &OwnedFd, patience: Duration) -> io::Result<bool> {
    let patience = Timespec::try_from(patience).map_err(io::Error::other)?;
    let ready = poll(&mut [PollFd::new(socket, PollFlags::IN)], Some(&patience))?;
    Ok(ready > 0)
}

/// How long one `receive` or `send` may block; for ever if not given.
pub(crate) fn set_timeouts(
    socket: &OwnedFd,
    receive: Option<Duration>,
    send: Duration,
) -> io::Result<()> {
    set_socket_timeout(socket, Timeout::Recv, receive)?;
    set_socket_timeout(socket, Timeout::Send, Some(send))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use arch_wire::executor::{FromExecutor, ToExecutor};
    use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair};

    use super::*;

    fn pair() -> (OwnedFd, OwnedFd) {
        socketpair(AddressFamily::UNIX, SocketType::STREAM, SocketFlags::CLOEXEC, None).unwrap()
    }

    #[test]
    fn files_arrive_with_their_own_frame() {
        let (ours, theirs) = pair();
        let file = |text: &[u8]| crate::memfd::sealed("t", &mut &*text).unwrap();
        let frame = encode(&ToExecutor::Ping).unwrap();
        send(&ours, &frame, &[file(b"a"), file(b"b")]).unwrap();
        send(&ours, &frame, &[]).unwrap();
        send(&ours, &frame, &[file(b"c")]).unwrap();
        for expected in [2, 0, 1] {
            let (message, files) = receive::<ToExecutor>(&theirs).unwrap();
            assert_eq!((message, files.len()), (ToExecutor::Ping, expected));
        }
        drop(ours);
        assert!(matches!(receive::<ToExecutor>(&theirs), Err(ReadError::Ended)));
    }

    #[test]
    fn noise_huge_lengths_and_torn_frames_break_the_protocol() {
        for bytes in
            [&b"\xff\xff\xff\xff"[..], b"\x03\0\0\0[]]", b"\x02\0\0\0{}", b"\x09\0\0\0{", b"\x01\0"]
        {
            let (ours, theirs) = pair();
            send(&ours, bytes, &[]).unwrap();
            drop(ours);
            let error = receive::<FromExecutor>(&theirs).unwrap_err();
            assert!(matches!(error, ReadError::Protocol(_)), "{bytes:?}: {error}");
        }
    }
}
