//! Nodes with a mirror: one of two may fail in any way, and no second attempt is needed; what differs between
//! them is found, and its leaf named.

use std::time::Instant;

use arch_archive::Archive;
use arch_ledger::Record;
use arch_tests::{Factors, Stranger, World};
use arch_wire::control::JobDetail;
use rustix::process::Signal;
use serde_json::Value;

use crate::liars::with_trick;
use crate::products::{signal, struck_in_the_middle};

const MIRRORS: &str = ", shards: 6, mirrors: true";

/// So long that a worker is not late because the machine stalls: a twentieth of it is waited for.
const PATIENT: &str = "5m";

fn json(world: &World, job: &JobDetail, output: &str) -> Value {
    let archive = Archive::to_read(&world.path("state/archive"));
    serde_json::from_slice(&archive.get(&job.outputs[output], 1 << 24).unwrap()).unwrap()
}

/// The list of an audit, each with its nodes.
fn nodes(audit: &Value, list: &str) -> Vec<[u64; 2]> {
    let all = audit[list].as_array().cloned().unwrap_or_default();
    let pair = |one: &Value| [one["node"].as_u64().unwrap(), one["mirror"].as_u64().unwrap()];
    all.iter().map(pair).collect()
}

#[test]
fn mirrors_that_are_equal_to_the_bit_give_the_same_product() {
    let world = World::new();
    let mut agent = world.agent();
    let factors = Factors::new(&world, (100, 70, 131));
    for (matrix, parts) in [
        (MIRRORS, 11),
        (", shards: 12, mirrors: true, splits: { rows: 2, columns: 2, depth: 2 }", 6),
    ] {
        let ended = agent.wait_end(world.drop_job(&factors.job(matrix).timeout(PATIENT)));
        assert_eq!(ended.row.state, "completed", "{}", agent.log());
        assert_eq!(ended.outputs["product"], factors.product);
        let audit = json(&world, &ended, "audit");
        let mirrored = audit["mirrored"].as_array().unwrap();
        assert_eq!(mirrored.len(), parts, "{audit}");
        assert!(mirrored.iter().all(|one| one["equal"] == true), "{audit}");
        assert!(audit["stoodIn"].is_null(), "nobody failed");
        let commitments = json(&world, &ended, "commitments");
        assert_eq!(commitments["commitments"].as_array().unwrap().len(), 2 * parts);
    }
}

#[test]
fn a_mirror_that_lies_in_one_element_is_caught_by_what_it_mirrors() {
    for part in ["row", "column", "depth", "rest"] {
        let world = World::new();
        let mut agent = with_trick(&world, &format!("add-one {part} second"));
        let factors = Factors::new(&world, (150, 70, 140));
        // Nothing else looks.
        let job = factors.job(MIRRORS).timeout(PATIENT);
        let job = job.spec("  verify: { freivalds: false, overlap: false }");
        let ended = agent.wait_end(world.drop_job(&job));
        let told = (ended.row.state.as_str(), ended.row.code.as_deref());
        assert_eq!(told, ("disputed", Some("ARCH-N209")), "{part}: {}", agent.log());
        assert!(!ended.outputs.contains_key("product"), "{part}");
        let evidence = json(&world, &ended, "evidence");
        let found = evidence["findings"].as_array().unwrap();
        assert!(!found.is_empty() && found.iter().all(|one| one["kind"] == "mirror"), "{evidence}");
        let leaf = &found[0]["leaf"];
        assert_eq!([&leaf["leafRow"], &leaf["leafColumn"]], [0, 0], "{part}");
        let [one, other] = found[0]["parties"].as_array().unwrap().as_slice() else {
            panic!("two")
        };
        assert_eq!(one["part"], other["part"], "{part}");
        assert_ne!(one["node"], other["node"], "{part}");
        let bytes = [one, other].map(|party| party["opening"]["bytes"].as_str().unwrap());
        assert_ne!(bytes[0], bytes[1], "{part}");
        let ledger = Stranger::verified(&world);
        let what = ledger.of_job(ended.row.digest).into_iter().find_map(|record| match record {
            Record::Diverged { what, .. } => Some(what.clone()),
            _ => None,
        });
        let what = what.unwrap();
        assert!(what.contains("do the same, and differ in leaf 0, 0 of cell"), "{what}");
    }
}

