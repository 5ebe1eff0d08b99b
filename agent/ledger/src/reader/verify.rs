//! The whole folder, every byte of it, against the journal and the keys.

use std::collections::BTreeSet;
use std::io;

use arch_identity::Timestamp;
use arch_problem::{Code, codes};

use super::{PAUSE, Reader, TRIES, is_damage, stated_keys};
use crate::checkpoint::{Checkpoint, VerifiedCheckpoint};
use crate::derived::{FOLDER, Found as Beside, TileFile};
use crate::entry::{Entry, Parsed};
use crate::error::LedgerError;
use crate::fs::{Found, FoundKind, Fs, read_whole, uninterrupted};
use crate::growth::Growth;
use crate::journal::{Batch, Batches, NoJournal, Step, Tail};
use crate::layout::{CHECKPOINT, JOURNAL, MAX_CHECKPOINT, RESERVE, RESERVE_BYTES, TEMP, compare};
use crate::note::{Note, VerifierKey};
use crate::tree::Hash;

/// What was found to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    /// Number of entries.
    pub size: u64,
    /// Root of the tree, as signed.
    pub root: Hash,
    /// Name of the log.
    pub origin: String,
    /// The keys that signed the checkpoint.
    pub keys: Vec<VerifierKey>,
    /// Who said that those are the right keys.
    pub key_source: KeySource,
    /// Time of the newest entry.
    pub newest: Timestamp,
}

/// Where the belief in the keys comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeySource {
    /// They were given by whoever asks.
    Given,
    /// The ledger's own first entry names them: it is whole, but whose it is has to be known elsewhere.
    FirstEntry,
}

/// What does not hold, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {message}")]
pub struct Failure {
    /// The catalogue's code.
    pub code: Code,
    /// The file below the ledger's folder, with entry and offset if it is the journal.
    pub place: String,
    /// What is wrong there.
    pub message: String,
}

fn failure(code: Code, place: impl Into<String>, message: impl Into<String>) -> Failure {
    Failure { code, place: place.into(), message: message.into() }
}

fn from_io(path: &str) -> impl FnOnce(io::Error) -> Failure {
    move |error| match error.kind() {
        io::ErrorKind::NotFound => missing(path),
        _ => failure(codes::LEDGER_IO, path, error.to_string()),
    }
}

fn in_journal(index: u64, offset: u64) -> String {
    format!("{JOURNAL}: entry {index}, offset {offset}")
}

impl<F: Fs> Reader<F> {
    /// Checks every byte of every file of the folder.
    ///
    /// If `keys` are given, they must all be keys that the ledger itself names and signs with. While
    /// an agent has the ledger open, a failure may be a write under way, so it is looked at again for
    /// about a second: tiles and checkpoint follow the journal by a moment. KNOWN GAP: a ledger that is
    /// written to without a pause longer than that moment and one look may never be seen at rest, nor
    /// does a copy of it verify before an agent opened it; stop the agent.
    ///
    /// # Errors
    /// The first [`Failure`]: a changed, missing or foreign byte anywhere, or other keys.
    pub fn verify(&self, keys: Option<&[VerifierKey]>) -> Result<Verification, Failure> {
        for _ in 0..TRIES {
            let busy = self.is_written_to();
            let found = self.verify_once(keys);
            if found.is_ok() || !busy {
                return found;
            }
            std::thread::sleep(PAUSE);
        }
        self.verify_once(keys)
    }

