//! Who is next: weighted fair queueing between owners, first come first served within one.
//!
//! Start-time fair queueing (Goyal, Vin, Cheng 1996): each owner has a virtual clock that every
//! job of his turns forward by its cost over his weight; the owner whose clock stands lowest is
//! next. An owner who comes back after idling starts at the present, so idling earns no credit;
//! an owner who spent ahead keeps his debt, so leaving and coming back forgives none.
//!
//! Starvation bound: a head with clock S waits for items with a clock below S, for earlier arrivals
//! at S, and for [`MAX_OVERTAKES`] smaller ones. A share is a share among the owners there are:
//! who may be an owner is the policy's business.

use std::collections::{BTreeMap, VecDeque};

use arch_policy::Weight;

/// How often the next job may be passed over by smaller ones that fit, before all others wait
/// for it. Every running job has a deadline, so that it then starts in bounded time.
pub const MAX_OVERTAKES: u32 = 16;

/// Parts that one unit of cost is cut into, so that division by a weight loses nothing that counts.
const PARTS: u128 = 1 << 20;

/// What a job costs its owner: dominant share of the node in millionths, times seconds asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cost(u64);

impl Cost {
    /// A cost; nothing is free, so that zero counts as one.
    #[must_use]
    pub fn new(units: u64) -> Self {
        Self(units.max(1))
    }

    fn over(self, weight: Weight) -> u128 {
        // At most 2^64 * 2^20; a weight is never 0.
        u128::from(self.0).saturating_mul(PARTS).div_euclid(u128::from(weight.value()))
    }
}

/// Items that wait, in one lane an owner.
#[derive(Debug)]
pub struct FairQueue<T> {
    lanes: BTreeMap<String, Lane<T>>,
    /// The virtual present: the highest clock reading at which an item was taken.
    now: u128,
    waiting: usize,
    /// Decides between equal clocks, so that no newcomer gets in front by his name.
    arrivals: u64,
}

#[derive(Debug)]
struct Lane<T> {
    clock: u128,
    weight: Weight,
    items: VecDeque<Waiting<T>>,
}

#[derive(Debug)]
struct Waiting<T> {
    item: T,
    cost: Cost,
    arrival: u64,
    overtaken: u32,
}

impl<T> Default for FairQueue<T> {
    fn default() -> Self {
        Self { lanes: BTreeMap::new(), now: 0, waiting: 0, arrivals: 0 }
    }
}

impl<T> FairQueue<T> {
    /// How many items wait.
    #[must_use]
    pub fn len(&self) -> usize {
        self.waiting
    }

    /// Whether nothing waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.waiting == 0
    }

    /// How many items of one owner wait.
    #[must_use]
    pub fn len_of(&self, owner: &str) -> usize {
        self.lanes.get(owner).map_or(0, |lane| lane.items.len())
    }

    /// Puts an item at the end of its owner's lane. The newest weight of an owner counts.
    pub fn push(&mut self, owner: &str, weight: Weight, cost: Cost, item: T) {
        let now = self.now;
        let lane = self.lanes.entry(owner.to_owned()).or_insert_with(|| Lane {
            clock: now,
            weight,
            items: VecDeque::new(),
        });
        if lane.items.is_empty() {
            lane.clock = lane.clock.max(now);
        }
        lane.weight = weight;
        self.arrivals = self.arrivals.saturating_add(1);
        lane.items.push_back(Waiting { item, cost, arrival: self.arrivals, overtaken: 0 });
        self.waiting = self.waiting.saturating_add(1);
    }

    /// The item that [`take`](Self::take) would give, if any.
    pub fn peek(&self, fits: impl Fn(&T) -> bool) -> Option<&T> {
        let owner = self.choose(fits)?.0;
        Some(&self.lanes.get(&owner)?.items.front()?.item)
    }

    /// Takes the next item that fits.
    ///
    /// An item that does not fit lets others by, [`MAX_OVERTAKES`] times; then nobody is taken
    /// before it.
    pub fn take(&mut self, fits: impl Fn(&T) -> bool) -> Option<T> {
        let (owner, passed_over) = self.choose(fits)?;
        for name in passed_over {
            let head = self.lanes.get_mut(&name).and_then(|lane| lane.items.front_mut());
            if let Some(head) = head {
                head.overtaken = head.overtaken.saturating_add(1);
            }
        }
        let lane = self.lanes.get_mut(&owner)?;
        let taken = lane.items.pop_front()?;
        self.now = self.now.max(lane.clock);
        lane.clock = lane.clock.saturating_add(taken.cost.over(lane.weight));
        self.waiting = self.waiting.saturating_sub(1);
        self.forget_the_idle();
        Some(taken.item)
    }

    /// Takes out every item that `leaves` names, in the order of owners and arrival, uncharged.
    pub fn withdraw(&mut self, mut leaves: impl FnMut(&T) -> bool) -> Vec<T> {
        let mut gone = Vec::new();
        for lane in self.lanes.values_mut() {
            for waiting in std::mem::take(&mut lane.items) {
                if leaves(&waiting.item) {
                    gone.push(waiting.item);
                } else {
                    lane.items.push_back(waiting);
                }
            }
        }
        self.waiting = self.waiting.saturating_sub(gone.len());
        self.forget_the_idle();
        gone
    }

    /// Everything that waits, owner by owner, each in order of arrival.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.lanes.values().flat_map(|lane| lane.items.iter().map(|waiting| &waiting.item))
    }

    /// The owner whose head is next, and those whose heads were passed over for it.
    fn choose(&self, fits: impl Fn(&T) -> bool) -> Option<(String, Vec<String>)> {
        let mut passed_over = Vec::new();
        for (name, head) in self.heads_in_turn() {
            if fits(&head.item) {
                return Some((name.to_owned(), passed_over));
            }
            if head.overtaken >= MAX_OVERTAKES {
                return None;
            }
            passed_over.push(name.to_owned());
        }
        None
    }

    fn heads_in_turn(&self) -> Vec<(&str, &Waiting<T>)> {
        let mut heads: Vec<_> = self
            .lanes
            .iter()
            .filter_map(|(name, lane)| Some((lane.clock, name.as_str(), lane.items.front()?)))
            .collect();
        heads.sort_by_key(|(clock, _, head)| (*clock, head.arrival));
        heads.into_iter().map(|(_, name, head)| (name, head)).collect()
    }

    /// Drops empty lanes that owe nothing, so that names of passers-by do not pile up. When nobody
    /// waits, nobody is owed anything.
    fn forget_the_idle(&mut self) {
        let (now, all) = (self.now, self.waiting == 0);
        self.lanes.retain(|_, lane| !all && (!lane.items.is_empty() || lane.clock > now));
    }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, clippy::as_conversions, reason = "tests may be blunt")]
