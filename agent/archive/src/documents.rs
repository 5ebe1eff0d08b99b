//! The signed documents of jobs, by the digest of what they say: `documents/<job>`.
//!
//! The bytes are those that were read, comments, signatures and all, so a file's name is not the hash
//! of its bytes: whoever reads one parses it and compares the digest of its canonical form.

use std::io::Write as _;
use std::path::PathBuf;

use arch_files::{FileError, read};
use arch_identity::Digest;

use crate::error::ArchiveError;
use crate::object::NewFile;
use crate::store::Archive;

/// An envelope around the largest document fits.
const MAX_DOCUMENT: u64 = 1024 * 1024;

impl Archive {
    /// Keeps the bytes of a job's document; durable when this returns.
    ///
    /// # Errors
    /// [`ArchiveError`]; the document may be there all the same, and not be durable.
    pub fn keep_document(&self, job: &Digest, source: &[u8]) -> Result<(), ArchiveError> {
        let mut file = NewFile::create(&self.documents_folder())?;
        file.write_all(source).map_err(ArchiveError::io(&self.documents_folder()))?;
        file.place(&self.document_path(job), &self.together)
    }

    /// The bytes of a job's document. Unchecked: see above.
    ///
    /// # Errors
    /// [`ArchiveError::Absent`] if there is none, and what reading gives.
    pub fn document(&self, job: &Digest) -> Result<Vec<u8>, ArchiveError> {
        match read(&self.document_path(job), MAX_DOCUMENT) {
            Err(FileError::Absent { .. }) => Err(ArchiveError::Absent(*job)),
            other => Ok(other?),
        }
    }

    /// Where a job's document lies, or would lie.
    #[must_use]
    pub fn document_path(&self, job: &Digest) -> PathBuf {
        self.documents_folder().join(job.hex())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_bytes_of_a_document_are_kept_under_the_digest_of_what_it_says() {
        let place = tempfile::tempdir().unwrap();
        let archive = Archive::open(&place.path().join("archive")).unwrap();
        let job = Digest::of(b"{}");
        assert!(matches!(archive.document(&job), Err(ArchiveError::Absent(_))));
        for source in [b"kind: Job\n".as_slice(), b"kind: Job # signed by two\n"] {
            archive.keep_document(&job, source).unwrap();
            assert_eq!(archive.document(&job).unwrap(), source);
        }
        let kept = crate::store::entries(&archive.documents_folder()).unwrap();
        assert_eq!(kept, [archive.document_path(&job)], "one file, and nothing on its way");
    }
}
