//! A ledger's life from its first entry on, and what everybody was told on the way.
//!
//! Batches of one and of many, a tile that fills up, a full disk, a new start: whoever wants to see
//! a fault at any point of it runs it again with that fault.

use arch_identity::Timestamp;

use super::world::*;
use crate::fault::MemFs;
use crate::fs::Fs;
use crate::{EndState, Entry, Ledger, LedgerError, Record};

/// Seconds after noon at which a crashed trace is opened again; nothing in it is as late.
pub(crate) const LATER: u64 = 100_000;

/// What is done to a ledger.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// Records that somebody waits for.
    Append(Vec<Record>),
    /// The disk gets full, but for so many bytes.
    Full(usize),
    /// The disk has room again, and a minute goes by.
    Room,
    Settle,
    /// The process ends and another one begins.
    Reopen,
}

/// The life: over 200 operations, over 256 entries.
pub(crate) fn life() -> Vec<Step> {
    use Step::{Append, Full, Reopen, Room, Settle};
    let refusals = |from: u64, count: u64| Append((from..from + count).map(refused).collect());
    let mut life = vec![
        Append(vec![accepted(1)]),
        Append(vec![started(1, 1), refused(7), refused(8)]),
        refusals(10, 5),
        Append(vec![finished(1, EndState::Completed), accepted(2), started(2, 1)]),
        Settle,
        Append(vec![accepted(3)]),
        Full(100),
        Append(vec![accepted(4)]),
        Append(vec![finished(2, EndState::Completed)]),
        Append(vec![refused(40)]),
        Room,
        Append(vec![accepted(5), started(5, 1)]),
        Reopen,
        refusals(50, 12),
        Append(vec![finished(5, EndState::Completed)]),
        Append(vec![accepted(6)]),
        Settle,
        // One short of a tile, a whole tile, the first of the next one.
        refusals(100, 220),
        refusals(20, 1),
        refusals(30, 1),
        Append(vec![accepted(7), started(7, 1)]),
        refusals(60, 3),
    ];
    // Much that is not settled, and on and on.
    life.extend((0..18).map(|turn| refusals(1_000 + turn * 100, 1 + turn * 7 % 60)));
    life.extend([Settle, Reopen, refusals(4_000, 90), refusals(4_100, 2)]);
    life
}

/// Runs steps and remembers what was told.
#[derive(Debug)]
pub(crate) struct Driver<F> {
    fs: F,
    /// The same folder, without whatever makes `fs` fail.
    disk: MemFs,
    now: Timestamp,
    /// After how many operations so many entries had been acknowledged.
    pub(crate) told: Vec<(usize, u64)>,
    /// The acknowledged entries that were asked for.
    pub(crate) acknowledged: Vec<Entry>,
    /// The batch that was under way when the driver stopped.
    pub(crate) pending: Vec<Record>,
    /// Whether a full disk kept something out.
    refused: bool,
    /// Commits since others were shown what is durable.
    hidden: u32,
}

/// So many commits at most are shown to others together.
const HIDDEN: u32 = 2;

impl<F: Fs + Clone> Driver<F> {
    pub(crate) fn new(fs: F, disk: MemFs) -> Self {
        let (told, acknowledged, pending) = (vec![(0, 0)], Vec::new(), Vec::new());
        Self { fs, disk, now: noon(), told, acknowledged, pending, refused: false, hidden: 0 }
    }

    /// Goes on until the end, or until the ledger says that only a new start helps.
    pub(crate) fn run(&mut self, steps: &[Step]) -> Result<(), LedgerError> {
        let mut ledger = self.open()?;
        for step in steps {
            self.now = self.now.plus(1);
            match step {
                Step::Append(records) => self.append(&mut ledger, records)?,
                Step::Full(left) => {
                    let used: usize = self.disk.files().values().map(Vec::len).sum();
                    self.disk.limit(Some(used + left));
                }
                Step::Room => {
                    self.disk.limit(None);
                    self.now = self.now.plus(60);
                }
                Step::Settle => ledger.settle()?,
                Step::Reopen => {
                    drop(ledger);
                    ledger = self.open()?;
                }
            }
        }
        Ok(())
    }

    fn open(&mut self) -> Result<Ledger<F>, LedgerError> {
        let (ledger, _) = Ledger::open(self.fs.clone(), keys(), self.now)?;
        self.tell(&ledger);
        Ok(ledger)
    }

    fn append(&mut self, ledger: &mut Ledger<F>, records: &[Record]) -> Result<(), LedgerError> {
        self.pending = records.to_vec();
        match ledger.commit(self.now, records) {
            Ok(anchored) => {
                self.acknowledged.extend(anchored.iter().map(|a| a.entry().unwrap()));
                self.tell(ledger);
                self.show(ledger)?;
            }
            Err(LedgerError::OutOfSpace) => self.refused = true,
            // Of a job that was not accepted for want of room.
            Err(LedgerError::IllegalStep { .. }) if self.refused => {}
            Err(error) => return Err(error),
        }
        self.pending.clear();
        Ok(())
    }

    /// Tiles and checkpoint follow, not after each commit.
    fn show(&mut self, ledger: &mut Ledger<F>) -> Result<(), LedgerError> {
        self.hidden = (self.hidden + 1) % (HIDDEN + 1);
        if self.hidden == HIDDEN { ledger.publish(self.now) } else { Ok(()) }
    }

    fn tell(&mut self, ledger: &Ledger<F>) {
        let done = self.disk.inner().disk.ops.len();
        self.told.push((done, ledger.size()));
    }
}
