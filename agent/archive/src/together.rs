//! One flush for all who wait. As the ledger makes a batch durable with one fdatasync, the archive
//! makes durable with one `syncfs(2)` what many wrote at the same time.
//!
//! Whoever comes while a flush is under way waits for the next one, and the first of those leads it.
//! Who is alone flushes his own file and folders: `syncfs` would wait for everything that others have
//! written to the same file system.
//!
//! An error of `syncfs` is told once for the whole file system, perhaps to somebody whose file is well.
//! So after one everybody flushes his own file, now and from then on: the kernel tells the error of a
//! file to everyone who had it open.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};

/// Who waits for which flush.
#[derive(Debug, Default)]
pub(crate) struct Together {
    state: Mutex<State>,
    turned: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// The flush that newcomers wait for.
    next: Arc<Round>,
    /// How many wait for it.
    waiting: usize,
    /// Whether one is under way.
    leading: bool,
    /// The file system, held open so that no error between two flushes is missed.
    whole: Option<Arc<File>>,
    /// Whether a flush of the whole failed.
    broken: bool,
}

/// One flush, and whether it made everything durable; empty as long as nobody knows.
#[derive(Debug, Default)]
struct Round(OnceLock<bool>);

impl Together {
    /// Opens the file system of `folder` for flushing.
    pub(crate) fn over(folder: &Path) -> io::Result<Self> {
        let together = Self::default();
        together.lock().whole = Some(Arc::new(File::open(folder)?));
        Ok(together)
    }

    /// Returns when everything that the caller wrote before survives a power cut; `own` flushes just
    /// that.
    pub(crate) fn settle(&self, own: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
        self.settle_with(own, |whole| rustix::fs::syncfs(whole).map_err(io::Error::from))
    }

    fn settle_with(
        &self,
        own: impl FnOnce() -> io::Result<()>,
        all: impl FnOnce(&File) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut state = self.lock();
        let round = Arc::clone(&state.next);
        state.waiting = state.waiting.saturating_add(1);
        while state.leading && round.0.get().is_none() {
            state = self.turned.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        if let Some(durable) = round.0.get() {
            let durable = *durable;
            drop(state);
            return if durable { Ok(()) } else { own() };
        }
        state.leading = true;
        state.next = Arc::default();
        let company = std::mem::take(&mut state.waiting) > 1;
        if !company {
            drop(state);
            // Whoever comes meanwhile waits, and has company then.
            let done = own();
            self.end(&round, false, false);
            return done;
        }
        let whole = state.whole.clone().filter(|_| !state.broken);
        drop(state);
        let done = whole.is_some_and(|whole| all(&whole).is_ok());
        self.end(&round, done, !done);
        if done { Ok(()) } else { own() }
    }

    /// Tells those who wait for the round whether everything is durable now.
    fn end(&self, round: &Round, durable: bool, broken: bool) {
        let mut state = self.lock();
        // Set by its leader alone.
        let _ = round.0.set(durable);
        state.leading = false;
        state.broken |= broken;
        drop(state);
        self.turned.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Every change is whole before anything that could panic.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::{Duration, Instant};

    use super::*;

    /// Patience with a machine under load.
    const PATIENCE: Duration = Duration::from_secs(60);

    /// Sixteen, of whom fifteen come while the first one flushes; gives how often was flushed for all, and
    /// for one.
    fn sixteen(all_is_well: bool) -> (usize, usize) {
        let place = tempfile::tempdir().unwrap();
        let together = Together::over(place.path()).unwrap();
        let (alls, owns) = (AtomicUsize::new(0), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..16 {
                scope.spawn(|| {
                    let own = || {
                        let is_first = owns.fetch_add(1, Ordering::SeqCst) == 0;
                        let start = Instant::now();
                        let all_wait = || together.lock().waiting == 15;
                        while is_first && !all_wait() && start.elapsed() < PATIENCE {
                            std::thread::sleep(Duration::from_millis(1));
                        }
                        Ok(())
                    };
                    let all = |_: &File| {
                        alls.fetch_add(1, Ordering::SeqCst);
                        if all_is_well { Ok(()) } else { Err(io::Error::other("a bad sector")) }
                    };
                    together.settle_with(own, all).unwrap();
                });
            }
        });
        (alls.into_inner(), owns.into_inner())
    }

    #[test]
    fn who_is_alone_flushes_his_own_and_company_shares() {
        assert_eq!(sixteen(true), (1, 1));
    }

    #[test]
    fn after_an_error_that_may_be_anybodys_everybody_asks_for_his_own_file() {
        assert_eq!(sixteen(false), (1, 16));
    }

    #[test]
    fn an_error_of_the_own_file_is_told() {
        let place = tempfile::tempdir().unwrap();
        let together = Together::over(place.path()).unwrap();
        let bad = || Err(io::Error::from_raw_os_error(5));
        assert_eq!(together.settle(bad).unwrap_err().raw_os_error(), Some(5));
        assert!(together.settle(|| Ok(())).is_ok(), "the next one is not held up");
    }
}
