//! The agent's state, shared by all that it does at once.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
};

use arch_document::{Moment, Runtime};
use arch_identity::{Digest, Timestamp};
use arch_policy::Facts;
use arch_schedule::JobState;
use tokio::sync::{Notify, watch};

use crate::{
    anchors::{AnchorError, Anchors},
    authority::Authority,
    awaited::Awaited,
    bucket::Bucket,
    cancel::Cancel,
    clock,
    desk::Desk,
    dispute::{Identities, News},
    executor_client::ExecutorClient,
    gate::{Gate, Shut},
    hands::Hands,
    memory::KnownJob,
    places::Places,
    progress::Progress,
    prover_line::ProverLine,
    pulse::Pulses,
    settings::Settings,
    supplies::Stores,
    told::{Told, no_such_job, problem},
};

/// Everything that a running agent has. Cheap to share, never copied.
#[derive(Debug)]
pub struct Node {
    /// The node's did:key.
    pub did: String,
    /// When this process started.
    pub since: Timestamp,
    /// The settings in force.
    pub settings: Settings,
    /// Where things are.
    pub places: Places,
    /// What `--listen` asked for.
    pub listen: Option<String>,
    /// The ledger.
    pub anchors: Anchors,
    /// The archive and the modules folder.
    pub stores: Arc<Stores>,
    /// The executor.
    pub executor: ExecutorClient,
    /// The way to the prover.
    pub prover: Arc<ProverLine>,
    /// Who computes on this machine.
    pub identities: Identities,
    /// Of disputes.
    pub(crate) news: News,
    authority: RwLock<Arc<Authority>>,
    /// Whether something else is in force than at the start.
    changed: AtomicBool,
    /// Held from the reading of a newer authority until it is in force.
    pub(crate) reloading: tokio::sync::Mutex<()>,
    pub(crate) desk: Desk,
    pub(crate) hands: Hands,
    pub(crate) gate: Gate,
    /// Told whenever a reload has put something new in force.
    pub(crate) reloaded: Arc<Notify>,
    /// Files that wait for another job's end.
    pub(crate) awaited: Awaited,
    /// How many refusals may still be anchored.
    pub(crate) refusals: Mutex<Bucket>,
    running: Mutex<BTreeMap<Digest, Cancel>>,
    /// How far jobs are that can say so.
    pub(crate) progress: Progress,
    active: watch::Sender<usize>,
    /// Whether all its parts stir.
    pub(crate) pulses: Arc<Pulses>,
}

/// What a node is made of.
#[derive(Debug)]
pub struct Parts {
    /// The node's did:key.
    pub did: String,
    /// The settings in force.
    pub settings: Settings,
    /// Where things are.
    pub places: Places,
    /// What `--listen` asked for.
    pub listen: Option<String>,
    /// The ledger.
    pub anchors: Anchors,
    /// Root and policy, verified.
    pub authority: Authority,
    /// The archive and the modules folder.
    pub stores: Stores,
    /// The executor.
    pub executor: ExecutorClient,
    /// Who computes on this machine.
    pub identities: Identities,
}

impl Node {
    /// Puts the parts together; nothing runs yet.
    #[must_use]
    pub fn new(parts: Parts) -> Arc<Self> {
        let desk = Desk::new(crate::settings::machine(&parts.settings), parts.settings.jobs.caps());
        let prover = ProverLine::to(parts.settings.prover.socket.clone());
        Arc::new(Self {
            did: parts.did,
            since: clock::wall(),
            settings: parts.settings,
            places: parts.places,
            listen: parts.listen,
            anchors: parts.anchors,
            stores: Arc::new(parts.stores),
            executor: parts.executor,
            prover: Arc::new(prover),
            identities: parts.identities,
            news: News::default(),
            authority: RwLock::new(Arc::new(parts.authority)),
            changed: AtomicBool::new(false),
            reloading: tokio::sync::Mutex::default(),
            desk,
            hands: Hands::default(),
            gate: Gate::default(),
            reloaded: Arc::default(),
            awaited: Awaited::default(),
            refusals: Mutex::default(),
            running: Mutex::default(),
            progress: Progress::default(),
            active: watch::Sender::new(0),
            pulses: Pulses::asked_for(),
        })
    }

