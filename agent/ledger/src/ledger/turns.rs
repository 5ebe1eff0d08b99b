//! Batch after batch: each is made ready while the one before it is on its way to the disk.
//!
//! ```text
//! this thread    prepare 1 │ prepare 2 │ memory and answers of 1, prepare 3 │ …
//! a second                 │ write and fdatasync 1 │ write and fdatasync 2  │ …
//! a third, when it is due                 │ tiles and checkpoint of what is in memory │
//! ```
//!
//! Nothing is answered before its own fdatasync, and memory follows in the order of the journal. At
//! most one batch is being written and at most one is ready behind it, so that the disk never waits
//! for this thread; if the first does not get there, the second, which was chained to it, is not
//! written but thrown away and made anew.

mod pipeline;

use std::{io, thread};

use arch_identity::Timestamp;

use pipeline::{Disk, Pipeline, Publisher};

use super::Ledger;
use super::batch::Prepared;
use super::file::{Unwritten, write_durably};
use crate::anchored::Anchored;
use crate::checkpoint::LogKeys;
use crate::error::LedgerError;
use crate::fs::{Fs, is_full};
use crate::layout::JOURNAL;
use crate::record::Record;

type Said = Result<Vec<Anchored>, Unanchored>;

/// What is to be done next.
#[derive(Debug)]
pub enum Turn {
    /// [`Ledger::commit`].
    Commit(Timestamp, Vec<Record>),
    /// [`Ledger::publish`], of what is durable by now. Batches do not wait for it; what stops it stops
    /// the ledger, as ever. While one is under way another is not begun.
    Publish(Timestamp),
}

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
    /// There are no other threads.
    Alone,
    /// Tiles or checkpoint could not be written.
    Unpublished(Timestamp, io::Error),
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
    /// Takes one turn after the other for as long as `next` has one, and tells `done` of each batch in
    /// its order. For a backlog: a batch is encoded and hashed while the one before it is written.
    pub fn commit_in_turn(
        &mut self,
        mut next: impl FnMut() -> Option<Turn>,
        mut done: impl FnMut(Said),
    ) {
        loop {
            // A full disk, or a broken one, is for who takes it slowly.
            while self.is_poisoned() || self.is_out_of_space() {
                let Some(turn) = next() else { return };
                self.turn(turn, &mut done);
            }
            match self.turns(&mut next, &mut done) {
                End::Over => return,
                End::Alone => {
                    while let Some(turn) = next() {
                        self.turn(turn, &mut done);
                    }
                    return;
                }
                // Once more, slowly: that makes room.
                End::Unpublished(now, error) if is_full(&error) => {
                    self.turn(Turn::Publish(now), &mut done);
                }
                End::Unpublished(_, error) => drop(self.poison("tiles", &error)),
                End::Stopped { why, batches, behind } => {
                    match why {
                        Unwritten::Full => self.journal.place.length = self.journal.place.end,
                        Unwritten::Unknown(error) => drop(self.poison(JOURNAL, &error)),
                    }
                    for batch in batches {
                        self.turn(Turn::Commit(batch.time(), batch.into_records()), &mut done);
                    }
                    behind.into_iter().for_each(&mut done);
                }
            }
        }
    }

    /// One turn, with nothing else going on.
    fn turn(&mut self, turn: Turn, done: &mut impl FnMut(Said)) {
        match turn {
            Turn::Commit(now, records) => {
                let said = self.commit(now, &records);
                done(said.map_err(|error| Unanchored { error, records }));
            }
            // What stopped the ledger is what it says of everything from now on.
            Turn::Publish(now) => drop(self.publish(now)),
        }
    }

    fn turns(
        &mut self,
        next: &mut impl FnMut() -> Option<Turn>,
        done: &mut impl FnMut(Said),
    ) -> End {
        let Self { fs, keys, journal, growth, published, .. } = self;
        let (fs, keys, file): (&F, &LogKeys, &F::File) = (fs, keys, &journal.handle);
        let (disk, batches, written) = Disk::new();
        let (publisher, publications, shown) = Publisher::new();
        let writer = move || {
            for (offset, bytes) in batches {
                let result = write_durably(fs, file, offset, &bytes, offset);
                // Nothing is written behind what did not get there.
                let over = result.is_err();
                if written.send(result).is_err() || over {
                    break;
                }
            }
        };
        let publish = move || {
            for mut publication in publications {
                let result = publication.write(fs, keys);
                if shown.send((publication, result)).is_err() {
                    break;
                }
            }
        };
        let place = &mut journal.place;
        // It takes the senders along: the other threads end when those are gone.
        thread::scope(move |scope| {
            let spawned = thread::Builder::new().spawn_scoped(scope, writer);
            if spawned.and_then(|_| thread::Builder::new().spawn_scoped(scope, publish)).is_err() {
                return End::Alone;
            }
            Pipeline { growth, published, place, disk, publisher }.run(next, done)
        })
    }
}
