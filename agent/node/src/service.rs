//! A node at work: what was left is taken up, the ways in are opened; and all of it closed again.

use std::{path::Path, sync::Arc, thread::JoinHandle, time::Duration};

use arch_problem::codes;
use tokio::{net::UnixListener, task::JoinSet, time};

use crate::{
    anchors::Anchors,
    cancel::Wish,
    control, dispute,
    drop_folder::DropFolder,
    gate::Shut,
    handed_in::{CONTROL, HandedIn, METRICS},
    metrics,
    node::Node,
    notify,
    pulse::Part,
    refusals::DropJudge,
    resume::resume,
    told::{Told, problem},
};

/// How long runs may take to say that they were interrupted.
const INTERRUPTING: Duration = Duration::from_secs(15);

/// How jobs come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaysIn {
    /// Drop folder and control socket.
    All,
    /// The control socket; the drop folder is read by [`read_drop_folder`].
    Control,
}

/// Takes up what was left, then opens the ways in. Dropping the tasks closes them.
///
/// # Errors
/// When the ledger does not take what has to be said first, or a socket cannot be made.
pub async fn open(node: &Arc<Node>, ways_in: WaysIn, mut handed_in: HandedIn) -> Told<JoinSet<()>> {
    resume(node).await.map_err(|error| error.problem())?;
    dispute::resume(node);
    let mut tasks = JoinSet::new();
    let control = listener(node, &mut handed_in, CONTROL, &node.places.control())?;
    tasks.spawn(control::serve(Arc::clone(node), control));
    if node.settings.metrics.enabled {
        let metrics = listener(node, &mut handed_in, METRICS, &node.places.metrics())?;
        tasks.spawn(metrics::serve(Arc::clone(node), metrics));
    }
    for name in handed_in.left() {
        tracing::warn!(name, "a socket was handed in that the settings switch off; it is closed");
    }
    if ways_in == WaysIn::All {
        let judge = Arc::new(DropJudge(Arc::clone(node)));
        tasks.spawn(drop_folder(node).watch(
            judge,
            Arc::clone(&node.reloaded),
            Arc::clone(&node.awaited.look_again),
            node.pulses.of(Part::DropFolder),
        ));
    }
    Ok(tasks)
}

/// The socket that was handed in, else one of our own.
fn listener(node: &Node, handed_in: &mut HandedIn, name: &str, path: &Path) -> Told<UnixListener> {
    match handed_in.socket(name) {
        Some(socket) => UnixListener::from_std(socket)
            .map_err(|error| problem(codes::SOCKET_HANDED_IN, format!("`{name}`: {error}"))),
        None => control::listen(path, &node.settings.control.users),
    }
}

/// Takes in what lies in the drop folder now.
pub async fn read_drop_folder(node: &Arc<Node>) {
    drop_folder(node).read_until_settled(&Arc::new(DropJudge(Arc::clone(node)))).await;
}

fn drop_folder(node: &Node) -> DropFolder {
    let rescan = Duration::from_secs(node.settings.jobs.rescan.seconds());
    DropFolder { path: node.places.jobs().to_owned(), rescan }
}

/// Stops in order: no new jobs, a grace for those that run, then everything durable. What does not
/// end in time is run again after the next start.
pub async fn close(node: &Arc<Node>, ledger: JoinHandle<()>) {
    node.gate.shut(Shut::Stopping);
    let grace = Duration::from_secs(node.settings.shutdown.grace.seconds());
    let stopped = stop(node, ledger, grace);
    tokio::pin!(stopped);
    // However long runs may go on by the settings, the service manager is told to wait for it.
    tokio::select! {
        biased;
        () = &mut stopped => {}
        () = notify::stopping(grace.saturating_add(INTERRUPTING)) => stopped.await,
    }
}

async fn stop(node: &Arc<Node>, ledger: JoinHandle<()>, grace: Duration) {
    let poisoned = node.gate.why() == Some(Shut::LedgerPoisoned);
    if !poisoned && time::timeout(grace, node.idle()).await.is_err() {
        for cancel in node.running().values() {
            cancel.ask(Wish::Stopping);
        }
        if time::timeout(INTERRUPTING, node.idle()).await.is_err() {
            tracing::warn!("some runs did not stop; the ledger shows them as begun");
        }
    }
    node.executor.stop().await;
    end_the_ledger(&node.anchors, ledger).await;
    tracing::info!("stopped");
}

/// Closes the ledger, and waits until checkpoint and tiles are as the journal leads to.
pub(crate) async fn end_the_ledger(anchors: &Anchors, ledger: JoinHandle<()>) {
    anchors.close().await;
    // The thread ends after its last commit; a poisoned one has ended already.
    if tokio::task::spawn_blocking(move || ledger.join()).await.is_err() {
        tracing::error!("the ledger's thread did not end well");
    }
}
