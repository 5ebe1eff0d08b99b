//! One hand on a document at a time: whoever takes a job in, starts it or calls it off holds it,
//! so that the same bytes dropped twice at once are accepted once.

use std::{
    collections::HashSet,
    sync::{Mutex, MutexGuard, PoisonError},
};

use arch_identity::Digest;
use tokio::sync::Notify;

/// The documents that are in somebody's hand.
#[derive(Debug, Default)]
pub(crate) struct Hands {
    held: Mutex<HashSet<Digest>>,
    freed: Notify,
}

/// A hand on one document; dropping it lets go.
#[derive(Debug)]
pub(crate) struct Hand<'a> {
    hands: &'a Hands,
    digest: Digest,
}

impl Hands {
    /// Waits until nobody else has a hand on the document.
    pub(crate) async fn take(&self, digest: Digest) -> Hand<'_> {
        loop {
            // Enabled before looking, so that a letting go in between is not missed.
            let freed = self.freed.notified();
            tokio::pin!(freed);
            freed.as_mut().enable();
            if self.lock().insert(digest) {
                return Hand { hands: self, digest };
            }
            freed.await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashSet<Digest>> {
        // A set of digests is whole after every single operation.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Hand<'_> {
    fn drop(&mut self) {
        self.hands.lock().remove(&self.digest);
        self.hands.freed.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    };

    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn a_document_is_in_one_hand_at_a_time() {
        let hands = Arc::new(Hands::default());
        let inside = Arc::new(AtomicU32::new(0));
        let tasks: Vec<_> = (0..200)
            .map(|n: u32| {
                let (hands, inside) = (Arc::clone(&hands), Arc::clone(&inside));
                tokio::spawn(async move {
                    let _hand = hands.take(Digest::of(&[u8::from(n.is_multiple_of(2))])).await;
                    assert!(inside.fetch_add(1, Ordering::SeqCst) < 2);
                    tokio::task::yield_now().await;
                    inside.fetch_sub(1, Ordering::SeqCst);
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    }
}
