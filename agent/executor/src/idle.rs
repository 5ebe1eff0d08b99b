//! Shared workers between two jobs.

use std::time::{Duration, Instant};

use arch_confine::Caps;
use arch_identity::Digest;
use arch_sandbox::worker;
use arch_wire::executor::{Isolation, RunRequest};

use crate::run::Busy;

/// A shared worker is replaced after so many jobs.
pub(crate) const JOBS: u32 = 100;
/// A shared worker that nobody needs ends after this.
const PATIENCE: Duration = Duration::from_secs(60);

/// Whose jobs a shared worker takes: one owner's, of one module, with the same grants, held to the
/// same by the kernel (limits of a process cannot be raised again, nor its cgroup's).
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Kinship {
    owner: String,
    module: Digest,
    /// As text.
    grants: Vec<String>,
    caps: Caps,
}

impl Kinship {
    /// That of a request; none if it wants a process of its own.
    pub(crate) fn of(request: &RunRequest) -> Option<Self> {
        match &request.isolation {
            Isolation::Process => None,
            Isolation::Shared { owner } => Some(Self {
                owner: owner.clone(),
                module: request.module,
                grants: request.grants.iter().map(ToString::to_string).collect(),
                caps: worker::process_caps(request),
            }),
        }
    }
}

/// A shared worker that waits.
#[derive(Debug)]
pub(crate) struct Idle {
    pub(crate) busy: Busy,
    pub(crate) served: u32,
    kinship: Kinship,
    since: Instant,
}

/// All that wait.
#[derive(Debug, Default)]
pub(crate) struct Idlers(Vec<Idle>);

impl Idlers {
    /// One that takes this request, out of the list.
    pub(crate) fn take(&mut self, request: &RunRequest) -> Option<Idle> {
        let kinship = Kinship::of(request)?;
        let at = self.0.iter().position(|idle| idle.kinship == kinship)?;
        Some(self.0.swap_remove(at))
    }

    /// Lets a worker wait; the one that has waited longest goes when there are too many.
    pub(crate) fn keep(&mut self, busy: Busy, kinship: Kinship, served: u32, most: usize) {
        self.0.push(Idle { busy, served, kinship, since: Instant::now() });
        if self.0.len() > most
            && let Some(at) = (0..self.0.len()).min_by_key(|at| self.0.get(*at).map(|i| i.since))
        {
            drop(self.0.swap_remove(at));
        }
    }

    /// Lets those go that have waited long.
    pub(crate) fn retire(&mut self) {
        self.0.retain(|idle| idle.since.elapsed() < PATIENCE);
    }

    /// Lets all go.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// Lets the one at `at` go: it said something that nobody asked, or it died.
    pub(crate) fn remove(&mut self, at: usize) {
        if at < self.0.len() {
            drop(self.0.swap_remove(at));
        }
    }

    /// In the order of `remove`.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Idle> {
        self.0.iter()
    }
}
