//! A hostile executor in place of ours, under the real agent: each trick ends the job in its typed
//! end, the agent goes on serving, and neither its memory nor its descriptors grow.

use std::{fs, process::Command};

use arch_campaign::{Campaign, Case};
use arch_identity::Digest;
use arch_ledger::Record;
use arch_tests::{Agent, HELLO, Stranger, World, module, process};
use arch_wire::control::JobDetail;

use crate::left;

/// What becomes of a job when the executor plays a trick on its first attempt and is honest then,
/// and when it plays it every time: state, attempts, and the code if there is one.
struct Trick {
    name: &'static str,
    once: End,
    always: End,
}

type End = (&'static str, u32, Option<&'static str>);

const GOOD: End = ("completed", 1, None);
const AGAIN: End = ("completed", 2, None);
const SPENT: End = ("failed", 3, Some("ARCH-N303"));
const LIED: End = ("quarantined", 1, Some("ARCH-N302"));

const fn trick(name: &'static str, once: End, always: End) -> Trick {
    Trick { name, once, always }
}

const TRICKS: [Trick; 35] = [
    trick("garbage", AGAIN, SPENT),
    trick("no-message", AGAIN, SPENT),
    trick("not-utf8", AGAIN, SPENT),
    trick("deep", AGAIN, SPENT),
    trick("over-the-cap", AGAIN, SPENT),
    trick("half-and-gone", AGAIN, SPENT),
    trick("gone", AGAIN, SPENT),
    trick("wrong-digest", LIED, LIED),
    trick("other-bytes", LIED, LIED),
    trick("other-size", AGAIN, SPENT),
    trick("other-run", GOOD, GOOD),
    trick("twice", GOOD, GOOD),
    trick("unasked-output", AGAIN, SPENT),
    trick("same-output-twice", AGAIN, SPENT),
    trick("huge-claim", AGAIN, SPENT),
    trick("endless-numbers", GOOD, GOOD),
    trick("told-in-the-claim", GOOD, GOOD),
    trick("other-bytes-in-the-claim", LIED, LIED),
    trick("other-size-in-the-claim", AGAIN, SPENT),
    trick("in-the-claim-and-in-a-file", AGAIN, SPENT),
    trick("too-much-in-the-claim", AGAIN, SPENT),
    trick("no-files", AGAIN, SPENT),
    trick("fewer-files", AGAIN, SPENT),
    trick("one-more-file", AGAIN, SPENT),
    trick("more-files", AGAIN, SPENT),
    trick("not-sealed", AGAIN, SPENT),
    trick("changed-after-sending", AGAIN, SPENT),
    trick("a-device", AGAIN, SPENT),
    trick("a-pipe", AGAIN, SPENT),
    trick("a-flood", AGAIN, SPENT),
    trick("a-flood-of-files", GOOD, GOOD),
    trick("ready-again", GOOD, GOOD),
    trick("late", GOOD, GOOD),
    trick("cannot", AGAIN, SPENT),
    trick("lost", AGAIN, SPENT),
];

/// Attempts of a job.
const ATTEMPTS: u32 = 3;
/// By how much the agent's memory may grow under a trick, at its worst.
const MORE_KIB: u64 = 32 << 10;
/// Descriptors more than before, at rest: those of a connection that is being replaced.
const MORE_FILES: usize = 8;

#[test]
fn whatever_a_lying_executor_says_each_job_has_its_typed_end_and_the_agent_serves() {
    let all = u64::try_from(TRICKS.len()).unwrap();
    let mut world = None;
    // Every test run plays each trick, every second of them three times in a row.
    Campaign::new("liars", all)
        .watch("ends not as they should be")
        .watch("jobs lost or doubled")
        .watch("memory beyond the bound")
        .watch("descriptors kept")
        .run(|case| {
            let trick = &TRICKS[usize::try_from(case.number() % all).unwrap()];
            let every_time = (case.number() + case.number() / all) % 2 == 1;
            let there = world.take().unwrap_or_else(World::new);
            one(case, &there, trick, every_time);
            world = Some(there);
        });
}

