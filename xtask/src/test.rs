//! `cargo xtask test`: everything that CI runs, in groups.

mod group;
mod groups;
mod inputs;
mod report;
mod stamp;
mod tally;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::builder::PossibleValuesParser;

use group::{Context, Group};
use groups::GROUPS;
use report::{Line, Verdict};
use stamp::Stamp;
use tally::Tally;

use crate::guests::Install;

/// Run everything that CI runs; what could not run is printed as `SKIPPED because …`
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Run only these groups, each with those that begin with its name: `os` is also `os-booted`
    #[arg(value_name = "GROUP", value_parser = PossibleValuesParser::new(GROUPS.map(|group| group.name)))]
    families: Vec<String>,
    /// Run only this group; may be given several times
    #[arg(long, value_name = "GROUP", value_parser = PossibleValuesParser::new(GROUPS.map(|group| group.name)))]
    only: Vec<String>,
    /// List the groups and end
    #[arg(long)]
    list: bool,
    /// Run slow groups even if nothing that they look at has changed
    #[arg(long)]
    all: bool,
    /// Use only what is installed, even as root
    #[arg(long)]
    no_install: bool,
}

impl Args {
    pub(crate) fn run(self) -> Result<ExitCode, String> {
        if self.list {
            GROUPS.iter().for_each(|group| println!("{:<10} {}", group.name, group.about));
            return Ok(ExitCode::SUCCESS);
        }
        let context = Context { install: Install::unless(self.no_install) };
        let wanted = |group: &&Group| wanted(group.name, &self.families, &self.only);
        let lines: Vec<Line> =
            GROUPS.iter().filter(wanted).map(|group| one(group, &context, self.all)).collect();
        report::print(&lines);
        let failed = lines.iter().any(|line| line.tally.failed > 0);
        Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}

/// Whether a group is asked for; all are where none is named.
fn wanted(group: &str, families: &[String], only: &[String]) -> bool {
    let of = |family: &String| {
        let rest = group.strip_prefix(family.as_str());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    };
    let all = families.is_empty() && only.is_empty();
    all || families.iter().any(of) || only.iter().any(|name| name == group)
}

/// Runs a group, or not when it is slow and saw the same files within a week.
fn one(group: &'static Group, context: &Context, all: bool) -> Line {
    let started = Instant::now();
    println!("\n=== {}: {}", group.name, group.about);
    let stamp = Stamp::of(group);
    if let Some(days) = stamp.as_ref().and_then(Stamp::age_in_days).filter(|_| !all) {
        let why =
            format!("nothing it looks at changed since it passed {days} days ago; --all runs it");
        return line(group, Tally::skip(why), Duration::ZERO);
    }
    let tally = (group.run)(context).unwrap_or_else(|why| {
        println!("FAILED: {why}");
        Tally::failed(1)
    });
    if let Some(stamp) = stamp.filter(|_| tally.failed == 0 && tally.skipped.is_empty()) {
        stamp.write();
    }
    line(group, tally, started.elapsed())
}

fn line(group: &'static Group, tally: Tally, took: Duration) -> Line {
    tally.skipped.iter().for_each(|why| println!("SKIPPED because {why}"));
    let verdict = match &tally {
        Tally { failed: 1.., .. } => Verdict::Failed,
        Tally { passed: 0, .. } => Verdict::Skipped,
        Tally { .. } => Verdict::Passed,
    };
    println!("=== {}: {verdict} after {:.1} s", group.name, took.as_secs_f64());
    Line { name: group.name, verdict, tally, took }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_is_its_group_and_those_that_begin_with_its_name() {
        let named = |families: &[&str], only: &[&str]| -> Vec<&str> {
            let owned =
                |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
            let (families, only) = (owned(families), owned(only));
            let wanted = |group: &&Group| wanted(group.name, &families, &only);
            GROUPS.iter().filter(wanted).map(|group| group.name).collect()
        };
        assert_eq!(named(&["os"], &[]), ["os", "os-booted", "os-newer", "os-guest"]);
        assert_eq!(named(&["os-newer"], &["fmt"]), ["fmt", "os-newer"]);
        assert_eq!(named(&[], &["os"]), ["os"]);
        assert_eq!(named(&[], &[]).len(), GROUPS.len());
    }
}