    fn verify_once(&self, given: Option<&[VerifierKey]>) -> Result<Verification, Failure> {
        let found = uninterrupted(|| self.fs.list()).map_err(from_io(""))?;
        if found.iter().any(|f| f.path == TEMP) {
            return Err(failure(codes::LEDGER_UNFINISHED, TEMP, "a write was broken off"));
        }
        // Cheap things first: bytes, then names, then signatures.
        let (growth, first) = self.bytes()?;
        self.reserve(&growth, &found)?;
        require_nothing_else(growth.size(), &found)?;
        let stated =
            stated_keys(&first).map_err(|e| failure(e.code(), in_journal(0, 8), e.to_string()))?;
        if let Some(stranger) = given.unwrap_or_default().iter().find(|key| !stated.contains(key)) {
            let message = format!(
                "the ledger does not belong to the key `{}+{:08x}`",
                stranger.name(),
                stranger.id()
            );
            return Err(failure(codes::LEDGER_OTHER_KEYS, in_journal(0, 8), message));
        }
        let newest = self.checkpoint_of(&growth, &stated)?;
        let key_source = if given.is_some_and(|keys| !keys.is_empty()) {
            KeySource::Given
        } else {
            KeySource::FirstEntry
        };
        let origin = stated.first().map_or_else(String::new, |key| key.name().to_owned());
        Ok(Verification {
            size: growth.size(),
            root: growth.root(),
            origin,
            keys: stated,
            key_source,
            newest,
        })
    }

    /// Reads the journal, and what is derived from it beside it.
    fn bytes(&self) -> Result<(Growth, Entry), Failure> {
        let file = uninterrupted(|| self.fs.open(JOURNAL)).map_err(from_io(JOURNAL))?;
        let walk = Batches::new(&self.fs, &file).map_err(from_io(JOURNAL))?;
        let mut walk = walk.map_err(not_ours)?;
        let (mut growth, mut first) = (Growth::default(), None);
        loop {
            match walk.next().map_err(from_io(JOURNAL))? {
                Step::Batch(batch) => {
                    take(&batch, &mut growth)?;
                    if first.is_none() {
                        let bytes = batch.entry(0).unwrap_or_default().to_vec();
                        first = Entry::parse(0, bytes).ok();
                    }
                    growth.derived.compare_pieces(&self.fs).map_err(in_file)?;
                }
                Step::End => break,
                Step::Tail(tail) => return Err(self.tail(&walk, &tail)),
            }
        }
        let first = first.ok_or_else(|| damaged(0, walk.offset(), "the journal has no entry"))?;
        self.reaches(&growth)?;
        let wrong = growth.derived.compare(&self.fs).map_err(in_file)?;
        if let Some((file, found)) = wrong.first() {
            return Err(match found {
                Beside::Nothing => missing(&file.to_string()),
                Beside::OtherBytes => differs(&file.to_string()),
            });
        }
        Ok((growth, first))
    }

    /// A journal that ends before what was signed is named, and not the first tile that it lacks.
    fn reaches(&self, growth: &Growth) -> Result<(), Failure> {
        match self.checkpoint() {
            Ok((_, Checkpoint { size, .. })) if size > growth.size() => {
                let message =
                    format!("it counts {size} entries, the journal has {}", growth.size());
                Err(failure(codes::LEDGER_ROLLED_BACK, CHECKPOINT, message))
            }
            Err(LedgerError::Io { source, .. }) if source.kind() != io::ErrorKind::NotFound => {
                Err(from_io(CHECKPOINT)(source))
            }
            // What is wrong with it is told when its turn comes.
            _ => Ok(()),
        }
    }

    /// Bytes behind the last commit: damage if they were committed once, else a broken-off write.
    fn tail(&self, walk: &Batches<'_, F, &F::File>, tail: &Tail) -> Failure {
        let counted = self.checkpoint().map_or(0, |(_, checkpoint)| checkpoint.size);
        if is_damage(walk, tail, counted) {
            return damaged(tail.index, tail.offset, tail.why);
        }
        let message = format!("not committed, or damaged since: {}", tail.why);
        failure(codes::LEDGER_UNFINISHED, in_journal(tail.index, tail.offset), message)
    }

