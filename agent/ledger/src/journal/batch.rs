//! Reads a journal batch by batch, holding one batch in memory.

use std::borrow::Borrow;
use std::io;

use sha2::{Digest as _, Sha256};

use super::frame::{
    Commit, HEADER, JOURNAL_MAGIC, MAX_BATCH_BYTES, MAX_BATCH_ENTRIES, frame_header,
};
use crate::entry::MAX_ENTRY;
use crate::fs::{Fs, read_full};

/// Largest piece read at once.
const WINDOW: usize = 256 * 1024;

/// A batch with its commit, checksums and batch hash checked; root and entries are not.
#[derive(Debug)]
pub(crate) struct Batch {
    pub(crate) entries: Vec<BatchRecord>,
    pub(crate) commit: Commit,
    /// Where the commit record begins.
    pub(crate) commit_offset: u64,
}

/// One entry record.
#[derive(Debug)]
pub(crate) struct BatchRecord {
    pub(crate) offset: u64,
    pub(crate) bytes: Vec<u8>,
}

/// What follows the last whole batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tail {
    /// Index of the first entry that is not whole.
    pub(crate) index: u64,
    /// Where its record begins.
    pub(crate) offset: u64,
    /// What is wrong with it.
    pub(crate) why: &'static str,
    /// Whether no broken-off write can look like this: checksums hold, and yet it makes no sense.
    pub(crate) impossible: bool,
}

/// One step through the journal.
#[derive(Debug)]
pub(crate) enum Step {
    Batch(Batch),
    /// The file ends with a commit.
    End,
    Tail(Tail),
}

/// Walks through a journal from its beginning.
pub(crate) struct Batches<'a, F: Fs, H> {
    fs: &'a F,
    file: H,
    len: u64,
    offset: u64,
    size: u64,
    window: Vec<u8>,
    window_at: u64,
}

enum Piece {
    Record(Vec<u8>, u64),
    Broken(&'static str),
}

impl<'a, F: Fs, H: Borrow<F::File>> Batches<'a, F, H> {
    /// `None` if the file does not begin as a journal does.
    pub(crate) fn new(fs: &'a F, file: H) -> io::Result<Option<Self>> {
        let len = crate::fs::uninterrupted(|| fs.len(file.borrow()))?;
        let mut walk = Self { fs, file, len, offset: 0, size: 0, window: Vec::new(), window_at: 0 };
        let magic = walk.bytes(0, JOURNAL_MAGIC.len())?.is_some_and(|found| found == JOURNAL_MAGIC);
        walk.offset = u64::try_from(JOURNAL_MAGIC.len()).unwrap_or(u64::MAX);
        Ok(magic.then_some(walk))
    }

    /// Where the next batch begins.
    pub(crate) fn offset(&self) -> u64 {
        self.offset
    }

    /// Length of the file.
    pub(crate) fn file_len(&self) -> u64 {
        self.len
    }

    /// Number of entries in whole batches so far.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    pub(crate) fn next(&mut self) -> io::Result<Step> {
        if self.offset >= self.len {
            return Ok(Step::End);
        }
        let (mut at, mut entries, mut hash, mut total) =
            (self.offset, Vec::new(), Sha256::new(), 0_usize);
        loop {
            let (payload, after) = match self.record(at)? {
                Piece::Record(payload, after) => (payload, after),
                Piece::Broken(why) => return Ok(self.tail(at, entries.len(), why, false)),
            };
            if payload.first() == Some(&b'{') {
                total = total.saturating_add(payload.len()).saturating_add(HEADER);
                if entries.len() >= MAX_BATCH_ENTRIES || total > MAX_BATCH_BYTES {
                    return Ok(self.tail(at, entries.len(), "the batch is over its limits", true));
                }
                hash.update(frame_header(&payload).unwrap_or_default());
                hash.update(&payload);
                entries.push(BatchRecord { offset: at, bytes: payload });
                at = after;
                continue;
            }
            let Some(commit) = Commit::from_bytes(&payload) else {
                return Ok(self.tail(at, entries.len(), "neither an entry nor a commit", true));
            };
            let count = u64::try_from(entries.len()).unwrap_or(u64::MAX);
            let fits = count > 0 && commit.first == self.size && u64::from(commit.count) == count;
            if !fits || commit.batch != <[u8; 32]>::from(hash.finalize()) {
                // An older commit may be what is left of a tail that was being cut; see `recovery`.
                let impossible = commit.first >= self.size;
                return Ok(self.tail(
                    at,
                    entries.len(),
                    "the commit does not fit its batch",
                    impossible,
                ));
            }
            self.size = self.size.saturating_add(count);
            self.offset = after;
            return Ok(Step::Batch(Batch { entries, commit, commit_offset: at }));
        }
    }

