//! Products whose workers are killed, whose time is over, whose disk is full: each is computed once more
//! where that can help, and nothing of it stays behind.

use std::{fs, os::unix::process::ExitStatusExt as _};

use arch_archive::Archive;
use arch_identity::Digest;
use arch_ledger::Record;
use arch_tests::{Agent, Factors, Stranger, World, process, skip};
use arch_wire::control::JobDetail;
use rustix::process::{Pid, Signal, kill_process};

use crate::{
    full_disk::Small,
    kills::{Victim, kill_while_stopped, with_orders},
    liars::with_trick,
};

/// Runs a product of many tiles, and does something to the executor and its workers while some of them
/// are done; gives how the job ended, in a world that has stopped, and the digest of the right product.
/// Where the machine stalls for so long that nothing was left to do, another one is run.
fn struck(matrix: &str, timeout: &str, strike: impl Fn(i32, &[i32])) -> (World, JobDetail, Digest) {
    let mut runs = (0..20).filter_map(|_| struck_once(matrix, timeout, &strike));
    runs.next().expect("a product that is not done before anybody looks")
}

fn struck_once(
    matrix: &str,
    timeout: &str,
    strike: impl Fn(i32, &[i32]),
) -> Option<(World, JobDetail, Digest)> {
    let world = World::new();
    world.write_policy(&world.policy_text(1).replace("\"1Mi\"", "\"64Mi\""));
    let mut agent = world.agent();
    let factors = Factors::new(&world, (1_200, 900, 1_100));
    let job = world.drop_job(&factors.job(matrix).memory("3Mi").timeout(timeout));
    let (executor, workers) = agent.wait_for("workers in the middle", |agent| {
        let job = agent.job(job)?;
        let is_over = ["completed", "failed"].contains(&job.row.state.as_str());
        if is_over { Some(None) } else { at_work(agent, &job).map(Some) }
    })?;
    // Who is stopped while tiles are missing has not ended when he is struck.
    workers.iter().for_each(|worker| signal(*worker, Signal::STOP));
    at_work(&agent, &agent.job(job)?)?;
    strike(executor, &workers);
    // The first is who was struck.
    workers.iter().skip(1).for_each(|worker| signal(*worker, Signal::CONT));
    let ended = agent.wait_end(job);
    let _ = agent.stopped();
    assert_eq!(left_in_scratch(&world), 0);
    Some((world, ended, factors.product))
}

/// The same, for a job that completes all the same.
pub(crate) fn struck_in_the_middle(
    matrix: &str,
    strike: impl Fn(i32, &[i32]),
) -> (World, JobDetail) {
    let (world, ended, product) = struck(matrix, "5m", strike);
    assert_eq!(ended.row.state, "completed", "{ended:?}");
    assert_eq!(ended.outputs["product"], product);
    (world, ended)
}

/// The executor and its workers, while some tiles are there and others are not.
fn at_work(agent: &Agent, job: &JobDetail) -> Option<(i32, Vec<i32>)> {
    job.progress.filter(|progress| (4..progress.of).contains(&progress.done))?;
    let [executor] = process::executors(agent.pid())[..] else { return None };
    let workers = process::children(u32::try_from(executor).unwrap());
    (!workers.is_empty()).then_some((executor, workers))
}

pub(crate) fn signal(pid: i32, signal: Signal) {
    // It may have ended by itself just now.
    let _ = kill_process(Pid::from_raw(pid).unwrap(), signal);
}

fn left_in_scratch(world: &World) -> usize {
    fs::read_dir(world.path("state/scratch")).unwrap().count()
}

#[test]
fn a_product_whose_worker_or_executor_is_killed_in_the_middle_goes_on_in_another_attempt() {
    let strikes: [fn(i32, &[i32]); 2] = [
        |_, workers| signal(workers[0], Signal::KILL),
        |executor, _| signal(executor, Signal::KILL),
    ];
    for matrix in ["", ", shards: 3"] {
        for strike in strikes {
            let (world, ended) = struck_in_the_middle(matrix, strike);
            assert_eq!(ended.attempts, 2);
            let kinds = Stranger::verified(&world).kinds(ended.row.digest);
            let story = ["accepted", "started", "interrupted", "started", "committed", "finished"];
            assert_eq!(kinds, story, "{matrix}");
        }
    }
}

#[test]
fn an_executor_that_is_killed_at_any_point_of_a_products_path_costs_an_attempt_at_most() {
    if cfg!(not(debug_assertions)) {
        return skip("the agent knows no points without debug assertions");
    }
    for point in ["Gathered", "Started", "HandedOver", "Promised", "Validated", "Finished"] {
        let world = World::new();
        let factors = Factors::new(&world, (150, 70, 140));
        let mut agent = with_orders(&world, &format!("stop {point} 1")).ready();
        agent.wait_for("the executor", |agent| agent.status().executor.ready.then_some(()));
        let job = world.drop_job(&factors.job(", shards: 3"));
        kill_while_stopped(&mut agent, Victim::Executor);
        let ended = agent.wait_end(job);
        assert_eq!(ended.row.state, "completed", "{point}: {}", agent.log());
        assert_eq!(ended.outputs["product"], factors.product, "{point}");
        assert!(agent.stop().success());
        let kinds = Stranger::verified(&world).kinds(job);
        let count = |kind: &str| kinds.iter().filter(|k| *k == kind).count();
        assert_eq!((count("accepted"), count("finished")), (1, 1), "{point}: {kinds:?}");
        let attempts = count("started");
        assert!(attempts <= 2 && attempts == count("interrupted") + 1, "{point}: {kinds:?}");
        assert_eq!(left_in_scratch(&world), 0, "{point}");
    }
}

