//! The one thread that owns the ledger. Whoever wants something anchored sends it there and waits.
//!
//! Group commit: what arrives while a batch is being made durable waits together and shares the next
//! fdatasync, up to [`MOST`] records. Nobody waits for company: an idle ledger commits at once.

mod thread;

use std::{
    io,
    sync::{
        Arc, PoisonError, RwLock, RwLockReadGuard,
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
    thread::JoinHandle,
};

use arch_identity::{Digest, Timestamp};
use arch_ledger::{
    Anchored, Entry, Ledger, LedgerError, Listener, LogKeys, Record, Recovery, fs::Fs,
};
use arch_problem::{Code, Problem, codes};
use tokio::sync::{oneshot, watch};

use crate::{
    memory::{KnownJob, Memory},
    told::problem,
};
use thread::{Asked, Owner};

/// The most records of one batch.
pub(crate) const MOST: usize = 256;

/// A handle to the ledger's thread; clones share it.
#[derive(Debug, Clone)]
pub struct Anchors {
    asks: mpsc::SyncSender<Asked>,
    memory: Arc<RwLock<Memory>>,
    health: watch::Receiver<Health>,
    served: Arc<AtomicU64>,
}

/// How the ledger is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// As it should be.
    Sound,
    /// Only refusals and endings are taken.
    OutOfSpace,
    /// It stopped for good.
    Poisoned,
}

/// Why something is not anchored.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AnchorError {
    /// The ledger refused.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The ledger's thread has ended.
    #[error("the ledger is closed")]
    Closed,
}

impl AnchorError {
    /// The catalogue's code.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::Ledger(error) => error.code(),
            Self::Closed => codes::LEDGER_POISONED,
        }
    }

    /// As people see it.
    #[must_use]
    pub fn problem(&self) -> Box<Problem> {
        problem(self.code(), self.to_string())
    }
}

/// Size and root of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Origin of the checkpoints.
    pub origin: String,
    /// Number of entries.
    pub size: u64,
    /// Root of the tree.
    pub root: String,
}

impl Anchors {
    /// Opens the ledger, reads it into a memory and starts its thread.
    ///
    /// # Errors
    /// [`AnchorError`] when the ledger does not open or the thread cannot be started.
    pub fn open<F>(
        fs: F,
        keys: LogKeys,
        now: Timestamp,
    ) -> Result<(Self, JoinHandle<()>, Recovery), AnchorError>
    where
        F: Fs + Send + 'static,
        F::File: Send,
        F::Lock: Send,
    {
        Self::open_telling(fs, keys, now, |_| {})
    }

    /// As [`Anchors::open`]; `tell` hears of each entry that was read, by its index.
    ///
    /// # Errors
    /// As [`Anchors::open`].
    pub(crate) fn open_telling<F>(
        fs: F,
        keys: LogKeys,
        now: Timestamp,
        tell: impl FnMut(u64),
    ) -> Result<(Self, JoinHandle<()>, Recovery), AnchorError>
    where
        F: Fs + Send + 'static,
        F::File: Send,
        F::Lock: Send,
    {
        let mut learning = Learning { memory: Memory::default(), tell };
        let (ledger, recovery) = Ledger::open_telling(fs, keys, now, &mut learning)?;
        let (anchors, thread) = Self::begin(ledger, learning.memory)?;
        Ok((anchors, thread, recovery))
    }

    fn begin<F>(ledger: Ledger<F>, memory: Memory) -> Result<(Self, JoinHandle<()>), AnchorError>
    where
        F: Fs + Send + 'static,
        F::File: Send,
        F::Lock: Send,
    {
        let memory = Arc::new(RwLock::new(memory));
        // A full channel makes senders wait, which is what a slow disk should do.
        let (asks, asked) = mpsc::sync_channel(MOST.saturating_mul(4));
        let (told, health) = watch::channel(Health::Sound);
        let served = Arc::<AtomicU64>::default();
        let owner = Owner::new(ledger, Arc::clone(&memory), told, Arc::clone(&served));
        let thread = std::thread::Builder::new()
            .name("ledger".to_owned())
            .spawn(move || owner.serve(&asked))
            .map_err(cannot_start)?;
        Ok((Self { asks, memory, health, served }, thread))
    }

    /// Anchors records as one unit: all or none. When this returns they are durable, and the memory
    /// knows them; who reads the folder's checkpoint sees them a moment later.
    ///
    /// # Errors
    /// [`AnchorError`].
    pub async fn anchor(&self, records: Vec<Record>) -> Result<Vec<Anchored>, AnchorError> {
        let (reply, answer) = oneshot::channel();
        self.ask(Asked::Append { records, reply }).await?;
        answer.await.map_err(|_| AnchorError::Closed)?.map_err(AnchorError::Ledger)
    }

