//! The store: objects in, objects out.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arch_files::private_dir;
use arch_identity::{Digest, DigestWriter};

use crate::error::ArchiveError;
use crate::object::{NewFile, open_object, open_whole, settle};
use crate::together::Together;

/// What fits into it is hashed before anything is written.
const BUFFER: usize = 64 * 1024;

/// The most digests that are remembered as durable.
const MOST_SETTLED: usize = 65_536;

/// A folder of objects under `sha256/ab/cdef…` and of documents under `documents/`; clones share it.
#[derive(Debug, Clone)]
pub struct Archive {
    folder: PathBuf,
    pub(crate) together: Arc<Together>,
    /// Objects that this process knows to be durable, as far as they are whole.
    settled: Arc<Mutex<HashSet<Digest>>>,
}

impl Archive {
    /// Opens an archive, or begins one; takes away what broken-off writes left.
    ///
    /// # Errors
    /// [`ArchiveError`] if the folder is not ours alone or cannot be written.
    pub fn open(folder: &Path) -> Result<Self, ArchiveError> {
        let mut archive = Self::to_read(folder);
        for place in [folder, &archive.objects(), &archive.documents_folder()] {
            private_dir(place)?;
        }
        let together = Together::over(folder).map_err(ArchiveError::io(folder))?;
        archive.together = Arc::new(together);
        for place in [archive.objects(), archive.documents_folder()] {
            for path in entries(&place)? {
                if is_temporary(&path) {
                    fs::remove_file(&path).map_err(ArchiveError::io(&path))?;
                }
            }
        }
        Ok(archive)
    }

