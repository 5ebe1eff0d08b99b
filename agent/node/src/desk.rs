//! The scheduler's desk: jobs get their place here, and their turn.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use arch_identity::{Digest, Timestamp};
use arch_policy::Admitted;
use arch_schedule::{Arrival, Inventory, Placed, Placement, QueueCaps, Scheduler, Unplaceable};
use tokio::sync::oneshot;

/// The scheduler, and who waits for a place to run something a second time.
#[derive(Debug)]
pub(crate) struct Desk {
    scheduler: Mutex<Scheduler>,
    replays: Mutex<BTreeMap<Digest, oneshot::Sender<Placed>>>,
}

impl Desk {
    pub(crate) fn new(whole: Inventory, caps: QueueCaps) -> Self {
        Self { scheduler: Mutex::new(Scheduler::new(whole, caps)), replays: Mutex::default() }
    }

    /// A place now, or none yet; [`Desk::next`] gives it later.
    pub(crate) fn place(
        &self,
        job: Admitted,
        arrival: Arrival,
    ) -> Result<Option<Placed>, Box<Unplaceable>> {
        match self.scheduler().place(job, arrival) {
            Placement::Here(placed) => Ok(Some(*placed)),
            Placement::Later(queued) => {
                tracing::info!(job = %queued.job, waiting = queued.waiting, "the job waits");
                Ok(None)
            }
            Placement::Never(unplaceable) => Err(unplaceable),
        }
    }

    /// The next job that has room.
    pub(crate) fn next(&self) -> Option<Placed> {
        self.scheduler().next()
    }

    /// Takes a waiting job out.
    pub(crate) fn withdraw(&self, digest: Digest) -> Option<Admitted> {
        self.scheduler().withdraw(digest)
    }

    /// Takes out the waiting jobs whose time is over. A replay is of a job that had its time: it goes
    /// on waiting.
    pub(crate) fn withdraw_expired(&self, now: Timestamp) -> Vec<Digest> {
        let mut over = Vec::new();
        let mut scheduler = self.scheduler();
        for job in scheduler.withdraw_expired(now) {
            let digest = job.digest();
            let mut replays = self.replays.lock().unwrap_or_else(PoisonError::into_inner);
            if !replays.contains_key(&digest) {
                over.push(digest);
                continue;
            }
            match scheduler.place(job, Arrival::Resumed) {
                Placement::Later(_) => {}
                Placement::Here(placed) => {
                    // Nobody waits any more if this fails; then the place is free again.
                    if let Some(to) = replays.remove(&digest) {
                        drop(to.send(*placed));
                    }
                }
                // Its waiting ends with an error.
                Placement::Never(_) => drop(replays.remove(&digest)),
            }
        }
        over
    }

    /// What is lent and what of it is free.
    pub(crate) fn room(&self) -> (Inventory, Inventory) {
        let scheduler = self.scheduler();
        (*scheduler.book().whole(), scheduler.book().free())
    }

    /// How many jobs wait.
    pub(crate) fn waiting(&self) -> usize {
        self.scheduler().waiting().count()
    }

    /// Announces that the job of this digest, when its turn comes, belongs to a replay. False if
    /// one waits already.
    pub(crate) fn announce_replay(&self, digest: Digest, to: oneshot::Sender<Placed>) -> bool {
        let mut replays = self.replays.lock().unwrap_or_else(PoisonError::into_inner);
        let free = !replays.contains_key(&digest);
        if free {
            replays.insert(digest, to);
        }
        free
    }

    /// Whether a replay of the job waits for its turn.
    pub(crate) fn awaits_replay(&self, digest: &Digest) -> bool {
        self.replays.lock().unwrap_or_else(PoisonError::into_inner).contains_key(digest)
    }

    /// Whom a placed job belongs to, if it is a replay.
    pub(crate) fn replay_of(&self, digest: &Digest) -> Option<oneshot::Sender<Placed>> {
        self.replays.lock().unwrap_or_else(PoisonError::into_inner).remove(digest)
    }

    fn scheduler(&self) -> MutexGuard<'_, Scheduler> {
        // The scheduler finishes each of its steps or does none; it does not panic in between.
        self.scheduler.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
