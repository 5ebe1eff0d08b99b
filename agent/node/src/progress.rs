//! How far the jobs are that can say so.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use arch_identity::Digest;
use arch_wire::control::JobProgress;

/// By job.
#[derive(Debug, Default, Clone)]
pub(crate) struct Progress(Arc<Mutex<BTreeMap<Digest, Counted>>>);

#[derive(Debug, Clone)]
struct Counted {
    done: Arc<AtomicU64>,
    of: u64,
}

/// One job's count, for as long as it lives.
#[derive(Debug)]
pub(crate) struct Count {
    job: Digest,
    done: Arc<AtomicU64>,
    all: Progress,
}

impl Progress {
    /// Begins to count what is done `of` so many steps of a job.
    pub(crate) fn of(&self, job: Digest, of: u64) -> Count {
        let done = Arc::new(AtomicU64::new(0));
        self.lock().insert(job, Counted { done: Arc::clone(&done), of });
        Count { job, done, all: self.clone() }
    }

    /// How far a job is, if it can say so.
    pub(crate) fn get(&self, job: &Digest) -> Option<JobProgress> {
        let counted = self.lock().get(job).cloned()?;
        Some(JobProgress { done: counted.done.load(Ordering::Relaxed), of: counted.of })
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Digest, Counted>> {
        // A map is whole after every single operation.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Count {
    /// So many more steps are done.
    pub(crate) fn add(&self, more: u64) {
        self.done.fetch_add(more, Ordering::Relaxed);
    }
}

impl Drop for Count {
    fn drop(&mut self) {
        self.all.lock().remove(&self.job);
    }
}
