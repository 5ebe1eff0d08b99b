//! The campaigns and the tests that they are.

use std::process::Command;

use crate::process::cargo;

/// A test that can run for as long as asked.
#[derive(Debug)]
pub(crate) struct Campaign {
    /// As the test itself and the command line call it.
    pub(crate) name: &'static str,
    /// What holds when it passes.
    pub(crate) about: &'static str,
    pub(super) package: &'static str,
    /// Which test program of the package: `--lib`, or `--test` and a name.
    pub(super) target: &'static [&'static str],
    /// The test, with its modules.
    pub(super) test: &'static str,
    /// Whether it starts the programs, ours and those of others.
    pub(super) needs_programs: bool,
}

/// All of them.
pub(crate) const CAMPAIGNS: [Campaign; 5] = [
    Campaign {
        name: "agreement",
        about: "what is accepted, five YAML parsers and three writers of canonical JSON read alike",
        package: "arch-tests",
        target: &["--test", "agreement"],
        test: "what_is_accepted_is_read_alike_by_every_parser",
        needs_programs: true,
    },
    faults(
        "job-kills",
        "agent, executor or worker killed at every point of a job's path: it ends exactly once",
        "kills::killed_at_every_point_each_job_ends_exactly_once",
    ),
    faults(
        "liars",
        "whatever a hostile executor answers, each job has its typed end and the agent serves",
        "liars::whatever_a_lying_executor_says_each_job_has_its_typed_end_and_the_agent_serves",
    ),
    faults(
        "flood",
        "of a thousand files dropped at once each is accepted or refused exactly once",
        "flood::of_a_thousand_files_dropped_at_once_each_is_accepted_or_refused_once",
    ),
    faults(
        "endurance",
        "jobs in a row, 50 a case, leave nothing behind; memory stays within its bound",
        "endurance::jobs_in_a_row_leave_nothing_behind_and_memory_stays_within_its_bound",
    ),
];

/// One of the campaigns around the job path, which all start the real agent.
const fn faults(name: &'static str, about: &'static str, test: &'static str) -> Campaign {
    let target = &["--test", "faults"];
    Campaign { name, about, package: "arch-tests", target, test, needs_programs: true }
}

impl Campaign {
    /// The test alone, optimised but with all its checks.
    pub(super) fn command(&self) -> Command {
        let mut command = cargo(["test", "--locked", "--profile", "soak", "-p", self.package]);
        command.args(self.target).args(["--", "--exact", self.test, "--nocapture"]);
        command
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::house;

    fn sources() -> String {
        let folders = ["agent", "tests"].map(|folder| house::root().join(folder));
        let files = folders.iter().flat_map(|folder| house::files(folder));
        let code = files.filter(|file| file.extension().is_some_and(|e| e == "rs"));
        code.map(|file| house::text(&file).unwrap()).collect()
    }

    #[test]
    fn every_campaign_is_a_test_of_that_name_and_every_such_test_is_listed() {
        let sources = sources();
        for Campaign { name, test, .. } in &CAMPAIGNS {
            let function = test.rsplit("::").next().unwrap();
            assert!(sources.contains(&format!("fn {function}(")), "{name}: no test {function}");
        }
        let begun = sources.split("Campaign::new(\"").skip(1);
        let begun: BTreeSet<&str> = begun.filter_map(|rest| rest.split('"').next()).collect();
        // Those of the crate's own tests.
        let own = ["draws", "odd", "none", "all", "few", "flips"];
        let begun: BTreeSet<&str> = begun.into_iter().filter(|name| !own.contains(name)).collect();
        assert_eq!(begun, CAMPAIGNS.iter().map(|campaign| campaign.name).collect());
    }
}
