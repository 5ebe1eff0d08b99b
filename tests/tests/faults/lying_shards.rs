//! Workers that compute a product otherwise than it is: wherever the lie is, no product comes of it, the
//! leaf is named, and what shows it is kept.

use std::fs;
use std::os::unix::process::ExitStatusExt as _;

use arch_archive::Archive;
use arch_ledger::Record;
use arch_tests::{Factors, Stranger, World, skip};
use arch_wire::control::{Answer, Call, JobDetail};
use serde_json::Value;

use crate::liars::{with_trick, with_trick_and};
use crate::points::{POINTS, Way};

fn evidence(world: &World, job: &JobDetail) -> Value {
    let archive = Archive::to_read(&world.path("state/archive"));
    let bytes = archive.get(&job.outputs["evidence"], 1 << 24).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

/// Runs one shared product under a trick; gives how it ended and what the log says.
fn run(trick: &str, matrix: &str) -> (World, JobDetail, String) {
    let world = World::new();
    let mut agent = with_trick(&world, trick);
    let factors = Factors::new(&world, (150, 70, 140));
    let job = world.drop_job(&factors.job(matrix));
    let ended = agent.wait_end(job);
    // It serves on.
    let _ = agent.call(&Call::Status {});
    let log = agent.stopped();
    (world, ended, log)
}

#[test]
fn a_lie_in_any_part_is_found_by_the_check_and_its_leaf_is_named() {
    for part in ["row", "column", "depth", "rest"] {
        let (world, ended, log) = run(&format!("add-one {part}"), ", shards: 3");
        assert_eq!(ended.row.state, "disputed", "{part}: {log}");
        assert_eq!(ended.row.code.as_deref(), Some("ARCH-N209"), "{part}");
        assert!(!ended.outputs.contains_key("product"), "{part}");
        let evidence = evidence(&world, &ended);
        let found = evidence["findings"].as_array().unwrap();
        let by_check = found.iter().find(|one| one["kind"] == "freivalds").unwrap();
        let leaf = &by_check["leaf"];
        assert_eq!([&leaf["leafRow"], &leaf["leafColumn"]], [0, 0], "{part}");
        let parties = by_check["parties"].as_array().unwrap();
        let opening = &parties[0]["opening"];
        assert!(opening["bytes"].is_string(), "{part}: {}", opening);
        let kinds: Vec<&str> = found.iter().map(|one| one["kind"].as_str().unwrap()).collect();
        // Where a row and a column meet, and where partial sums are computed once more, a lie is seen
        // twice; cells of the rest are nobody else's.
        let seen_by_others = kinds.contains(&"overlap");
        assert!(part != "rest" || !seen_by_others, "{kinds:?}");

        let ledger = Stranger::verified(&world);
        let kinds = ["accepted", "started", "committed", "diverged", "finished"];
        assert_eq!(ledger.kinds(ended.row.digest), kinds);
        let what = ledger.of_job(ended.row.digest).into_iter().find_map(|record| match record {
            Record::Diverged { what, evidence, .. } => Some((what.clone(), *evidence)),
            _ => None,
        });
        let (what, named) = what.unwrap();
        assert!(what.contains("leaf 0, 0 of cell"), "{what}");
        assert_eq!(named, ended.outputs["evidence"]);
    }
}

/// Of nine nodes all rows and all columns are computed, so that each cell is seen by two.
const NINE: &str = ", shards: 9";

/// The cell and the leaf of a finding: row and column of each.
fn spot(finding: &Value) -> [u64; 4] {
    let number = |of: &str, name: &str| finding[of][name].as_u64().unwrap();
    [
        number("cell", "row"),
        number("cell", "column"),
        number("leaf", "leafRow"),
        number("leaf", "leafColumn"),
    ]
}

#[test]
fn a_lie_in_one_element_anywhere_is_named_by_its_leaf() {
    // Cells of 150 times 140, so of three times three leaves; those at the end are cut.
    for (row, column, named) in
        [(280, 350, [1, 2, 2, 1]), (449, 419, [2, 2, 2, 2]), (64, 63, [0, 0, 1, 0])]
    {
        for (part, kind, verify) in [
            ("row", "freivalds", ""),
            ("column", "freivalds", ""),
            ("row", "overlap", "  verify: { freivalds: false }"),
            ("column", "overlap", "  verify: { freivalds: false }"),
        ] {
            let world = World::new();
            let mut agent = with_trick(&world, &format!("add-one-at-{row}-{column} {part}"));
            let factors = Factors::new(&world, (450, 70, 420));
            let ended = agent.wait_end(world.drop_job(&factors.job(NINE).spec(verify)));
            assert_eq!(ended.row.state, "disputed", "{part} {kind}: {}", agent.log());
            let evidence = evidence(&world, &ended);
            let found: Vec<_> = evidence["findings"].as_array().unwrap().iter().collect();
            let of_kind: Vec<_> = found.iter().filter(|one| one["kind"] == kind).collect();
            assert_eq!(of_kind.len(), 1, "{part} {kind}: {found:?}");
            assert!(found.iter().all(|one| spot(one) == named), "{part} {kind}: {found:?}");
            // Each is shown with its way to the root that it committed to.
            for party in of_kind[0]["parties"].as_array().unwrap() {
                assert!(party["opening"]["bytes"].is_string(), "{part} {kind}: {party}");
            }
            let archive = Archive::to_read(&world.path("state/archive"));
            assert!(!archive.has(&factors.product));
        }
    }
}

#[test]
fn a_lie_in_one_partial_sum_of_64_bits_is_named_by_its_leaf() {
    for (row, column, named) in
        [(280, 350, [1, 2, 2, 1]), (449, 419, [2, 2, 2, 2]), (64, 63, [0, 0, 1, 0])]
    {
        let world = World::new();
        world.write_policy(&world.policy_text(1).replace("\"1Mi\"", "\"64Mi\""));
        let mut agent = with_trick(&world, &format!("add-one-at-{row}-{column} depth"));
        let factors = Factors::of::<i16>(&world, (450, 70, 420));
        let ended = agent.wait_end(world.drop_job(&factors.job(", shards: 3")));
        assert_eq!(ended.row.state, "disputed", "{row} {column}: {}", agent.log());
        let evidence = evidence(&world, &ended);
        let found: Vec<_> = evidence["findings"].as_array().unwrap().iter().collect();
        let by_check = found.iter().filter(|one| one["kind"] == "freivalds").count();
        assert_eq!(by_check, 1, "{row} {column}: {found:?}");
        assert!(found.iter().all(|one| spot(one) == named), "{row} {column}: {found:?}");
        let archive = Archive::to_read(&world.path("state/archive"));
        assert!(!archive.has(&factors.product));
    }
}

#[test]
fn what_overlaps_tells_on_liars_when_nobody_checks() {
    for part in ["row", "column"] {
        let world = World::new();
        let mut agent = with_trick(&world, &format!("add-one {part}"));
        let factors = Factors::new(&world, (150, 70, 140));
        let job = factors.job(NINE).spec("  verify: { freivalds: false }");
        let ended = agent.wait_end(world.drop_job(&job));
        assert_eq!(ended.row.state, "disputed", "{part}: {}", agent.log());
        let evidence = evidence(&world, &ended);
        let found = evidence["findings"].as_array().unwrap();
        // Three of them, each in its first cell.
        assert_eq!(found.iter().filter(|one| one["kind"] == "overlap").count(), 3, "{part}");
        for one in found.iter().filter(|one| one["kind"] == "overlap") {
            let parties = one["parties"].as_array().unwrap();
            let shown: Vec<_> = parties.iter().map(|party| &party["opening"]["bytes"]).collect();
            assert!(shown[0].is_string() && shown[1].is_string() && shown[0] != shown[1]);
        }
        let archive = Archive::to_read(&world.path("state/archive"));
        assert!(!archive.has(&factors.product));
    }
}

#[test]
fn partial_sums_that_are_computed_once_more_tell_on_a_liar_when_nobody_checks() {
    let world = World::new();
    let mut agent = with_trick(&world, "add-one-to-each-tile depth");
    // Whichever block is drawn, a tile of it has a lie.
    let factors = Factors::new(&world, (150, 400, 140));
    let job = factors.job(", shards: 3").spec("  verify: { freivalds: false }");
    let ended = agent.wait_end(world.drop_job(&job));
    assert_eq!(ended.row.state, "disputed", "{}", agent.log());
    let evidence = evidence(&world, &ended);
    let found = evidence["findings"].as_array().unwrap();
    assert!(!found.is_empty() && found.iter().all(|one| one["kind"] == "partial"), "{evidence}");
}

#[test]
fn a_product_that_is_changed_after_its_hash_was_taken_is_none() {
    // Whenever it was read: either the lie was hashed, or what lies in the archive is not A times B. If
    // each reading happened to meet the honest value, the product is right, and it is tried again.
    let struck = (0..20).any(|_| {
        let (world, ended, log) = run("change-later row", "");
        let product = ended.outputs.get("product").copied();
        match ended.row.state.as_str() {
            "disputed" => assert_eq!(product, None),
            "completed" => {
                assert_eq!(product, Some(Factors::new(&world, (150, 70, 140)).product));
            }
            other => panic!("{other}: {log}"),
        }
        ended.row.state == "disputed"
    });
    assert!(struck, "no reading of twenty jobs met the lie");
    let (_world, ended, log) = run("tiles-before-their-time row", "");
    assert_eq!(ended.row.state, "disputed", "{log}");
    let (_world, ended, log) = run("nothing-at-all row", "");
    assert_eq!(ended.row.state, "disputed", "{log}");
}

#[test]
fn answers_that_no_product_has_cost_an_attempt_and_no_more() {
    for trick in ["gone", "exit-code", "values-in-the-claim", "longer-file", "shorter-file"] {
        let (world, ended, log) = run(&format!("{trick} column"), ", shards: 3");
        assert_eq!(ended.row.state, "failed", "{trick}: {log}");
        assert_eq!((ended.attempts, ended.row.code.as_deref()), (3, Some("ARCH-N303")), "{trick}");
        let left = fs::read_dir(world.path("state/scratch")).unwrap().count();
        assert_eq!(left, 0, "{trick}");
    }
    let (_world, ended, log) = run("too-many-tiles column", ", shards: 3");
    assert_eq!(ended.row.state, "completed", "{log}");
}

#[test]
fn a_file_of_values_that_is_cut_while_it_is_read_costs_an_attempt_and_no_more() {
    for _ in 0..4 {
        let (_world, ended, log) = run("shorter-and-longer-file column", ", shards: 3");
        // Zeros that were read are a lie, and an end that was met an attempt; neither is the machine's.
        let told = (ended.row.state.as_str(), ended.attempts);
        assert!(matches!(told, ("disputed", 1..=3) | ("failed", 3)), "{told:?}: {log}");
        assert!(!log.contains("ARCH-F0"), "{log}");
    }
}

#[test]
fn news_without_end_hide_no_wish_that_it_end() {
    let world = World::new();
    let mut agent = with_trick(&world, "endless-news row");
    let factors = Factors::new(&world, (80, 70, 90));
    let job = world.drop_job(&factors.job(""));
    let _ = agent.wait_job(job, &["running"]);
    let Answer::JobCancel { .. } = agent.call(&Call::JobCancel { digest: job }) else { panic!() };
    let _ = agent.wait_job(job, &["cancelled"]);
    assert!(agent.stop().success());
    let kinds = ["accepted", "started", "cancelled", "finished"];
    assert_eq!(Stranger::verified(&world).kinds(job), kinds);
}

#[test]
fn jobs_that_come_after_a_disputed_one_wait_and_a_person_throws_it_away() {
    let world = World::new();
    let mut agent = with_trick(&world, "add-one row");
    let factors = Factors::new(&world, (80, 70, 90));
    let first = world.drop_job(&factors.job(""));
    assert_eq!(agent.wait_end(first).row.state, "disputed");
    let after = factors.job("").spec(&format!("  after: [\"{first}\"]"));
    let after = world.drop_job(&after);
    let waits = agent.wait_job(after, &["refused"]);
    assert_eq!(waits.row.code.as_deref(), Some("ARCH-P018"), "{waits:?}");
    let Answer::JobReject { state } = agent.call(&Call::JobReject { digest: first }) else {
        panic!()
    };
    assert_eq!(state, "rejected");
    assert!(agent.stop().success());
    let ledger = Stranger::verified(&world);
    assert_eq!(ledger.kinds(first).last().map(String::as_str), Some("rejected"));
    assert_eq!(ledger.kinds(after), Vec::<String>::new());
}

#[test]
fn killed_where_a_product_was_committed_to_or_a_lie_was_anchored_its_job_ends_once() {
    if cfg!(not(debug_assertions)) {
        return skip("the agent knows no points without debug assertions");
    }
    let of_products =
        POINTS.into_iter().filter(|(_, way, _)| [Way::Product, Way::Lie].contains(way));
    for (point, way, story) in of_products {
        let (trick, state) = match way {
            Way::Lie => ("add-one row", "disputed"),
            _ => ("", "completed"),
        };
        let world = World::new();
        let factors = Factors::new(&world, (150, 70, 140));
        let agent = with_trick_and(&world, trick, |command| {
            command.env("ARCH_POINT", format!("kill {point} 1"));
        });
        let job = world.drop_job(&factors.job(", shards: 3"));
        assert_eq!(agent.ended().signal(), Some(9), "{point}");
        let mut agent = with_trick(&world, trick);
        let ended = agent.wait_end(job);
        assert_eq!(ended.row.state, state, "{point}: {}", agent.log());
        assert_eq!(ended.outputs.get("product") == Some(&factors.product), way == Way::Product);
        assert!(agent.stop().success());
        assert_eq!(Stranger::verified(&world).kinds(job), story, "{point}");
        assert_eq!(fs::read_dir(world.path("state/scratch")).unwrap().count(), 0, "{point}");
    }
}