    /// Looks at an archive without changing it.
    #[must_use]
    pub fn to_read(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), together: Arc::default(), settled: Arc::default() }
    }

    /// Keeps bytes, durably when this returns; those that are there already are left as they are.
    ///
    /// # Errors
    /// [`ArchiveError`]; nothing is kept then.
    pub fn put(&self, bytes: &[u8]) -> Result<Digest, ArchiveError> {
        let digest = Digest::of(bytes);
        if self.is_kept(&digest)? {
            return Ok(digest);
        }
        let mut file = NewFile::create(&self.objects())?;
        file.write_all(bytes).map_err(ArchiveError::io(&self.objects()))?;
        self.place(file, &digest)?;
        Ok(digest)
    }

    /// Keeps what a stream gives, at most `limit` bytes; says its digest and length.
    ///
    /// # Errors
    /// [`ArchiveError::TooLarge`] and others; nothing is kept then.
    pub fn put_from(
        &self,
        stream: &mut dyn Read,
        limit: u64,
    ) -> Result<(Digest, u64), ArchiveError> {
        let mut stream = stream.take(limit.saturating_add(1));
        let mut buffer = Vec::with_capacity(BUFFER);
        let mut first = (&mut stream).take(u64::try_from(BUFFER).unwrap_or(u64::MAX));
        let mut len = copy(&mut first, &mut buffer)?;
        if buffer.len() < BUFFER {
            within(len, limit)?;
            return Ok((self.put(&buffer)?, len));
        }
        let mut file = Hashed { hash: DigestWriter::new(), to: NewFile::create(&self.objects())? };
        file.write_all(&buffer).map_err(ArchiveError::io(&self.objects()))?;
        len = len.saturating_add(copy(&mut stream, &mut file)?);
        within(len, limit)?;
        let digest = file.hash.finish();
        if !self.is_kept(&digest)? {
            self.place(file.to, &digest)?;
        }
        Ok((digest, len))
    }

    /// Whether an object is there, whole and durable. A damaged one is to be replaced by what it should
    /// have been.
    ///
    /// # Errors
    /// [`ArchiveError`] if it is there and cannot be made durable.
    pub fn is_kept(&self, digest: &Digest) -> Result<bool, ArchiveError> {
        let path = self.path(digest);
        let Ok(file) = open_whole(&path, digest) else { return Ok(false) };
        if !self.settled().contains(digest) {
            settle(&file, &path, &self.together)?;
            self.note_settled(digest);
        }
        Ok(true)
    }

    fn place(&self, file: NewFile, digest: &Digest) -> Result<(), ArchiveError> {
        file.place(&self.path(digest), &self.together)?;
        self.note_settled(digest);
        Ok(())
    }

    /// Forgets what is durable, because something is about to go.
    pub(crate) fn forget_settled(&self) {
        self.settled().clear();
    }

    fn note_settled(&self, digest: &Digest) {
        let mut settled = self.settled();
        if settled.len() >= MOST_SETTLED {
            settled.clear();
        }
        settled.insert(*digest);
    }

    fn settled(&self) -> MutexGuard<'_, HashSet<Digest>> {
        // A set is whole after every single operation.
        self.settled.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether an object of that digest lies there. Does not read it.
    #[must_use]
    pub fn has(&self, digest: &Digest) -> bool {
        fs::symlink_metadata(self.path(digest)).is_ok_and(|found| found.is_file())
    }

    /// The bytes of an object, at most `limit`, hashed again.
    ///
    /// # Errors
    /// [`ArchiveError::Absent`], [`ArchiveError::Damaged`], [`ArchiveError::TooLarge`], and others.
    pub fn get(&self, digest: &Digest, limit: u64) -> Result<Vec<u8>, ArchiveError> {
        let (file, len) = open_object(&self.path(digest), digest)?;
        if len > limit {
            return Err(ArchiveError::TooLarge { what: digest.to_string(), limit });
        }
        let mut bytes = Vec::new();
        let read = file.take(limit.saturating_add(1)).read_to_end(&mut bytes);
        read.map_err(ArchiveError::io(&self.path(digest)))?;
        if Digest::of(&bytes) == *digest { Ok(bytes) } else { Err(ArchiveError::Damaged(*digest)) }
    }

    /// An object for reading at any place; all of it was hashed before.
    ///
    /// # Errors
    /// As [`Archive::get`].
    pub fn open_object(&self, digest: &Digest) -> Result<fs::File, ArchiveError> {
        open_whole(&self.path(digest), digest)
    }

    /// The first `most` bytes of an object and its whole length; all of it is hashed.
    ///
    /// # Errors
    /// As [`Archive::get`].
    pub fn head(&self, digest: &Digest, most: usize) -> Result<(Vec<u8>, u64), ArchiveError> {
        let mut head = Head { bytes: Vec::new(), most };
        let len = self.copy_to(digest, &mut head)?;
        Ok((head.bytes, len))
    }

    /// Copies an object out and hashes it on the way; says its length. What was copied before an error
    /// must not be used.
    ///
    /// # Errors
    /// As [`Archive::get`], and what writing gives.
    pub(crate) fn copy_to(
        &self,
        digest: &Digest,
        out: &mut dyn Write,
    ) -> Result<u64, ArchiveError> {
        let path = self.path(digest);
        let (mut file, _) = open_object(&path, digest)?;
        let mut hashed = Hashed { hash: DigestWriter::new(), to: out };
        let len = io::copy(&mut file, &mut hashed).map_err(ArchiveError::io(&path))?;
        if hashed.hash.finish() == *digest { Ok(len) } else { Err(ArchiveError::Damaged(*digest)) }
    }

    /// Hashes an object; says its length.
    ///
    /// # Errors
    /// As [`Archive::get`].
    pub fn check(&self, digest: &Digest) -> Result<u64, ArchiveError> {
        self.copy_to(digest, &mut io::sink())
    }

    /// Where an object lies, or would lie.
    #[must_use]
    pub fn path(&self, digest: &Digest) -> PathBuf {
        let hex = digest.hex();
        let (fan, rest) = hex.split_at_checked(2).unwrap_or(("", &hex));
        self.objects().join(fan).join(rest)
    }

    pub(crate) fn objects(&self) -> PathBuf {
        self.folder.join("sha256")
    }

    pub(crate) fn documents_folder(&self) -> PathBuf {
        self.folder.join("documents")
    }
}

fn within(len: u64, limit: u64) -> Result<(), ArchiveError> {
    if len <= limit {
        return Ok(());
    }
    Err(ArchiveError::TooLarge { what: "stream".to_owned(), limit })
}

fn copy(from: &mut impl Read, to: &mut impl Write) -> Result<u64, ArchiveError> {
    io::copy(from, to).map_err(ArchiveError::io(Path::new("stream")))
}

