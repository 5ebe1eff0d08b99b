//! The trust root as this command line can know it: from a file, or from the agent's folder.

use std::path::{Path, PathBuf};

use arch_document::{Document, History, Kind, Moment, Refusal, Root, SignedDocument, TrustRoot};
use arch_identity::{Digest, Timestamp};
use arch_problem::Problem;

use crate::answer::Stop;
use crate::render::Sources;
use crate::{clock, documents, say};

/// The most roots of a chain that are looked at.
const LONGEST_CHAIN: usize = 100;

/// The present, as one command sees it.
pub(crate) fn moment(newest_ledger_time: Option<Timestamp>) -> Result<Moment, Stop> {
    Moment::read(clock::now()?, newest_ledger_time)
        .map_err(|step| Problem::new(step.code(), step.to_string()).into())
}

/// A root that is believed because somebody named its file: its own digest is its pin.
pub(crate) fn alone(path: &Path) -> Result<TrustRoot, Stop> {
    let document = documents::read(path)?;
    let digest = document.digest();
    say::talk(&format!("trusting the root {digest}"));
    TrustRoot::pinned(document, digest, &moment(None)?).map_err(refused)
}

/// Whether enough of its own signers have signed a root, in its time.
pub(crate) fn is_complete(document: SignedDocument, history: &dyn History) -> Result<(), Stop> {
    let (digest, moment) = (document.digest(), moment(None)?);
    let root = TrustRoot::pinned(document, digest, &moment).map_err(refused)?;
    root.check_current(&moment, history)
        .map_err(|problem| Stop::refused(*problem, documents::sources(root.document())))
}

/// Whether `next` may follow `old`.
pub(crate) fn step(old: SignedDocument, next: SignedDocument) -> Result<(), Stop> {
    let (digest, moment) = (old.digest(), moment(None)?);
    let root = TrustRoot::pinned(old, digest, &moment).map_err(refused)?;
    root.rotate(next, &moment).map(|_next| ()).map_err(refused)
}

/// The root in force in an agent's configuration folder: the pinned one, and those that follow.
///
/// Without a pin the first root of the folder is taken, and that is said.
pub(crate) fn in_force(
    config: &Path,
    pin: Option<Digest>,
    moment: &Moment,
) -> Result<TrustRoot, Stop> {
    let mut chain = chain(config)?;
    let wanted = |root: &SignedDocument| match pin {
        Some(pin) => root.digest() == pin,
        None => true,
    };
    let first = chain.iter().position(wanted).ok_or_else(|| {
        Stop::could_not(
            "no root in the configuration folder has the pinned digest",
            "put the root that `trustRoot` of node.yaml names into roots/",
        )
    })?;
    let first = chain.remove(first);
    let pin = pin.unwrap_or_else(|| {
        say::talk(&format!("no root is pinned in node.yaml; trusting {}", first.digest()));
        first.digest()
    });
    let mut root = TrustRoot::pinned(first, pin, moment).map_err(refused)?;
    for next in chain {
        if let Ok(newer) = root.rotate(next, moment) {
            root = newer;
        }
    }
    Ok(root)
}

/// root.yaml and roots/*, lowest version first.
fn chain(config: &Path) -> Result<Vec<SignedDocument>, Stop> {
    let further = std::fs::read_dir(config.join("roots")).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = further.map(|entry| entry.path()).take(LONGEST_CHAIN).collect();
    paths.push(config.join("root.yaml"));
    let mut roots = Vec::new();
    for path in paths {
        let document = documents::read(&path)?;
        if document.kind() == Kind::Root {
            let root: Root = document.read().map_err(|p| documents::refused(&document, *p))?;
            roots.push((root.version().map_or(0, |(_name, version)| version), document));
        }
    }
    roots.sort_by_key(|(version, _document)| *version);
    roots.dedup_by_key(|(_version, document)| document.digest());
    Ok(roots.into_iter().map(|(_version, document)| document).collect())
}

/// A document that was not believed.
pub(crate) fn refused(refusal: Box<Refusal>) -> Stop {
    let sources = documents::sources(&refusal.document);
    Stop::refused(refusal.problem, sources)
}

/// The texts that problems of a root and of another document point into.
pub(crate) fn sources(root: &TrustRoot, other: &SignedDocument) -> Sources {
    documents::sources(other).with(root.document().file(), root.document().source())
}
