//! Where things are: one function a place, so that nobody joins paths elsewhere.

use std::path::{Path, PathBuf};

use crate::{args::Args, settings::Settings};

/// The agent's folders and files.
#[derive(Debug, Clone)]
pub struct Places {
    config: PathBuf,
    state: PathBuf,
    policy: Option<PathBuf>,
    jobs: PathBuf,
    modules: PathBuf,
    control: Option<PathBuf>,
    metrics: Option<PathBuf>,
}

impl Places {
    /// From the command line and the settings.
    #[must_use]
    pub fn new(args: &Args, settings: &Settings) -> Self {
        Self {
            config: args.config.clone(),
            state: args.state.clone(),
            policy: args.policy.clone(),
            jobs: args.config.join(&settings.jobs.folder),
            modules: args.config.join(&settings.jobs.modules),
            control: settings.control.socket.clone(),
            metrics: settings.metrics.socket.clone(),
        }
    }

    /// The newest root, or the pinned one.
    #[must_use]
    pub fn root(&self) -> PathBuf {
        self.config.join("root.yaml")
    }

    /// Further roots of the chain, any names.
    #[must_use]
    pub fn roots(&self) -> PathBuf {
        self.config.join("roots")
    }

    /// Signed revocation lists, any names.
    #[must_use]
    pub fn revocations(&self) -> PathBuf {
        self.config.join("revocations")
    }

    /// Revocation lists that came into force, put aside: they judge what is to replace them.
    #[must_use]
    pub fn kept_revocations(&self) -> PathBuf {
        self.state.join("revocations")
    }

    /// The signed policy.
    #[must_use]
    pub fn policy(&self) -> PathBuf {
        self.policy.clone().unwrap_or_else(|| self.config.join("policy.yaml"))
    }

    /// The drop folder.
    #[must_use]
    pub fn jobs(&self) -> &Path {
        &self.jobs
    }

    /// Modules that were not archived yet.
    #[must_use]
    pub fn modules(&self) -> &Path {
        &self.modules
    }

    /// All that the agent keeps.
    #[must_use]
    pub fn state(&self) -> &Path {
        &self.state
    }

    /// The node's key, unless credentials are handed in.
    #[must_use]
    pub fn node_key(&self) -> PathBuf {
        self.state.join("node.key")
    }

    /// The ledger.
    #[must_use]
    pub fn ledger(&self) -> PathBuf {
        self.state.join("ledger")
    }

    /// The archive.
    #[must_use]
    pub fn archive(&self) -> PathBuf {
        self.state.join("archive")
    }

    /// Values of products on their way.
    #[must_use]
    pub fn scratch(&self) -> PathBuf {
        self.state.join("scratch")
    }

    /// The executor's own folder; the agent never reads it.
    #[must_use]
    pub fn cache(&self) -> PathBuf {
        self.state.join("cache")
    }

    /// Folder of the sockets.
    #[must_use]
    pub fn run(&self) -> PathBuf {
        self.state.join("run")
    }

    /// The control socket.
    #[must_use]
    pub fn control(&self) -> PathBuf {
        self.control.clone().unwrap_or_else(|| self.run().join("control.sock"))
    }

    /// The metrics socket.
    #[must_use]
    pub fn metrics(&self) -> PathBuf {
        self.metrics.clone().unwrap_or_else(|| self.run().join("metrics.sock"))
    }

    /// Every folder in which the agent changes anything.
    #[must_use]
    pub fn changed(&self) -> Vec<PathBuf> {
        let sockets = [self.control(), self.metrics()];
        let beside = sockets.iter().filter_map(|socket| socket.parent());
        let beside = beside.filter(|folder| !folder.starts_with(&self.state));
        let mut all = vec![self.state.clone()];
        all.extend(beside.map(Path::to_owned));
        all.dedup();
        all
    }

    /// Every folder that must be the agent's alone.
    #[must_use]
    pub fn private(&self) -> [PathBuf; 7] {
        [
            self.state.clone(),
            self.ledger(),
            self.archive(),
            self.scratch(),
            self.kept_revocations(),
            self.cache(),
            self.run(),
        ]
    }
}