/// What lies in a folder, sorted; nothing for what is no folder.
pub(crate) fn entries(folder: &Path) -> Result<Vec<PathBuf>, ArchiveError> {
    let listing = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => return Ok(Vec::new()),
        other => other.map_err(ArchiveError::io(folder))?,
    };
    let paths: io::Result<Vec<PathBuf>> = listing.map(|entry| Ok(entry?.path())).collect();
    let mut paths = paths.map_err(ArchiveError::io(folder))?;
    paths.sort();
    Ok(paths)
}

/// The name of what was still on its way in.
fn is_temporary(path: &Path) -> bool {
    let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
    name.starts_with('.') && name.ends_with(".new")
}

/// Hashes what passes.
struct Hashed<W> {
    hash: DigestWriter,
    to: W,
}

impl<W: Write> Write for Hashed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.to.write_all(bytes)?;
        self.hash.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

struct Head {
    bytes: Vec<u8>,
    most: usize,
}

impl Write for Head {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = self.most.saturating_sub(self.bytes.len()).min(bytes.len());
        self.bytes.extend_from_slice(bytes.get(..room).unwrap_or_default());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn archive() -> (tempfile::TempDir, Archive) {
        let place = tempfile::tempdir().unwrap();
        let archive = Archive::open(&place.path().join("archive")).unwrap();
        (place, archive)
    }

    #[test]
    fn bytes_come_back_by_their_digest() {
        let (_place, archive) = archive();
        let digest = archive.put(b"hello").unwrap();
        assert_eq!(digest, Digest::of(b"hello"));
        assert!(archive.has(&digest) && !archive.has(&Digest::of(b"other")));
        assert_eq!(archive.get(&digest, 5).unwrap(), b"hello");
        assert_eq!(archive.head(&digest, 2).unwrap(), (b"he".to_vec(), 5));
        assert_eq!(archive.check(&digest).unwrap(), 5);
        assert!(archive.is_kept(&digest).unwrap() && !archive.is_kept(&Digest::of(b"x")).unwrap());
        assert!(
            archive.path(&digest).ends_with(
                "sha256/2c/f24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
            )
        );
    }

    #[test]
    fn a_changed_object_is_never_given_out_and_mended_by_putting_it_again() {
        let (_place, archive) = archive();
        let digest = archive.put(b"hello").unwrap();
        for wrong in [b"hellO".as_slice(), b"hell", b"hello!", b""] {
            fs::write(archive.path(&digest), wrong).unwrap();
            assert!(matches!(archive.get(&digest, 100), Err(ArchiveError::Damaged(_))));
            assert!(matches!(archive.head(&digest, 1), Err(ArchiveError::Damaged(_))));
            assert!(!archive.is_kept(&digest).unwrap());
        }
        archive.put(b"hello").unwrap();
        assert_eq!(archive.get(&digest, 5).unwrap(), b"hello");
    }

    #[test]
    fn what_is_missing_too_large_or_no_file_is_named_as_such() {
        let (_place, archive) = archive();
        let digest = archive.put(b"hello").unwrap();
        assert!(matches!(archive.get(&digest, 4), Err(ArchiveError::TooLarge { .. })));
        assert!(matches!(archive.get(&Digest::of(b"x"), 4), Err(ArchiveError::Absent(_))));
        assert!(matches!(
            archive.put_from(&mut b"12345".as_slice(), 4),
            Err(ArchiveError::TooLarge { .. })
        ));
        assert!(!archive.has(&Digest::of(b"12345")));
        fs::remove_file(archive.path(&digest)).unwrap();
        std::os::unix::fs::symlink("/etc/hostname", archive.path(&digest)).unwrap();
        assert!(archive.get(&digest, 100).is_err() && !archive.has(&digest));
    }

    #[test]
    fn a_broken_off_write_leaves_nothing_behind() {
        struct Breaks;
        impl Read for Breaks {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("the stream broke"))
            }
        }
        let (place, archive) = archive();
        assert!(archive.put_from(&mut b"some".as_slice().chain(Breaks), 100).is_err());
        let objects = place.path().join("archive/sha256");
        assert_eq!(entries(&objects).unwrap(), Vec::<PathBuf>::new());
        fs::write(objects.join(".17-0.new"), b"of a killed process").unwrap();
        Archive::open(&place.path().join("archive")).unwrap();
        assert_eq!(entries(&objects).unwrap(), Vec::<PathBuf>::new());
    }
}
