//! Reads a journal batch by batch, holding one batch in memory.

use std::borrow::Borrow;
use std::io;
use std::ops::Range;

use super::frame::{
    Commit, HEADER, JOURNAL_MAGIC, JOURNAL_VERSION, MAX_BATCH_BYTES, MAX_BATCH_ENTRIES, ROOM,
    VERSION_AT, frame_header,
};
use crate::entry::MAX_ENTRY;
use crate::error::LedgerError;
use crate::fs::{Fs, read_full};
use crate::tree::{Edge, Hash};

/// Largest piece read at once.
const WINDOW: usize = 256 * 1024;
/// The same where one entry is looked for.
const NEAR: usize = 16 * 1024;

/// A batch with its commit and its place in the tree. Its checksums hold; whether the commit names
/// its root has to be asked, and what the entries say is not looked at.
#[derive(Debug)]
pub(crate) struct Batch {
    /// The entry records as they stand.
    bytes: Vec<u8>,
    /// Where the entries are in `bytes`.
    entries: Vec<Range<usize>>,
    /// Where the first record begins in the journal.
    offset: u64,
    /// What its entries add to the tiles, each with its level.
    pub(crate) hashes: Vec<(u8, Hash)>,
    /// The tree with the batch.
    pub(crate) edge: Edge,
    pub(crate) commit: Commit,
    /// Where the commit record begins.
    pub(crate) commit_offset: u64,
}

impl Batch {
    /// The entries, each with the offset of its record and its hash in the tree.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (u64, Hash, &[u8])> {
        let leaves = self.hashes.iter().filter(|(level, _)| *level == 0).map(|(_, leaf)| *leaf);
        self.entries.iter().zip(leaves).map(|(range, leaf)| {
            let record = range.start.saturating_sub(HEADER);
            let offset = self.offset.saturating_add(u64::try_from(record).unwrap_or(u64::MAX));
            (offset, leaf, self.bytes.get(range.clone()).unwrap_or_default())
        })
    }

    /// Whether the entries up to here are those of which the commit was made.
    pub(crate) fn has_the_root_of_its_commit(&self) -> bool {
        self.edge.root() == self.commit.root
    }

    /// The bytes of one of its entries.
    pub(crate) fn entry(&self, number: usize) -> Option<&[u8]> {
        self.bytes.get(self.entries.get(number)?.clone())
    }
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
    /// First entry of a later batch, whose commit stands in the tail.
    pub(crate) later: Option<u64>,
}

/// One step through the journal.
#[derive(Debug)]
pub(crate) enum Step {
    Batch(Batch),
    /// The file ends with a commit, and room.
    End,
    Tail(Tail),
}

/// Walks through a journal from its beginning.
pub(crate) struct Batches<'a, F: Fs, H> {
    fs: &'a F,
    file: H,
    len: u64,
    offset: u64,
    edge: Edge,
    window: Window,
    /// Bytes and entries of the batch before: the next one is most often of a size with it.
    before: (usize, usize),
}

/// Why a file is no journal of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoJournal {
    /// It is one of a later version.
    Newer(char),
    /// It begins as none does.
    Damaged,
}

impl From<NoJournal> for LedgerError {
    fn from(found: NoJournal) -> Self {
        match found {
            NoJournal::Newer(found) => Self::OtherFormat { found, known: JOURNAL_VERSION.into() },
            NoJournal::Damaged => Self::damaged(0, 0, "no journal begins like this"),
        }
    }
}

/// The version of a journal that begins like this, if that is later than ours.
fn newer_version(magic: &[u8]) -> Option<char> {
    let (name, ours) = JOURNAL_MAGIC.split_at(VERSION_AT);
    let (version, end) = magic.strip_prefix(name)?.split_first()?;
    let newer = version.is_ascii_alphanumeric() && *version > JOURNAL_VERSION;
    (newer && ours.ends_with(end)).then_some(char::from(*version))
}

impl<'a, F: Fs, H: Borrow<F::File>> Batches<'a, F, H> {
    /// Or why the file is no journal of ours.
    pub(crate) fn new(fs: &'a F, file: H) -> io::Result<Result<Self, NoJournal>> {
        let len = crate::fs::uninterrupted(|| fs.len(file.borrow()))?;
        let window = Window::new(WINDOW);
        let edge = Edge::default();
        let mut walk = Self { fs, file, len, offset: 0, edge, window, before: (0, 0) };
        let (window, file) = (&mut walk.window, walk.file.borrow());
        let magic = window.bytes(fs, file, len, 0, JOURNAL_MAGIC.len())?.unwrap_or_default();
        let (ours, newer) = (magic == JOURNAL_MAGIC, newer_version(magic));
        walk.offset = u64::try_from(JOURNAL_MAGIC.len()).unwrap_or(u64::MAX);
        Ok(match newer {
            _ if ours => Ok(walk),
            // Behind a beginning that went bad stands what we wrote.
            Some(version) if !matches!(walk.next()?, Step::Batch(_)) => {
                Err(NoJournal::Newer(version))
            }
            _ => Err(NoJournal::Damaged),
        })
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
        self.edge.size()
    }