    /// Commits with a right checksum anywhere from the current offset on. Reads at most one batch
    /// further than one batch can be long; a tail beyond that is no torn write anyway.
    pub(crate) fn commits_in_tail(&mut self) -> io::Result<Vec<Commit>> {
        let most = u64::try_from(MAX_BATCH_BYTES).unwrap_or(u64::MAX).saturating_mul(2);
        let len =
            usize::try_from(self.len.saturating_sub(self.offset).min(most)).unwrap_or(usize::MAX);
        let mut tail = vec![0; len];
        let filled = read_full(self.fs, self.file.borrow(), self.offset, &mut tail)?;
        tail.truncate(filled);
        Ok(Commit::anywhere_in(&tail).collect())
    }

    fn tail(&self, offset: u64, whole: usize, why: &'static str, impossible: bool) -> Step {
        let index = self.size.saturating_add(u64::try_from(whole).unwrap_or(u64::MAX));
        Step::Tail(Tail { index, offset, why, impossible })
    }

    fn record(&mut self, at: u64) -> io::Result<Piece> {
        let Some(header) = self.bytes(at, HEADER)? else {
            return Ok(Piece::Broken("the record's head is cut off"));
        };
        let header: [u8; HEADER] = header.try_into().unwrap_or_default();
        let len = header.first_chunk::<4>().map_or(0, |len| u32::from_le_bytes(*len));
        let len = usize::try_from(len).unwrap_or(usize::MAX);
        if len == 0 || len > MAX_ENTRY {
            return Ok(Piece::Broken("no record has such a length"));
        }
        let body_at = at.saturating_add(u64::try_from(HEADER).unwrap_or(0));
        let Some(payload) = self.bytes(body_at, len)? else {
            return Ok(Piece::Broken("the record is cut off"));
        };
        if frame_header(payload) != Some(header) {
            return Ok(Piece::Broken("the checksum does not fit"));
        }
        Ok(Piece::Record(payload.to_vec(), body_at.saturating_add(u64::try_from(len).unwrap_or(0))))
    }

    /// `len` bytes at `at`, `None` where the file ends before.
    fn bytes(&mut self, at: u64, len: usize) -> io::Result<Option<&[u8]>> {
        let inside = |window: &[u8], start: u64| {
            let from = usize::try_from(at.checked_sub(start)?).ok()?;
            window.get(from..from.checked_add(len)?).map(|_| from)
        };
        if inside(&self.window, self.window_at).is_none() {
            self.window.resize(WINDOW.max(len), 0);
            let filled = read_full(self.fs, self.file.borrow(), at, &mut self.window)?;
            // What was appended after we looked at the length is not ours to read.
            let limit = usize::try_from(self.len.saturating_sub(at)).unwrap_or(usize::MAX);
            self.window.truncate(filled.min(limit));
            self.window_at = at;
        }
        let from = inside(&self.window, self.window_at);
        Ok(from.and_then(|from| self.window.get(from..)?.get(..len)))
    }
}