#[test]
fn garbage_and_silence_of_one_of_two_cost_nothing_and_of_both_an_attempt() {
    for trick in ["exit-code", "values-in-the-claim", "longer-file", "silent"] {
        for part in ["row", "depth"] {
            let world = World::new();
            let mut agent = with_trick(&world, &format!("{trick} {part} first"));
            let factors = Factors::new(&world, (80, 70, 90));
            let ended = agent.wait_end(world.drop_job(&factors.job(MIRRORS).timeout("2m")));
            let told = (ended.row.state.as_str(), ended.attempts);
            assert_eq!(told, ("completed", 1), "{trick} {part}: {}", agent.log());
            assert_eq!(ended.outputs["product"], factors.product, "{trick} {part}");
            let audit = json(&world, &ended, "audit");
            let stood_in = nodes(&audit, "stoodIn");
            assert_eq!(stood_in.len(), 1, "{trick} {part}: {audit}");
            // Of the node that failed nothing is committed to.
            let list = json(&world, &ended, "commitments");
            let committed = list["commitments"].as_array().unwrap().iter();
            let committed: Vec<u64> =
                committed.map(|line| line["node"].as_u64().unwrap()).collect();
            let [[failed, mirror]] = stood_in[..] else { panic!("one: {stood_in:?}") };
            assert!(!committed.contains(&failed) && committed.contains(&mirror), "{list}");
        }
    }
    let world = World::new();
    let mut agent = with_trick(&world, "exit-code row");
    let factors = Factors::new(&world, (80, 70, 90));
    let ended = agent.wait_end(world.drop_job(&factors.job(MIRRORS)));
    let told = (ended.row.state.as_str(), ended.attempts, ended.row.code.as_deref());
    assert_eq!(told, ("failed", 3, Some("ARCH-N303")), "{}", agent.log());
}

/// Runs a product with mirrors, and does something to the processes below the agent in the middle of it;
/// gives the audit of its one attempt.
fn audit_of_struck(strike: impl Fn(i32, &[i32])) -> Value {
    let (world, ended) = struck_in_the_middle(MIRRORS, strike);
    let kinds = Stranger::verified(&world).kinds(ended.row.digest);
    assert_eq!(kinds, ["accepted", "started", "committed", "finished"], "one attempt");
    json(&world, &ended, "audit")
}

#[test]
fn a_worker_that_is_killed_in_the_middle_leaves_the_job_to_its_mirror() {
    let audit = audit_of_struck(|_, workers| signal(workers[0], Signal::KILL));
    assert_eq!(nodes(&audit, "stoodIn").len(), 1, "{audit}");
    assert!(audit["stoodIn"][0]["why"].as_str().unwrap().contains("worker was lost"), "{audit}");
    // The others are compared as ever.
    assert!(!audit["mirrored"].as_array().unwrap().is_empty());
    assert_eq!(audit["product"], true);
}

#[test]
fn a_worker_that_hangs_is_not_waited_for_when_its_mirror_is_done() {
    let begun = Instant::now();
    let audit = audit_of_struck(|_, workers| signal(workers[0], Signal::STOP));
    assert_eq!(nodes(&audit, "stoodIn").len(), 1, "{audit}");
    assert!(audit["stoodIn"][0]["why"].as_str().unwrap().contains("late"), "{audit}");
    assert!(begun.elapsed().as_secs() < 240, "long before the job's time is over");
}

#[test]
fn an_executor_that_is_killed_in_the_middle_leaves_the_job_to_mirrors_below_the_next_one() {
    let audit = audit_of_struck(|executor, _| signal(executor, Signal::KILL));
    assert!(!nodes(&audit, "stoodIn").is_empty(), "{audit}");
}
