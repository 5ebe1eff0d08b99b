//! Counts what passed, failed and was skipped, from what the runners print.

/// Who runs the tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Runner {
    /// Cargo's own, or a test program by itself: one closing line for each program.
    Cargo,
    /// One closing line for all.
    Nextest,
}

impl Runner {
    fn closing(self) -> &'static str {
        match self {
            Self::Cargo => "test result: ",
            Self::Nextest => "Summary [",
        }
    }
}

/// The count of one group.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    /// Why, one each, without `SKIPPED because`.
    pub(crate) skipped: Vec<String>,
    /// What campaigns counted, one line each.
    pub(crate) counted: Vec<String>,
}

impl Tally {
    pub(super) fn passed(passed: u64) -> Self {
        Self { passed, ..Self::default() }
    }

    pub(super) fn failed(failed: u64) -> Self {
        Self { failed, ..Self::default() }
    }

    pub(super) fn skip(why: impl Into<String>) -> Self {
        Self { skipped: vec![why.into()], ..Self::default() }
    }

    /// Both together.
    pub(super) fn and(mut self, other: Self) -> Self {
        self.add(other.passed, other.failed);
        self.skipped.extend(other.skipped);
        self.counted.extend(other.counted);
        self
    }

    fn add(&mut self, passed: u64, failed: u64) {
        self.passed = self.passed.saturating_add(passed);
        self.failed = self.failed.saturating_add(failed);
    }

    /// Reads the closing lines of the runner that runs. Those of the other one stand in what failed
    /// tests printed: nextest shows the whole output of each, with its `test result: …`.
    pub(super) fn hear(&mut self, runner: Runner, line: &str) {
        let line = line.trim_start();
        if line.starts_with(runner.closing()) {
            let failed = ["failed", "timed out"].map(|word| before(line, word));
            self.add(
                before(line, "passed"),
                failed.iter().fold(0, |sum: u64, n| sum.saturating_add(*n)),
            );
        }
    }

    /// A test that said so was not passed but skipped.
    pub(super) fn move_to_skipped(&mut self, log: &str) {
        let said = log.lines().filter_map(|line| line.strip_prefix("SKIPPED because "));
        for why in said {
            self.passed = self.passed.saturating_sub(1);
            self.skipped.push(why.to_owned());
        }
    }
}

/// The number before ` word` in a list such as `7 passed (2 slow), 1 failed`.
fn before(line: &str, word: &str) -> u64 {
    let number = |part: &str| part.rsplit(' ').next().and_then(|text| text.parse().ok());
    line.match_indices(word)
        .find_map(|(at, _)| number(line.get(..at)?.strip_suffix(' ')?))
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(runner: Runner, lines: &[&str]) -> Tally {
        let mut tally = Tally::default();
        lines.iter().for_each(|line| tally.hear(runner, line));
        tally
    }

    #[test]
    fn both_runners_are_understood() {
        let cargo = heard(
            Runner::Cargo,
            &[
                "test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; 3 filtered out; finished in 0.01s",
                "test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s",
            ],
        );
        assert_eq!((cargo.passed, cargo.failed), (13, 2));
        let nextest = heard(
            Runner::Nextest,
            &[
                "     Summary [   0.123s] 10 tests run: 7 passed (2 slow), 1 failed, 2 timed out, 40 skipped",
            ],
        );
        assert_eq!((nextest.passed, nextest.failed), (7, 3));
    }

    #[test]
    fn other_lines_count_nothing() {
        for runner in [Runner::Cargo, Runner::Nextest] {
            let heard = heard(runner, &["test a ... ok", "9 passed", "Summary"]);
            assert_eq!(heard, Tally::default());
        }
    }

    #[test]
    fn what_a_failed_test_printed_is_not_counted_again() {
        let nextest = heard(
            Runner::Nextest,
            &[
                "  stdout ───",
                "    test result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 40 filtered out; finished in 0.01s",
                "     Summary [   0.123s] 10 tests run: 9 passed, 1 failed, 40 skipped",
            ],
        );
        assert_eq!((nextest.passed, nextest.failed), (9, 1));
    }

    #[test]
    fn a_test_that_says_it_was_skipped_did_not_pass() {
        let mut tally = Tally::passed(3);
        tally.move_to_skipped("SKIPPED because no user namespaces\nother\n");
        assert_eq!((tally.passed, tally.skipped.len()), (2, 1));
    }
}
