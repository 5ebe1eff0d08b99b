//! Checking, with nothing but the folder and perhaps the node's public keys.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use arch_files::{FileError, read};
use arch_identity::{Digest, DigestWriter, canonical};
use arch_ledger::{Entry, KeySource, MAX_ENTRY, Receipt, Record, VerifierKey};

use super::{
    ACCEPTED, ACCEPTED_RECEIPT, Contents, INDEX, INPUTS, MANIFEST, MODULE, OUTPUTS, RECEIPT,
    RESULT, SCHEMA, invalid, named,
};
use crate::error::ArchiveError;
use crate::object::open_object;
use crate::store::entries;

const MAX_TEXT: u64 = 1024 * 1024;

/// A bundle that holds together. Made only by [`verify`].
#[derive(Debug)]
pub struct Bundle {
    folder: PathBuf,
    document: Digest,
    accepted: Entry,
    finished: Entry,
    named: BTreeMap<String, Digest>,
    absent: BTreeSet<String>,
    module: Option<Digest>,
    origin: String,
    key_source: KeySource,
}

impl Bundle {
    /// The job: what the canonical form of `manifest` must hash to.
    #[must_use]
    pub fn document(&self) -> &Digest {
        &self.document
    }

    /// The signed job document.
    #[must_use]
    pub fn manifest(&self) -> PathBuf {
        self.folder.join(MANIFEST)
    }

    /// The program; its bytes hash to [`Bundle::module_digest`]. None if it was the node's own.
    #[must_use]
    pub fn module(&self) -> Option<PathBuf> {
        self.module.map(|_| self.folder.join(MODULE))
    }

    /// Digest of the program, as the ledger says it.
    #[must_use]
    pub fn module_digest(&self) -> Option<&Digest> {
        self.module.as_ref()
    }

    /// Inputs, outputs, `logs` and `reads` by their place in the bundle, with the digests that the
    /// ledger says they have. Their bytes have them too, unless they are [`Bundle::absent`].
    pub fn files(&self) -> impl Iterator<Item = (&str, &Digest)> {
        self.named.iter().map(|(name, digest)| (name.as_str(), digest))
    }

    /// Those of them that the node had kept the digest of alone.
    #[must_use]
    pub fn absent(&self) -> &BTreeSet<String> {
        &self.absent
    }

    /// The entry that accepted the job.
    #[must_use]
    pub fn accepted(&self) -> &Entry {
        &self.accepted
    }

    /// The entry that ended it: state, outputs by digest, usage.
    #[must_use]
    pub fn finished(&self) -> &Entry {
        &self.finished
    }

    /// Name of the ledger.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Whether the ledger's keys were given or only stated by the bundle itself.
    #[must_use]
    pub fn key_source(&self) -> KeySource {
        self.key_source
    }
}

/// Checks every byte of a bundle: digests, entries, receipts, and that nothing else lies there.
///
/// Without `keys` those are used that the bundle states; the result says so.
///
/// # Errors
/// [`ArchiveError::Bundle`] with the file that is wrong.
pub fn verify(folder: &Path, keys: Option<&[VerifierKey]>) -> Result<Bundle, ArchiveError> {
    let index = text(folder, INDEX, MAX_TEXT)?;
    let contents: Contents =
        serde_json::from_slice(&index).map_err(|e| invalid(INDEX, e.to_string()))?;
    if contents.schema != SCHEMA || canonical::bytes(&contents).ok().as_ref() != Some(&index) {
        return Err(invalid(INDEX, "another schema, or not in canonical form"));
    }
    let (keys, key_source) = keys_to_use(&contents, keys)?;

    let (accepted, origin) = proved(folder, ACCEPTED, ACCEPTED_RECEIPT, &keys)?;
    let (finished, _) = proved(folder, RESULT, RECEIPT, &keys)?;
    let Record::Accepted { document, module, .. } = &accepted.record else {
        return Err(invalid(ACCEPTED, "the entry does not accept a job"));
    };
    if !matches!(finished.record, Record::Finished { .. }) {
        return Err(invalid(RESULT, "the entry does not end a job"));
    }
    if *document != contents.document || finished.record.job() != Some(document) {
        return Err(invalid(RESULT, "the entries and the index are of different jobs"));
    }
    if finished.index <= accepted.index {
        return Err(invalid(RESULT, "the job ended before it was accepted"));
    }
    let module = *module;
    if let Some(module) = &module {
        require_digest(folder, MODULE, module)?;
    }
    require_digest(folder, MANIFEST, &contents.manifest)?;
    let named = named(&accepted.record, &finished.record)?;
    if let Some(other) = contents.absent.iter().find(|name| !named.contains_key(*name)) {
        return Err(invalid(INDEX, format!("`{other}` is no file that the ledger names")));
    }
    let there: Vec<_> = named.iter().filter(|(name, _)| !contents.absent.contains(*name)).collect();
    for (name, digest) in &there {
        require_digest(folder, name, digest)?;
    }
    let program = module.map(|_| MODULE);
    let there = there.iter().map(|(name, _)| name.as_str()).chain(program);
    require_nothing_else(folder, there)?;
    Ok(Bundle {
        folder: folder.to_owned(),
        document: contents.document,
        accepted,
        finished,
        absent: contents.absent,
        named,
        module,
        origin,
        key_source,
    })
}