    /// Root and policy in force.
    #[must_use]
    pub fn authority(&self) -> Arc<Authority> {
        Arc::clone(&self.authority.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Replaces root, revocations and policy.
    pub(crate) fn put_in_force(&self, new: Authority) {
        let believed = new.doubt().is_none();
        if !believed {
            self.gate.shut(Shut::PolicyDoubted);
        }
        *self.authority.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(new);
        self.changed.store(true, Ordering::SeqCst);
        if believed {
            self.gate.open(Shut::PolicyDoubted);
        }
        // Files that were refused may be welcome now.
        self.reloaded.notify_one();
    }

    /// Whether a job may have been admitted by another authority than the one in force.
    pub(crate) fn authority_changed(&self) -> bool {
        self.changed.load(Ordering::SeqCst)
    }

    /// One reading of the clock, held against the ledger.
    pub(crate) fn moment(&self) -> Told<Moment> {
        let newest = self.anchors.memory().newest_time();
        match Moment::read(clock::wall(), newest) {
            Ok(moment) => {
                self.gate.open(Shut::ClockWentBack);
                Ok(moment)
            }
            Err(step) => {
                self.gate.shut(Shut::ClockWentBack);
                Err(problem(step.code(), step.to_string()))
            }
        }
    }

    /// What an admission is decided upon.
    pub(crate) fn facts(&self, authority: &Authority, after: &[Digest], now: Timestamp) -> Facts {
        Facts {
            completed: self.completed(after),
            node: self.did.clone(),
            groups: self.settings.groups.clone(),
            now,
            runtimes: vec![Runtime::Wasm, Runtime::Matrix],
            gpus: self.settings.lend.gpu,
            policy_quorum: authority.policy_quorum(),
            known: self.settings.facts.clone(),
        }
    }

    fn completed(&self, jobs: &[Digest]) -> BTreeSet<Digest> {
        let done = |digest: &&Digest| {
            let state = self.state_of(digest);
            matches!(state, Some(JobState::Completed | JobState::Released))
                && !self.anchors.memory().disputes().contests(digest)
        };
        jobs.iter().filter(done).copied().collect()
    }

    /// The state of an accepted job.
    #[must_use]
    pub fn state_of(&self, digest: &Digest) -> Option<JobState> {
        self.anchors.memory().state_of(digest)
    }

    /// All that the ledger says of an accepted job.
    ///
    /// # Errors
    /// When there is none, or the ledger cannot be read.
    pub(crate) async fn job(&self, digest: Digest) -> Told<KnownJob> {
        let found = self.anchors.job(digest).await.map_err(|error| error.problem())?;
        found.ok_or_else(|| no_such_job(digest))
    }

    /// Notes what the ledger's trouble means for new jobs.
    pub(crate) fn heed(&self, error: &AnchorError) {
        use arch_ledger::LedgerError as L;
        match error {
            AnchorError::Ledger(L::OutOfSpace) => self.gate.shut(Shut::OutOfSpace),
            AnchorError::Ledger(L::Poisoned(_)) | AnchorError::Closed => {
                self.gate.shut(Shut::LedgerPoisoned);
            }
            AnchorError::Ledger(_) => {}
        }
    }

    /// The runs there are, and how to end them.
    pub(crate) fn running(&self) -> MutexGuard<'_, BTreeMap<Digest, Cancel>> {
        // A map is whole after every single operation.
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a task that works on a job for as long as the value lives.
    pub(crate) fn at_work(self: &Arc<Self>) -> AtWork {
        self.active.send_modify(|count| *count = count.saturating_add(1));
        AtWork(Arc::clone(self))
    }

    /// Whether nobody works on a job.
    pub(crate) fn is_idle(&self) -> bool {
        *self.active.borrow() == 0
    }

    /// Waits until nobody works on a job.
    pub(crate) async fn idle(&self) {
        // The sender lives in `self`, so waiting cannot fail.
        let _ = self.active.subscribe().wait_for(|count| *count == 0).await;
    }
}

/// Somebody works on a job.
#[derive(Debug)]
pub(crate) struct AtWork(Arc<Node>);

impl Drop for AtWork {
    fn drop(&mut self) {
        self.0.active.send_modify(|count| *count = count.saturating_sub(1));
    }
}
