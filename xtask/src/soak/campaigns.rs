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
pub(crate) const CAMPAIGNS: &[Campaign] = &[
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
    Campaign {
        name: "disputes",
        about: "nobody honest is ever at fault in a dispute, and whoever lies to him is",
        package: "arch-dispute",
        target: &["--lib"],
        test: "simulator::nobody_honest_is_ever_at_fault_and_who_lies_to_him_is",
        needs_programs: false,
    },
    Campaign {
        name: "fuzz-entries",
        about: "an entry changed with right sums is refused by what it says or by the checkpoint",
        package: "arch-ledger",
        target: &["--lib"],
        test: "tests::fuzz::entries::an_entry_changed_with_right_sums_is_refused_by_what_it_says_or_by_the_checkpoint",
        needs_programs: false,
    },
    Campaign {
        name: "fuzz-envelope",
        about: "mutants of envelopes read the same again and are believed only if they were signed",
        package: "arch-document",
        target: &["--test", "fuzz"],
        test: "envelopes::an_accepted_mutant_of_an_envelope_reads_the_same_again_and_is_believed_only_if_it_was_signed",
        needs_programs: false,
    },
    Campaign {
        name: "fuzz-journal",
        about: "a changed journal is the old state, a cut tail or a refusal",
        package: "arch-ledger",
        target: &["--lib"],
        test: "tests::fuzz::journal::a_changed_journal_is_the_old_state_a_cut_tail_or_a_refusal",
        needs_programs: false,
    },
    Campaign {
        name: "fuzz-note",
        about: "changed notes, proofs and receipts have one spelling and prove nothing new",
        package: "arch-ledger",
        target: &["--lib"],
        test: "tests::fuzz::note::a_changed_note_proof_or_receipt_has_one_spelling_and_proves_nothing_new",
        needs_programs: false,
    },
    Campaign {
        name: "fuzz-settings",
        about: "mutants of node.yaml make sense and read the same again, or are refused with words",
        package: "arch-node",
        target: &["--test", "settings_fuzz"],
        test: "an_accepted_mutant_of_the_settings_makes_sense_and_reads_the_same_again",
        needs_programs: false,
    },
    Campaign {
        name: "fuzz-tiles",
        about: "a changed tile or checkpoint is found and proves nothing",
        package: "arch-ledger",
        target: &["--lib"],
        test: "tests::fuzz::tiles::a_changed_tile_or_checkpoint_is_found_and_proves_nothing",
        needs_programs: false,
    },
    Campaign {
        name: "fuzz-wire",
        about: "mutants of frames and lines read the same again and name nothing outside",
        package: "arch-wire",
        target: &["--lib"],
        test: "fuzz::an_accepted_mutant_of_a_frame_or_line_reads_the_same_again_and_names_nothing_outside",
        needs_programs: false,
    },
    Campaign {
        name: "fuzz-yaml",
        about: "accepted mutants of documents have one meaning and keep the limits",
        package: "arch-document",
        target: &["--test", "fuzz"],
        test: "yaml::an_accepted_mutant_of_a_document_has_one_meaning_and_keeps_the_limits",
        needs_programs: false,
    },
    Campaign {
        name: "matrix-files",
        about: "mutants of .npy and .safetensors that we take, NumPy and safetensors read alike",
        package: "arch-tests",
        target: &["--test", "agreement"],
        test: "matrix_files::what_we_take_for_a_matrix_its_own_reader_takes_for_the_same_one",
        needs_programs: true,
    },
    Campaign {
        name: "readers",
        about: "what the quick reader of documents takes, the parser takes with an equal tree",
        package: "arch-document",
        target: &["--test", "readers"],
        test: "what_the_quick_reader_takes_the_parser_takes_with_an_equal_tree",
        needs_programs: false,
    },
    Campaign {
        name: "counts",
        about: "what refuses floods before they are read counts what the parser finds",
        package: "arch-document",
        target: &["--test", "readers"],
        test: "the_count_before_reading_refuses_nothing_that_the_parser_takes",
        needs_programs: false,
    },
    Campaign {
        name: "policy",
        about: "the decision agrees with a plain second reading",
        package: "arch-policy",
        target: &["--lib"],
        test: "agreement::the_decision_agrees_with_the_plain_second_reading",
        needs_programs: false,
    },
    Campaign {
        name: "policy-layers",
        about: "no layer, rule or cap more ever widens what a job may do",
        package: "arch-policy",
        target: &["--lib"],
        test: "agreement::layers::adding_a_layer_never_widens_what_a_job_may_do",
        needs_programs: false,
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
        for Campaign { name, test, .. } in CAMPAIGNS {
            let function = test.rsplit("::").next().unwrap();
            assert!(sources.contains(&format!("fn {function}(")), "{name}: no test {function}");
        }
        let begun = sources.split("Campaign::new(\"").skip(1);
        let begun: BTreeSet<&str> = begun.filter_map(|rest| rest.split('"').next()).collect();
        // Those of the crate's own tests.
        let own = ["draws", "odd", "none", "all", "few"];
        let begun: BTreeSet<&str> = begun.into_iter().filter(|name| !own.contains(name)).collect();
        assert_eq!(begun, CAMPAIGNS.iter().map(|campaign| campaign.name).collect());
    }
}