/// An agent of its own for each: an executor that dies often is started ever later.
fn one(case: &mut Case, world: &World, trick: &Trick, every_time: bool) {
    let wasm = module(HELLO);
    let mut agent = with_liar(world);
    agent.wait_for("the executor", |agent| agent.status().executor.ready.then_some(()));
    let before = process::open_files(agent.pid());
    let memory = process::memory_kib(agent.pid(), "VmRSS");
    let expected = if every_time { trick.always } else { trick.once };
    let times = if every_time { ATTEMPTS } else { 1 };
    fs::write(world.path("state/cache/trick"), format!("{} {times}", trick.name)).unwrap();
    let job = world.drop_job(&world.job("tricked", &wasm));
    let end = agent.wait_end(job);
    case.hold("ends not as they should be", || same(trick, &end, expected));
    fs::write(world.path("state/cache/trick"), "honest 0").unwrap();
    let next = world.drop_job(&world.job("next", &wasm));
    assert_eq!(agent.wait_end(next).row.state, "completed", "{}", agent.log());
    case.hold("memory beyond the bound", || {
        let most = process::memory_kib(agent.pid(), "VmHWM");
        let bound = memory + MORE_KIB;
        if most <= bound { Ok(()) } else { Err(format!("{}: {most} KiB", trick.name)) }
    });
    case.hold("descriptors kept", || {
        let now = process::open_files(agent.pid());
        let bound = before + MORE_FILES;
        if now <= bound {
            Ok(())
        } else {
            Err(format!("{}: {now} where {before} were", trick.name))
        }
    });
    assert!(agent.stop().success());
    let ledger = Stranger::verified(world);
    for job in [job, next] {
        case.hold("jobs lost or doubled", || once(&ledger, job));
    }
    left::behind(world).unwrap();
    case.count(if every_time { "tricks played every time" } else { "tricks played once" });
}

/// An agent whose executor plays this trick.
pub(crate) fn with_trick(world: &World, trick: &str) -> Agent {
    with_trick_and(world, trick, |_| {})
}

/// The same, started otherwise.
pub(crate) fn with_trick_and(
    world: &World,
    trick: &str,
    change: impl FnOnce(&mut Command),
) -> Agent {
    unready_with_trick_and(world, trick, change).ready()
}

/// The same, not waited for.
pub(crate) fn unready_with_trick_and(
    world: &World,
    trick: &str,
    change: impl FnOnce(&mut Command),
) -> Agent {
    let cache = world.path("state/cache");
    fs::create_dir_all(&cache).unwrap();
    fs::write(cache.join("trick"), trick).unwrap();
    unready_with_liar_and(world, change)
}

fn with_liar(world: &World) -> Agent {
    unready_with_liar_and(world, |_| {}).ready()
}

fn unready_with_liar_and(world: &World, change: impl FnOnce(&mut Command)) -> Agent {
    let liar = env!("CARGO_BIN_EXE_lying-executor");
    world.agent_with(|command| {
        command.args(["--executor", liar]);
        change(command);
    })
}

fn same(trick: &Trick, end: &JobDetail, expected: End) -> Result<(), String> {
    let code = end.row.code.as_deref();
    let was = (end.row.state.as_str(), end.attempts, code);
    if was != expected {
        return Err(format!("{}: {was:?} instead of {expected:?}", trick.name));
    }
    let stdout = end.outputs.get("stdout").copied();
    let right = match end.row.state.as_str() {
        "completed" => stdout == Some(Digest::of(b"hello")),
        // What is named is what there is, whatever was claimed.
        "quarantined" => [b"hello", b"hallo"].map(|b| Some(Digest::of(b))).contains(&stdout),
        _ => stdout.is_none(),
    };
    if right { Ok(()) } else { Err(format!("{}: its output is {stdout:?}", trick.name)) }
}

fn once(ledger: &Stranger, job: Digest) -> Result<(), String> {
    let records = ledger.of_job(job);
    let count = |is: fn(&Record) -> bool| records.iter().filter(|record| is(record)).count();
    let accepted = count(|record| matches!(record, Record::Accepted { .. }));
    let ended = count(|record| matches!(record, Record::Finished { .. }));
    let told = format!("{job}: accepted {accepted}, ended {ended}");
    if (accepted, ended) == (1, 1) { Ok(()) } else { Err(told) }
}
