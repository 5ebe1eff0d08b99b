//! Signs of life for the service manager's watchdog: it is fed only while every part of the agent stirs.
//!
//! ```text
//! signals, control, metrics, drop folder, tending ──beat──> pulses ──all fresh──> WATCHDOG=1
//! ledger's thread ──answers what it is asked────────────────┘  └─one stale──> nothing
//! ```
//!
//! A part beats in its own task: while it waits, and while it works on one thing for at most [`LONG`].
//! One whose thread is stuck, or whose work does not end, has no pulse, and half an agent is started
//! again. Without a watchdog nobody beats.

use std::{
    future::Future,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
    time::{Duration, Instant},
};

use tokio::time;

use crate::{node::Node, notify, point};

/// One thing that takes longer than this will not end.
const LONG: Duration = Duration::from_secs(600);

/// What runs as long as the agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// What hears signals and decides when it is over.
    Signals,
    /// The thread that owns the ledger.
    Ledger,
    /// What takes in dropped files.
    DropFolder,
    /// What looks after the queue.
    Tending,
    /// What accepts calls at the control socket.
    Control,
    /// What accepts calls at the metrics socket.
    Metrics,
}

const PARTS: [Part; 6] =
    [Part::Signals, Part::Ledger, Part::DropFolder, Part::Tending, Part::Control, Part::Metrics];

/// When each part stirred last.
#[derive(Debug)]
pub(crate) struct Pulses {
    /// How long the service manager is patient; nobody listens if there is none.
    limit: Option<Duration>,
    since: Instant,
    /// Milliseconds after `since`, and 0 for one that has not begun.
    beats: [(Part, AtomicU64); 6],
}

impl Pulses {
    /// As the service manager asked for it.
    pub(crate) fn asked_for() -> Arc<Self> {
        Self::within(notify::watchdog())
    }

    fn within(limit: Option<Duration>) -> Arc<Self> {
        let beats = PARTS.map(|part| (part, AtomicU64::new(0)));
        Arc::new(Self { limit, since: Instant::now(), beats })
    }

    /// The pulse of one part.
    pub(crate) fn of(self: &Arc<Self>, part: Part) -> Pulse {
        Pulse(self.limit.map(|limit| Beating { pulses: Arc::clone(self), part, limit }))
    }

    fn beat(&self, part: Part) {
        let at = u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX);
        let beats = self.beats.iter().filter(|(of, _)| *of == part);
        beats.for_each(|(_, beat)| beat.store(at.saturating_add(1), Ordering::SeqCst));
    }

    /// Parts that have begun and did not stir for so long.
    fn silent_for(&self, silence: Duration) -> impl Iterator<Item = Part> {
        let silence = u64::try_from(silence.as_millis()).unwrap_or(u64::MAX);
        let now = u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX);
        let silent = move |beat: &AtomicU64| match beat.load(Ordering::SeqCst) {
            0 => false,
            beat => now.saturating_sub(beat.saturating_sub(1)) > silence,
        };
        self.beats.iter().filter(move |(_, beat)| silent(beat)).map(|(part, _)| *part)
    }
}

/// The pulse of one part; of nobody, where nobody listens.
#[derive(Debug, Clone)]
pub(crate) struct Pulse(Option<Beating>);

#[derive(Debug, Clone)]
struct Beating {
    pulses: Arc<Pulses>,
    part: Part,
    limit: Duration,
}

impl Pulse {
    /// That of something which nobody watches.
    pub(crate) fn of_nobody() -> Self {
        Self(None)
    }

    /// It stirs.
    pub(crate) fn beat(&self) {
        if let Some(Beating { pulses, part, .. }) = &self.0 {
            point::stirring(*part);
            pulses.beat(*part);
        }
    }

    /// Ends when it is time to stir again; never where nobody listens.
    pub(crate) async fn is_due(&self) {
        match &self.0 {
            Some(beating) => time::sleep(beating.pause()).await,
            None => std::future::pending().await,
        }
    }

    /// Waits for something that may never come.
    pub(crate) async fn waiting<T>(&self, something: impl Future<Output = T>) -> T {
        self.beside(something, None).await
    }

    /// Does something that must end.
    pub(crate) async fn working<T>(&self, work: impl Future<Output = T>) -> T {
        self.beside(work, Some(LONG)).await
    }

    /// In the same task, so that a thread which is stuck in it does not beat.
    async fn beside<T>(&self, other: impl Future<Output = T>, longest: Option<Duration>) -> T {
        let Some(beating) = &self.0 else { return other.await };
        let mut other = pin!(other);
        let began = Instant::now();
        loop {
            if longest.is_none_or(|longest| began.elapsed() <= longest) {
                self.beat();
            }
            tokio::select! {
                biased;
                done = &mut other => {
                    self.beat();
                    return done;
                }
                () = time::sleep(beating.pause()) => {}
            }
        }
    }
}

