//! A ledger's folder, read as a stranger would.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use arch_document::{ActiveList, History, Kind};
use arch_identity::{Digest, Timestamp};
use arch_ledger::{Entry, Index, JobState, LedgerError, Reader, Record, VersionedKind};
use arch_problem::Problem;

use crate::answer::Stop;
use crate::named_job::{NamedJob, only_one};

/// Which ledger is meant.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Folder {
    /// The ledger's folder, or the state folder that it is in
    #[arg(value_name = "DIR", env = "ARCH_LEDGER", default_value = "/var/lib/archagent/ledger")]
    dir: PathBuf,
}

impl Folder {
    pub(crate) fn at(dir: &Path) -> Self {
        Self { dir: dir.to_path_buf() }
    }

    pub(crate) fn open(&self) -> Result<LedgerFolder, Stop> {
        LedgerFolder::open(&self.path())
    }

    /// The folder itself, the one in a state folder, or the one in a kept demo.
    pub(crate) fn path(&self) -> PathBuf {
        let candidates = [self.dir.clone(), self.dir.join("ledger"), self.dir.join("state/ledger")];
        let is_ledger = |dir: &&PathBuf| dir.join("journal").exists();
        candidates.iter().find(is_ledger).unwrap_or(&self.dir).clone()
    }
}

/// An open one.
#[derive(Debug)]
pub(crate) struct LedgerFolder {
    pub(crate) reader: Reader,
}

impl LedgerFolder {
    pub(crate) fn open(path: &Path) -> Result<Self, Stop> {
        Reader::open(path).map(|reader| Self { reader }).map_err(|error| broken(&error))
    }

    pub(crate) fn entries(&self) -> Result<Vec<Entry>, Stop> {
        let entries = self.reader.entries().map_err(|error| broken(&error))?;
        entries.collect::<Result<_, _>>().map_err(|error| broken(&error))
    }

    /// The sum of all entries of the ledger in a state folder.
    pub(crate) fn known_below(state: &Path) -> Result<Known, Stop> {
        Self::open(&state.join("ledger"))?.known()
    }

    /// The sum of all entries.
    pub(crate) fn known(&self) -> Result<Known, Stop> {
        let mut known = Known::default();
        for entry in self.entries()? {
            known.take(&entry);
        }
        Ok(known)
    }
}

/// A ledger that cannot be read answers no question.
pub(crate) fn broken(error: &LedgerError) -> Stop {
    Problem::new(error.code(), error.to_string()).into()
}

/// What a ledger says, as the history that documents are judged by.
#[derive(Debug, Default)]
pub(crate) struct Known {
    index: Index,
    node: Option<String>,
    active: Vec<Digest>,
    /// Name of the policy that became active last.
    policy: Option<String>,
    lists: BTreeMap<String, ActiveList>,
    size: u64,
}

impl Known {
    fn take(&mut self, entry: &Entry) {
        self.index.take(entry);
        self.size = entry.index.saturating_add(1);
        match &entry.record {
            Record::Opened { node, .. } => self.node = Some(node.clone()),
            Record::Root { document, .. } => self.active.push(*document),
            Record::Policy { document, name, .. } => {
                self.policy = Some(name.clone());
                self.active.push(*document);
            }
            Record::Revocation { document, name, version } => {
                self.active.push(*document);
                let (name, version) = (name.clone(), *version);
                let list = ActiveList { name: name.clone(), version, document: *document };
                let newest = self.lists.entry(name).or_insert_with(|| list.clone());
                if version >= newest.version {
                    *newest = list;
                }
            }
            _ => {}
        }
    }

    pub(crate) fn index(&self) -> &Index {
        &self.index
    }

    /// The node's did:key.
    pub(crate) fn node(&self) -> Option<String> {
        self.node.clone()
    }

    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    pub(crate) fn newest_time(&self) -> Option<Timestamp> {
        self.index.newest_time()
    }

    /// Jobs that ended as they should, or were let go afterwards.
    pub(crate) fn completed(&self) -> BTreeSet<Digest> {
        let good = |state| matches!(state, JobState::Completed | JobState::Released);
        self.index.jobs().filter(|(_, job)| good(job.state)).map(|(digest, _)| *digest).collect()
    }

    /// The one job that is meant.
    pub(crate) fn find(&self, job: &NamedJob) -> Result<Digest, Stop> {
        match job {
            NamedJob::Whole(digest) => Ok(*digest),
            NamedJob::Start(start) => {
                only_one(start, self.index.jobs().map(|(digest, _job)| *digest))
            }
        }
    }
}

impl History for Known {
    fn was_accepted(&self, digest: &Digest) -> bool {
        self.index.was_accepted(digest) || self.active.contains(digest)
    }

    fn newest_version(&self, kind: Kind, name: &str) -> Option<u64> {
        let (kind, name) = match kind {
            Kind::Root => (VersionedKind::Root, ""),
            Kind::Policy => (VersionedKind::Policy, name),
            Kind::Revocation => (VersionedKind::Revocation, name),
            _ => return None,
        };
        self.index.newest(kind, name).map(|active| active.version)
    }

    fn policy_name(&self) -> Option<String> {
        self.policy.clone()
    }

    fn lists_in_force(&self) -> Vec<ActiveList> {
        self.lists.values().cloned().collect()
    }
}
