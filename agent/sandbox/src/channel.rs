//! Frames with their descriptors over a Unix stream socket, without waiting unless asked to.

use std::collections::VecDeque;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use arch_handover::{MOST_FILES, ReceiveError, Received, receive, receive_now, send, send_now};
use arch_wire::executor::{FromExecutor, RunRequest, ToExecutor};
use arch_wire::frame::{FDS_CAP, FrameError, FrameReader, encode};
use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketFlags, SocketType};
use serde::{Serialize, de::DeserializeOwned};

/// Bytes read in one go. Messages have some hundreds; what is longer comes in several.
const CHUNK: usize = 1 << 13;

// What the protocol allows beside a frame can be sent.
const _: () = assert!(FDS_CAP <= MOST_FILES);

/// A message that says how many descriptors belong to it.
pub trait Message: Serialize + DeserializeOwned {
    /// How many.
    fn descriptors(&self) -> usize;
}

impl Message for ToExecutor {
    fn descriptors(&self) -> usize {
        self.fds()
    }
}

/// The next job of a shared worker: it has the module, so the inputs are all that is attached.
impl Message for RunRequest {
    fn descriptors(&self) -> usize {
        self.inputs.len()
    }
}

impl Message for FromExecutor {
    fn descriptors(&self) -> usize {
        self.fds()
    }
}

/// Why a channel is of no further use.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChannelError {
    /// The other side sent what is no frame.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// Fewer or more descriptors than the messages ask for.
    #[error("a message came without its descriptors, or with too many")]
    Descriptors,
    /// The socket failed.
    #[error("the socket failed: {0}")]
    Socket(#[from] Errno),
}

/// Whether the other side can still say something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    /// It can, and it just did.
    Open,
    /// It can, and there is nothing of it to read at present.
    Quiet,
    /// It closed.
    Closed,
}

