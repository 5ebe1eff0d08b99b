//! Start-up in its order: folders, key, ledger, root, revocations, policy. Each needs the one before.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    thread::JoinHandle,
};

use arch_identity::Digest;
use arch_ledger::{LedgerError, StdFs};
use arch_problem::{Problem, codes};

use super::Stop;
use crate::{
    anchors::{AnchorError, Anchors},
    args::Args,
    authority::{self, Authority, Unsettled},
    clock,
    dispute::Identities,
    executor_client::ExecutorClient,
    identity,
    launcher::{Launch, Launcher},
    mode::Mode,
    node::Parts,
    notify,
    places::Places,
    premises::{self, ExecutorFrom},
    records, service,
    settings::Settings,
    shelf::Shelf,
    supplies::{Modules, Ready, Stores},
    told::{Told, problem},
};

/// The most workers that an executor is asked for.
const MOST_WORKERS: u16 = 64;

/// So many entries of the ledger are read in less than a second.
const TELL_EVERY: u64 = 16_384;

/// Everything that a node is made of, and the ledger's thread.
pub(super) async fn parts(
    args: &Args,
    settings: Settings,
    places: Places,
    executor: Executor,
) -> Result<(Parts, JoinHandle<()>), Stop> {
    let pin = premises::pin(&settings).map_err(Stop::configuration)?;
    let keys = identity::open(&places, settings.node_key).map_err(Stop::could_not)?;
    let did = keys.node();
    let identities = Identities::new(Arc::clone(keys.pair()));
    let identities = identities.ok_or_else(|| {
        Stop::could_not(problem(codes::NODE_KEY, "the node's key has no Ed25519 key in it"))
    })?;
    let (anchors, thread) = ledger(&places, keys).map_err(Stop::could_not)?;
    let authority = match trust(&places, pin, &settings.groups, &anchors).await {
        Ok(authority) => authority,
        Err(stop) => {
            service::end_the_ledger(&anchors, thread).await;
            return Err(stop);
        }
    };
    let shelf = Shelf::open(&places.archive()).map_err(Stop::could_not)?;
    let stores = Stores {
        shelf,
        modules: Modules::new(places.modules().to_owned()),
        ready: Ready::default(),
        most_input: settings.inputs.max,
        private: places.state().to_owned(),
    };
    let executor = match executor {
        Executor::Elsewhere(socket) => ExecutorClient::connecting(socket),
        Executor::Ours(launcher) => ExecutorClient::launched_by(launcher),
        Executor::None => ExecutorClient::none(),
    };
    let listen = args.listen.clone();
    let parts =
        Parts { did, settings, places, listen, anchors, authority, stores, executor, identities };
    Ok((parts, thread))
}

/// Makes the folders that are the agent's alone.
pub(super) fn folders(places: &Places) -> Told<()> {
    let mut folders = places.private().into_iter();
    folders
        .try_for_each(|folder| arch_files::private_dir(&folder))
        .map_err(|e| Box::new(e.problem()))
}

/// Where the executor comes from.
pub(super) enum Executor {
    /// Our launcher starts it.
    Ours(Launcher),
    /// A socket that somebody else's listens on.
    Elsewhere(PathBuf),
    /// This node runs nothing.
    None,
}

/// Looks where the executor is to come from, and starts the launcher if it is ours.
pub(super) fn executor(
    args: &Args,
    settings: &Settings,
    places: &Places,
    mode: Mode,
) -> Told<Executor> {
    let program = match premises::executor(args, settings, mode)? {
        ExecutorFrom::Nowhere => return Ok(Executor::None),
        ExecutorFrom::Socket(socket) => return Ok(Executor::Elsewhere(socket)),
        ExecutorFrom::Program(program) => program,
    };
    let launch = Launch { program, cache: places.cache(), workers: workers(settings) };
    let launcher = Launcher::start(&launch);
    let absent = |error: std::io::Error| problem(codes::EXECUTOR_ABSENT, error.to_string());
    launcher.map(Executor::Ours).map_err(absent)
}

/// As many as could have room at once: a run asks for a tenth of a processor at the least.
fn workers(settings: &Settings) -> u16 {
    let tenths = crate::settings::machine(settings).cpu.millicores().div_ceil(100);
    u16::try_from(tenths).unwrap_or(u16::MAX).clamp(1, MOST_WORKERS)
}

fn ledger(places: &Places, keys: arch_ledger::LogKeys) -> Told<(Anchors, JoinHandle<()>)> {
    let told = |error: LedgerError| problem(error.code(), error.to_string());
    let fs = StdFs::open(&places.ledger())
        .map_err(|source| told(LedgerError::Io { path: "ledger".to_owned(), source }))?;
    // A ledger of many entries takes its time, and nobody is to take that for a hang.
    let progress = |index: u64| {
        if index.is_multiple_of(TELL_EVERY) && index > 0 {
            notify::recovering(index);
        }
    };
    let opened = Anchors::open_telling(fs, keys, clock::wall(), progress);
    let (anchors, thread, recovery) = opened.map_err(|error| error.problem())?;
    if recovery.cut_bytes > 0 || !recovery.rebuilt.is_empty() {
        let rebuilt = recovery.rebuilt.len();
        tracing::warn!(cut = recovery.cut_bytes, rebuilt, "the ledger was cut off while writing");
    }
    Ok((anchors, thread))
}

/// Root and policy, verified against what the ledger remembers, and anchored if they are new.
async fn trust(
    places: &Places,
    pin: Digest,
    groups: &[String],
    anchors: &Anchors,
) -> Result<Authority, Stop> {
    match authority::establish(places, pin, groups, anchors).await {
        Ok(authority) => Ok(authority),
        Err(Unsettled::Anchor(error)) => Err(Stop::could_not(error.problem())),
        Err(Unsettled::Told(problem)) => {
            if let Err(error) = anchor_refusal(anchors, &problem).await {
                tracing::error!(%error, "the refusal is not anchored");
            }
            Err(Stop::of_trust(problem))
        }
    }
}

/// Once for each file and code, however often the service manager tries again.
async fn anchor_refusal(anchors: &Anchors, problem: &Problem) -> Result<(), AnchorError> {
    let path = problem.at.as_ref().map_or("", |place| place.file.as_str());
    let file = path.rsplit('/').next().unwrap_or_default();
    let subject = match arch_files::read(Path::new(path), arch_document::MAX_ENVELOPE_BYTES) {
        Ok(bytes) => Digest::of(&bytes),
        Err(_) => Digest::of(format!("{} {file}", problem.code).as_bytes()),
    };
    if anchors.memory().was_refused(&subject, problem.code.as_str()) {
        return Ok(());
    }
    match records::refused(subject, file, std::slice::from_ref(problem)) {
        Some(record) => anchors.anchor_one(record).await.map(drop),
        None => Ok(()),
    }
}

/// The same checks, held against the ledger if there is one, and nothing written: for
/// `--check-config`.
pub(super) fn look_at_trust(settings: &Settings, places: &Places) -> Told<()> {
    premises::trust(settings, places, &premises::memory(places, None)?)
}
