//! The time between start and stop.

use std::{sync::Arc, time::Duration};

use arch_problem::codes;
use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    time::{self, MissedTickBehavior},
};

use super::{Stop, start};
use crate::{
    anchors::Health,
    args::Args,
    gate::Shut,
    node::Node,
    notify,
    pipeline::give_up,
    places::Places,
    reload::reload,
    service::{self, WaysIn},
    settings::Settings,
    told,
};

/// How often waiting jobs are looked through for those whose time is over, and a full disk is tried
/// again.
const TEND: Duration = Duration::from_secs(10);

/// How long the ledger's thread may be silent before the watchdog is not fed.
const SILENCE: Duration = Duration::from_secs(20);

/// Starts, lives, stops.
pub(super) async fn live(args: &Args, settings: Settings, places: Places) -> Result<(), Stop> {
    let mut signals = Signals::new()
        .map_err(|e| Stop::could_not(told::problem(codes::FILE_MACHINE, e.to_string())))?;
    let (parts, thread) = start::parts(args, settings, places).await?;
    let node = Node::new(parts);
    let ways_in = if args.run_once { WaysIn::Control } else { WaysIn::All };
    let lived = match service::open(&node, ways_in).await {
        Ok(mut tasks) => {
            let text =
                format!("ready; policy `{}`", node.authority().policy.policy().metadata.name);
            notify::ready(&text);
            tracing::info!(node = %node.did, "ready");
            let lived = until_the_end(&node, &mut signals, args.run_once).await;
            tasks.abort_all();
            lived
        }
        Err(problem) => Err(Stop::could_not(problem)),
    };
    service::close(&node, thread).await;
    lived
}

async fn until_the_end(node: &Arc<Node>, signals: &mut Signals, once: bool) -> Result<(), Stop> {
    let mut tend = time::interval(TEND);
    let mut watchdog = time::interval(notify::watchdog().unwrap_or(Duration::from_secs(3_600)));
    watchdog.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut health = node.anchors.health();
    let done =
        async { if once { everything_once(node).await } else { std::future::pending().await } };
    tokio::pin!(done);
    loop {
        tokio::select! {
            _ = signals.terminate.recv() => return Ok(()),
            _ = signals.interrupt.recv() => return Ok(()),
            () = &mut done => return Ok(()),
            () = node.gate.poisoned() => {
                let text = "the ledger has stopped; nothing more can be promised";
                return Err(Stop::stopped(told::problem(codes::LEDGER_POISONED, text)));
            }
            _ = signals.hang_up.recv() => {
                notify::reloading();
                // What went wrong is logged and anchored by it.
                let _ = reload(node).await;
                notify::ready("ready");
            }
            Ok(()) = health.changed() => heed(node, *health.borrow_and_update()),
            _ = tend.tick() => tend_the_queue(node).await,
            _ = watchdog.tick() => {
                if time::timeout(SILENCE, node.anchors.head()).await.is_ok_and(|head| head.is_ok()) {
                    notify::alive();
                }
            }
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

async fn tend_the_queue(node: &Arc<Node>) {
    // Whether there is room again shows only when something is written.
    node.gate.open(Shut::OutOfSpace);
    if let Ok(moment) = node.moment() {
        for digest in node.desk.withdraw_expired(moment.now()) {
            let problem = told::problem(codes::EXPIRED, "its time was over before there was room");
            give_up(node, digest, &problem).await;
        }
    }
    let (running, waiting) = (node.running().len(), node.desk.waiting());
    notify::status(&format!("{running} running, {waiting} waiting"));
}

/// `--run-once`: what lies in the drop folder, run to its end.
async fn everything_once(node: &Arc<Node>) {
    service::read_drop_folder(node).await;
    node.idle().await;
    while !node.anchors.memory().unended().is_empty() {
        time::sleep(Duration::from_millis(200)).await;
        node.idle().await;
    }
}

struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hang_up: Signal,
}

impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }
}
