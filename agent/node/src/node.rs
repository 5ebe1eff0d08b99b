//! The agent's state, shared by all that it does at once.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
};

use arch_document::{Moment, Runtime};
use arch_identity::{Digest, Timestamp};
use arch_policy::Facts;
use arch_schedule::JobState;
use tokio::sync::{Notify, watch};

use crate::{
    anchors::{AnchorError, Anchors},
    authority::Authority,
    cancel::Cancel,
    clock,
    desk::Desk,
    executor_client::ExecutorClient,
    gate::{Gate, Shut},
    hands::Hands,
    places::Places,
    settings::Settings,
    supplies::Stores,
    told::{Told, problem},
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
    pub(crate) authority: RwLock<Arc<Authority>>,
    pub(crate) desk: Desk,
    pub(crate) hands: Hands,
    /// Who writes the records of a job into the archive.
    pub(crate) keeping: Hands,
    pub(crate) gate: Gate,
    /// Told whenever a reload has put something new in force.
    pub(crate) reloaded: Arc<Notify>,
    running: Mutex<BTreeMap<Digest, Cancel>>,
    active: watch::Sender<usize>,
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
}

impl Node {
    /// Puts the parts together; nothing runs yet.
    #[must_use]
    pub fn new(parts: Parts) -> Arc<Self> {
        let desk = Desk::new(crate::settings::machine(&parts.settings), parts.settings.jobs.caps());
        Arc::new(Self {
            did: parts.did,
            since: clock::wall(),
            settings: parts.settings,
            places: parts.places,
            listen: parts.listen,
            anchors: parts.anchors,
            stores: Arc::new(parts.stores),
            executor: parts.executor,
            authority: RwLock::new(Arc::new(parts.authority)),
            desk,
            hands: Hands::default(),
            keeping: Hands::default(),
            gate: Gate::default(),
            reloaded: Arc::default(),
            running: Mutex::default(),
            active: watch::Sender::new(0),
        })
    }

    /// Root and policy in force.
    #[must_use]
    pub fn authority(&self) -> Arc<Authority> {
        Arc::clone(&self.authority.read().unwrap_or_else(PoisonError::into_inner))
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
            runtimes: vec![Runtime::Wasm],
            gpus: self.settings.lend.gpu,
            policy_quorum: authority.policy_quorum(),
            known: self.settings.facts.clone(),
        }
    }

    fn completed(&self, jobs: &[Digest]) -> BTreeSet<Digest> {
        let done = |digest: &&Digest| {
            let state = self.state_of(digest);
            matches!(state, Some(JobState::Completed | JobState::Released))
        };
        jobs.iter().filter(done).copied().collect()
    }

    /// The state of an accepted job.
    #[must_use]
    pub fn state_of(&self, digest: &Digest) -> Option<JobState> {
        self.anchors.memory().job(digest).map(|job| job.state)
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