    /// The next batch, or what stands behind the last.
    ///
    /// Where somebody writes meanwhile, a batch may have been looked at before it was whole, and the
    /// commit behind it after that; so it is looked at again before the one says anything of the other.
    pub(crate) fn next(&mut self) -> io::Result<Step> {
        let step = self.step()?;
        if !matches!(step, Step::Tail(_)) {
            return Ok(step);
        }
        let size = self.size();
        let later =
            Commit::anywhere_in(&self.tail()?).map(|commit| commit.first).find(|at| *at > size);
        if later.is_none() {
            return Ok(step);
        }
        self.window.forget();
        Ok(match self.step()? {
            Step::Tail(tail) => Step::Tail(Tail { later, ..tail }),
            other => other,
        })
    }

    fn step(&mut self) -> io::Result<Step> {
        if self.offset >= self.len || self.is_room()? {
            return Ok(Step::End);
        }
        let offset = self.offset;
        let (mut at, (bytes, entries)) = (offset, self.before);
        let mut bytes: Vec<u8> = Vec::with_capacity(bytes);
        let mut entries: Vec<Range<usize>> = Vec::with_capacity(entries);
        loop {
            let record = match self.record(at)? {
                Ok(record) => record,
                Err(why) => return Ok(self.torn(at, entries.len(), why, false)),
            };
            let after = at.saturating_add(u64::try_from(record.len()).unwrap_or(u64::MAX));
            let payload = record.get(HEADER..).unwrap_or_default();
            if payload.first() == Some(&b'{') {
                let start = bytes.len().saturating_add(HEADER);
                bytes.extend_from_slice(record);
                if entries.len() >= MAX_BATCH_ENTRIES || bytes.len() > MAX_BATCH_BYTES {
                    return Ok(self.torn(at, entries.len(), "the batch is over its limits", true));
                }
                entries.push(start..bytes.len());
                at = after;
                continue;
            }
            let Some(commit) = Commit::from_bytes(payload) else {
                return Ok(self.torn(at, entries.len(), "neither an entry nor a commit", true));
            };
            let count = u64::try_from(entries.len()).unwrap_or(u64::MAX);
            let size = self.size();
            if count == 0 || commit.first != size || u64::from(commit.count) != count {
                // An older commit may be what is left of a tail that was being cut; see `recovery`.
                let (why, older) = ("the commit does not fit its batch", commit.first < size);
                return Ok(self.torn(at, entries.len(), why, !older));
            }
            self.offset = after;
            self.before = (bytes.len(), entries.len());
            let mut hashes = Vec::with_capacity(entries.len().saturating_add(1));
            for range in &entries {
                let leaf = Hash::leaf(bytes.get(range.clone()).unwrap_or_default());
                self.edge.push(leaf, |level, hash| hashes.push((level, hash)));
            }
            let edge = self.edge.clone();
            let batch = Batch { bytes, entries, offset, hashes, edge, commit, commit_offset: at };
            return Ok(Step::Batch(batch));
        }
    }

    /// Whether all that follows is the room that a batch left.
    fn is_room(&mut self) -> io::Result<bool> {
        let rest = self.len.saturating_sub(self.offset);
        if rest >= ROOM || !self.len.is_multiple_of(ROOM) {
            return Ok(false);
        }
        let rest = usize::try_from(rest).unwrap_or(usize::MAX);
        let (file, window) = (self.file.borrow(), &mut self.window);
        let rest = window.bytes(self.fs, file, self.len, self.offset, rest)?;
        Ok(rest.is_some_and(|rest| rest.iter().all(|byte| *byte == 0)))
    }

    /// How much stands behind the last whole batch: without the zeros at its end, if there is anything
    /// else.
    pub(crate) fn tail_bytes(&self) -> io::Result<u64> {
        let tail = self.tail()?;
        let last = tail.iter().rposition(|byte| *byte != 0);
        let bytes = last.map_or(tail.len(), |last| last.saturating_add(1));
        Ok(u64::try_from(bytes).unwrap_or(u64::MAX))
    }

