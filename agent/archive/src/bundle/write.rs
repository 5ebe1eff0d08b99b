//! Packing.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use arch_identity::{Digest, canonical};
use arch_ledger::fs::Fs;
use arch_ledger::{Entry, Reader, Record};

use super::{
    ACCEPTED, ACCEPTED_RECEIPT, Contents, INDEX, INPUTS, MANIFEST, MODULE, OUTPUTS, RECEIPT,
    RESULT, SCHEMA, invalid, named,
};
use crate::error::ArchiveError;
use crate::object::sync_folder;
use crate::store::Archive;

/// Packs an ended job into the folder `to`, which must not exist. It appears whole or not at all.
///
/// # Errors
/// [`ArchiveError::Absent`] if document or module is missing, [`ArchiveError::Bundle`] if the ledger
/// knows no end of the job or the name of an input cannot be a file's, and others.
pub fn write<F: Fs>(
    archive: &Archive,
    ledger: &Reader<F>,
    document: &Digest,
    to: &Path,
) -> Result<(), ArchiveError> {
    let source = archive.document(document)?;
    let (accepted, finished) = of_job(ledger, document)?;
    let Record::Accepted { module, .. } = accepted.record else {
        return Err(invalid(ACCEPTED, "the ledger has no acceptance of the job"));
    };
    let named = named(&accepted.record, &finished.record)?;
    let draft = Draft::begin(to)?;
    for folder in [INPUTS, OUTPUTS] {
        fs::create_dir(draft.path.join(folder)).map_err(ArchiveError::io(&draft.path))?;
    }
    draft.put(MANIFEST, &source)?;
    if let Some(module) = module {
        draft.copy(archive, MODULE, &module)?;
    }
    let mut absent = BTreeSet::new();
    for (name, digest) in &named {
        if archive.has(digest) {
            draft.copy(archive, name, digest)?;
        } else {
            absent.insert(name.clone());
        }
    }
    for (entry, bytes, receipt) in
        [(&accepted, ACCEPTED, ACCEPTED_RECEIPT), (&finished, RESULT, RECEIPT)]
    {
        draft.put(bytes, &entry.bytes)?;
        draft.put(receipt, ledger.receipt(entry.index)?.as_bytes())?;
    }
    let vkeys = ledger.stated_keys()?.iter().map(ToString::to_string).collect();
    let contents = Contents {
        schema: SCHEMA.to_owned(),
        document: *document,
        manifest: Digest::of(&source),
        absent,
        vkeys,
    };
    let index = canonical::bytes(&contents).map_err(|e| invalid(INDEX, e.to_string()))?;
    draft.put(INDEX, &index)?;
    draft.finish(to)
}

/// The entries that accepted and ended the job.
fn of_job<F: Fs>(ledger: &Reader<F>, document: &Digest) -> Result<(Entry, Entry), ArchiveError> {
    let (mut accepted, mut finished) = (None, None);
    for entry in ledger.entries()? {
        let entry = entry?;
        match &entry.record {
            Record::Accepted { document: of, .. } if of == document => accepted = Some(entry),
            Record::Finished { document: of, .. } if of == document => finished = Some(entry),
            _ => {}
        }
    }
    accepted.zip(finished).ok_or_else(|| invalid(RESULT, "the ledger has no end of the job yet"))
}

/// A folder beside its place; gone unless it gets there.
struct Draft {
    path: PathBuf,
}

impl Draft {
    fn begin(to: &Path) -> Result<Self, ArchiveError> {
        if fs::symlink_metadata(to).is_ok() {
            return Err(invalid(&to.display().to_string(), "something is there already"));
        }
        let name = to.file_name().unwrap_or_default().to_string_lossy();
        let path = to.with_file_name(format!(".{name}.{}.new", std::process::id()));
        fs::create_dir(&path).map_err(ArchiveError::io(&path))?;
        Ok(Self { path })
    }

    fn copy(&self, archive: &Archive, name: &str, digest: &Digest) -> Result<(), ArchiveError> {
        let path = self.path.join(name);
        let mut file = File::create_new(&path).map_err(ArchiveError::io(&path))?;
        archive.copy_to(digest, &mut file)?;
        file.sync_all().map_err(ArchiveError::io(&path))
    }

    fn put(&self, name: &str, bytes: &[u8]) -> Result<(), ArchiveError> {
        let path = self.path.join(name);
        let written = File::create_new(&path).and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()
        });
        written.map_err(ArchiveError::io(&path))
    }

    fn finish(mut self, to: &Path) -> Result<(), ArchiveError> {
        sync_folder(&self.path.join(INPUTS))?;
        sync_folder(&self.path.join(OUTPUTS))?;
        sync_folder(&self.path)?;
        fs::rename(&self.path, to).map_err(ArchiveError::io(to))?;
        self.path = PathBuf::new();
        match to.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            Some(parent) => sync_folder(parent),
            None => Ok(()),
        }
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.path.as_os_str().is_empty() {
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}
