//! Exact products: computed by the real executor, committed to, compared, audited and anchored.

use std::{fs, os::unix::process::ExitStatusExt as _};

use arch_archive::Archive;
use arch_ledger::Record;
use arch_tests::{Factors, Stranger, World, skip};
use arch_wire::control::JobDetail;
use serde_json::Value;

fn json(world: &World, job: &JobDetail, output: &str) -> Value {
    let archive = Archive::to_read(&world.path("state/archive"));
    let bytes = archive.get(&job.outputs[output], 1 << 24).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

#[test]
fn a_product_is_the_same_in_one_and_shared_by_three_and_by_nine() {
    let world = World::new();
    let mut agent = world.agent();
    let factors = Factors::new(&world, (100, 70, 131));
    for (shards, compared, checked) in [("", 0, 0), (", shards: 3", 1, 11), (", shards: 9", 9, 9)] {
        let job = world.drop_job(&factors.job(shards));
        let ended = agent.wait_end(job);
        assert_eq!(ended.row.state, "completed", "{shards}: {}", agent.log());
        assert_eq!(ended.outputs["product"], factors.product, "{shards}");
        let audit = json(&world, &ended, "audit");
        assert_eq!(audit["product"], true, "{audit}");
        let all = |list: &str, field: &str| -> Vec<bool> {
            let list = audit[list].as_array().unwrap().iter();
            list.map(|one| one[field].as_bool().unwrap()).collect()
        };
        assert_eq!(all("compared", "equal"), vec![true; compared], "{audit}");
        assert_eq!(all("freivalds", "holds"), vec![true; checked], "{audit}");
        assert_eq!(all("recomputed", "equal"), vec![true; if compared > 0 { 2 } else { 0 }]);
        let commitments = json(&world, &ended, "commitments");
        let told = commitments["commitments"].as_array().unwrap().len();
        assert_eq!(told, checked.max(1), "{commitments}");
    }
    assert!(agent.stop().success());
    let ledger = Stranger::verified(&world);
    for record in ledger.records() {
        if let Record::Finished { document, .. } = record {
            assert_eq!(ledger.kinds(*document), ["accepted", "started", "committed", "finished"]);
        }
    }
    let left = fs::read_dir(world.path("state/scratch")).unwrap().count();
    assert_eq!(left, 0, "scratch files are gone with their job");
}

#[test]
fn a_plan_whose_parts_take_too_much_of_the_disk_is_refused() {
    let world = World::new();
    let mut agent = world.agent();
    // Outputs may have a mebibyte, and all parts eight times that. Of nine nodes' parts five are as
    // large as C together, of twenty-seven nodes' eleven.
    let factors = Factors::new(&world, (500, 40, 500));
    let fits = agent.wait_end(world.drop_job(&factors.job(", shards: 9")));
    assert_eq!(fits.row.state, "completed", "{}", agent.log());
    let ended = agent.wait_end(world.drop_job(&factors.job(", shards: 27")));
    let told = (ended.row.state.as_str(), ended.row.code.as_deref());
    assert_eq!(told, ("refused", Some("ARCH-N208")), "{}", agent.log());
    let why = ended.outcome.unwrap();
    assert!(why.contains("11000000 bytes of values") && why.contains("8388608"), "{why}");
}

#[test]
fn an_agent_that_is_killed_goes_on_behind_the_last_tile_that_was_hashed() {
    if cfg!(not(debug_assertions)) {
        return skip("the agent knows no points without debug assertions");
    }
    let world = World::new();
    world.write_policy(&world.policy_text(1).replace("\"1Mi\"", "\"64Mi\""));
    let agent = world.agent_with(|command| {
        command.env("ARCH_POINT", "kill Hashed 4");
    });
    let factors = Factors::new(&world, (1_500, 1_100, 1_400));
    // So little memory that there are many tiles.
    let job = world.drop_job(&factors.job(", shards: 3").memory("3Mi").timeout("5m"));
    assert_eq!(agent.ended().signal(), Some(9));
    let scratch = world.path("state/scratch").join(job.hex());
    let listed = |scratch: &std::path::Path| -> u64 {
        let lists = fs::read_dir(scratch).unwrap().map(|entry| entry.unwrap().path());
        let lists = lists.filter(|path| path.extension().is_some_and(|ext| ext == "tiles"));
        lists.map(|path| fs::metadata(path).unwrap().len() / 40).sum()
    };
    assert!(listed(&scratch) >= 4);
    // A value of a tile that was done is damaged meanwhile: that tile is computed once more.
    let first = scratch.join("0.values");
    let mut bytes = fs::read(&first).unwrap();
    bytes[0] ^= 1;
    fs::write(&first, bytes).unwrap();
    let mut agent = world.agent();
    let ended = agent.wait_end(job);
    assert_eq!(ended.row.state, "completed", "{}", agent.log());
    assert_eq!((ended.attempts, ended.outputs["product"]), (2, factors.product));
    assert!(agent.stop().success());
    let kinds = ["accepted", "started", "interrupted", "started", "committed", "finished"];
    assert_eq!(Stranger::verified(&world).kinds(job), kinds);
}

#[test]
fn killed_while_partial_sums_are_computed_once_more_an_honest_job_is_not_disputed() {
    if cfg!(not(debug_assertions)) {
        return skip("the agent knows no points without debug assertions");
    }
    let world = World::new();
    // Another attempt draws another block; one of several jobs meets the same holder again.
    for _ in 0..6 {
        let factors = Factors::new(&world, (90, 60, 90));
        // Nine parts, then the block by the holder of its row; killed when that of its column is asked.
        let agent = world.agent_with(|command| {
            command.env("ARCH_POINT", "kill HandedOver 11");
        });
        let job = world.drop_job(&factors.job(", shards: 9").cpu("1"));
        assert!(!agent.ended().success());
        let mut agent = world.agent();
        let ended = agent.wait_end(job);
        assert_eq!(ended.row.state, "completed", "{}", agent.log());
        assert_eq!(ended.attempts, 2);
        assert!(agent.stop().success());
    }
}
