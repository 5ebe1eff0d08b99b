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
pub(crate) const CAMPAIGNS: [Campaign; 4] = [
    Campaign {
        name: "agreement",
        about: "what is accepted, five YAML parsers and three writers of canonical JSON read alike",
        package: "arch-tests",
        target: &["--test", "agreement"],
        test: "what_is_accepted_is_read_alike_by_every_parser",
        needs_programs: true,
    },
    Campaign {
        name: "authority",
        about: "no forged authority is believed: keys, quorums, kinds, curves, times, versions, roots",
        package: "arch-policy",
        target: &["--test", "attacks"],
        test: "no_forged_authority_is_believed_and_every_honest_twin_is",
        needs_programs: false,
    },
    Campaign {
        name: "documents",
        about: "no document of two meanings, of odd form or without bounds is believed",
        package: "arch-policy",
        target: &["--test", "attacks"],
        test: "no_document_of_two_meanings_or_without_bounds_is_believed_and_every_honest_twin_is",
        needs_programs: false,
    },
    Campaign {
        name: "flips",
        about: "no flipped bit of a signed document is believed; a soak flips every bit",
        package: "arch-policy",
        target: &["--test", "attacks"],
        test: "no_flipped_bit_of_a_signed_document_is_believed_unless_nothing_signed_changed",
        needs_programs: false,
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
