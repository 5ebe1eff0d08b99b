//! The thread itself.
//!
//! Whoever anchors waits for the journal alone. Tiles and checkpoint, which show to others what is
//! durable, follow within [`VISIBLE`]: then, under load or not, or at once when somebody wants a
//! receipt and nobody else wants anything. A clean end leaves nothing behind.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::sync::{
    Arc, PoisonError, RwLock,
    atomic::{AtomicU64, Ordering},
    mpsc,
};
use std::time::{Duration, Instant};

use arch_ledger::{Anchored, Entry, Ledger, LedgerError, Record, Turn, Unanchored, fs::Fs};
use tokio::sync::{oneshot, watch};

use super::{Head, Health, MOST};
use crate::{clock, memory::Memory, point, pulse::Part};

/// How long what is durable may wait for the checkpoint that counts it.
const VISIBLE: Duration = Duration::from_millis(50);
/// How long nothing must be asked for before the derived files are made durable.
const IDLE: Duration = Duration::from_secs(1);

type Reply = oneshot::Sender<Result<Vec<Anchored>, LedgerError>>;

/// What the thread is asked for.
#[derive(Debug)]
pub(super) enum Asked {
    Append { records: Vec<Record>, reply: Reply },
    Receipt { index: u64, reply: oneshot::Sender<Result<String, LedgerError>> },
    Entries { indices: Vec<u64>, reply: oneshot::Sender<Result<Vec<Entry>, LedgerError>> },
    Head { reply: oneshot::Sender<Head> },
    Close,
}

/// The ledger and what it tells others.
pub(super) struct Owner<F: Fs> {
    ledger: Ledger<F>,
    memory: Arc<RwLock<Memory>>,
    health: watch::Sender<Health>,
    /// Asked for already, and not done.
    next: Option<Asked>,
    /// When the checkpoint has to count everything, if it does not.
    due: Option<Instant>,
    /// Receipts that wait for that.
    receipts: Vec<(u64, oneshot::Sender<Result<String, LedgerError>>)>,
    /// Whether something was written since the derived files were made durable.
    unsettled: bool,
    /// How often it did what it was asked.
    served: Arc<AtomicU64>,
}

/// What waits for one commit.
#[derive(Default)]
struct Batch {
    waiting: Vec<Waiting>,
    records: usize,
}

/// What one asked for. The records are away while the ledger has them.
struct Waiting {
    records: Vec<Record>,
    count: usize,
    reply: Reply,
}

impl Batch {
    fn add(&mut self, records: Vec<Record>, reply: Reply) {
        self.records = self.records.saturating_add(records.len());
        self.waiting.push(Waiting { count: records.len(), records, reply });
    }

    fn records(&self) -> impl Iterator<Item = &Record> + Clone {
        self.waiting.iter().flat_map(|waiting| &waiting.records)
    }

    fn take_records(&mut self) -> Vec<Record> {
        let mut all = Vec::with_capacity(self.records);
        self.waiting.iter_mut().for_each(|waiting| all.append(&mut waiting.records));
        all
    }

    fn give_back(&mut self, records: Vec<Record>) {
        let mut rest = records.into_iter();
        for waiting in &mut self.waiting {
            waiting.records = rest.by_ref().take(waiting.count).collect();
        }
    }

    /// Tells everybody who waits.
    fn answer(self, said: Result<Vec<Anchored>, LedgerError>) {
        match said {
            Ok(anchored) => {
                let mut rest = anchored.into_iter();
                for Waiting { count, reply, .. } in self.waiting {
                    let own = rest.by_ref().take(count).collect();
                    // Nobody waits any more: it is anchored all the same.
                    let _ = reply.send(Ok(own));
                }
            }
            Err(error) => {
                if let Some(Waiting { reply, .. }) = self.waiting.into_iter().next() {
                    let _ = reply.send(Err(error));
                }
            }
        }
    }

    fn is_full(&self) -> bool {
        self.records >= MOST
    }
}