mod tests {
    use super::*;

    fn weight(value: u32) -> Weight {
        Weight::new(value).unwrap()
    }

    fn always<T>(_: &T) -> bool {
        true
    }

    #[test]
    fn weights_of_two_to_one_give_two_to_one_within_two_percent_over_a_thousand_jobs() {
        for (cost_a, cost_b) in [(1, 1), (7, 7), (1, 10), (30_000, 1_000)] {
            let mut queue = FairQueue::default();
            for _ in 0..1_000 {
                queue.push("a", weight(2), Cost::new(cost_a), ("a", cost_a));
                queue.push("b", weight(1), Cost::new(cost_b), ("b", cost_b));
            }
            let mut spent = BTreeMap::from([("a", 0), ("b", 0)]);
            for _ in 0..1_000 {
                let (owner, cost) = queue.take(always).unwrap();
                *spent.get_mut(owner).unwrap() += cost;
            }
            let share = spent["a"] as f64 / (spent["a"] + spent["b"]) as f64;
            assert!((share - 2.0 / 3.0).abs() < 0.02, "costs {cost_a}/{cost_b}: {share}");
        }
    }

    #[test]
    fn idling_earns_no_credit() {
        let mut queue = FairQueue::default();
        for _ in 0..100 {
            queue.push("busy", weight(1), Cost::new(5), "busy");
        }
        for _ in 0..50 {
            queue.take(always);
        }
        for _ in 0..50 {
            queue.push("late", weight(1), Cost::new(5), "late");
        }
        let next: Vec<_> = (0..10).filter_map(|_| queue.take(always)).collect();
        assert_eq!(next.iter().filter(|owner| **owner == "late").count(), 5, "{next:?}");
    }

    #[test]
    fn leaving_and_coming_back_forgives_no_debt() {
        let mut queue = FairQueue::default();
        for _ in 0..100 {
            queue.push("steady", weight(1), Cost::new(10), "steady");
        }
        let mut served = 0;
        for _ in 0..60 {
            if queue.len_of("hopper") == 0 {
                queue.push("hopper", weight(1), Cost::new(10), "hopper");
            }
            served += usize::from(queue.take(always) == Some("hopper"));
        }
        assert_eq!(served, 30, "one job at a time buys no more than a long queue does");
    }

    #[test]
    fn one_owner_is_served_in_the_order_of_arrival() {
        let mut queue = FairQueue::default();
        for number in 0..20 {
            queue.push("a", weight(1), Cost::new(100 - number), number);
        }
        let order: Vec<_> = std::iter::from_fn(|| queue.take(always)).collect();
        assert_eq!(order, (0..20).collect::<Vec<_>>());
        assert!(queue.is_empty());
    }

    #[test]
    fn a_job_that_does_not_fit_is_overtaken_sixteen_times_and_then_everyone_waits_for_it() {
        let mut queue = FairQueue::default();
        queue.push("large", weight(1), Cost::new(1), "large");
        for _ in 0..40 {
            queue.push("small", weight(1), Cost::new(1), "small");
        }
        let mut small = 0;
        while queue.take(|job| *job == "small").is_some() {
            small += 1;
        }
        // The first turn may be a small one's own; the others are overtakes.
        assert!(small <= MAX_OVERTAKES + 1, "{small}");
        assert_eq!(queue.take(always), Some("large"));
    }

    #[test]
    fn owners_who_left_without_debt_are_forgotten() {
        let mut queue = FairQueue::default();
        for number in 0..1_000 {
            queue.push(&format!("passer-by-{number}"), weight(1), Cost::new(1), ());
            queue.take(always);
        }
        assert!(queue.lanes.is_empty(), "{} lanes", queue.lanes.len());
    }

    #[test]
    fn what_is_withdrawn_is_not_taken_any_more() {
        let mut queue = FairQueue::default();
        for number in 0..10 {
            queue.push("a", weight(1), Cost::new(1), number);
        }
        assert_eq!(queue.withdraw(|number| number % 2 == 0), [0, 2, 4, 6, 8]);
        assert_eq!(queue.len(), 5);
        assert_eq!(std::iter::from_fn(|| queue.take(always)).collect::<Vec<_>>(), [1, 3, 5, 7, 9]);
    }
}