fn keys_to_use(
    contents: &Contents,
    given: Option<&[VerifierKey]>,
) -> Result<(Vec<VerifierKey>, KeySource), ArchiveError> {
    let stated: Result<Vec<VerifierKey>, _> =
        contents.vkeys.iter().map(|text| text.parse()).collect();
    let stated = stated.map_err(|e| invalid(INDEX, e.to_string()))?;
    match given.filter(|keys| !keys.is_empty()) {
        None => Ok((stated, KeySource::FirstEntry)),
        // All that are stated must hold, so that no signature in the bundle is free to change.
        Some(given) if given.iter().all(|key| stated.contains(key)) => {
            Ok((stated, KeySource::Given))
        }
        Some(_) => Err(invalid(INDEX, "the bundle is of a ledger with other keys")),
    }
}

/// Reads an entry and its receipt, and has the one prove the other.
fn proved(
    folder: &Path,
    entry: &str,
    receipt: &str,
    keys: &[VerifierKey],
) -> Result<(Entry, String), ArchiveError> {
    let bytes = text(folder, entry, u64::try_from(MAX_ENTRY).unwrap_or(u64::MAX))?;
    let proof = String::from_utf8(text(folder, receipt, MAX_TEXT)?)
        .map_err(|e| invalid(receipt, e.to_string()))?;
    let parsed: Receipt =
        proof.parse().map_err(|e: arch_ledger::NoteError| invalid(receipt, e.to_string()))?;
    // A second spelling of the same receipt would be a byte that may change unseen.
    let note = arch_ledger::Note::parse(parsed.checkpoint.as_bytes())
        .map_err(|e| invalid(receipt, e.to_string()))?;
    if parsed.to_string() != proof
        || note.to_string() != parsed.checkpoint
        || note.signatures.len() != keys.len()
    {
        return Err(invalid(receipt, "not as the node's ledger writes it"));
    }
    let checkpoint = parsed.verify(&bytes, keys).map_err(|e| invalid(receipt, e.to_string()))?;
    let read = Entry::parse(parsed.index, bytes).map_err(|e| invalid(entry, e.to_string()))?;
    Ok((read, checkpoint.checkpoint().origin.clone()))
}

fn text(folder: &Path, name: &str, limit: u64) -> Result<Vec<u8>, ArchiveError> {
    read(&folder.join(name), limit).map_err(|error| match error {
        FileError::Absent { .. } => invalid(name, "the file is missing"),
        other => invalid(name, other.to_string()),
    })
}

fn require_digest(folder: &Path, name: &str, digest: &Digest) -> Result<(), ArchiveError> {
    let path = folder.join(name);
    let (mut file, _) =
        open_object(&path, digest).map_err(|_| invalid(name, "the file is missing"))?;
    let mut hash = DigestWriter::new();
    io::copy(&mut file, &mut hash).map_err(ArchiveError::io(&path))?;
    if hash.finish() == *digest {
        Ok(())
    } else {
        Err(invalid(name, format!("its bytes are not `{digest}`")))
    }
}

fn require_nothing_else<'a>(
    folder: &Path,
    named: impl Iterator<Item = &'a str>,
) -> Result<(), ArchiveError> {
    let fixed = [INDEX, MANIFEST, ACCEPTED, ACCEPTED_RECEIPT, RESULT, RECEIPT, INPUTS, OUTPUTS];
    let expected: BTreeSet<PathBuf> =
        fixed.into_iter().chain(named).map(|name| folder.join(name)).collect();
    let mut found = entries(folder)?;
    for name in [INPUTS, OUTPUTS] {
        let below = folder.join(name);
        if !fs::symlink_metadata(&below).is_ok_and(|found| found.is_dir()) {
            return Err(invalid(name, "the folder is missing"));
        }
        found.extend(entries(&below)?);
    }
    match found.into_iter().find(|path| !expected.contains(path)) {
        Some(path) => Err(invalid(
            &path.strip_prefix(folder).unwrap_or(&path).display().to_string(),
            "a foreign file",
        )),
        None => Ok(()),
    }
}
