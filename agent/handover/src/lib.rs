//! Bytes over a Unix socket, and the open files that travel with them (`SCM_RIGHTS`, unix(7)).
//!
//! ```text
//! bytes, files ──send──> how many bytes went      socket ──receive──> bytes, files | TooMany
//! ```
//!
//! Files go with the first byte of what is sent, and once only: whoever sends the rest sends none
//! with it. What a sender wraps around its bytes, and which files belong to which message, is
//! not known here. A signal is no error, a peer that is gone is no signal, and no file that comes in
//! outlives an `exec`.
//!
//! ```
//! use std::os::{fd::AsFd, unix::net::UnixStream};
//! let (ours, theirs) = UnixStream::pair()?;
//! let file = std::fs::File::open("/dev/null")?;
//! assert_eq!(arch_handover::send(ours.as_fd(), b"a file", &[file])?, 6);
//! let mut room = [0; 16];
//! let received = arch_handover::receive(theirs.as_fd(), &mut room)?;
//! assert_eq!((&room[..received.bytes], received.files.len()), (&b"a file"[..], 1));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::io::{IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::io::Errno;
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, recvmsg, sendmsg,
};

/// Most files beside one piece of bytes; the kernel's own limit (`SCM_MAX_FD`).
pub const MOST_FILES: usize = 253;

/// Room for all of them.
const ROOM: usize = rustix::cmsg_space!(ScmRights(MOST_FILES));

/// What came in one go.
#[derive(Debug)]
pub struct Received {
    /// So many bytes, at the start of the room that was given; none if the other side has ended.
    pub bytes: usize,
    /// The files that came with them.
    pub files: Vec<OwnedFd>,
}

/// Why nothing was taken in.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReceiveError {
    /// Some of the files are lost; those that came are closed.
    #[error("more files came at once than can be taken")]
    TooMany,
    /// The operating system says no.
    #[error(transparent)]
    Socket(#[from] Errno),
}

/// Sends as much as goes, waiting until something does, and says how many bytes went. If that is at
/// least one, the files went as well.
///
/// # Errors
/// [`Errno::MSGSIZE`] for more than [`MOST_FILES`] files, or those of sendmsg(2).
pub fn send(
    socket: BorrowedFd<'_>,
    bytes: &[u8],
    files: &[impl AsFd],
) -> rustix::io::Result<usize> {
    put(socket, bytes, files, SendFlags::empty())
}

/// The same without waiting.
///
/// # Errors
/// [`Errno::AGAIN`] if nothing goes at present, and those of [`send`].
pub fn send_now(
    socket: BorrowedFd<'_>,
    bytes: &[u8],
    files: &[impl AsFd],
) -> rustix::io::Result<usize> {
    put(socket, bytes, files, SendFlags::DONTWAIT)
}

/// Takes what is there, waiting until something is.
///
/// # Errors
/// [`ReceiveError`].
pub fn receive(socket: BorrowedFd<'_>, room: &mut [u8]) -> Result<Received, ReceiveError> {
    take(socket, room, RecvFlags::empty())
}

/// The same without waiting.
///
/// # Errors
/// [`Errno::AGAIN`] if nothing is there, and those of [`receive`].
pub fn receive_now(socket: BorrowedFd<'_>, room: &mut [u8]) -> Result<Received, ReceiveError> {
    take(socket, room, RecvFlags::DONTWAIT)
}

fn put(
    socket: BorrowedFd<'_>,
    bytes: &[u8],
    files: &[impl AsFd],
    flags: SendFlags,
) -> rustix::io::Result<usize> {
    if files.len() > MOST_FILES {
        return Err(Errno::MSGSIZE);
    }
    let files: Vec<_> = files.iter().map(AsFd::as_fd).collect();
    let mut room = [MaybeUninit::uninit(); ROOM];
    let mut control = SendAncillaryBuffer::new(&mut room);
    if !files.is_empty() && !control.push(SendAncillaryMessage::ScmRights(&files)) {
        return Err(Errno::MSGSIZE);
    }
    let flags = flags | SendFlags::NOSIGNAL;
    loop {
        match sendmsg(socket, &[IoSlice::new(bytes)], &mut control, flags) {
            Err(Errno::INTR) => {}
            done => return done,
        }
    }
}

fn take(
    socket: BorrowedFd<'_>,
    room: &mut [u8],
    flags: RecvFlags,
) -> Result<Received, ReceiveError> {
    let mut space = [MaybeUninit::uninit(); ROOM];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let flags = flags | RecvFlags::CMSG_CLOEXEC;
    let got = loop {
        match recvmsg(socket, &mut [IoSliceMut::new(room)], &mut control, flags) {
            Err(Errno::INTR) => {}
            done => break done?,
        }
    };
    let mut files = Vec::new();
    for message in control.drain() {
        if let RecvAncillaryMessage::ScmRights(came) = message {
            files.extend(came);
        }
    }
    match got.flags.contains(ReturnFlags::CTRUNC) {
        true => Err(ReceiveError::TooMany),
        false => Ok(Received { bytes: got.bytes, files }),
    }
}

#[cfg(test)]
mod tests;
