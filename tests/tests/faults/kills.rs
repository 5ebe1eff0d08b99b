//! SIGKILL of agent, executor or worker while a job is at each named point of its path: right before
//! and right after everything that is made durable. Then the ledger is read as a stranger reads it.

use std::{
    io::Write as _,
    os::unix::{net::UnixStream, process::ExitStatusExt as _},
    process::ExitStatus,
};

use arch_archive::Archive;
use arch_campaign::{Campaign, Case};
use arch_identity::Digest;
use arch_ledger::{EndState, Record};
use arch_tests::{Agent, HELLO, JobText, Stranger, World, gated, module, process, skip};
use arch_wire::control::{Call, write_call};
use rustix::process::Signal;

use crate::{
    left,
    points::{POINTS, Way},
};

/// Who is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Victim {
    Agent,
    Executor,
    Worker,
}

/// A point, and who is killed while a job is there.
#[derive(Debug, Clone, Copy)]
struct Plan {
    point: &'static str,
    way: Way,
    /// What the ledger says in the end, if that is certain.
    story: Option<&'static [&'static str]>,
    victim: Victim,
}

/// Every point with everybody who can be killed there.
fn plans() -> Vec<Plan> {
    let mut plans = vec![];
    // Those of products are in `lying_shards`.
    let guests = POINTS
        .into_iter()
        .filter(|(_, way, _)| ![Way::Product, Way::Lie, Way::Dispute].contains(way));
    for (point, way, story) in guests {
        plans.push(Plan { point, way, story: Some(story), victim: Victim::Agent });
        // While an agent takes up what was left, its executor may not be there yet.
        if way != Way::AfterADeath {
            plans.push(Plan { point, way, story: None, victim: Victim::Executor });
        }
        if ["HandedOver", "Running"].contains(&point) {
            plans.push(Plan { point, way, story: None, victim: Victim::Worker });
        }
    }
    plans
}

#[test]
fn killed_at_every_point_each_job_ends_exactly_once() {
    if cfg!(not(debug_assertions)) {
        return skip("the agent knows no points without debug assertions");
    }
    let plans = plans();
    let mut world = None;
    Campaign::new("job-kills", u64::try_from(plans.len()).unwrap())
        .watch("jobs lost")
        .watch("jobs doubled")
        .watch("results lost")
        .watch("attempts not promised")
        .watch("left behind")
        .run(|case| {
            let at = usize::try_from(case.number()).unwrap();
            // First each of them with one job; what is asked for beyond that is random.
            let beyond = at >= plans.len();
            let plan = if beyond { *case.pick(&plans) } else { plans[at] };
            let alone = !beyond || plan.way != Way::Straight || case.once_in(3);
            // A case that panics leaves no world behind.
            let there = world.take().unwrap_or_else(warm_world);
            one(case, &there, plan, alone);
            world = Some(there);
        });
}

/// A world whose modules are compiled, so that a child of the executor is a worker.
fn warm_world() -> World {
    let world = World::new();
    gated::open(&world);
    let mut agent = world.agent();
    for job in [world.job("hello", &module(HELLO)), gated::job(&world)] {
        let job = world.drop_job(&job);
        assert_eq!(agent.wait_end(job).row.state, "completed", "{}", agent.log());
    }
    assert!(agent.stop().success());
    world
}

fn one(case: &mut Case, world: &World, plan: Plan, alone: bool) {
    clear(world);
    let Plan { point, way, victim, .. } = plan;
    // Of a worker that is to be killed, the guest must not have ended before; two have room at once.
    let lasts = victim == Victim::Worker || [Way::AfterALoss, Way::CalledOff].contains(&way);
    let several = match (alone, lasts) {
        (true, _) => 1,
        (false, true) => 2,
        (false, false) => 3,
    };
    let deed = if victim == Victim::Agent { "kill" } else { "stop" };
    let there = format!("{deed} {point} {}", 1 + case.below(several));
    let orders = match way {
        Way::Straight | Way::CalledOff | Way::Product | Way::Lie | Way::Dispute => there.clone(),
        Way::AfterADeath => "kill Started 1".to_owned(),
        Way::AfterALoss => format!("stop Running 1, {there}"),
    };
    let mut agent = with_orders(world, &orders).ready();
    agent.wait_for("the executor", |agent| agent.status().executor.ready.then_some(()));
    let text = |_| if lasts { gated::job(world) } else { world.job("hello", &module(HELLO)) };
    let jobs: Vec<Digest> =
        (0..several).map(text).map(|job: JobText| world.drop_job(&job)).collect();
    // Closed too early, a call would not be heard.
    let mut calls = vec![];
    match way {
        Way::Straight | Way::Product | Way::Lie | Way::Dispute => {}
        Way::AfterADeath => {
            killed(agent.ended());
            agent = with_orders(world, &there);
        }
        Way::AfterALoss => kill_while_stopped(&mut agent, Victim::Worker),
        Way::CalledOff => {
            let _ = agent.wait_job(jobs[0], &["running"]);
            calls.push(call_off(world, jobs[0]));
        }
    }
    match victim {
        Victim::Agent => {
            killed(agent.ended());
            agent = world.agent();
            case.count("agents killed");
        }
        Victim::Executor => {
            kill_while_stopped(&mut agent, victim);
            case.count("executors killed");
        }
        Victim::Worker => {
            kill_while_stopped(&mut agent, victim);
            case.count("workers killed");
        }
    }
    gated::open(world);
    for job in &jobs {
        let _ = agent.wait_end(*job);
    }
    let _ = agent.stopped();
    let ledger = Stranger::verified(world);
    for job in &jobs {
        judge(case, &ledger, *job, plan, alone);
        case.hold("results lost", || {
            let result = result(world, &ledger, *job, plan.way);
            result.map_err(|why| format!("{plan:?}: {job}: {why}"))
        });
    }
    case.hold("left behind", || left::behind(world).map_err(|left| format!("{plan:?}: {left}")));
    case.add("jobs", several);
}

