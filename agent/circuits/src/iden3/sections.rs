//! The container of iden3's binary files: a magic, a version, and sections with a type and a length.

use std::collections::BTreeMap;

/// Why bytes are no such file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("at byte {at}: {what}")]
pub struct BadFile {
    /// Where it was noticed, from the start of the file or of its section.
    pub at: usize,
    /// What is wrong there.
    pub what: &'static str,
}

/// A file with these sections.
pub(super) fn write(magic: &[u8; 4], version: u32, sections: &[(u32, Vec<u8>)]) -> Vec<u8> {
    let count = u32::try_from(sections.len()).unwrap_or(u32::MAX);
    let mut file = [&magic[..], &version.to_le_bytes(), &count.to_le_bytes()].concat();
    for (kind, bytes) in sections {
        file.extend(kind.to_le_bytes());
        file.extend(u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_le_bytes());
        file.extend(bytes);
    }
    file
}

/// The sections of a file, each kind once.
pub(super) fn read<'a>(
    file: &'a [u8],
    magic: &[u8; 4],
    version: u32,
) -> Result<BTreeMap<u32, Reader<'a>>, BadFile> {
    let mut reader = Reader::new(file);
    if reader.array::<4>()? != *magic {
        return Err(BadFile { at: 0, what: "another kind of file" });
    }
    if reader.u32()? != version {
        return Err(BadFile { at: 4, what: "another version of this kind of file" });
    }
    let mut sections = BTreeMap::new();
    for _ in 0..reader.u32()? {
        let at = reader.at;
        let (kind, length) = (reader.u32()?, reader.u64()?);
        let bytes = reader.take(usize::try_from(length).unwrap_or(usize::MAX))?;
        if sections.insert(kind, Reader::new(bytes)).is_some() {
            return Err(BadFile { at, what: "a section that was there before" });
        }
    }
    reader.end()?;
    Ok(sections)
}

/// Reads bytes from the first to the last.
#[derive(Clone, Debug)]
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    pub(super) fn take(&mut self, length: usize) -> Result<&'a [u8], BadFile> {
        let end = self.at.checked_add(length);
        let taken = end.and_then(|end| self.bytes.get(self.at..end));
        let taken = taken.ok_or_else(|| self.bad("the file ends in the middle"))?;
        self.at = self.at.saturating_add(length);
        Ok(taken)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], BadFile> {
        let at = self.at;
        let bytes = self.take(N)?.first_chunk();
        bytes.copied().ok_or(BadFile { at, what: "the file ends in the middle" })
    }

    pub(super) fn u32(&mut self) -> Result<u32, BadFile> {
        self.array().map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Result<u64, BadFile> {
        self.array().map(u64::from_le_bytes)
    }

    /// A count of things of `each` bytes, all of which must be in what is left.
    pub(super) fn count(&mut self, each: usize) -> Result<usize, BadFile> {
        let count = usize::try_from(self.u32()?).unwrap_or(usize::MAX);
        let left = self.bytes.len().saturating_sub(self.at);
        match count.checked_mul(each) {
            Some(needed) if needed <= left => Ok(count),
            _ => Err(self.bad("a count of more than the file holds")),
        }
    }

    pub(super) fn end(&self) -> Result<(), BadFile> {
        if self.at == self.bytes.len() {
            Ok(())
        } else {
            Err(self.bad("more than there should be"))
        }
    }

    pub(super) fn bad(&self, what: &'static str) -> BadFile {
        BadFile { at: self.at, what }
    }
}
