//! Values on their way: a file for each part, where workers write, and beside it a list of the tiles
//! that were hashed. Both stay until the job has ended, also when the agent is killed, so that the next
//! attempt goes on behind the last tile whose values are still what was hashed.
//!
//! The executor keeps a descriptor of such a file. Whatever is read of it once more may be other than
//! it was: what counts are the hashes in the list, and what lies in the archive.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use arch_files::private_dir;
use arch_identity::Digest;
use arch_problem::codes;

use super::{Run, Share, values::Values};
use crate::told::{Told, problem};

/// All parts of one job.
#[derive(Debug)]
pub(super) struct Scratch {
    parts: Vec<Values>,
}

impl Scratch {
    /// Opens what an attempt before has left, or begins.
    pub(super) fn open(run: &Run<'_>) -> Told<Self> {
        let folder = folder(run.node.places.scratch(), &run.placed.job().digest());
        private_dir(&folder).map_err(|error| Box::new(error.problem()))?;
        let shares = run.product.shares.iter().enumerate();
        let parts = shares.map(|(at, share)| {
            Values::open(&folder, &at.to_string(), *share, run.product)
                .map_err(|error| told(&folder, &error))
        });
        let parts = parts.collect::<Told<Vec<Values>>>();
        if parts.is_err() {
            // What was taken before the disk was full is of no use, and others need it.
            forget(run.node.places.scratch(), &run.placed.job().digest());
        }
        Ok(Self { parts: parts? })
    }

    /// The parts, in the order of the product's shares.
    pub(super) fn parts(&self) -> &[Values] {
        &self.parts
    }

    /// Those of a node.
    pub(super) fn of(&self, share: Share) -> Option<&Values> {
        self.parts.iter().find(|values| values.share == share)
    }
}

/// Forgets what jobs have left that are not among these.
pub(crate) fn sweep(scratch: &Path, unended: &[Digest]) {
    let wanted: Vec<String> = unended.iter().map(Digest::hex).collect();
    let Ok(found) = fs::read_dir(scratch) else { return };
    for entry in found.flatten() {
        let name = entry.file_name();
        if !wanted.iter().any(|wanted| name == wanted.as_str())
            && let Err(error) = fs::remove_dir_all(entry.path())
        {
            tracing::warn!(?name, %error, "scratch files stay behind");
        }
    }
}

/// Forgets what a job has left; nothing is left of most.
pub(crate) fn forget(scratch: PathBuf, document: &Digest) {
    match fs::remove_dir_all(folder(scratch, document)) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => tracing::warn!(job = %document, %error, "scratch files stay behind"),
    }
}

/// Where the files of a job are.
pub(super) fn folder(scratch: PathBuf, document: &Digest) -> PathBuf {
    scratch.join(document.hex())
}

/// What a scratch file that cannot be read or written is told as.
pub(super) fn machine(error: &io::Error) -> Box<arch_problem::Problem> {
    problem(codes::FILE_MACHINE, format!("a scratch file: {error}"))
}

/// The same of one that cannot be opened.
pub(super) fn told(folder: &Path, error: &io::Error) -> Box<arch_problem::Problem> {
    problem(codes::FILE_MACHINE, format!("{}: {error}", folder.display()))
}
