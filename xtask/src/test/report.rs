//! The table at the end.

use std::fmt;
use std::time::Duration;

use super::tally::Tally;

/// What came of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Passed,
    Failed,
    Skipped,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Passed => "passed",
            Self::Failed => "FAILED",
            Self::Skipped => "skipped",
        })
    }
}

/// A group's line.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) name: &'static str,
    pub(super) verdict: Verdict,
    pub(super) tally: Tally,
    pub(super) took: Duration,
}

/// Prints the table, what campaigns counted, all reasons for skipping again, and the closing line.
pub(super) fn print(lines: &[Line]) {
    println!(
        "\n{:<12}{:<10}{:>8}{:>8}{:>9}{:>10}",
        "group", "result", "passed", "failed", "skipped", "seconds"
    );
    for line in lines {
        let Tally { passed, failed, skipped, .. } = &line.tally;
        let seconds = line.took.as_secs_f64();
        println!(
            "{:<12}{:<10}{passed:>8}{failed:>8}{:>9}{seconds:>10.1}",
            line.name,
            line.verdict,
            skipped.len()
        );
    }
    println!();
    lines.iter().flat_map(|line| &line.tally.counted).for_each(|line| println!("COUNTED {line}"));
    for line in lines {
        line.tally.skipped.iter().for_each(|why| println!("SKIPPED because {why} ({})", line.name));
    }
    println!("{}", closing(lines));
}

/// `N passed, N failed, N skipped`.
fn closing(lines: &[Line]) -> String {
    let sum = |of: fn(&Tally) -> u64| {
        lines.iter().fold(0, |sum: u64, line| sum.saturating_add(of(&line.tally)))
    };
    let skipped = sum(|tally| u64::try_from(tally.skipped.len()).unwrap_or(u64::MAX));
    format!("{} passed, {} failed, {skipped} skipped", sum(|t| t.passed), sum(|t| t.failed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closing_line_sums_up_all_groups() {
        let line =
            |tally| Line { name: "x", verdict: Verdict::Passed, tally, took: Duration::ZERO };
        let lines = [
            line(Tally::passed(3)),
            line(Tally::skip("so").and(Tally::passed(1))),
            line(Tally::failed(2)),
        ];
        assert_eq!(closing(&lines), "4 passed, 2 failed, 1 skipped");
    }
}
