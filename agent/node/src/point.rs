//! The named points of a job's path. In a build with debug assertions a test can have the agent die
//! or stop at one of them; in any other build passing a point does nothing, and nothing is read.
//!
//! `ARCH_POINT="kill Started 1, stop Running 2, hang Tending 3"`: SIGKILL to itself when a job is at
//! `Started` for the first time, SIGSTOP when one is at `Running` for the second time; a part of the
//! agent that goes no step further when it would stir for the third time, while the others go on.
//! Whoever sets the agent's environment can kill it anyway.

use crate::pulse::Part;

/// A point, in the order in which a job passes them. What is durable is so on its disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Point {
    /// Its bytes are a document.
    Parsed,
    /// A quorum signed it.
    Verified,
    /// The policy lets it in.
    Admitted,
    /// Module and inputs are in the archive.
    Fed,
    /// Its document is so, too.
    Secured,
    /// It has a place or waits for one; its acceptance is about to be made durable.
    Placed,
    /// Its acceptance is durable, and nobody was told.
    Accepted,
    /// A start found it begun and not ended; that is about to be made durable.
    FoundRunning,
    /// A start is about to give it its place again.
    TakenUp,
    /// What it is run with lies in memory.
    Gathered,
    /// Its start is about to be made durable.
    Starting,
    /// Its start is durable, and the executor has not heard of it.
    Started,
    /// The executor has it.
    HandedOver,
    /// A worker has it.
    Running,
    /// The executor's answer is there.
    Answered,
    /// A tile of a product was hashed and is on the list of those that are there.
    Hashed,
    /// What each part of a product holds is durable, and nobody knew what will be looked at.
    Promised,
    /// That parts of a product contradict each other is durable.
    Diverged,
    /// Every byte was hashed again; outputs are in the archive, the end is about to be made durable.
    Validated,
    /// Its end is durable, and nobody was told.
    Finished,
    /// No answer came; that is about to be made durable.
    Lost,
    /// That its attempt was cut off is durable.
    Interrupted,
    /// That it is called off is durable, and its run has not heard of it.
    CalledOff,
    /// A dispute that was not settled is about to be taken up again after a start.
    DisputeTakenUp,
    /// A challenge and both stakes are durable.
    Challenged,
    /// A message of a dispute is in the archive and about to be made durable in the ledger.
    Saying,
    /// It is durable, and nobody has looked what follows from it.
    Said,
    /// How a dispute has ended is about to be made durable, with what becomes of the stakes.
    Settling,
    /// That is durable.
    Settled,
}

impl Point {
    /// A job is here.
    #[cfg(not(debug_assertions))]
    pub(crate) const fn reached(self) {}

    /// A job is here.
    #[cfg(debug_assertions)]
    pub(crate) fn reached(self) {
        orders::obey(self);
    }
}

/// A part of the agent is about to say that it stirs.
#[cfg(not(debug_assertions))]
pub(crate) const fn stirring(_: Part) {}

/// A part of the agent is about to say that it stirs.
#[cfg(debug_assertions)]
pub(crate) fn stirring(part: Part) {
    orders::obey(part);
}

#[cfg(debug_assertions)]
mod orders {
    use std::{
        fmt::Debug,
        sync::{
            LazyLock,
            atomic::{AtomicU32, Ordering},
        },
    };

    use rustix::process::{Signal, getpid, kill_process};

    /// What to do when a point is reached for the n-th time.
    struct Order {
        /// None to go no step further.
        signal: Option<Signal>,
        point: String,
        left: AtomicU32,
    }

    static ORDERS: LazyLock<Vec<Order>> = LazyLock::new(|| {
        let text = std::env::var("ARCH_POINT").unwrap_or_default();
        text.split(',').filter_map(read).collect()
    });

    /// Nothing for what is no order: the test that gave it sees that nothing happens.
    fn read(text: &str) -> Option<Order> {
        let mut words = text.split_whitespace();
        let signal = match words.next()? {
            "kill" => Some(Signal::KILL),
            "stop" => Some(Signal::STOP),
            "hang" => None,
            _ => return None,
        };
        let point = words.next()?.to_owned();
        Some(Order { signal, point, left: AtomicU32::new(words.next()?.parse().ok()?) })
    }

    pub(super) fn obey(point: impl Debug) {
        if ORDERS.is_empty() {
            return;
        }
        let name = format!("{point:?}");
        let due =
            |order: &&Order| order.point == name && order.left.fetch_sub(1, Ordering::SeqCst) == 1;
        for order in ORDERS.iter().filter(due) {
            let sent = order.signal.is_none_or(|signal| kill_process(getpid(), signal).is_ok());
            if sent && order.signal != Some(Signal::STOP) {
                // SIGKILL is on its way to all threads; this one goes no step further.
                loop {
                    std::thread::park();
                }
            }
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn an_order_is_a_deed_a_point_and_a_number() {
            let order = read(" stop Running 2").unwrap();
            assert_eq!((order.signal, order.point.as_str()), (Some(Signal::STOP), "Running"));
            assert_eq!(order.left.into_inner(), 2);
            for none in ["", "kill", "kill Running", "burn Running 1", "kill Running x"] {
                assert!(read(none).is_none(), "{none}");
            }
        }
    }
}
