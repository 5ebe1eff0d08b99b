//! The thread itself.

use std::sync::{Arc, PoisonError, RwLock, mpsc};
use std::time::Duration;

use arch_ledger::{Anchored, Ledger, LedgerError, Record, fs::Fs};
use tokio::sync::{oneshot, watch};

use super::{Head, Health, MOST};
use crate::{clock, memory::Memory};

/// How long nothing must be asked for before the derived files are made durable.
const IDLE: Duration = Duration::from_secs(1);

type Reply = oneshot::Sender<Result<Vec<Anchored>, LedgerError>>;

/// What the thread is asked for.
#[derive(Debug)]
pub(super) enum Asked {
    Append { records: Vec<Record>, reply: Reply },
    Receipt { index: u64, reply: oneshot::Sender<Result<String, LedgerError>> },
    Head { reply: oneshot::Sender<Head> },
    Close,
}

/// The ledger and what it tells others.
pub(super) struct Owner<F: Fs> {
    pub(super) ledger: Ledger<F>,
    pub(super) memory: Arc<RwLock<Memory>>,
    pub(super) health: watch::Sender<Health>,
    /// Whether something was appended since the derived files were made durable.
    pub(super) unsettled: bool,
}

/// What waits for one commit.
#[derive(Default)]
struct Batch {
    waiting: Vec<(Vec<Record>, Reply)>,
    records: usize,
}

impl Batch {
    fn add(&mut self, records: Vec<Record>, reply: Reply) {
        self.records = self.records.saturating_add(records.len());
        self.waiting.push((records, reply));
    }

    fn is_full(&self) -> bool {
        self.records >= MOST
    }
}

impl<F: Fs> Owner<F> {
    /// Serves until it is closed, nobody can ask any more, or the ledger is poisoned.
    pub(super) fn serve(mut self, asked: &mpsc::Receiver<Asked>) {
        let mut next = asked.recv().ok();
        while let Some(ask) = next.take() {
            match ask {
                Asked::Append { records, reply } => {
                    let mut batch = Batch::default();
                    batch.add(records, reply);
                    next = fill(&mut batch, asked);
                    self.commit(batch);
                    if self.ledger.is_poisoned() {
                        return;
                    }
                }
                Asked::Receipt { index, reply } => drop(reply.send(self.ledger.receipt(index))),
                Asked::Head { reply } => drop(reply.send(self.head())),
                Asked::Close => break,
            }
            next = match next {
                Some(next) => Some(next),
                None => match self.wait(asked) {
                    Ok(next) => next,
                    Err(_) => return self.tell_health(),
                },
            };
        }
        if let Err(error) = self.ledger.settle() {
            tracing::error!(%error, "the ledger's derived files may be behind after a power cut");
        }
    }

    /// The next thing asked for. When nothing is asked for a while the derived files are made durable,
    /// so that a power cut afterwards leaves nothing undecided (`ledger::open`).
    fn wait(&mut self, asked: &mpsc::Receiver<Asked>) -> Result<Option<Asked>, LedgerError> {
        if std::mem::take(&mut self.unsettled) {
            match asked.recv_timeout(IDLE) {
                Ok(next) => {
                    self.unsettled = true;
                    return Ok(Some(next));
                }
                Err(mpsc::RecvTimeoutError::Disconnected) => return Ok(None),
                Err(mpsc::RecvTimeoutError::Timeout) => {
                    self.ledger.settle().inspect_err(|error| {
                        tracing::error!(%error, "the ledger's derived files are not durable");
                    })?;
                }
            }
        }
        Ok(asked.recv().ok())
    }

    /// One batch if that goes; else one by one, so that nobody fails for another's record.
    fn commit(&mut self, batch: Batch) {
        let together: Vec<Record> =
            batch.waiting.iter().flat_map(|(records, _)| records.iter().cloned()).collect();
        match self.append(&together) {
            Ok(anchored) => {
                let mut rest = anchored.into_iter();
                for (records, reply) in batch.waiting {
                    let own = rest.by_ref().take(records.len()).collect();
                    // Nobody waits any more: it is anchored all the same.
                    let _ = reply.send(Ok(own));
                }
            }
            Err(error) if batch.waiting.len() <= 1 => {
                if let Some((_, reply)) = batch.waiting.into_iter().next() {
                    drop(reply.send(Err(error)));
                }
            }
            Err(_) => {
                for (records, reply) in batch.waiting {
                    let _ = reply.send(self.append(&records));
                }
            }
        }
    }

    fn append(&mut self, records: &[Record]) -> Result<Vec<Anchored>, LedgerError> {
        let anchored = self.ledger.append(clock::wall(), records);
        self.unsettled = true;
        // From the evidence, not from the folder: on a full disk its bundles lag behind.
        let mut memory = self.memory.write().unwrap_or_else(PoisonError::into_inner);
        for anchored in anchored.iter().flatten() {
            let entry = anchored.entry();
            memory.learn(entry.index, entry.time, &entry.record);
        }
        drop(memory);
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
