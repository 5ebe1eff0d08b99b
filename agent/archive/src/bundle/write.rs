//! Packing.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use arch_identity::{Digest, canonical};
use arch_ledger::VerifierKey;

use super::{
    ACCEPTED, ACCEPTED_RECEIPT, Contents, INDEX, INPUTS, MANIFEST, MODULE, RECEIPT, RESULT, SCHEMA,
    invalid, is_plain,
};
use crate::error::ArchiveError;
use crate::object::sync_folder;
use crate::pin::Record;
use crate::store::Archive;

/// Packs an ended job into the folder `to`, which must not exist. It appears whole or not at all.
///
/// # Errors
/// [`ArchiveError::Absent`] if something is missing, [`ArchiveError::Bundle`] if the job has no receipt
/// yet or an input's name cannot be a file's, and others.
pub fn write(
    archive: &Archive,
    document: &Digest,
    keys: &[VerifierKey],
    to: &Path,
) -> Result<(), ArchiveError> {
    let pin = archive.pin_of(document)?;
    let missing = |place: &'static str| move || invalid(place, "the archive does not hold it yet");
    let module = pin.module.ok_or_else(missing(MODULE))?;
    let (accepted, accepted_receipt) =
        proved(pin.accepted.as_ref()).ok_or_else(missing(ACCEPTED_RECEIPT))?;
    let (result, receipt) = proved(pin.finished.as_ref()).ok_or_else(missing(RECEIPT))?;
    if let Some(name) = pin.inputs.keys().find(|name| !is_plain(name)) {
        return Err(invalid(INPUTS, format!("`{name}` cannot be the name of a file")));
    }
    let contents = Contents {
        schema: SCHEMA.to_owned(),
        document: *document,
        manifest: pin.source,
        inputs: pin.inputs.clone(),
        vkeys: keys.iter().map(ToString::to_string).collect(),
    };
    let index = canonical::bytes(&contents).map_err(|e| invalid(INDEX, e.to_string()))?;

    let draft = Draft::begin(to)?;
    fs::write(draft.path.join(INDEX), index).map_err(ArchiveError::io(&draft.path))?;
    let fixed = [
        (MANIFEST, pin.source),
        (MODULE, module),
        (ACCEPTED, accepted),
        (ACCEPTED_RECEIPT, accepted_receipt),
        (RESULT, result),
        (RECEIPT, receipt),
    ];
    for (name, digest) in fixed {
        draft.copy(archive, name, &digest)?;
    }
    fs::create_dir(draft.path.join(INPUTS)).map_err(ArchiveError::io(&draft.path))?;
    for (name, digest) in &pin.inputs {
        draft.copy(archive, &format!("{INPUTS}/{name}"), digest)?;
    }
    draft.finish(to)
}

fn proved(record: Option<&Record>) -> Option<(Digest, Digest)> {
    record.and_then(|record| Some((record.entry, record.receipt?)))
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

    fn finish(mut self, to: &Path) -> Result<(), ArchiveError> {
        sync_folder(&self.path.join(INPUTS))?;
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
