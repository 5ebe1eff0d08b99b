//! The book of reservations. What is written in it together is never more than the node lends.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::{Demand, Inventory};

/// Who holds what of the node. Not `Clone`: one node, one book.
#[derive(Debug)]
pub struct Book {
    whole: Inventory,
    free: Arc<Mutex<Inventory>>,
}

/// A part of the node that is somebody's, until this is dropped. Made only by [`Book::reserve`].
#[derive(Debug)]
#[must_use = "dropping a reservation gives it back"]
pub struct Reservation {
    demand: Demand,
    free: Arc<Mutex<Inventory>>,
}

impl Book {
    /// An empty book over all that the node lends.
    #[must_use]
    pub fn new(whole: Inventory) -> Self {
        Self { whole, free: Arc::new(Mutex::new(whole)) }
    }

    /// All that the node lends.
    #[must_use]
    pub fn whole(&self) -> &Inventory {
        &self.whole
    }

    /// What nobody holds right now.
    #[must_use]
    pub fn free(&self) -> Inventory {
        *lock(&self.free)
    }

    /// Takes `demand` out of what is free, all of it or nothing.
    pub fn reserve(&self, demand: Demand) -> Option<Reservation> {
        let mut free = lock(&self.free);
        *free = free.without(&demand)?;
        Some(Reservation { demand, free: Arc::clone(&self.free) })
    }
}

impl Reservation {
    /// What is held.
    #[must_use]
    pub fn demand(&self) -> &Demand {
        &self.demand
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        let mut free = lock(&self.free);
        *free = free.with(&self.demand);
    }
}

/// A panic elsewhere cannot leave the sums half-written: each change is one assignment.
fn lock(free: &Mutex<Inventory>) -> MutexGuard<'_, Inventory> {
    free.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "tests may be blunt")]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use arch_document::quantity::{ByteSize, Cpu, GpuCount, Watts};
    use proptest::prelude::*;

    use super::*;

    fn amounts() -> impl Strategy<Value = (u64, u64, u32, u32)> {
        (0..5_000_u64, 0..1_000_u64, 0..3_u32, 0..200_u32)
    }

    fn demand((cpu, memory, gpu, watts): (u64, u64, u32, u32)) -> Demand {
        Demand {
            cpu: Cpu::from_millicores(cpu),
            memory: ByteSize::new(memory),
            gpu: GpuCount::new(gpu),
            watts: Watts::new(watts),
        }
    }

    const WHOLE: Inventory = Inventory {
        cpu: Cpu::from_millicores(8_000),
        memory: ByteSize::new(1_600),
        gpu: GpuCount::new(2),
        watts: Watts::new(300),
    };

    fn sums(held: &[Reservation]) -> (u64, u64, u64, u64) {
        held.iter().map(Reservation::demand).fold((0, 0, 0, 0), |sum, d| {
            (
                sum.0 + d.cpu.millicores(),
                sum.1 + d.memory.bytes(),
                sum.2 + u64::from(d.gpu.count()),
                sum.3 + u64::from(d.watts.watts()),
            )
        })
    }

    proptest! {
        #[test]
        fn the_book_never_over_commits_and_never_refuses_what_fits(
            steps in proptest::collection::vec((amounts(), any::<Option<prop::sample::Index>>()), 1..120),
        ) {
            let book = Book::new(WHOLE);
            let mut held = Vec::new();
            for (amount, gives_back) in steps {
                if let (Some(which), false) = (gives_back, held.is_empty()) {
                    drop(held.swap_remove(which.index(held.len())));
                } else {
                    let wanted = demand(amount);
                    let before = sums(&held);
                    let fits = before.0 + wanted.cpu.millicores() <= 8_000
                        && before.1 + wanted.memory.bytes() <= 1_600
                        && before.2 + u64::from(wanted.gpu.count()) <= 2
                        && before.3 + u64::from(wanted.watts.watts()) <= 300;
                    let got = book.reserve(wanted);
                    prop_assert_eq!(got.is_some(), fits);
                    held.extend(got);
                }
                let (cpu, memory, gpu, watts) = sums(&held);
                prop_assert!(cpu <= 8_000 && memory <= 1_600 && gpu <= 2 && watts <= 300);
                let free = book.free();
                prop_assert_eq!(free.cpu.millicores() + cpu, 8_000);
                prop_assert_eq!(free.memory.bytes() + memory, 1_600);
                prop_assert_eq!(u64::from(free.gpu.count()) + gpu, 2);
                prop_assert_eq!(u64::from(free.watts.watts()) + watts, 300);
            }
            held.clear();
            prop_assert_eq!(book.free(), WHOLE);
        }
    }

    #[test]
    fn many_threads_together_never_over_commit() {
        let book = Book::new(WHOLE);
        // Counted outside of the book: up after a place was given, down before it is given back.
        let (holders, most) = (AtomicU32::new(0), AtomicU32::new(0));
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..500 {
                        // Of everything there is room for two.
                        let Some(held) = book.reserve(demand((3_000, 500, 1, 100))) else {
                            continue;
                        };
                        let now = holders.fetch_add(1, Ordering::SeqCst) + 1;
                        most.fetch_max(now, Ordering::SeqCst);
                        std::thread::yield_now();
                        holders.fetch_sub(1, Ordering::SeqCst);
                        drop(held);
                    }
                });
            }
        });
        let most = most.into_inner();
        assert!((1..=2).contains(&most), "{most} at once");
        assert_eq!(book.free(), WHOLE);
    }

    #[test]
    fn a_panic_while_holding_gives_back() {
        let book = Book::new(WHOLE);
        let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let _held = book.reserve(demand((1, 1, 1, 1)));
            panic!("in the middle of a job");
        }));
        assert!(caught.is_err());
        assert_eq!(book.free(), WHOLE);
    }

    #[test]
    fn the_sums_of_huge_demands_do_not_wrap() {
        let book = Book::new(WHOLE);
        let huge = demand((u64::MAX, u64::MAX, u32::MAX, u32::MAX));
        assert!(book.reserve(huge).is_none());
        assert_eq!(WHOLE.lacks(&huge).len(), 4);
        assert_eq!(book.free(), WHOLE);
    }
}