    fn checkpoint_of(&self, growth: &Growth, keys: &[VerifierKey]) -> Result<Timestamp, Failure> {
        let bytes =
            read_whole(&self.fs, CHECKPOINT, MAX_CHECKPOINT).map_err(from_io(CHECKPOINT))?;
        let verified = Checkpoint::verify(&bytes, keys);
        let verified: VerifiedCheckpoint =
            verified.map_err(|e| failure(e.code(), CHECKPOINT, e.to_string()))?;
        let note = Note::parse(&bytes).map_err(|e| failure(e.code(), CHECKPOINT, e.to_string()))?;
        let Checkpoint { size, root, .. } = *verified.checkpoint();
        if size < growth.size() {
            let message = format!("it counts {size} of {} entries", growth.size());
            return Err(failure(codes::LEDGER_UNFINISHED, CHECKPOINT, message));
        }
        if root != growth.root() {
            return Err(failure(codes::LEDGER_FORKED, CHECKPOINT, "it names another root"));
        }
        // The log's own signatures and nothing else, so that no byte of the file is free.
        let order = note.signatures.iter().map(|s| (s.name.as_str(), s.key_id));
        if !order.eq(keys.iter().map(|key| (key.name(), key.id())))
            || note.to_string().as_bytes() != bytes
        {
            return Err(failure(
                codes::CHECKPOINT_UNVERIFIED,
                CHECKPOINT,
                "foreign signature lines",
            ));
        }
        let newest = growth.newest();
        match newest.filter(|t| verified.cosigned_at() == Some(t.unix().unsigned_abs())) {
            Some(time) => Ok(time),
            None => Err(failure(
                codes::CHECKPOINT_UNVERIFIED,
                CHECKPOINT,
                "its time is not that of the newest entry",
            )),
        }
    }

    /// The reserve is there unless the ledger itself says that it had to be given up.
    fn reserve(&self, growth: &Growth, found: &[Found]) -> Result<(), Failure> {
        let there = found.iter().any(|f| f.path == RESERVE);
        if !there && growth.is_out_of_space() {
            return Ok(());
        }
        match compare(&self.fs, RESERVE, &vec![0; RESERVE_BYTES]).map_err(from_io(RESERVE))? {
            Some(true) => Ok(()),
            Some(false) => Err(differs(RESERVE)),
            None => Err(missing(RESERVE)),
        }
    }
}

fn missing(path: &str) -> Failure {
    failure(codes::LEDGER_INCOMPLETE, path, "the file is missing")
}

fn differs(path: &str) -> Failure {
    failure(codes::TILE_DIFFERS, path, "other bytes than the journal leads to")
}

fn in_file((file, error): (TileFile, io::Error)) -> Failure {
    from_io(&file.to_string())(error)
}

fn take(batch: &Batch, growth: &mut Growth) -> Result<(), Failure> {
    // Nobody's word is taken here, also not that of our quick reader.
    let read = |index, offset, bytes: &[u8]| {
        let entry = Parsed::read(index, bytes)
            .and_then(|entry| entry.require_canonical(index, bytes).map(|()| entry));
        entry.map_err(|e| failure(e.code(), in_journal(index, offset), e.to_string()))
    };
    growth.take(batch, read, damaged, &mut ())
}

fn not_ours(found: NoJournal) -> Failure {
    let error = LedgerError::from(found);
    failure(error.code(), in_journal(0, 0), error.to_string())
}

fn damaged(index: u64, offset: u64, why: &str) -> Failure {
    failure(codes::LEDGER_DAMAGED, in_journal(index, offset), why)
}

fn require_nothing_else(size: u64, found: &[Found]) -> Result<(), Failure> {
    let mut files: BTreeSet<String> = TileFile::all(size).map(|file| file.to_string()).collect();
    files.extend([JOURNAL, CHECKPOINT, RESERVE].map(str::to_owned));
    let foreign = found.iter().find(|f| match f.kind {
        FoundKind::File => !files.contains(&f.path),
        FoundKind::Folder => f.path != FOLDER,
        FoundKind::Other => true,
    });
    match foreign {
        Some(f) => {
            Err(failure(codes::UNEXPECTED_FILE, f.path.clone(), "the ledger did not write this"))
        }
        None => Ok(()),
    }
}
