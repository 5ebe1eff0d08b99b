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
    module: Digest,
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

    /// The program; its bytes hash to [`Bundle::module_digest`].
    #[must_use]
    pub fn module(&self) -> PathBuf {
        self.folder.join(MODULE)
    }

    /// Digest of the program, as the ledger says it.
    #[must_use]
    pub fn module_digest(&self) -> &Digest {
        &self.module
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
    require_digest(folder, MODULE, &module)?;
    require_digest(folder, MANIFEST, &contents.manifest)?;
    let named = named(&accepted.record, &finished.record)?;
    if let Some(other) = contents.absent.iter().find(|name| !named.contains_key(*name)) {
        return Err(invalid(INDEX, format!("`{other}` is no file that the ledger names")));
    }
    let there: Vec<_> = named.iter().filter(|(name, _)| !contents.absent.contains(*name)).collect();
    for (name, digest) in &there {
        require_digest(folder, name, digest)?;
    }
    require_nothing_else(folder, there.iter().map(|(name, _)| name.as_str()))?;
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
    let fixed =
        [INDEX, MANIFEST, MODULE, ACCEPTED, ACCEPTED_RECEIPT, RESULT, RECEIPT, INPUTS, OUTPUTS];
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

#[cfg(test)]
mod tests {
    use arch_identity::{KeyKind, KeyPair};
    use arch_ledger::{EndState, Ledger, LogKeys, Reader, Usage, fault::MemFs};

    use super::*;
    use crate::{Archive, bundle};

    struct World {
        place: tempfile::TempDir,
        archive: Archive,
        ledger: Reader<MemFs>,
        document: Digest,
    }

    impl World {
        fn folder(&self) -> PathBuf {
            self.place.path().join("bundle")
        }

        fn write(&self) -> Result<(), ArchiveError> {
            bundle::write(&self.archive, &self.ledger, &self.document, &self.folder())
        }
    }

    fn keys(seed: u8) -> LogKeys {
        LogKeys::new("example.org/node", KeyPair::from_seed(KeyKind::Hybrid, &[seed; 32])).unwrap()
    }

    fn accepted(document: Digest, module: Digest, inputs: BTreeMap<String, Digest>) -> Record {
        Record::Accepted {
            document,
            name: "count".into(),
            owner: "user:ada".into(),
            module,
            inputs,
            policy: module,
            rules: Vec::new(),
            grants: Vec::new(),
        }
    }

    fn finished(document: Digest, archive: &Archive) -> Record {
        let output = |bytes: &[u8]| archive.put(bytes).unwrap();
        Record::Finished {
            document,
            attempt: 1,
            state: EndState::Completed,
            outcome: "completed".into(),
            code: None,
            outputs: BTreeMap::from([("stdout".into(), output(b"3"))]),
            logs: Some(output(b"counted")),
            reads: Some(output(b"")),
            fuel: 1,
            usage: Usage::default(),
        }
    }

    /// A job that was accepted and run.
    fn ended() -> World {
        let place = tempfile::tempdir().unwrap();
        let archive = Archive::open(&place.path().join("archive")).unwrap();
        let (document, noon) = (Digest::of(b"{}"), "2026-11-23T12:00:00Z".parse().unwrap());
        let inputs = BTreeMap::from([("words".to_owned(), archive.put(b"a b c").unwrap())]);
        archive.keep_document(&document, b"kind: Job\n").unwrap();
        let fs = MemFs::default();
        let (mut ledger, _) = Ledger::open(fs.clone(), keys(7), noon).unwrap();
        let module = archive.put(b"\0asm").unwrap();
        let started = Record::Started { document, attempt: 1, environment: module };
        let records = [accepted(document, module, inputs), started, finished(document, &archive)];
        ledger.append(noon, &records).unwrap();
        World { place, archive, ledger: Reader::new(fs), document }
    }

    fn packed() -> World {
        let world = ended();
        world.write().unwrap();
        world
    }

    #[test]
    fn a_bundle_holds_together_without_the_archive() {
        let world = packed();
        let bundle = verify(&world.folder(), Some(keys(7).verifiers())).unwrap();
        assert_eq!((bundle.document(), bundle.origin()), (&world.document, "example.org/node"));
        assert_eq!(bundle.module_digest(), &Digest::of(b"\0asm"));
        assert_eq!((bundle.accepted().index, bundle.finished().index), (1, 3));
        let files: Vec<_> = bundle.files().map(|(name, _)| name).collect();
        assert_eq!(files, ["inputs/words", "logs", "outputs/stdout", "reads"]);
        assert!(bundle.absent().is_empty());
        assert_eq!(bundle.key_source(), KeySource::Given);
        assert_eq!(verify(&world.folder(), None).unwrap().key_source(), KeySource::FirstEntry);
        assert!(verify(&world.folder(), Some(keys(8).verifiers())).is_err());
    }

    #[test]
    fn a_changed_missing_or_foreign_file_is_found() {
        let world = packed();
        let folder = world.folder();
        let named = ["inputs/words", "outputs/stdout", "logs", "reads"];
        let fixed = [INDEX, MANIFEST, MODULE, ACCEPTED, ACCEPTED_RECEIPT, RESULT, RECEIPT];
        for name in fixed.into_iter().chain(named) {
            let (path, step) = (folder.join(name), if name.ends_with('n') { 1 } else { 29 });
            let bytes = fs::read(&path).unwrap();
            for at in (0..bytes.len()).step_by(step).chain(bytes.len().checked_sub(1)) {
                let mut changed = bytes.clone();
                changed[at] ^= 1;
                fs::write(&path, changed).unwrap();
                assert!(verify(&folder, None).is_err(), "{name}, byte {at}");
            }
            fs::remove_file(&path).unwrap();
            assert!(verify(&folder, None).is_err(), "{name} removed");
            fs::write(&path, bytes).unwrap();
        }
        for foreign in ["notes", "inputs/more", "outputs/more"] {
            fs::write(folder.join(foreign), b"").unwrap();
            assert!(verify(&folder, None).is_err(), "{foreign} added");
            fs::remove_file(folder.join(foreign)).unwrap();
        }
        assert!(verify(&folder, None).is_ok());
    }

    #[test]
    fn a_bundle_appears_whole_or_not_at_all() {
        let world = ended();
        let input = world.archive.path(&Digest::of(b"a b c"));
        fs::write(&input, b"a b d").unwrap();
        assert!(matches!(world.write(), Err(ArchiveError::Damaged(_))));
        assert_eq!(entries(world.place.path()).unwrap(), [world.place.path().join("archive")]);
        fs::write(&input, b"a b c").unwrap();
        world.write().unwrap();
        assert!(world.write().is_err(), "an older bundle is never written over");
    }

    #[test]
    fn what_was_kept_by_digest_alone_is_said_to_be_absent() {
        let world = ended();
        fs::remove_file(world.archive.path(&Digest::of(b"a b c"))).unwrap();
        world.write().unwrap();
        let bundle = verify(&world.folder(), None).unwrap();
        assert!(bundle.absent().iter().eq(["inputs/words"]));
        // It may not be there after all, under whatever bytes.
        fs::write(world.folder().join("inputs/words"), b"a b c").unwrap();
        assert!(verify(&world.folder(), None).is_err());
    }

    #[test]
    fn a_job_that_has_not_ended_makes_no_bundle() {
        let world = ended();
        let other = Digest::of(b"other");
        world.archive.keep_document(&other, b"kind: Job\n").unwrap();
        let found = bundle::write(&world.archive, &world.ledger, &other, &world.folder());
        assert!(matches!(found, Err(ArchiveError::Bundle { .. })));
    }

    #[test]
    fn a_sweep_leaves_everything_that_belongs_to_a_job() {
        let world = ended();
        let gone = world.archive.put(b"of nobody").unwrap();
        let wanted = world.archive.wanted(&world.ledger).unwrap();
        let swept = world.archive.sweep(|digest| wanted.contains(digest)).unwrap();
        assert_eq!(swept, 1);
        assert!(!world.archive.has(&gone));
        world.write().unwrap();
        assert!(verify(&world.folder(), None).unwrap().absent().is_empty());
    }
}
