//! `cargo xtask soak`: the campaigns that every test run makes a slice of, for as long as asked.

mod campaigns;

use std::process::{Command, ExitCode};
use std::time::{Duration, SystemTime};

use clap::builder::PossibleValuesParser;

use crate::guests::Install;
use crate::{demo, house, process, referees};
use campaigns::{CAMPAIGNS, Campaign};

/// What a campaign gets when nothing says how long.
const MINUTE: Duration = Duration::from_secs(60);

/// Run campaigns for a time or a number of cases; a fault is run again from its seed
///
/// Each campaign is a test that `cargo xtask test` runs a slice of. A soak is the same test with
/// another seed and more cases, built with optimisation, overflow checks and debug assertions.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Which; all, one after the other, when left out
    #[arg(value_parser = PossibleValuesParser::new(CAMPAIGNS.iter().map(|campaign| campaign.name)))]
    campaigns: Vec<String>,
    /// Seed of all random choices; another one each time when left out
    #[arg(long)]
    seed: Option<u64>,
    /// Number of the first case: with `--cases 1`, runs a case again by itself
    #[arg(long, default_value_t = 0)]
    first: u64,
    /// How many cases
    #[arg(long)]
    cases: Option<u64>,
    /// How long each may take, such as 90s, 10m or 2h; a minute if `--cases` is left out too
    #[arg(long, value_parser = duration)]
    time: Option<Duration>,
    /// List the campaigns and end
    #[arg(long)]
    list: bool,
    /// Use only what is installed, even as root
    #[arg(long)]
    no_install: bool,
}

impl Args {
    pub(crate) fn run(self) -> Result<ExitCode, String> {
        if self.list {
            CAMPAIGNS
                .iter()
                .for_each(|campaign| println!("{:<14} {}", campaign.name, campaign.about));
            return Ok(ExitCode::SUCCESS);
        }
        let seed = self.seed.unwrap_or_else(any_seed);
        let wanted = |campaign: &&Campaign| {
            self.campaigns.is_empty() || self.campaigns.iter().any(|name| name == campaign.name)
        };
        let mut failed = Vec::new();
        for campaign in CAMPAIGNS.iter().filter(wanted) {
            eprintln!("=== {}: {}; seed {seed}", campaign.name, campaign.about);
            if let Err(why) = self.one(campaign, seed) {
                eprintln!("FAILED: {why}");
                failed.push(campaign.name);
            }
        }
        if failed.is_empty() {
            return Ok(ExitCode::SUCCESS);
        }
        Err(format!(
            "seed {seed}: {} failed; the commands above run the cases again",
            failed.join(", ")
        ))
    }

    fn one(&self, campaign: &Campaign, seed: u64) -> Result<(), String> {
        let mut command = campaign.command();
        command.env("ARCH_SEED", seed.to_string()).env("ARCH_FIRST", self.first.to_string());
        command.env("ARCH_PROGRESS", "1");
        if let Some(cases) = self.cases {
            command.env("ARCH_CASES", cases.to_string());
        }
        let unasked = self.cases.is_none().then_some(MINUTE);
        if let Some(time) = self.time.or(unasked) {
            command.env("ARCH_SECONDS", time.as_secs().to_string());
        }
        if campaign.needs_programs {
            self.lend_programs(&mut command)?;
        }
        process::succeed(&mut command)
    }

    /// Where our programs lie, built, and those of others.
    fn lend_programs(&self, command: &mut Command) -> Result<(), String> {
        demo::build()?;
        let referees = referees::prepare(Install::unless(self.no_install))?;
        command.env("ARCH_PROGRAMS", house::programs()?).env("ARCH_REFEREES", referees);
        Ok(())
    }
}

fn any_seed() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    since.as_secs()
}

/// `90`, `90s`, `10m`, `2h`.
fn duration(text: &str) -> Result<Duration, String> {
    let (number, unit) = match text.strip_suffix(['s', 'm', 'h']) {
        Some(number) => (number, text.chars().last()),
        None => (text, None),
    };
    let seconds = match unit {
        Some('m') => 60,
        Some('h') => 3_600,
        _ => 1,
    };
    let number: u64 =
        number.parse().map_err(|_| "a number, then s, m or h, such as 10m".to_owned())?;
    number
        .checked_mul(seconds)
        .filter(|seconds| *seconds > 0)
        .map(Duration::from_secs)
        .ok_or_else(|| "a time above 0 that fits 64 bits of seconds".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_people_write_them() {
        let seconds = |text| duration(text).map(|time| time.as_secs());
        assert_eq!(["90", "90s", "10m", "2h"].map(seconds), [Ok(90), Ok(90), Ok(600), Ok(7_200)]);
        for wrong in ["", "s", "1d", "-1", "1.5h", "0", "99999999999999999999", "9999999999999999h"]
        {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }
}