    /// What stands behind the last whole batch. Reads at most one batch further than one batch can be
    /// long; a tail beyond that is no torn write anyway.
    fn tail(&self) -> io::Result<Vec<u8>> {
        let most = u64::try_from(MAX_BATCH_BYTES).unwrap_or(u64::MAX).saturating_mul(2);
        let len =
            usize::try_from(self.len.saturating_sub(self.offset).min(most)).unwrap_or(usize::MAX);
        let mut tail = vec![0; len];
        let filled = read_full(self.fs, self.file.borrow(), self.offset, &mut tail)?;
        tail.truncate(filled);
        Ok(tail)
    }

    /// Whether what stands behind the last whole batch is more than a batch and its room.
    pub(crate) fn tail_is_longer_than_a_batch(&self) -> bool {
        let most = MAX_BATCH_BYTES.saturating_add(MAX_BATCH_ENTRIES);
        let most = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(ROOM);
        self.len.saturating_sub(self.offset) > most
    }

    fn torn(&self, offset: u64, whole: usize, why: &'static str, impossible: bool) -> Step {
        let index = self.size().saturating_add(u64::try_from(whole).unwrap_or(u64::MAX));
        Step::Tail(Tail { index, offset, why, impossible, later: None })
    }

    fn record(&mut self, at: u64) -> io::Result<Result<&[u8], &'static str>> {
        self.window.record(self.fs, self.file.borrow(), self.len, at)
    }
}

/// A piece of the journal in memory.
#[derive(Debug)]
struct Window {
    bytes: Vec<u8>,
    at: u64,
    /// As much is read at once, or a record if that is longer.
    width: usize,
}

impl Window {
    fn new(width: usize) -> Self {
        Self { bytes: Vec::new(), at: 0, width }
    }

    /// What is asked for next is read anew.
    fn forget(&mut self) {
        self.bytes.clear();
    }

    /// The record at `at` with its head, or what is wrong with it.
    fn record<F: Fs>(
        &mut self,
        fs: &F,
        file: &F::File,
        end: u64,
        at: u64,
    ) -> io::Result<Result<&[u8], &'static str>> {
        let Some(header) = self.bytes(fs, file, end, at, HEADER)? else {
            return Ok(Err("the record's head is cut off"));
        };
        let header: [u8; HEADER] = header.try_into().unwrap_or_default();
        let len = header.first_chunk::<4>().map_or(0, |len| u32::from_le_bytes(*len));
        let len = usize::try_from(len).unwrap_or(usize::MAX);
        if len == 0 || len > MAX_ENTRY {
            return Ok(Err("no record has such a length"));
        }
        let Some(record) = self.bytes(fs, file, end, at, len.saturating_add(HEADER))? else {
            return Ok(Err("the record is cut off"));
        };
        if record.get(HEADER..).and_then(frame_header) != Some(header) {
            return Ok(Err("the checksum does not fit"));
        }
        Ok(Ok(record))
    }

    /// `len` bytes at `at`, `None` where the file ends before, or `end` is.
    fn bytes<F: Fs>(
        &mut self,
        fs: &F,
        file: &F::File,
        end: u64,
        at: u64,
        len: usize,
    ) -> io::Result<Option<&[u8]>> {
        let inside = |window: &[u8], start: u64| {
            let from = usize::try_from(at.checked_sub(start)?).ok()?;
            window.get(from..from.checked_add(len)?).map(|_| from)
        };
        if inside(&self.bytes, self.at).is_none() {
            self.bytes.resize(self.width.max(len), 0);
            let filled = read_full(fs, file, at, &mut self.bytes)?;
            // What was appended after we looked at the length is not ours to read.
            let limit = usize::try_from(end.saturating_sub(at)).unwrap_or(usize::MAX);
            self.bytes.truncate(filled.min(limit));
            self.at = at;
        }
        let from = inside(&self.bytes, self.at);
        Ok(from.and_then(|from| self.bytes.get(from..)?.get(..len)))
    }
}

/// The entry that comes so many entries after the one whose record begins at `at`; `None` if what
/// stands there is no such thing.
pub(crate) fn entry_behind<F: Fs>(
    fs: &F,
    file: &F::File,
    mut at: u64,
    mut entries: u64,
) -> io::Result<Option<Vec<u8>>> {
    let end = crate::fs::uninterrupted(|| fs.len(file))?;
    let mut window = Window::new(NEAR);
    loop {
        let Ok(record) = window.record(fs, file, end, at)? else { return Ok(None) };
        let payload = record.get(HEADER..).unwrap_or_default();
        if payload.first() == Some(&b'{') {
            if entries == 0 {
                return Ok(Some(payload.to_vec()));
            }
            entries = entries.saturating_sub(1);
        }
        at = at.saturating_add(u64::try_from(record.len()).unwrap_or(u64::MAX));
    }
}