impl Beating {
    fn pause(&self) -> Duration {
        self.limit.div_f64(8.0)
    }
}

/// The thread that feeds the watchdog, for as long as this lives: one of its own, because what it watches
/// may hold up everything that shares a thread with it.
#[derive(Debug)]
pub(crate) struct Feeding {
    _alive: mpsc::Sender<()>,
}

/// Feeds the watchdog while all parts stir. Nothing, where there is none.
pub(crate) fn feed(node: &Arc<Node>) -> Option<Feeding> {
    let limit = node.pulses.limit?;
    let (alive, over) = mpsc::channel();
    let node = Arc::clone(node);
    let feeding = std::thread::Builder::new()
        .name("watchdog".to_owned())
        .spawn(move || feed_while_all_stir(&node, limit, &over));
    if let Err(error) = feeding {
        tracing::error!(%error, "the watchdog is not fed");
    }
    Some(Feeding { _alive: alive })
}

fn feed_while_all_stir(node: &Node, limit: Duration, over: &mpsc::Receiver<()>) {
    let mut told = Vec::new();
    let mut served = 0;
    loop {
        // The ledger's thread waits for nothing but what it is asked.
        let by_now = node.anchors.served();
        if by_now != served {
            node.pulses.beat(Part::Ledger);
        }
        served = by_now;
        node.anchors.stir();
        // Whoever stops has closed the other parts himself.
        let counts = |part: &Part| *part == Part::Signals || !node.gate.is_stopping();
        let silent: Vec<_> =
            node.pulses.silent_for(limit.div_f64(2.0)).filter(|part| counts(part)).collect();
        if silent.is_empty() {
            notify::alive();
        } else if silent != told {
            tracing::error!(parts = ?silent, "no sign of life; the watchdog is not fed");
        }
        told = silent;
        if over.recv_timeout(limit.div_f64(8.0)) != Err(mpsc::RecvTimeoutError::Timeout) {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So that a pulse beats every millisecond, and one of which nothing was heard for a second is gone.
    const LIMIT: Duration = Duration::from_millis(8);
    const SILENCE: Duration = Duration::from_secs(1);

    /// Waits until these are silent and no other; a machine that is slow may say otherwise for a while.
    async fn silent(pulses: &Pulses, parts: &[Part]) {
        while pulses.silent_for(SILENCE).collect::<Vec<_>>() != parts {
            time::sleep(Duration::from_millis(20)).await;
        }
    }

    #[tokio::test]
    async fn a_part_that_waits_has_a_pulse_for_ever_and_one_that_works_for_long_has_none() {
        let pulses = Pulses::within(Some(LIMIT));
        let (waits, works) = (pulses.of(Part::Control), pulses.of(Part::DropFolder));
        let (end, over) = tokio::sync::oneshot::channel::<()>();
        let never = std::future::pending::<()>();
        let waiting = tokio::spawn(async move { waits.waiting(never).await });
        let working = tokio::spawn(async move { works.beside(over, Some(LIMIT)).await });
        silent(&pulses, &[Part::DropFolder]).await;
        let beat = || {
            let (_, beat) = pulses.beats.iter().find(|(of, _)| *of == Part::DropFolder).unwrap();
            beat.load(Ordering::SeqCst)
        };
        let last = beat();
        // What it worked on ends after all.
        end.send(()).unwrap();
        working.await.unwrap().unwrap();
        assert!(beat() > last);
        waiting.abort();
        silent(&pulses, &[Part::DropFolder, Part::Control]).await;
    }

    #[tokio::test]
    async fn a_part_that_is_stuck_or_gone_is_named() {
        let pulses = Pulses::within(Some(LIMIT));
        pulses.of(Part::Signals).beat();
        let pulse = pulses.of(Part::Tending);
        let task = tokio::spawn(async move { pulse.waiting(std::future::pending::<()>()).await });
        silent(&pulses, &[Part::Signals]).await;
        task.abort();
        silent(&pulses, &[Part::Signals, Part::Tending]).await;
    }

    #[tokio::test]
    async fn where_nobody_listens_nobody_beats_and_nothing_is_waited_for() {
        let pulses = Pulses::within(None);
        let pulse = pulses.of(Part::Control);
        pulse.beat();
        assert_eq!(pulse.working(async { 7 }).await, 7);
        let never = time::timeout(Duration::from_millis(50), pulse.is_due()).await;
        assert!(never.is_err());
        assert!(pulses.beats.iter().all(|(_, beat)| beat.load(Ordering::SeqCst) == 0));
    }
}
