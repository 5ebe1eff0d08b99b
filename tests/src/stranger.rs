//! The ledger as somebody reads it who has only the folder.

use arch_identity::{Digest, Timestamp};
use arch_ledger::{Entry, LedgerError, Reader, Record};

use crate::World;

/// All entries of a ledger's folder, as far as they are committed.
#[derive(Debug)]
pub struct Stranger {
    entries: Vec<Entry>,
}

impl Stranger {
    /// Reads the ledger of a node; one that does not exist yet has no entries. While the agent
    /// runs, or after it was killed, the journal may end in a batch that was never committed, and
    /// only that is passed over; once it stopped, use [`Stranger::verified`].
    ///
    /// # Panics
    /// When anything else is wrong, and when fewer entries can be read than were committed.
    #[must_use]
    pub fn read(world: &World) -> Self {
        let folder = world.path("state/ledger");
        if !folder.join("journal").exists() {
            return Self { entries: vec![] };
        }
        let reader = Reader::open(&folder).expect("the ledger's folder");
        // Written after the journal, so what it counts was committed before we began to read.
        let committed = reader.checkpoint().map_or(0, |(_text, checkpoint)| checkpoint.size);
        let entries = Self::entries(&reader);
        let read = u64::try_from(entries.len()).expect("a test's ledger is small");
        assert!(read >= committed, "{read} of {committed} committed entries can be read");
        Self { entries }
    }

    /// Up to the end, or to a batch that was begun and not committed.
    fn entries(reader: &Reader) -> Vec<Entry> {
        let walk = match reader.entries() {
            Ok(walk) => walk,
            // The journal is there, and nothing in it yet.
            Err(LedgerError::Damaged { index: 0, .. }) => return vec![],
            Err(error) => panic!("the journal cannot be read: {error}"),
        };
        let mut entries = vec![];
        for entry in walk {
            match entry {
                Ok(entry) => entries.push(entry),
                Err(LedgerError::Damaged { .. }) => break,
                Err(error) => panic!("after {} entries: {error}", entries.len()),
            }
        }
        entries
    }

    /// Reads the ledger and verifies all of it: every byte of every file.
    ///
    /// # Panics
    /// When anything does not verify.
    #[must_use]
    pub fn verified(world: &World) -> Self {
        let reader = Reader::open(&world.path("state/ledger")).expect("the ledger's folder");
        let said = reader.verify(None).unwrap_or_else(|failure| panic!("{failure:?}"));
        let stranger = Self::read(world);
        assert_eq!(u64::try_from(stranger.entries.len()).ok(), Some(said.size));
        stranger
    }

    /// What the entries say, oldest first.
    pub fn records(&self) -> impl Iterator<Item = &Record> {
        self.entries.iter().map(|entry| &entry.record)
    }

    /// The times of the entries, oldest first.
    #[must_use]
    pub fn times(&self) -> Vec<Timestamp> {
        self.entries.iter().map(|entry| entry.time).collect()
    }

    /// What the entries say of one job, oldest first.
    #[must_use]
    pub fn of_job(&self, job: Digest) -> Vec<&Record> {
        self.records().filter(|record| record.job() == Some(&job)).collect()
    }

    /// The kinds of the entries about one job, oldest first.
    #[must_use]
    pub fn kinds(&self, job: Digest) -> Vec<String> {
        self.of_job(job).into_iter().map(Self::kind).collect()
    }

    /// A record's kind as it stands in the ledger.
    ///
    /// # Panics
    /// Never: every record is an object with a kind.
    #[must_use]
    pub fn kind(record: &Record) -> String {
        let json = serde_json::to_value(record).expect("a record is JSON");
        json.get("kind").and_then(|kind| kind.as_str()).expect("a record has a kind").to_owned()
    }
}
