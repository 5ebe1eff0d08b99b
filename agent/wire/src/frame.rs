//! Frames: a little-endian `u32` length, then that many bytes of JSON.
//!
//! File descriptors travel beside a frame by SCM_RIGHTS, attached to its first byte. How many
//! belong to a message follows from the message (`fds()`), so a receiver keeps those it got in a
//! queue and takes that many. A reader that has answered an error is of no further use: what
//! follows may be in step or not, so the connection is closed.

use serde::{Serialize, de::DeserializeOwned};

/// Most bytes of JSON in one frame.
pub const FRAME_CAP: usize = 1 << 20;

/// Most file descriptors beside one frame; the kernel takes 253 (SCM_MAX_FD).
pub const FDS_CAP: usize = 253;

/// Bytes before the JSON, which say how long it is.
pub const HEADER: usize = 4;

/// Why bytes are no frame, or a message cannot become one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FrameError {
    /// More than [`FRAME_CAP`] bytes, or than this reader takes.
    #[error("a frame of {0} bytes is longer than is allowed here")]
    TooLong(usize),
    /// The JSON is not the message that belongs here.
    #[error("a frame holds no message that belongs here: {0}")]
    Malformed(String),
    /// The other side ended in the middle of a frame.
    #[error("the connection ended in the middle of a frame")]
    Torn,
}

/// The bytes of one frame.
pub fn encode<T: Serialize + ?Sized>(message: &T) -> Result<Vec<u8>, FrameError> {
    let body = serde_json::to_vec(message).map_err(|e| FrameError::Malformed(e.to_string()))?;
    let length = match u32::try_from(body.len()) {
        Ok(length) if body.len() <= FRAME_CAP => length,
        _ => return Err(FrameError::TooLong(body.len())),
    };
    let mut frame = Vec::with_capacity(body.len().saturating_add(HEADER));
    frame.extend_from_slice(&length.to_le_bytes());
    frame.extend_from_slice(&body);
    Ok(frame)
}

/// How many bytes of JSON follow such a header.
///
/// # Errors
/// [`FrameError::TooLong`] for more than `cap`.
pub fn length(header: [u8; HEADER], cap: usize) -> Result<usize, FrameError> {
    let length = usize::try_from(u32::from_le_bytes(header)).unwrap_or(usize::MAX);
    if length > cap { Err(FrameError::TooLong(length)) } else { Ok(length) }
}

/// The message that these bytes of JSON are.
///
/// # Errors
/// [`FrameError::Malformed`] with at most 200 letters of why they are none.
pub fn decode<T: DeserializeOwned>(body: &[u8]) -> Result<T, FrameError> {
    serde_json::from_slice(body)
        .map_err(|error| FrameError::Malformed(error.to_string().chars().take(200).collect()))
}

/// Cuts a stream of bytes into frames. Holds at most one frame and what was pushed last.
#[derive(Debug)]
pub struct FrameReader {
    pending: Vec<u8>,
    cap: usize,
}

impl Default for FrameReader {
    fn default() -> Self {
        Self::capped(FRAME_CAP)
    }
}

impl FrameReader {
    /// One that takes frames of at most `cap` bytes of JSON, and never more than [`FRAME_CAP`].
    #[must_use]
    pub fn capped(cap: usize) -> Self {
        Self { pending: Vec::new(), cap: cap.min(FRAME_CAP) }
    }

    /// Takes longer frames from now on, or shorter ones.
    pub fn set_cap(&mut self, cap: usize) {
        self.cap = cap.min(FRAME_CAP);
    }

    /// Takes bytes as they came from the socket.
    pub fn push(&mut self, bytes: &[u8]) {
        self.pending.extend_from_slice(bytes);
    }

    /// The next whole message, `None` if more bytes are needed.
    pub fn take<T: DeserializeOwned>(&mut self) -> Result<Option<T>, FrameError> {
        let Some((header, rest)) = self.pending.split_first_chunk::<HEADER>() else {
            return Ok(None);
        };
        let length = length(*header, self.cap)?;
        let Some(body) = rest.get(..length) else { return Ok(None) };
        let message = decode(body);
        self.pending.drain(..length.saturating_add(HEADER));
        message.map(Some)
    }

    /// Says that the other side closed: an error if a frame was under way.
    pub fn finish(&self) -> Result<(), FrameError> {
        if self.pending.is_empty() { Ok(()) } else { Err(FrameError::Torn) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::executor::{FromExecutor, ToExecutor};

    #[test]
    fn a_frame_that_says_it_is_huge_is_refused_before_anything_is_stored() {
        let mut reader = FrameReader::default();
        reader.push(&u32::MAX.to_le_bytes());
        assert!(matches!(reader.take::<ToExecutor>(), Err(FrameError::TooLong(_))));
    }

    #[test]
    fn a_reader_of_short_frames_refuses_longer_ones_until_it_is_told_otherwise() {
        let frame = encode(&"x".repeat(62)).unwrap();
        let mut reader = FrameReader::capped(63);
        reader.push(&frame);
        assert_eq!(reader.take::<String>(), Err(FrameError::TooLong(64)));
        reader.set_cap(64);
        assert_eq!(reader.take::<String>(), Ok(Some("x".repeat(62))));
    }

    #[test]
    fn a_message_over_the_cap_cannot_be_written() {
        assert!(matches!(encode(&"x".repeat(FRAME_CAP)), Err(FrameError::TooLong(_))));
        assert!(encode(&"x".repeat(FRAME_CAP - 2)).is_ok());
    }

    #[test]
    fn half_a_frame_at_the_end_is_told() {
        let mut reader = FrameReader::default();
        reader.push(&encode(&ToExecutor::Ping).unwrap()[..5]);
        assert_eq!(reader.take::<ToExecutor>(), Ok(None));
        assert_eq!(reader.finish(), Err(FrameError::Torn));
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(pieces: Vec<Vec<u8>>) {
            let mut reader = FrameReader::default();
            for piece in pieces {
                reader.push(&piece);
                while let Ok(Some(_)) = reader.take::<ToExecutor>() {}
                drop(reader.take::<FromExecutor>());
            }
        }

        #[test]
        fn well_framed_noise_is_refused_or_read_and_never_panics(body in ".{0,200}") {
            let mut reader = FrameReader::default();
            reader.push(&u32::try_from(body.len()).unwrap().to_le_bytes());
            reader.push(body.as_bytes());
            drop(reader.take::<ToExecutor>());
            prop_assert_eq!(reader.finish(), Ok(()));
        }

        #[test]
        fn messages_come_out_as_they_went_in_however_they_are_cut(
            runs in prop::collection::vec(any::<u64>(), 0..8), cut in 1_usize..40,
        ) {
            let sent: Vec<_> = runs.into_iter().map(|run| ToExecutor::Cancel { run }).collect();
            let bytes: Vec<u8> = sent.iter().flat_map(|m| encode(m).unwrap()).collect();
            let (mut reader, mut got) = (FrameReader::default(), Vec::new());
            for piece in bytes.chunks(cut) {
                reader.push(piece);
                while let Some(message) = reader.take::<ToExecutor>().unwrap() {
                    got.push(message);
                }
            }
            prop_assert_eq!(got, sent);
        }
    }
}
