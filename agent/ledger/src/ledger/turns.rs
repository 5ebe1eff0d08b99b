//! Batch after batch: each is made ready while the one before it is on its way to the disk.
//!
//! ```text
//! this thread    prepare 1 │ prepare 2 │ memory and answers of 1, prepare 3 │ …
//! the other                │ write and fdatasync 1 │ write and fdatasync 2  │ …
//! ```
//!
//! Nothing is answered before its own fdatasync, and memory follows in the order of the journal. At
//! most one batch is being written and at most one is ready behind it, so that the disk never waits
//! for this thread; if the first does not get there, the second, which was chained to it, is not
//! written but thrown away and made anew.

use std::sync::mpsc;
use std::{io, thread};

use arch_identity::Timestamp;

use super::batch::Prepared;
use super::{Ledger, Unwritten, write_durably};
use crate::anchored::Anchored;
use crate::error::LedgerError;
use crate::fs::Fs;
use crate::growth::Growth;
use crate::layout::JOURNAL;
use crate::record::Record;

type Said = Result<Vec<Anchored>, Unanchored>;

/// A batch that is not in the ledger.
#[derive(Debug)]
pub struct Unanchored {
    /// Why.
    pub error: LedgerError,
    /// What was to be anchored.
    pub records: Vec<Record>,
}

/// How turns end.
enum End {
    /// There is no further batch.
    Over,
    /// There is no second thread.
    Alone,
    /// A batch did not get there.
    Stopped {
        why: Unwritten,
        /// That one, and what was ready behind it.
        batches: Vec<Prepared>,
        /// What is to be said of the batch behind, if that is not to be written at all.
        behind: Option<Said>,
    },
}

impl<F: Fs> Ledger<F> {
    /// Commits one batch after the other for as long as `next` has one, as [`Ledger::commit`] does,
    /// and tells `done` of each in its order. For a backlog: a batch is encoded and hashed while the
    /// one before it is written.
    pub fn commit_in_turn(
        &mut self,
        mut next: impl FnMut() -> Option<(Timestamp, Vec<Record>)>,
        mut done: impl FnMut(Said),
    ) {
        loop {
            // A full disk, or a broken one, is for who takes it slowly.
            while self.is_poisoned() || self.is_out_of_space() {
                let Some((now, records)) = next() else { return };
                done(self.commit_all(now, records));
            }
            match self.turns(&mut next, &mut done) {
                End::Over => return,
                End::Alone => {
                    while let Some((now, records)) = next() {
                        done(self.commit_all(now, records));
                    }
                    return;
                }
                End::Stopped { why, batches, behind } => {
                    if let Unwritten::Unknown(error) = why {
                        self.poison(JOURNAL, &error);
                    }
                    for batch in batches {
                        done(self.commit_all(batch.time(), batch.into_records()));
                    }
                    behind.into_iter().for_each(&mut done);
                }
            }
        }
    }

    fn commit_all(&mut self, now: Timestamp, records: Vec<Record>) -> Said {
        self.commit(now, &records).map_err(|error| Unanchored { error, records })
    }

    fn turns(
        &mut self,
        next: &mut impl FnMut() -> Option<(Timestamp, Vec<Record>)>,
        done: &mut impl FnMut(Said),
    ) -> End {
        let Self { fs, journal, growth, end, .. } = self;
        let (to_disk, batches) = mpsc::sync_channel::<(u64, Vec<u8>)>(1);
        let (tell, written) = mpsc::channel();
        // It takes `to_disk` along: the other thread ends when that is gone.
        thread::scope(move |scope| {
            let (fs, journal): (&F, &F::File) = (fs, journal);
            let writer = move || {
                for (offset, bytes) in batches {
                    let result = write_durably(fs, journal, offset, &bytes, offset);
                    // Nothing is written behind what did not get there.
                    let over = result.is_err();
                    if tell.send(result).is_err() || over {
                        break;
                    }
                }
            };
            if thread::Builder::new().spawn_scoped(scope, writer).is_err() {
                return End::Alone;
            }
            let mut on_its_way: Option<(Prepared, u64)> = None;
            loop {
                let (mut behind, mut said) = (None, None);
                let asked = next();
                let over = asked.is_none();
                if let Some((now, records)) = asked {
                    match Self::ready(growth, on_its_way.as_ref(), now, records) {
                        Ok(Some(mut batch)) => {
                            let before = on_its_way.as_ref().map_or(0, |(_, length)| *length);
                            let bytes = batch.take_bytes();
                            let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
                            // Whoever is gone is noticed where its answer is waited for.
                            let _ = to_disk.send((end.saturating_add(before), bytes));
                            behind = Some((batch, length));
                        }
                        Ok(None) => said = Some(Ok(Vec::new())),
                        Err(refusal) => said = Some(Err(refusal)),
                    }
                }
                if on_its_way.is_some() {
                    let gone = || Err(Unwritten::Unknown(io::ErrorKind::BrokenPipe.into()));
                    if let Err(why) = written.recv().unwrap_or_else(|_| gone()) {
                        let batches = on_its_way.into_iter().chain(behind);
                        let batches = batches.map(|(batch, _)| batch).collect();
                        return End::Stopped { why, batches, behind: said };
                    }
                }
                if let Some((batch, length)) = std::mem::replace(&mut on_its_way, behind) {
                    let begins = *end;
                    *end = end.saturating_add(length);
                    done(Ok(batch.into_memory(growth, begins)));
                }
                said.into_iter().for_each(&mut *done);
                if over {
                    return End::Over;
                }
            }
        })
    }

    /// A batch that follows the one on its way, if there is anything in it.
    fn ready(
        growth: &Growth,
        on_its_way: Option<&(Prepared, u64)>,
        now: Timestamp,
        records: Vec<Record>,
    ) -> Result<Option<Prepared>, Unanchored> {
        if records.is_empty() {
            return Ok(None);
        }
        let behind = on_its_way.map(|(batch, _)| batch);
        Prepared::new(growth, behind, now, records).map(Some)
    }
}