type Put = fn(BorrowedFd<'_>, &[u8], &[OwnedFd]) -> rustix::io::Result<usize>;
type Take = fn(BorrowedFd<'_>, &mut [u8]) -> Result<Received, ReceiveError>;

/// One end of a connection.
#[derive(Debug)]
pub struct Channel {
    socket: OwnedFd,
    reader: FrameReader,
    arrived: VecDeque<OwnedFd>,
    leaving: VecDeque<Leaving>,
}

#[derive(Debug)]
struct Leaving {
    bytes: Vec<u8>,
    sent: usize,
    fds: Vec<OwnedFd>,
}

impl Channel {
    /// Takes over a connected socket.
    #[must_use]
    pub fn new(socket: OwnedFd) -> Self {
        let reader = FrameReader::default();
        Self { socket, reader, arrived: VecDeque::new(), leaving: VecDeque::new() }
    }

    /// Two ends of a fresh connection.
    pub fn pair() -> rustix::io::Result<(Self, Self)> {
        let flags = SocketFlags::CLOEXEC;
        let (one, other) =
            rustix::net::socketpair(AddressFamily::UNIX, SocketType::STREAM, flags, None)?;
        Ok((Self::new(one), Self::new(other)))
    }

    /// Lines up a message for [`Channel::flush`].
    pub fn send(&mut self, message: &impl Message, fds: Vec<OwnedFd>) -> Result<(), ChannelError> {
        if fds.len() > FDS_CAP || fds.len() != message.descriptors() {
            return Err(ChannelError::Descriptors);
        }
        let mut bytes = encode(message)?;
        match self.leaving.back_mut() {
            // Nothing travels with its first byte: it goes in one piece with what waits before it.
            Some(last) if fds.is_empty() && last.sent == 0 => last.bytes.append(&mut bytes),
            _ => self.leaving.push_back(Leaving { bytes, sent: 0, fds }),
        }
        Ok(())
    }

    /// Bytes lined up.
    #[must_use]
    pub fn unsent(&self) -> usize {
        self.leaving
            .iter()
            .fold(0, |sum, one| sum.saturating_add(one.bytes.len().saturating_sub(one.sent)))
    }

    /// Sends what the socket takes without waiting.
    pub fn flush(&mut self) -> rustix::io::Result<()> {
        loop {
            match self.push(send_now) {
                Ok(true) => {}
                Ok(false) | Err(Errno::AGAIN) => return Ok(()),
                Err(errno) => return Err(errno),
            }
        }
    }

    /// Sends everything, waiting for the other side.
    pub fn drain(&mut self) -> rustix::io::Result<()> {
        while self.push(send)? {}
        Ok(())
    }

    /// Sends some of what is lined up; `false` if nothing is.
    fn push(&mut self, put: Put) -> rustix::io::Result<bool> {
        let Some(next) = self.leaving.front_mut() else { return Ok(false) };
        let rest = next.bytes.get(next.sent..).unwrap_or_default();
        let sent = put(self.socket.as_fd(), rest, &next.fds)?;
        // Descriptors travel with a message's first byte, and once only.
        next.fds.clear();
        next.sent = next.sent.saturating_add(sent);
        if next.sent >= next.bytes.len() {
            self.leaving.pop_front();
        }
        Ok(true)
    }

    /// Reads once what is there, without waiting.
    pub fn fill(&mut self) -> Result<Peer, ChannelError> {
        self.pull(receive_now)
    }

    /// Reads once, waiting for the other side.
    pub fn wait(&mut self) -> Result<Peer, ChannelError> {
        self.pull(receive)
    }

    fn pull(&mut self, take: Take) -> Result<Peer, ChannelError> {
        let mut bytes = vec![0; CHUNK];
        let got = match take(self.socket.as_fd(), &mut bytes) {
            Ok(got) => got,
            Err(ReceiveError::Socket(Errno::AGAIN)) => return Ok(Peer::Quiet),
            Err(ReceiveError::Socket(Errno::CONNRESET)) => return Ok(Peer::Closed),
            Err(ReceiveError::Socket(errno)) => return Err(errno.into()),
            Err(_) => return Err(ChannelError::Descriptors),
        };
        self.arrived.extend(got.files);
        if self.arrived.len() > FDS_CAP.saturating_mul(2) {
            return Err(ChannelError::Descriptors);
        }
        self.reader.push(bytes.get(..got.bytes).unwrap_or(&bytes));
        Ok(if got.bytes == 0 { Peer::Closed } else { Peer::Open })
    }

    /// The next whole message with its descriptors.
    pub fn take<M: Message>(&mut self) -> Result<Option<(M, Vec<OwnedFd>)>, ChannelError> {
        let Some(message) = self.reader.take::<M>()? else { return Ok(None) };
        let wanted = message.descriptors();
        if wanted > self.arrived.len() {
            return Err(ChannelError::Descriptors);
        }
        let fds = self.arrived.drain(..wanted).collect();
        Ok(Some((message, fds)))
    }
}

impl Channel {
    /// Whether nothing came that no message has accounted for: neither bytes nor descriptors.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.arrived.is_empty() && self.reader.finish().is_ok()
    }
}

impl AsFd for Channel {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blob;

    #[test]
    fn messages_and_their_descriptors_stay_together() {
        let (mut one, mut other) = Channel::pair().unwrap();
        let (blob, fd) = blob::seal("stdout", b"hello").unwrap();
        let mut claim =
            arch_wire::executor::Claim::without_work(arch_wire::executor::Outcome::Completed);
        claim.outputs.push(blob);
        one.send(&FromExecutor::Pong, Vec::new()).unwrap();
        one.send(&FromExecutor::Finished { run: 7, claim }, vec![fd]).unwrap();
        one.flush().unwrap();
        let mut got = Vec::new();
        while got.len() < 2 {
            other.wait().unwrap();
            while let Some((message, fds)) = other.take::<FromExecutor>().unwrap() {
                got.push((message, fds.len()));
            }
        }
        assert_eq!(got[0], (FromExecutor::Pong, 0));
        assert_eq!(got[1].1, 1);
    }

    #[test]
    fn messages_without_descriptors_leave_in_one_piece_with_what_waits_before_them() {
        let (mut one, mut other) = Channel::pair().unwrap();
        let (blob, fd) = blob::seal("stdout", b"hello").unwrap();
        let mut claim =
            arch_wire::executor::Claim::without_work(arch_wire::executor::Outcome::Completed);
        claim.outputs.push(blob);
        let finished = FromExecutor::Finished { run: 7, claim };
        let started = FromExecutor::Started { run: 8 };
        one.send(&finished, vec![fd]).unwrap();
        one.send(&started, Vec::new()).unwrap();
        one.send(&FromExecutor::Pong, Vec::new()).unwrap();
        one.flush().unwrap();
        assert_eq!((one.unsent(), other.wait().unwrap()), (0, Peer::Open));
        let mut got = Vec::new();
        while let Some((message, fds)) = other.take::<FromExecutor>().unwrap() {
            got.push((message, fds.len()));
        }
        assert_eq!(got, [(finished, 1), (started, 0), (FromExecutor::Pong, 0)]);
        assert!(other.is_clean());
    }

    #[test]
    fn a_message_that_comes_in_pieces_is_whole_and_has_its_descriptors() {
        let (mut one, mut other) = Channel::pair().unwrap();
        let (mut blob, fd) = blob::seal("stdout", b"hello").unwrap();
        blob.name = "x".repeat(5 * CHUNK);
        let mut claim =
            arch_wire::executor::Claim::without_work(arch_wire::executor::Outcome::Completed);
        claim.outputs.push(blob);
        let message = FromExecutor::Finished { run: 7, claim };
        one.send(&message, vec![fd]).unwrap();
        let mut pieces = 0;
        let (got, fds) = loop {
            one.flush().unwrap();
            other.wait().unwrap();
            pieces += 1;
            if let Some(got) = other.take::<FromExecutor>().unwrap() {
                break got;
            }
        };
        assert_eq!((got, fds.len()), (message, 1));
        assert!(pieces > 5, "{pieces}");
    }

    #[test]
    fn a_message_without_its_descriptors_is_an_error() {
        let (one, mut other) = Channel::pair().unwrap();
        let claim = r#"{"outcome":"completed","fuel":0,"cpuMillis":0,"peakMemoryBytes":0,
            "wallMillis":0,"outputs":[],"reads":{"name":"reads","size":0,"digest":
            "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},"limitsHit":[],
            "denied":{"count":0,"first":[]}}"#;
        let body = format!("{{\"finished\":{{\"run\":1,\"claim\":{claim}}}}}");
        let mut frame = u32::try_from(body.len()).unwrap().to_le_bytes().to_vec();
        frame.extend(body.as_bytes());
        rustix::io::write(&one, &frame).unwrap();
        other.wait().unwrap();
        assert!(matches!(other.take::<FromExecutor>(), Err(ChannelError::Descriptors)));
    }

    #[test]
    fn silence_is_told_from_speech_and_from_the_end() {
        let (one, mut other) = Channel::pair().unwrap();
        assert_eq!(other.fill().unwrap(), Peer::Quiet);
        rustix::io::write(&one, b"x").unwrap();
        assert_eq!(other.fill().unwrap(), Peer::Open);
        assert!(!other.is_clean());
        drop(one);
        assert_eq!(other.fill().unwrap(), Peer::Closed);
    }

    #[test]
    fn a_closed_peer_is_seen() {
        let (one, mut other) = Channel::pair().unwrap();
        drop(one);
        assert_eq!(other.wait().unwrap(), Peer::Closed);
    }
}