    /// Anchors one record.
    ///
    /// # Errors
    /// [`AnchorError`].
    pub async fn anchor_one(&self, record: Record) -> Result<Anchored, AnchorError> {
        self.anchor(vec![record]).await?.pop().ok_or(AnchorError::Closed)
    }

    /// The receipt of an entry, as text.
    ///
    /// # Errors
    /// [`AnchorError`].
    pub async fn receipt(&self, index: u64) -> Result<String, AnchorError> {
        let (reply, answer) = oneshot::channel();
        self.ask(Asked::Receipt { index, reply }).await?;
        answer.await.map_err(|_| AnchorError::Closed)?.map_err(AnchorError::Ledger)
    }

    /// Entries that are durable, in the order asked for.
    ///
    /// # Errors
    /// [`AnchorError`].
    pub async fn entries(&self, indices: Vec<u64>) -> Result<Vec<Entry>, AnchorError> {
        let (reply, answer) = oneshot::channel();
        self.ask(Asked::Entries { indices, reply }).await?;
        answer.await.map_err(|_| AnchorError::Closed)?.map_err(AnchorError::Ledger)
    }

    /// All that the ledger says of a job; `None` if it never was accepted. One that is over is read
    /// from the journal.
    ///
    /// # Errors
    /// [`AnchorError`].
    pub async fn job(&self, digest: Digest) -> Result<Option<KnownJob>, AnchorError> {
        let ended = {
            let memory = self.memory();
            match (memory.open_job(&digest), memory.ended_job(&digest)) {
                (Some(job), _) => return Ok(Some(job.clone())),
                (None, Some(ended)) => *ended,
                (None, None) => return Ok(None),
            }
        };
        let entries = self.entries(ended.entries().collect()).await?;
        Ok(KnownJob::told_by(entries))
    }

    /// Size and root.
    ///
    /// # Errors
    /// [`AnchorError::Closed`].
    pub async fn head(&self) -> Result<Head, AnchorError> {
        let (reply, answer) = oneshot::channel();
        self.ask(Asked::Head { reply }).await?;
        answer.await.map_err(|_| AnchorError::Closed)
    }

    /// How often the thread did what it was asked.
    pub(crate) fn served(&self) -> u64 {
        self.served.load(Ordering::SeqCst)
    }

    /// Asks the thread for something, so that it shows whether it serves. It has enough to do where more
    /// waits for it than it can be asked.
    pub(crate) fn stir(&self) {
        let (reply, _) = oneshot::channel();
        let _ = self.asks.try_send(Asked::Head { reply });
    }

    /// Ends the thread after everything asked before, with the derived files made durable.
    pub async fn close(&self) {
        // A thread that is gone is closed.
        let _ = self.ask(Asked::Close).await;
    }

    /// What the ledger says so far.
    pub fn memory(&self) -> RwLockReadGuard<'_, Memory> {
        // The only writer learns entry by entry and does not panic in between.
        self.memory.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells when the ledger stops or fills up.
    #[must_use]
    pub fn health(&self) -> watch::Receiver<Health> {
        self.health.clone()
    }

    async fn ask(&self, asked: Asked) -> Result<(), AnchorError> {
        match self.asks.try_send(asked) {
            Ok(()) => Ok(()),
            Err(mpsc::TrySendError::Disconnected(_)) => Err(AnchorError::Closed),
            // The disk is slower than we are: wait where waiting does no harm.
            Err(mpsc::TrySendError::Full(asked)) => {
                let asks = self.asks.clone();
                let sent = tokio::task::spawn_blocking(move || asks.send(asked)).await;
                sent.ok().and_then(Result::ok).ok_or(AnchorError::Closed)
            }
        }
    }
}

/// A memory that is being made, and who wants to know how far it is.
struct Learning<T> {
    memory: Memory,
    tell: T,
}

impl<T: FnMut(u64)> Listener for Learning<T> {
    fn expect(&mut self, entries: u64) {
        self.memory.expect(entries);
    }

    fn hear(&mut self, index: u64, time: Timestamp, record: &Record) {
        self.memory.learn(index, time, record);
        (self.tell)(index);
    }
}

fn cannot_start(source: io::Error) -> AnchorError {
    AnchorError::Ledger(LedgerError::Io { path: "thread".to_owned(), source })
}

#[cfg(test)]
mod tests;
