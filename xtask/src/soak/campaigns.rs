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
    Campaign {
        name: "crash-states",
        about: "no crash of a ledger's life, at any operation, loses or invents an entry",
        package: "arch-ledger",
        target: &["--lib"],
        test: "tests::crash_states::no_crash_of_a_whole_life_loses_an_acknowledged_entry_or_invents_one",
        needs_programs: false,
    },
    Campaign {
        name: "nth-call",
        about: "every call of a ledger's life fails in every way, and nothing is lost",
        package: "arch-ledger",
        target: &["--lib"],
        test: "tests::nth_call::every_call_of_a_whole_life_fails_in_every_way_and_nothing_is_lost",
        needs_programs: false,
    },
    Campaign {
        name: "damage",
        about: "damage to any entry of a log of a thousand is found and named",
        package: "arch-ledger",
        target: &["--lib"],
        test: "tests::everywhere::damage_to_any_entry_of_a_thousand_is_found_and_named",
        needs_programs: false,
    },
    Campaign {
        name: "kills",
        about: "a process that appends is killed at any moment, on ext4, XFS and btrfs too",
        package: "arch-tests",
        target: &["--test", "disks"],
        test: "kills::no_kill_loses_an_acknowledged_entry_or_invents_one",
        needs_programs: true,
    },
];

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