/// What was dropped before is in the archive; the gate is shut again.
fn clear(world: &World) {
    for file in process::files(&world.path("config/jobs")) {
        std::fs::remove_file(file).unwrap();
    }
    gated::close(world);
}

pub(crate) fn with_orders(world: &World, orders: &str) -> Agent {
    world.agent_with(|command| {
        command.env("ARCH_POINT", orders);
    })
}

fn killed(status: ExitStatus) {
    assert_eq!(status.signal(), Some(Signal::KILL.as_raw()), "{status:?}");
}

/// The agent has stopped at its point: kills somebody below it, then lets it go on.
pub(crate) fn kill_while_stopped(agent: &mut Agent, victim: Victim) {
    let pid = agent.pid();
    agent.wait_for("the agent to stop", |_| process::stopped(pid).then_some(()));
    let executor = *process::executors(pid).first().expect("an executor that was ready");
    let below = || process::children(u32::try_from(executor).unwrap()).first().copied();
    let victim = match victim {
        Victim::Worker => agent.wait_for("a worker", |_| below()),
        _ => executor,
    };
    process::kill(victim);
    agent.wait_for("its death", |_| (!process::alive(victim)).then_some(()));
    agent.signal(Signal::CONT);
}

/// Asks for it and does not wait for the answer: who is asked may be killed.
fn call_off(world: &World, job: Digest) -> UnixStream {
    let mut stream = UnixStream::connect(world.path("state/run/control.sock")).unwrap();
    stream.write_all(&write_call(&Call::JobCancel { digest: job }).unwrap()).unwrap();
    stream
}

fn judge(case: &mut Case, ledger: &Stranger, job: Digest, plan: Plan, alone: bool) {
    let kinds = ledger.kinds(job);
    let count = |kind: &str| kinds.iter().filter(|k| *k == kind).count();
    let told = format!("{plan:?}: {job}: {kinds:?}");
    case.hold("jobs lost", || {
        let there = count("accepted") > 0 && count("finished") > 0;
        if there { Ok(()) } else { Err(told.clone()) }
    });
    case.hold("jobs doubled", || {
        let twice = count("accepted") > 1 || count("finished") > 1;
        if twice { Err(told.clone()) } else { Ok(()) }
    });
    case.hold("attempts not promised", || {
        let promised = match plan.story {
            Some(story) if alone => kinds == story,
            // Nobody was killed more than twice, and each of them cost one attempt at the most.
            _ => count("started") == count("interrupted") + 1 && count("started") <= 3,
        };
        if promised { Ok(()) } else { Err(told.clone()) }
    });
}

/// The end says what it must, and what it names is in the archive.
fn result(world: &World, ledger: &Stranger, job: Digest, way: Way) -> Result<(), String> {
    let ends = ledger.of_job(job);
    let Some(Record::Finished { state, outputs, .. }) = ends.last() else {
        return Err("its last entry is no end".to_owned());
    };
    if way == Way::CalledOff {
        return if *state == EndState::Cancelled { Ok(()) } else { Err(format!("{state:?}")) };
    }
    if *state != EndState::Completed {
        return Err(format!("it ended as {state:?}"));
    }
    let stdout = outputs.get("stdout").ok_or("it has no output")?;
    let archive = Archive::to_read(&world.path("state/archive"));
    let bytes = archive.get(stdout, 100).map_err(|error| error.to_string())?;
    if bytes == b"hello\n" { Ok(()) } else { Err(format!("its output is {bytes:?}")) }
}