impl<F: Fs> Owner<F> {
    pub(super) fn new(
        ledger: Ledger<F>,
        memory: Arc<RwLock<Memory>>,
        health: watch::Sender<Health>,
        served: Arc<AtomicU64>,
    ) -> Self {
        let (next, due, receipts) = (None, None, Vec::new());
        Self { ledger, memory, health, next, due, receipts, unsettled: false, served }
    }

    /// Serves until it is closed, nobody can ask any more, or the ledger is poisoned.
    pub(super) fn serve(mut self, asked: &mpsc::Receiver<Asked>) {
        while let Some(ask) = self.next(asked) {
            match ask {
                Asked::Append { records, reply } => {
                    let mut batch = Batch::default();
                    batch.add(records, reply);
                    self.next = fill(&mut batch, asked);
                    match batch.is_full() {
                        true => self.commit_in_turn(batch, asked),
                        false => self.commit(batch),
                    }
                }
                Asked::Receipt { index, reply } => self.receipts.push((index, reply)),
                Asked::Entries { indices, reply } => {
                    let entries = indices.into_iter().map(|index| self.ledger.entry(index));
                    // Nobody waits any more: that is all the same.
                    let _ = reply.send(entries.collect());
                }
                Asked::Head { reply } => {
                    point::stirring(Part::Ledger);
                    drop(reply.send(self.head()));
                }
                Asked::Close => break,
            }
            self.served.fetch_add(1, Ordering::SeqCst);
        }
        if let Some(why) = self.ledger.stopped_by() {
            tracing::error!(why, "the ledger has stopped");
        } else {
            self.publish();
            self.settle();
        }
    }

    /// The next thing asked for; meanwhile what is due is done. `None` when it is over.
    fn next(&mut self, asked: &mpsc::Receiver<Asked>) -> Option<Asked> {
        loop {
            if self.due.is_some_and(|due| due <= Instant::now()) {
                self.publish();
            }
            if self.ledger.is_poisoned() {
                return None;
            }
            if let Some(next) = self.next.take() {
                return Some(next);
            }
            let next = match self.patience() {
                Some(pause) => asked.recv_timeout(pause),
                None => asked.recv().map_err(mpsc::RecvTimeoutError::from),
            };
            match next {
                Ok(next) => return Some(next),
                Err(mpsc::RecvTimeoutError::Disconnected) => return None,
                Err(mpsc::RecvTimeoutError::Timeout) if self.has_to_publish() => self.publish(),
                Err(mpsc::RecvTimeoutError::Timeout) => self.settle(),
            }
        }
    }

    fn has_to_publish(&self) -> bool {
        self.due.is_some() || !self.receipts.is_empty()
    }

    /// How long to wait before something is done that nobody asks for; `None` if there is nothing.
    fn patience(&self) -> Option<Duration> {
        if !self.receipts.is_empty() {
            return Some(Duration::ZERO);
        }
        let due = self.due.map(|due| due.saturating_duration_since(Instant::now()));
        due.or(self.unsettled.then_some(IDLE))
    }

    /// Shows others what is durable, and gives out the receipts that need it.
    fn publish(&mut self) {
        self.due = None;
        // What stops it is told at the end.
        let _ = self.ledger.publish(clock::wall());
        for (index, reply) in self.receipts.drain(..) {
            // Nobody waits any more: that is all the same.
            let _ = reply.send(self.ledger.receipt(index));
        }
        self.tell_health();
    }

    /// Makes the derived files durable, so that a power cut afterwards leaves nothing undecided
    /// (`ledger::open::journal`).
    fn settle(&mut self) {
        self.unsettled = false;
        if let Err(error) = self.ledger.settle() {
            tracing::error!(%error, "the ledger's derived files may be behind after a power cut");
        }
        self.tell_health();
    }

    /// One batch if that goes; else one by one, so that nobody fails for another's record.
    fn commit(&mut self, batch: Batch) {
        match self.append(batch.records()) {
            Err(_) if batch.waiting.len() > 1 => {
                for Waiting { records, reply, .. } in batch.waiting {
                    let _ = reply.send(self.append(&records));
                }
            }
            said => batch.answer(said),
        }
    }

