//! One case: a number, random choices that follow from it, and what it counts.

use std::collections::BTreeMap;

use proptest::prelude::Rng as _;
use proptest::strategy::{Strategy, ValueTree as _};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// One run of a campaign's body.
#[derive(Debug)]
pub struct Case {
    number: u64,
    runner: TestRunner,
    pub(crate) counts: BTreeMap<&'static str, u64>,
    pub(crate) highest: BTreeMap<&'static str, u64>,
    pub(crate) faults: Vec<(&'static str, String)>,
}

impl Case {
    pub(crate) fn new(campaign: &str, seed: u64, number: u64) -> Self {
        let mut key = [0; 32];
        let parts = [seed, number, fnv(campaign)];
        let bytes = parts.iter().flat_map(|part| part.to_le_bytes());
        key.iter_mut().zip(bytes).for_each(|(to, from)| *to = from);
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &key);
        let runner = TestRunner::new_with_rng(Config::default(), rng);
        Self {
            number,
            runner,
            counts: BTreeMap::new(),
            highest: BTreeMap::new(),
            faults: Vec::new(),
        }
    }

    /// Counted from 0; for bodies that walk through a list.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.number
    }

    /// A number below `end`.
    ///
    /// # Panics
    /// When `end` is 0.
    pub fn below(&mut self, end: u64) -> u64 {
        // The bias of a remainder is far below what a campaign can see.
        self.runner
            .rng()
            .next_u64()
            .checked_rem(end)
            .unwrap_or_else(|| panic!("nothing is below 0"))
    }

    /// An index into something of `length` elements.
    ///
    /// # Panics
    /// When `length` is 0.
    pub fn index(&mut self, length: usize) -> usize {
        let end = u64::try_from(length).unwrap_or(u64::MAX);
        usize::try_from(self.below(end)).unwrap_or_default()
    }

    /// One of `all`.
    ///
    /// # Panics
    /// When there is none.
    pub fn pick<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        let index = self.index(all.len());
        all.get(index).unwrap_or_else(|| panic!("an index lies within"))
    }

    /// True once in `n` times.
    ///
    /// # Panics
    /// When `n` is 0.
    pub fn once_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    /// So many random bytes.
    pub fn bytes(&mut self, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        self.runner.rng().fill_bytes(&mut bytes);
        bytes
    }

    /// A value of a proptest strategy.
    ///
    /// # Panics
    /// When the strategy rejects everything that it draws.
    pub fn draw<S: Strategy>(&mut self, strategy: &S) -> S::Value {
        let tree = strategy.new_tree(&mut self.runner);
        tree.unwrap_or_else(|why| panic!("nothing can be drawn: {why}")).current()
    }

    /// Adds one to a counter.
    pub fn count(&mut self, what: &'static str) {
        self.add(what, 1);
    }

    /// Adds to a counter.
    pub fn add(&mut self, what: &'static str, many: u64) {
        let count = self.counts.entry(what).or_default();
        *count = count.saturating_add(many);
    }

    /// Keeps the highest value of all cases, such as the slowest.
    pub fn most(&mut self, what: &'static str, value: u64) {
        let highest = self.highest.entry(what).or_default();
        *highest = value.max(*highest);
    }

    /// Takes note of a fault, under its name, if `check` finds one; the case goes on.
    pub fn hold(&mut self, fault: &'static str, check: impl FnOnce() -> Result<(), String>) {
        if let Err(why) = check() {
            self.fault(fault, why);
        }
    }

    /// Takes note of a fault; the case goes on.
    pub fn fault(&mut self, fault: &'static str, why: impl Into<String>) {
        self.faults.push((fault, why.into()));
    }
}

/// FNV-1a: campaigns of one seed must not draw the same.
fn fnv(text: &str) -> u64 {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    text.bytes().fold(0xcbf2_9ce4_8422_2325, step)
}
