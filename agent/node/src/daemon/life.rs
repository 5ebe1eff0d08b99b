//! The time between start and stop.

use std::{sync::Arc, time::Duration};

use arch_problem::codes;
use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    task::JoinSet,
    time,
};

use super::{
    Stop,
    start::{self, Executor},
};
use crate::{
    anchors::Health,
    args::Args,
    attempt::launch_all,
    ending::give_up,
    gate::Shut,
    handed_in::HandedIn,
    mode::Mode,
    node::Node,
    notify,
    places::Places,
    pulse::{self, Part},
    reload::reload,
    service::{self, WaysIn},
    settings::Settings,
    told,
};

/// How often waiting jobs are looked through for those whose time is over, and a full disk is tried
/// again.
const TEND: Duration = Duration::from_secs(10);

/// How often `--run-once` looks whether all is done.
const LOOK: Duration = Duration::from_millis(200);

/// How long `--run-once` waits when there is no executor, or nobody works on what is left.
const NO_EXECUTOR: Duration = Duration::from_secs(60);

/// Starts, lives, stops.
pub(super) async fn live(
    args: &Args,
    settings: Settings,
    places: Places,
    handed_in: HandedIn,
    executor: Executor,
    mode: Mode,
) -> Result<(), Stop> {
    let mut signals = Signals::new()
        .map_err(|e| Stop::could_not(told::problem(codes::FILE_MACHINE, e.to_string())))?;
    let (parts, thread) = start::parts(args, settings, places, executor).await?;
    let node = Node::new(parts);
    let runs = mode != Mode::Consumer;
    if !runs {
        node.gate.shut(Shut::RunsNothing);
    }
    let ways_in = if args.run_once || !runs { WaysIn::Control } else { WaysIn::All };
    // Taking up what was left may take its time; whoever wants an end now gets it.
    let opened = tokio::select! {
        biased;
        () = signals.end() => None,
        opened = service::open(&node, ways_in, handed_in) => Some(opened),
    };
    let _until_the_end = pulse::feed(&node);
    let lived = match opened {
        None => Ok(()),
        Some(Ok(mut tasks)) => {
            let text = format!(
                "ready, {mode}; policy `{}`",
                node.authority().policy.policy().metadata.name
            );
            notify::ready(&text);
            tracing::info!(node = %node.did, "ready");
            tasks.spawn(tend(Arc::clone(&node)));
            let lived = until_the_end(&node, &mut tasks, &mut signals, args.run_once).await;
            tasks.abort_all();
            lived
        }
        Some(Err(problem)) => Err(Stop::could_not(problem)),
    };
    node.pulses.of(Part::Signals).waiting(service::close(&node, thread)).await;
    lived
}

async fn until_the_end(
    node: &Arc<Node>,
    tasks: &mut JoinSet<()>,
    signals: &mut Signals,
    once: bool,
) -> Result<(), Stop> {
    let pulse = node.pulses.of(Part::Signals);
    let mut health = node.anchors.health();
    let done =
        async { if once { everything_once(node).await } else { std::future::pending().await } };
    tokio::pin!(done);
    let mut reloading = JoinSet::new();
    loop {
        pulse.beat();
        tokio::select! {
            biased;
            _ = signals.terminate.recv() => return Ok(()),
            _ = signals.interrupt.recv() => return Ok(()),
            () = node.gate.poisoned() => {
                let text = "the ledger has stopped; nothing more can be promised";
                return Err(Stop::stopped(told::problem(codes::LEDGER_POISONED, text)));
            }
            // None of them ends but by a fault. Half an agent is not fed to the watchdog.
            Some(_) = tasks.join_next() => {
                let text = "the drop folder, a socket or the queue is not served any more";
                return Err(Stop::stopped(told::problem(codes::PART_ENDED, text)));
            }
            () = node.executor.over() => {
                let text = "the launcher has ended, without which no executor can be started";
                return Err(Stop::stopped(told::problem(codes::PART_ENDED, text)));
            }
            done = &mut done => return done,
            _ = signals.hang_up.recv() => {
                notify::reloading();
                let node = Arc::clone(node);
                reloading.spawn(async move {
                    // What went wrong is logged and anchored by it.
                    let _ = reload(&node).await;
                });
            }
            Some(_) = reloading.join_next() => {
                if reloading.is_empty() {
                    notify::ready("ready");
                }
            }
            Ok(()) = health.changed() => heed(node, *health.borrow_and_update()),
            () = pulse.is_due() => {}
        }
    }
}

fn heed(node: &Node, health: Health) {
    match health {
        Health::Sound => node.gate.open(Shut::OutOfSpace),
        Health::OutOfSpace => node.gate.shut(Shut::OutOfSpace),
        Health::Poisoned => node.gate.shut(Shut::LedgerPoisoned),
    }
}

/// Looks after the queue until the task is dropped; beside everything else, because on a full disk
/// an end waits for room.
async fn tend(node: Arc<Node>) {
    let mut tend = time::interval(TEND);
    let pulse = node.pulses.of(Part::Tending);
    loop {
        pulse.waiting(tend.tick()).await;
        // On a full disk it waits for room, however long that takes.
        pulse.waiting(tend_the_queue(&node)).await;
    }
}

async fn tend_the_queue(node: &Arc<Node>) {
    // Whether there is room again shows only when something is written.
    node.gate.open(Shut::OutOfSpace);
    if let Ok(moment) = node.moment() {
        for digest in node.desk.withdraw_expired(moment.now()) {
            let problem = told::problem(codes::EXPIRED, "its time was over before there was room");
            give_up(node, digest, &problem).await;
        }
    }
    // A place that was given back without a word is found here at the latest.
    launch_all(node);
    let (running, waiting) = (node.running().len(), node.desk.waiting());
    notify::status(&format!("{running} running, {waiting} waiting"));
}

/// `--run-once`: what lies in the drop folder, run to its end; then what waited for those ends.
async fn everything_once(node: &Arc<Node>) -> Result<(), Stop> {
    loop {
        let before = node.anchors.memory().jobs();
        service::read_drop_folder(node).await;
        all_ended(node).await?;
        if node.anchors.memory().jobs() == before {
            return Ok(());
        }
    }
}

/// Waits until no job is open, as long as there is an executor to run them.
async fn all_ended(node: &Arc<Node>) -> Result<(), Stop> {
    let mut stalled = Duration::ZERO;
    while !node.anchors.memory().unended().is_empty() {
        time::sleep(LOOK).await;
        stalled = match node.executor.state().is_ready() && !node.is_idle() {
            true => Duration::ZERO,
            false => stalled.saturating_add(LOOK),
        };
        if stalled > NO_EXECUTOR {
            let text = "jobs are left that nothing runs, and so it was for a minute";
            return Err(Stop::stopped(told::problem(codes::EXECUTOR_ABSENT, text)));
        }
    }
    node.idle().await;
    Ok(())
}

struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hang_up: Signal,
}

impl Signals {
    /// Waits for the wish that the agent end.
    async fn end(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }

    fn new() -> std::io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }
}
