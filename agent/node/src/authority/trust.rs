//! Root and revocations: read from the folders, walked by the document crate, put aside, anchored.

use std::{collections::BTreeSet, path::PathBuf};

use arch_document::{InForce, Kind, Moment, News, Shown, SignedDocument, TrustRoot};
use arch_identity::Digest;
use arch_ledger::Record;
use arch_problem::Problem;

use super::{Unsettled, folder};
use crate::{anchors::Anchors, memory::Memory, places::Places, told::Told};

/// Root and revocations that are in force together.
#[derive(Debug)]
pub(crate) struct Trust {
    pub(super) root: TrustRoot,
    pub(super) lists: Vec<Digest>,
    /// The first of what is newer and was not believed.
    pub(super) refused: Option<Box<Problem>>,
}

impl Trust {
    /// Reads and verifies; put aside and anchored when this returns.
    pub(crate) async fn establish(
        places: &Places,
        pin: Digest,
        moment: &Moment,
        anchors: &Anchors,
    ) -> Result<Self, Unsettled> {
        let (shown, unreadable) = shown(places)?;
        let in_force = walk(shown, pin, moment, &anchors.memory())?;
        let InForce { root, lists, news, refused } = in_force;
        // First the copies: the ledger never speaks of a list that cannot be verified again.
        let kept = keep(places, &lists)?;
        if !news.is_empty() {
            anchors.anchor(news.into_iter().map(record).collect()).await?;
        }
        forget_others(places, &kept);
        Ok(Self { root, lists: digests(&lists), refused: refused.or(unreadable) })
    }

    /// Reads and verifies, and leaves everything as it is.
    pub(super) fn look(
        places: &Places,
        pin: Digest,
        moment: &Moment,
        memory: &Memory,
    ) -> Told<Self> {
        let (shown, unreadable) = shown(places)?;
        let InForce { root, lists, refused, .. } = walk(shown, pin, moment, memory)?;
        Ok(Self { root, lists: digests(&lists), refused: refused.or(unreadable) })
    }
}

fn walk(shown: Shown, pin: Digest, moment: &Moment, memory: &Memory) -> Told<InForce> {
    let in_force = TrustRoot::walk(shown, pin, moment, memory)?;
    in_force.root.check_current(moment, memory)?;
    Ok(in_force)
}

/// Beside them the first problem with what should be a list.
fn shown(places: &Places) -> Told<(Shown, Option<Box<Problem>>)> {
    let mut roots = folder::documents(&places.roots())?;
    if places.root().exists() || roots.is_empty() {
        roots.push(folder::document(&places.root())?);
    }
    let (lists, unreadable) = folder::readable(&places.revocations())?;
    // One that was damaged is as good as gone, which the walk tells.
    let (kept, _) = folder::readable(&places.kept_revocations())?;
    Ok((Shown { roots, lists, kept }, unreadable))
}

fn digests(lists: &[SignedDocument]) -> Vec<Digest> {
    let all: BTreeSet<Digest> = lists.iter().map(SignedDocument::digest).collect();
    all.into_iter().collect()
}

fn record(news: News) -> Record {
    let News { kind, name, version, document } = news;
    match kind {
        Kind::Root => Record::Root { document, version },
        _ => Record::Revocation { document, name, version },
    }
}

/// A list that is replaced in the configuration folder goes on to judge what replaces it.
fn keep(places: &Places, lists: &[SignedDocument]) -> Told<BTreeSet<PathBuf>> {
    let mut kept = BTreeSet::new();
    for list in lists {
        let name = format!("{}.yaml", Digest::of(list.source()).hex());
        let path = places.kept_revocations().join(name);
        if !path.exists() {
            arch_files::write_whole(&path, list.source(), 0o600)
                .map_err(|e| Box::new(e.problem()))?;
        }
        kept.insert(path);
    }
    Ok(kept)
}

/// What is in force no more; one that stays is passed over at the next walk.
fn forget_others(places: &Places, kept: &BTreeSet<PathBuf>) {
    let entries = std::fs::read_dir(places.kept_revocations()).into_iter().flatten();
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        if !kept.contains(&path)
            && let Err(error) = std::fs::remove_file(&path)
        {
            tracing::debug!(%error, "an old revocation list stays");
        }
    }
}