    /// Under load: each batch is made ready while the one before is written, for as long as full ones
    /// wait, and what is due is published beside them.
    fn commit_in_turn(&mut self, batch: Batch, asked: &mpsc::Receiver<Asked>) {
        let (mut first, on_its_way) = (Some(batch), RefCell::new(VecDeque::new()));
        let mut failed = Vec::new();
        let mut due = self.due.unwrap_or_else(|| after(VISIBLE));
        self.unsettled = true;
        let Self { ledger, memory, next, served, .. } = self;
        ledger.commit_in_turn(
            || {
                if due <= Instant::now() {
                    due = after(VISIBLE);
                    return Some(Turn::Publish(clock::wall()));
                }
                let mut batch = match first.take() {
                    Some(batch) => batch,
                    None if next.is_some() => return None,
                    None => match asked.try_recv() {
                        Ok(Asked::Append { records, reply }) => {
                            let mut batch = Batch::default();
                            batch.add(records, reply);
                            *next = fill(&mut batch, asked);
                            batch
                        }
                        other => {
                            *next = other.ok();
                            return None;
                        }
                    },
                };
                let records = batch.take_records();
                on_its_way.borrow_mut().push_back(batch);
                Some(Turn::Commit(clock::wall(), records))
            },
            |said| {
                // Under load this goes on and on.
                served.fetch_add(1, Ordering::SeqCst);
                let batch: Option<Batch> = on_its_way.borrow_mut().pop_front();
                let Some(mut batch) = batch else { return };
                match said {
                    Err(Unanchored { records, .. }) if batch.waiting.len() > 1 => {
                        batch.give_back(records);
                        failed.push(batch);
                    }
                    Err(Unanchored { error, .. }) => batch.answer(Err(error)),
                    Ok(anchored) => {
                        learn(memory, &anchored);
                        batch.answer(Ok(anchored));
                    }
                }
            },
        );
        self.due = (!self.ledger.is_published()).then_some(due);
        self.tell_health();
        failed.into_iter().for_each(|batch| self.commit(batch));
    }

    fn append<'a, R>(&mut self, records: R) -> Result<Vec<Anchored>, LedgerError>
    where
        R: IntoIterator<Item = &'a Record>,
        R::IntoIter: Clone,
    {
        let anchored = self.ledger.commit(clock::wall(), records);
        if !self.ledger.is_published() {
            self.due.get_or_insert_with(|| after(VISIBLE));
            self.unsettled = true;
        }
        if let Ok(anchored) = &anchored {
            learn(&self.memory, anchored);
        }
        self.tell_health();
        anchored
    }

    fn tell_health(&self) {
        let health = if self.ledger.is_poisoned() {
            Health::Poisoned
        } else if self.ledger.is_out_of_space() {
            Health::OutOfSpace
        } else {
            Health::Sound
        };
        self.health.send_if_modified(|told| std::mem::replace(told, health) != health);
    }

    fn head(&self) -> Head {
        Head {
            origin: self.ledger.keys().origin().to_owned(),
            size: self.ledger.size(),
            root: self.ledger.root().to_string(),
        }
    }
}

/// From the evidence, not from the folder: its checkpoint lags behind.
fn learn(memory: &RwLock<Memory>, anchored: &[Anchored]) {
    let mut memory = memory.write().unwrap_or_else(PoisonError::into_inner);
    for anchored in anchored {
        memory.learn(anchored.index(), anchored.time(), anchored.record());
    }
}

fn after(pause: Duration) -> Instant {
    let now = Instant::now();
    now.checked_add(pause).unwrap_or(now)
}

/// Takes in what waits already; gives back the first thing that is no record.
fn fill(batch: &mut Batch, asked: &mpsc::Receiver<Asked>) -> Option<Asked> {
    while !batch.is_full() {
        match asked.try_recv() {
            Ok(Asked::Append { records, reply }) => batch.add(records, reply),
            Ok(other) => return Some(other),
            Err(_) => return None,
        }
    }
    None
}
