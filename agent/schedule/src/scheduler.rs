//! Gives admitted jobs their place: here, later or never.

use arch_identity::{Digest, Timestamp};
use arch_policy::Admitted;
use arch_problem::{Problem, codes};

use crate::{Book, Cost, Demand, FairQueue, Inventory, Lack, Reservation};

/// Admitted jobs, the room there is, and who is next.
#[derive(Debug)]
pub struct Scheduler {
    book: Book,
    queue: FairQueue<Admitted>,
    caps: QueueCaps,
}

/// How many jobs may wait, so that a flood of signed jobs ends in refusals and not in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueCaps {
    /// Of all owners together. Default 4,096.
    pub total: usize,
    /// Of one owner. Default 1,024.
    pub per_owner: usize,
}

impl Default for QueueCaps {
    fn default() -> Self {
        Self { total: 4_096, per_owner: 1_024 }
    }
}

/// Whether a job is new, or the ledger says that this node took it on before a restart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// It may be refused because the queue is full.
    New,
    /// It was accepted once and must not be lost to a full queue.
    Resumed,
}

/// An admitted job that owns its part of the node. Made only by the [`Scheduler`]; not `Clone`.
#[derive(Debug)]
#[must_use = "dropping a placed job gives its place back"]
pub struct Placed {
    job: Admitted,
    reservation: Reservation,
}

/// What became of a job that asked for a place.
#[derive(Debug)]
#[must_use]
pub enum Placement {
    /// It may start now.
    Here(Box<Placed>),
    /// It waits in the scheduler; [`Scheduler::next`] gives it out in its turn.
    Later(Queued),
    /// It will never have a place; here it is back.
    Never(Box<Unplaceable>),
}

/// Word of a job that waits; the job itself is in the scheduler.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queued {
    /// The job's digest.
    pub job: Digest,
    /// How many jobs wait, this one included.
    pub waiting: usize,
    /// What there is too little of right now; empty if others are before it.
    pub lacks: Vec<Lack>,
}

/// A job without a place, and why.
#[derive(Debug)]
pub struct Unplaceable {
    /// The job.
    pub job: Admitted,
    /// One reason for each thing of which the node has too little, or that the queue is full.
    pub reasons: Vec<Problem>,
}

impl Scheduler {
    /// A scheduler over a free node with nobody waiting.
    #[must_use]
    pub fn new(whole: Inventory, caps: QueueCaps) -> Self {
        Self { book: Book::new(whole), queue: FairQueue::default(), caps }
    }

    /// What is lent and what is free.
    #[must_use]
    pub fn book(&self) -> &Book {
        &self.book
    }

    /// The jobs that wait, owner by owner.
    pub fn waiting(&self) -> impl Iterator<Item = &Admitted> {
        self.queue.iter()
    }

    /// Finds a place for `job`. A newcomer never gets in front of somebody whose turn it is.
    pub fn place(&mut self, job: Admitted, arrival: Arrival) -> Placement {
        let demand = Demand::of(&job);
        let reasons = self.reasons_against(&job, &demand, arrival);
        if !reasons.is_empty() {
            return Placement::Never(Box::new(Unplaceable { job, reasons }));
        }
        let digest = job.digest();
        let cost = self.cost(&job, &demand);
        let owner = job.owner().to_owned();
        self.queue.push(&owner, job.weight(), cost, job);
        if self.next_is(digest)
            && let Some(placed) = self.next()
        {
            return Placement::Here(Box::new(placed));
        }
        let lacks = self.book.free().lacks(&demand);
        Placement::Later(Queued { job: digest, waiting: self.queue.len(), lacks })
    }

    /// The next job that has room now. Ask again after every end of a job, until there is none.
    #[expect(
        clippy::should_implement_trait,
        reason = "an end is not for ever, as an iterator's is"
    )]
    pub fn next(&mut self) -> Option<Placed> {
        let free = self.book.free();
        let fits = |job: &Admitted| free.without(&Demand::of(job)).is_some();
        let reservation = self.book.reserve(Demand::of(self.queue.peek(fits)?))?;
        let job = self.queue.take(fits)?;
        Some(Placed { job, reservation })
    }

    /// Takes a waiting job out, because somebody cancelled it.
    pub fn withdraw(&mut self, job: Digest) -> Option<Admitted> {
        self.queue.withdraw(|waiting| waiting.digest() == job).pop()
    }

    /// Takes out the waiting jobs whose time is over at `now`.
    pub fn withdraw_expired(&mut self, now: Timestamp) -> Vec<Admitted> {
        self.queue.withdraw(|waiting| waiting.is_over(now))
    }

    fn next_is(&self, digest: Digest) -> bool {
        let free = self.book.free();
        let next = self.queue.peek(|job| free.without(&Demand::of(job)).is_some());
        next.is_some_and(|job| job.digest() == digest)
    }

    /// Dominant share of the node times the seconds asked for.
    fn cost(&self, job: &Admitted, demand: &Demand) -> Cost {
        let seconds = job.limits().wall_millis.div_ceil(1_000).max(1);
        Cost::new(self.book.whole().dominant_share(demand).max(1).saturating_mul(seconds))
    }

    fn reasons_against(&self, job: &Admitted, demand: &Demand, arrival: Arrival) -> Vec<Problem> {
        let document = job.job().document();
        let mut reasons: Vec<Problem> = self
            .book
            .whole()
            .lacks(demand)
            .into_iter()
            .map(|lack| {
                let message = format!(
                    "{} `{}` is more than the `{}` this node lends",
                    lack.what, lack.asked, lack.have
                );
                let place = document.place(lack.what.pointer(), "asked for here");
                Problem { at: place, ..Problem::new(codes::NEVER_FITS, message) }
            })
            .collect();
        if self.queue.iter().any(|waiting| waiting.digest() == job.digest()) {
            reasons.push(Problem::new(codes::ALREADY_HERE, "the job waits here already"));
        }
        if arrival == Arrival::New {
            reasons.extend(self.queue_is_full(job.owner()));
        }
        reasons
    }

    fn queue_is_full(&self, owner: &str) -> Option<Problem> {
        let of_owner = self.queue.len_of(owner);
        let message = if self.queue.len() >= self.caps.total {
            format!("{} jobs wait here, and no more may", self.queue.len())
        } else if of_owner >= self.caps.per_owner {
            format!("{of_owner} jobs of `{owner}` wait here, and no more may")
        } else {
            return None;
        };
        Some(Problem::new(codes::QUEUE_FULL, message))
    }
}

impl Placed {
    /// The job.
    #[must_use = "looking changes nothing"]
    pub fn job(&self) -> &Admitted {
        &self.job
    }

    /// What it holds of the node.
    #[must_use]
    pub fn demand(&self) -> &Demand {
        self.reservation.demand()
    }

    /// The same job, admitted anew after the policy changed: what it may do and use is now what the
    /// newer policy says. Another job changes nothing.
    pub fn readmit(&mut self, again: Admitted) {
        if again.digest() == self.job.digest() {
            self.job = again;
        }
    }

    /// Ends the job's stay: its part of the node is free again, and here is the job.
    #[must_use = "the job's end is still to be anchored"]
    pub fn finish(self) -> Admitted {
        self.job
    }
}
