//! Bytes of a record and of a commit.

use crate::tree::Hash;

/// What every journal begins with.
pub(crate) const JOURNAL_MAGIC: &[u8; 8] = b"ARCHLJ2\n";
/// Where in it the version stands, and which is ours.
pub(crate) const VERSION_AT: usize = 6;
pub(crate) const JOURNAL_VERSION: u8 = b'2';
/// Most entries of one batch.
pub(crate) const MAX_BATCH_ENTRIES: usize = 4096;
/// Most bytes of one batch, with headers, without its commit.
pub(crate) const MAX_BATCH_BYTES: usize = 16 * 1024 * 1024;
pub(crate) const HEADER: usize = 8;
/// A small batch leaves zeros behind it up to the next multiple of this, for those that follow.
pub(crate) const ROOM: u64 = 16 * 1024;
/// What an entry takes, roughly.
const USUAL: usize = 640;
const COMMIT_MAGIC: &[u8; 8] = b"ARCHCMT2";
const COMMIT_LEN: usize = 52;

/// The record that ends a batch. Only what stands before one counts, and the root covers every byte
/// of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Commit {
    /// Index of the batch's first entry.
    pub(crate) first: u64,
    /// Number of its entries.
    pub(crate) count: u32,
    /// Root of the tree with the batch.
    pub(crate) root: Hash,
}

impl Commit {
    pub(crate) fn to_bytes(self) -> Vec<u8> {
        let mut bytes = COMMIT_MAGIC.to_vec();
        bytes.extend_from_slice(&self.first.to_le_bytes());
        bytes.extend_from_slice(&self.count.to_le_bytes());
        bytes.extend_from_slice(self.root.as_bytes());
        bytes
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let rest = bytes.strip_prefix(COMMIT_MAGIC)?;
        let (first, rest) = rest.split_first_chunk::<8>()?;
        let (count, rest) = rest.split_first_chunk::<4>()?;
        let root: [u8; 32] = rest.try_into().ok()?;
        let (first, count) = (u64::from_le_bytes(*first), u32::from_le_bytes(*count));
        Some(Self { first, count, root: Hash::from_bytes(root) })
    }

    /// Commits with a right checksum anywhere in `bytes`, however they are framed.
    pub(crate) fn anywhere_in(bytes: &[u8]) -> impl Iterator<Item = Self> {
        let whole = HEADER.saturating_add(COMMIT_LEN);
        bytes.windows(whole).filter_map(|window| {
            let (header, payload) = window.split_first_chunk::<HEADER>()?;
            (payload.starts_with(COMMIT_MAGIC) && *header == frame_header(payload)?)
                .then(|| Self::from_bytes(payload))?
        })
    }
}

/// Length and checksum of a record.
pub(crate) fn frame_header(payload: &[u8]) -> Option<[u8; HEADER]> {
    let len = u32::try_from(payload.len()).ok()?.to_le_bytes();
    let mut crc = crc32fast::Hasher::new();
    crc.update(&len);
    crc.update(payload);
    let crc = crc.finalize().to_le_bytes();
    let mut header = [0; HEADER];
    header.iter_mut().zip(len.into_iter().chain(crc)).for_each(|(to, from)| *to = from);
    Some(header)
}

/// The bytes of a batch as they come together.
pub(crate) struct Writing {
    bytes: Vec<u8>,
    entries: usize,
}

impl Writing {
    /// Room for so many entries of the usual size.
    pub(crate) fn of(entries: usize) -> Self {
        let bytes = entries.min(MAX_BATCH_ENTRIES).saturating_mul(USUAL).saturating_add(USUAL);
        Self { bytes: Vec::with_capacity(bytes), entries: 0 }
    }

    /// How many bytes there are so far.
    pub(crate) fn len(&self) -> u64 {
        u64::try_from(self.bytes.len()).unwrap_or(u64::MAX)
    }

    /// Adds what `write` appends as an entry, and gives its bytes back; `None` over the limits.
    pub(crate) fn entry<E>(
        &mut self,
        write: impl FnOnce(&mut Vec<u8>) -> Result<(), E>,
    ) -> Result<Option<&[u8]>, E> {
        let head = self.bytes.len();
        self.bytes.extend_from_slice(&[0; HEADER]);
        write(&mut self.bytes)?;
        self.entries = self.entries.saturating_add(1);
        if self.entries > MAX_BATCH_ENTRIES || self.bytes.len() > MAX_BATCH_BYTES {
            return Ok(None);
        }
        let record = self.bytes.get_mut(head..).unwrap_or_default();
        let Some((header, payload)) = record.split_first_chunk_mut::<HEADER>() else {
            return Ok(None);
        };
        let Some(known) = frame_header(payload) else { return Ok(None) };
        *header = known;
        Ok(Some(payload))
    }

    /// Ends the batch with its commit; `None` if it is empty.
    pub(crate) fn end(self, first: u64, root: Hash) -> Option<Vec<u8>> {
        let Self { mut bytes, entries } = self;
        let count = u32::try_from(entries).ok().filter(|count| *count > 0)?;
        let commit = Commit { first, count, root }.to_bytes();
        bytes.extend_from_slice(&frame_header(&commit)?);
        bytes.extend_from_slice(&commit);
        Some(bytes)
    }
}
