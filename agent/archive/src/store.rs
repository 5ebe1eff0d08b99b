//! The store: objects in, objects out.

use std::ffi::OsStr;
use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use arch_files::private_dir;
use arch_identity::{Digest, DigestWriter};

use crate::error::ArchiveError;
use crate::object::{NewObject, open_object, sync_name};

/// A folder of objects under `sha256/ab/cdef…` and of pins under `pins/`.
#[derive(Debug, Clone)]
pub struct Archive {
    folder: PathBuf,
}

impl Archive {
    /// Opens an archive, or begins one; takes away what broken-off writes left.
    ///
    /// # Errors
    /// [`ArchiveError`] if the folder is not ours alone or cannot be written.
    pub fn open(folder: &Path) -> Result<Self, ArchiveError> {
        let archive = Self { folder: folder.to_owned() };
        for place in [folder, &archive.objects(), &archive.pins_folder()] {
            private_dir(place)?;
        }
        for place in [archive.objects(), archive.pins_folder()] {
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
        Self { folder: folder.to_owned() }
    }

    /// Keeps bytes, durably when this returns; those that are there already are left as they are.
    ///
    /// # Errors
    /// [`ArchiveError`]; nothing is kept then.
    pub fn put(&self, bytes: &[u8]) -> Result<Digest, ArchiveError> {
        let limit = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        Ok(self.put_from(&mut &*bytes, limit)?.0)
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
        let mut object = NewObject::create(&self.objects())?;
        let mut hash = DigestWriter::new();
        let (mut buffer, mut len) = (vec![0; 64 * 1024], 0_u64);
        loop {
            let read = match stream.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => buffer.get(..read).unwrap_or_default(),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(ArchiveError::io(Path::new("stream"))(error)),
            };
            len = len.saturating_add(u64::try_from(read.len()).unwrap_or(u64::MAX));
            if len > limit {
                return Err(ArchiveError::TooLarge { what: "stream".to_owned(), limit });
            }
            hash.update(read);
            object.write(read)?;
        }
        let digest = hash.finish();
        let path = self.path(&digest);
        // A damaged object is replaced by what it should have been.
        match self.check(&digest) {
            Ok(_) => sync_name(&path)?,
            Err(_) => object.place(&path)?,
        }
        Ok((digest, len))
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
    pub fn copy_to(&self, digest: &Digest, out: &mut dyn Write) -> Result<u64, ArchiveError> {
        let path = self.path(digest);
        let (mut file, _) = open_object(&path, digest)?;
        let mut both = Both { hash: DigestWriter::new(), out };
        let len = io::copy(&mut file, &mut both).map_err(ArchiveError::io(&path))?;
        if both.hash.finish() == *digest { Ok(len) } else { Err(ArchiveError::Damaged(*digest)) }
    }

    /// Opens an object for reading, from its beginning, after hashing all of it.
    ///
    /// # Errors
    /// As [`Archive::get`].
    pub fn open_object(&self, digest: &Digest) -> Result<fs::File, ArchiveError> {
        let path = self.path(digest);
        let (mut file, _) = open_object(&path, digest)?;
        let mut hash = DigestWriter::new();
        io::copy(&mut file, &mut hash).map_err(ArchiveError::io(&path))?;
        if hash.finish() != *digest {
            return Err(ArchiveError::Damaged(*digest));
        }
        io::Seek::rewind(&mut file).map_err(ArchiveError::io(&path))?;
        Ok(file)
    }

    /// Hashes an object; says its length.
    ///
    /// # Errors
    /// As [`Archive::get`].
    pub fn check(&self, digest: &Digest) -> Result<u64, ArchiveError> {
        self.copy_to(digest, &mut io::sink())
    }

    /// Removes every object that `wanted` does not want ([`Archive::wanted`]); says how many. The
    /// caller sees to it that nothing is put in meanwhile.
    ///
    /// # Errors
    /// [`ArchiveError`]; what was removed before stays removed.
    // KNOWN GAP: nothing calls this yet, so an archive only grows. It has to run while nobody puts
    // anything in: between the agent's start and its first job, or with the agent stopped.
    pub fn sweep(&self, wanted: impl Fn(&Digest) -> bool) -> Result<u64, ArchiveError> {
        let mut removed = 0_u64;
        for fan in entries(&self.objects())? {
            for path in entries(&fan)? {
                let name =
                    [&fan, &path].map(|p| p.file_name().and_then(OsStr::to_str).unwrap_or(""));
                let digest: Result<Digest, _> = format!("sha256:{}", name.concat()).parse();
                if digest.is_ok_and(|digest| !wanted(&digest)) {
                    fs::remove_file(&path).map_err(ArchiveError::io(&path))?;
                    removed = removed.saturating_add(1);
                }
            }
        }
        Ok(removed)
    }

    /// Hashes an object that is there and makes its name survive a power cut, which whoever put it
    /// there may not have come to; says its length.
    ///
    /// # Errors
    /// As [`Archive::get`].
    pub fn settle(&self, digest: &Digest) -> Result<u64, ArchiveError> {
        let len = self.check(digest)?;
        sync_name(&self.path(digest))?;
        Ok(len)
    }

    /// Where an object lies, or would lie.
    #[must_use]
    pub fn path(&self, digest: &Digest) -> PathBuf {
        let hex = digest.hex();
        let (fan, rest) = hex.split_at_checked(2).unwrap_or(("", &hex));
        self.objects().join(fan).join(rest)
    }

    fn objects(&self) -> PathBuf {
        self.folder.join("sha256")
    }

    pub(crate) fn pins_folder(&self) -> PathBuf {
        self.folder.join("pins")
    }
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

/// Ours, and those of `arch_files::write_whole`.
fn is_temporary(path: &Path) -> bool {
    let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
    name.starts_with('.') && name.ends_with(".new")
}

struct Both<'a> {
    hash: DigestWriter,
    out: &'a mut dyn Write,
}

impl Write for Both<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write_all(bytes)?;
        self.hash.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
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
        assert_eq!(io::read_to_string(archive.open_object(&digest).unwrap()).unwrap(), "hello");
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
            assert!(matches!(archive.open_object(&digest), Err(ArchiveError::Damaged(_))));
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

    #[test]
    fn sweeping_takes_only_what_nobody_wants() {
        let (_place, archive) = archive();
        let (kept, gone) = (archive.put(b"kept").unwrap(), archive.put(b"gone").unwrap());
        assert_eq!(archive.sweep(|digest| *digest == kept).unwrap(), 1);
        assert!(archive.has(&kept) && !archive.has(&gone));
    }
}
