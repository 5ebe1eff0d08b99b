//! Files that wait for another job's end (`after`): the drop folder looks again when one has ended.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU64, Ordering},
};

use tokio::sync::Notify;

/// Whether a file waits, and who is told when it may be over.
#[derive(Debug, Default)]
pub(crate) struct Awaited {
    ends: AtomicU64,
    waits: AtomicBool,
    /// Told when a job ended and a file waits for that.
    pub(crate) look_again: Arc<Notify>,
}

impl Awaited {
    /// How many jobs have ended. Asked before a file is judged.
    pub(crate) fn ends(&self) -> u64 {
        self.ends.load(Ordering::SeqCst)
    }

    /// A file was refused because another job had not completed, and so many had ended before it was
    /// judged. What ended meanwhile may be that one.
    pub(crate) fn wait(&self, ends: u64) {
        self.waits.store(true, Ordering::SeqCst);
        if self.ends() != ends {
            self.tell();
        }
    }

    /// A job has ended.
    pub(crate) fn ended(&self) {
        self.ends.fetch_add(1, Ordering::SeqCst);
        self.tell();
    }

    fn tell(&self) {
        if self.waits.swap(false, Ordering::SeqCst) {
            self.look_again.notify_one();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    async fn told(awaited: &Awaited) -> bool {
        tokio::time::timeout(Duration::ZERO, awaited.look_again.notified()).await.is_ok()
    }

    #[tokio::test]
    async fn who_waits_is_told_once_of_an_end() {
        let awaited = Awaited::default();
        awaited.ended();
        assert!(!told(&awaited).await, "nobody waits");
        awaited.wait(awaited.ends());
        assert!(!told(&awaited).await, "nothing ended");
        awaited.ended();
        assert!(told(&awaited).await);
        awaited.ended();
        assert!(!told(&awaited).await, "nobody waits any more");
    }

    #[tokio::test]
    async fn an_end_while_the_file_was_judged_is_not_missed() {
        let awaited = Awaited::default();
        let before = awaited.ends();
        awaited.ended();
        awaited.wait(before);
        assert!(told(&awaited).await);
    }
}