#[test]
fn an_agent_that_is_killed_asks_again_for_no_tile_whose_values_are_as_they_were() {
    if cfg!(not(debug_assertions)) {
        return skip("the agent knows no points without debug assertions");
    }
    let world = World::new();
    world.write_policy(&world.policy_text(1).replace("\"1Mi\"", "\"64Mi\""));
    let factors = Factors::new(&world, (1_200, 900, 1_100));
    let job = || factors.job("").memory("3Mi").timeout("5m").cpu("1");
    // The executor writes down how many it is asked for.
    let asked = || {
        let asked = fs::read_to_string(world.path("state/cache/asked")).unwrap();
        asked.lines().map(|tiles| tiles.parse::<u64>().unwrap()).sum::<u64>()
    };
    let mut agent = with_trick(&world, "");
    let whole = agent.wait_end(world.drop_job(&job()));
    assert_eq!(whole.row.state, "completed", "{}", agent.log());
    assert!(agent.stop().success());
    let of = asked();

    let agent = with_orders(&world, "kill Hashed 4");
    let job = world.drop_job(&job());
    assert_eq!(agent.ended().signal(), Some(9));
    let scratch = world.path("state/scratch").join(job.hex());
    let listed = fs::metadata(scratch.join("0.tiles")).unwrap().len() / 40;
    assert_eq!(listed, 4, "of {of}");
    // A value of the first tile is another one meanwhile.
    let mut values = fs::read(scratch.join("0.values")).unwrap();
    values[0] ^= 1;
    fs::write(scratch.join("0.values"), values).unwrap();

    let mut agent = with_trick(&world, "");
    let ended = agent.wait_end(job);
    assert_eq!(ended.row.state, "completed", "{}", agent.log());
    assert_eq!(ended.outputs["product"], factors.product);
    assert!(agent.stop().success());
    let again = asked() - of;
    assert_eq!(again, of - listed + 1, "of {of} tiles {listed} were there, one of them damaged");
}

#[test]
fn a_worker_holds_no_more_memory_than_its_job_has_however_large_the_product_is() {
    const LIMIT: u64 = 4 << 20;
    let world = World::new();
    world.write_policy(&world.policy_text(1).replace("\"1Mi\"", "\"64Mi\""));
    let mut agent = world.agent();
    let mut peak = |size| {
        let factors = Factors::new(&world, size);
        let job = factors.job("").memory("4Mi").timeout("5m").cpu("1");
        let ended = agent.wait_end(world.drop_job(&job));
        assert_eq!(ended.row.state, "completed", "{}", agent.log());
        assert_eq!(ended.outputs["product"], factors.product);
        ended.used.unwrap().peak_memory_bytes
    };
    // What the program itself takes, by the kernel's own count of pages.
    let program = peak((8, 8, 8));
    // A, B and C take 20 MB.
    let product = peak((2_000, 1_000, 2_000));
    assert!(product < program + LIMIT, "{product} bytes where a small one takes {program}");
}

#[test]
fn a_part_that_is_not_done_in_the_jobs_time_ends_the_job() {
    for matrix in ["", ", shards: 3"] {
        let stop = |_, workers: &[i32]| signal(workers[0], Signal::STOP);
        let (world, ended, product) = struck(matrix, "4s", stop);
        let told = (ended.row.state.as_str(), ended.row.code.as_deref(), ended.attempts);
        assert_eq!(told, ("failed", Some("ARCH-S002"), 1), "{matrix}");
        assert!(!Archive::to_read(&world.path("state/archive")).has(&product), "{matrix}");
        let kinds = Stranger::verified(&world).kinds(ended.row.digest);
        assert_eq!(kinds, ["accepted", "started", "finished"], "{matrix}");
    }
}

#[test]
fn a_product_without_room_for_its_parts_waits_until_there_is_some() {
    let world = World::new();
    let Some(small) = Small::on(&world.path("state")) else { return };
    world.write_policy(&world.policy_text(1).replace("\"1Mi\"", "\"64Mi\""));
    let mut agent = world.agent();
    // C has 4 MB, and its parts twice as many.
    let factors = Factors::new(&world, (1_000, 50, 1_000));
    small.fill_but(3 << 20);
    let job = world.drop_job(&factors.job(", shards: 3"));
    agent.wait_for("the full disk to be met", |agent| {
        let ledger = Stranger::read(&world);
        let met = ledger.of_job(job).into_iter().any(|r| matches!(r, Record::Interrupted { .. }));
        (met || agent.log().contains("No space left")).then_some(())
    });
    // What was taken is given back: others need it.
    agent.wait_for("the room to be given back", |_| (left_in_scratch(&world) == 0).then_some(()));
    small.free();
    let ended = agent.wait_job(job, &["completed"]);
    assert_eq!(ended.outputs["product"], factors.product);
    let _ = agent.stopped();
    let kinds = Stranger::verified(&world).kinds(job);
    assert_eq!(kinds.iter().filter(|kind| *kind == "finished").count(), 1, "{kinds:?}");
    assert_eq!(left_in_scratch(&world), 0);
    drop(small);
}
