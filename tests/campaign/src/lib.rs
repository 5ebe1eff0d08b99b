//! Campaigns: one test, run some thousand times with every test run and by the million in a soak.
//!
//! ```text
//! #[test]
//! fn no_flipped_bit_is_accepted() {
//!     Campaign::new("flips", 2_000).watch("accepted wrongly").run(|case| {
//!         let bit = case.below(bits);
//!         case.count("documents tried");
//!         case.hold("accepted wrongly", || if accepted(bit) { Err(format!("bit {bit}")) } else { Ok(()) });
//!     });
//! }
//! ```
//!
//! Every case has a number, and its random choices follow from seed and number alone. So a case that
//! fails is run again by itself: the message says how. `cargo xtask soak` sets the variables that
//! [`Orders`] reads.
//!
//! What a campaign counted is printed and, for `cargo xtask test`, appended to the file named by
//! `ARCH_COUNTS_LOG`. A panic in a case is a count as well, and fails the campaign at its end, or
//! after [`MOST_FAULTS`].

#![expect(clippy::panic, reason = "a campaign fails the test that it is")]

mod case;
mod floods;
mod mutator;
mod orders;
mod report;

use std::panic::{AssertUnwindSafe, catch_unwind};

pub use case::Case;
pub use floods::{filled, floods};
pub use mutator::Mutator;
use orders::Orders;
use report::Report;

/// After so many faults a campaign stops: more of them would hide the first.
pub const MOST_FAULTS: usize = 10;

/// Name, size and counters of a campaign.
#[derive(Debug)]
pub struct Campaign {
    name: &'static str,
    slice: u64,
    watched: Vec<&'static str>,
}

impl Campaign {
    /// A campaign by the name that `cargo xtask soak` knows, with the number of cases that every
    /// test run makes.
    #[must_use]
    pub fn new(name: &'static str, slice: u64) -> Self {
        Self { name, slice, watched: Vec::new() }
    }

    /// Names a fault that must not happen, so that a good run says `… 0`.
    #[must_use]
    pub fn watch(mut self, fault: &'static str) -> Self {
        self.watched.push(fault);
        self
    }

    /// Runs the cases.
    ///
    /// # Panics
    /// When a case panicked or held a fault, with the command that runs it again.
    pub fn run(self, case: impl FnMut(&mut Case)) {
        let orders = Orders::from_environment(self.slice);
        if let Err(faults) = self.under(&orders, case) {
            panic!("{faults}");
        }
    }

    fn under(self, orders: &Orders, mut run: impl FnMut(&mut Case)) -> Result<(), String> {
        let mut report = Report::new(self.name, orders, &self.watched);
        for number in orders.cases() {
            let mut case = Case::new(self.name, orders.seed, number);
            let ran = catch_unwind(AssertUnwindSafe(|| run(&mut case)));
            report.take(number, case, ran.is_err());
            if report.faults() >= MOST_FAULTS {
                break;
            }
        }
        report.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ten() -> Orders {
        Orders { seed: 5, first: 0, cases: 10, until: None, progress: false, log: None }
    }

    fn draws(orders: &Orders) -> Vec<u64> {
        let mut seen = Vec::new();
        let ran = Campaign::new("draws", 10).under(orders, |case| seen.push(case.below(1_000_000)));
        assert_eq!(ran, Ok(()));
        seen
    }

    #[test]
    fn the_same_seed_gives_the_same_cases_and_one_of_them_alone_is_the_same() {
        let all = draws(&ten());
        assert_eq!(all, draws(&ten()));
        assert_ne!(all, draws(&Orders { seed: 6, ..ten() }));
        assert_eq!(draws(&Orders { first: 7, cases: 1, ..ten() }), [all[7]]);
    }

    #[test]
    fn every_fault_is_told_with_the_command_that_runs_it_again() {
        let why = Campaign::new("odd", 10)
            .watch("odd numbers")
            .under(&ten(), |case| {
                let number = case.number();
                case.hold(
                    "odd numbers",
                    || if number % 4 == 1 { Err("odd".into()) } else { Ok(()) },
                );
                assert_ne!(number, 6, "six");
            })
            .unwrap_err();
        for told in ["case 1: odd numbers: odd", "case 5", "case 9", "case 6: panics"] {
            assert!(why.contains(told), "{why}");
        }
        assert!(why.contains("cargo xtask soak odd --seed 5 --first 1 --cases 1"), "{why}");
        assert!(why.contains("odd numbers 3") && why.contains("panics 1"), "{why}");
    }

    #[test]
    fn a_campaign_without_a_case_is_a_fault() {
        let none = Orders { cases: 0, ..ten() };
        assert!(Campaign::new("none", 0).under(&none, |_| {}).is_err());
    }

    #[test]
    fn a_campaign_that_fails_everywhere_stops_early() {
        let mut ran = 0;
        let many = Orders { cases: 1_000, ..ten() };
        let failed = Campaign::new("all", 10).under(&many, |case| {
            ran += 1;
            case.hold("wrong", || Err("always".into()));
        });
        assert!(failed.is_err());
        assert_eq!(ran, MOST_FAULTS);
    }

    #[test]
    fn counts_add_up_and_of_the_highest_one_stays() {
        let mut report = Report::new("sums", &ten(), &[]);
        for (number, value) in (0..).zip([3, 9, 4]) {
            let mut case = Case::new("sums", 5, number);
            case.add("sum", value);
            case.most("highest", value);
            case.fault("fault", "so that the line is told");
            report.take(number, case, false);
        }
        let told = report.finish().unwrap_err();
        assert!(told.contains("highest 9, sum 16, fault 3"), "{told}");
    }

    #[test]
    fn mutants_differ_stay_short_and_come_again_from_their_seed() {
        let items = vec![b"one: 17\ntwo: \x00\x00\x00\x05hello\n".to_vec(), vec![7; 300]];
        let mutator = Mutator::new(items.clone()).with_words(&["one", "two", ": "]);
        let draw = || {
            let mut all = Vec::new();
            let many = Orders { cases: 2_000, ..ten() };
            let drawn = Campaign::new("few", 10).under(&many, |case| all.push(mutator.draw(case)));
            assert_eq!(drawn, Ok(()));
            all
        };
        let all = draw();
        assert!(all == draw(), "the same seed");
        assert!(all.iter().filter(|mutant| !items.contains(mutant)).count() > 1_800);
        assert!(all.iter().all(|mutant| mutant.len() <= 1 << 20));
        // Every kind of change comes up: words are exchanged, numbers grow, lengths explode.
        let has = |piece: &[u8]| all.iter().any(|m| m.windows(piece.len()).any(|w| w == piece));
        for piece in [&b"two: 17"[..], b"one: 18", b"one: 017", b"\xff\xff\xff\xffhello"] {
            assert!(has(piece), "{}", piece.escape_ascii());
        }
    }

    #[test]
    fn counts_are_appended_to_the_log() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("counts");
        for _ in 0..2 {
            let orders = Orders { log: Some(log.clone()), ..ten() };
            let counted = Campaign::new("few", 10).watch("lost");
            counted.under(&orders, |case| case.count("tried")).unwrap();
        }
        let text = std::fs::read_to_string(log).unwrap();
        assert_eq!(text.lines().count(), 2);
        assert!(text.starts_with("few: 10 cases of seed 5; tried 10, lost 0, panics 0;"), "{text}");
    }
}
