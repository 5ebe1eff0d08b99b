use std::fs;
use std::path::PathBuf;

use arch_identity::{KeyKind, KeyPair};
use arch_ledger::{EndState, KeySource, Ledger, LogKeys, Reader, Usage, fault::MemFs};

use super::*;
use crate::store::{Archive, entries};

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
        write(&self.archive, &self.ledger, &self.document, &self.folder())
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
        module: Some(module),
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
    assert_eq!(bundle.module_digest(), Some(&Digest::of(b"\0asm")));
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
    let found = write(&world.archive, &world.ledger, &other, &world.folder());
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
