//! Proofs that wait for the one that is being made.

use std::{
    collections::VecDeque,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
};

use arch_problem::codes;

use crate::{circuits::Admitted, client::Client, refused::Refused};

/// One proof, and who waits for it.
#[derive(Debug)]
pub(crate) struct Waiting {
    pub(crate) admitted: Admitted,
    pub(crate) client: Arc<Client>,
}

/// First come, first served; at most so many.
#[derive(Debug)]
pub(crate) struct Queue {
    most: usize,
    waiting: Mutex<VecDeque<Waiting>>,
    came: Condvar,
}

impl Queue {
    pub(crate) fn new(most: u16) -> Self {
        let most = usize::from(most);
        Self { most, waiting: Mutex::default(), came: Condvar::new() }
    }

    /// Lines a proof up, or refuses it at once. Those that nobody waits for any more leave first.
    pub(crate) fn push(&self, proof: Waiting) -> Result<(), Refused> {
        let mut waiting = self.lock();
        waiting.retain(|proof| !proof.client.is_gone());
        if waiting.len() >= self.most {
            let message = format!("{} proofs wait already, which is the most", self.most);
            return Err(Refused::new(codes::PROVER_BUSY, message));
        }
        waiting.push_back(proof);
        self.came.notify_one();
        Ok(())
    }

    /// The next one, waited for.
    pub(crate) fn take(&self) -> Waiting {
        let mut waiting = self.lock();
        loop {
            match waiting.pop_front() {
                Some(proof) if proof.client.is_gone() => {}
                Some(proof) => return proof,
                None => {
                    waiting = self.came.wait(waiting).unwrap_or_else(PoisonError::into_inner);
                }
            }
        }
    }

    // Nothing is half done under the lock.
    fn lock(&self) -> MutexGuard<'_, VecDeque<Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
