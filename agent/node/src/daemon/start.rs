//! Start-up in its order: folders, key, ledger, root, revocations, policy. Each needs the one before.

use std::{
    path::{Path, PathBuf},
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
    executor_client::ExecutorClient,
    identity,
    launcher::{Launch, Launcher},
    memory::Memory,
    mode::Mode,
    node::Parts,
    notify,
    places::Places,
    records,
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
    let pin = pin(&settings).map_err(Stop::configuration)?;
    let keys = identity::open(&places, settings.node_key).map_err(Stop::could_not)?;
    let did = keys.node();
    let (anchors, thread) = ledger(&places, keys).map_err(Stop::could_not)?;
    let authority = trust(&places, pin, &settings.groups, &anchors).await?;
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
    let parts = Parts { did, settings, places, listen, anchors, authority, stores, executor };
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
    if mode == Mode::Consumer {
        return Ok(Executor::None);
    }
    let given = args.executor.as_deref().filter(|path| is_socket(path)).map(Path::to_owned);
    if let Some(socket) = given.or_else(|| settings.executor.socket.clone()) {
        return Ok(Executor::Elsewhere(socket));
    }
    let program = program(args.executor.as_deref())?;
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
            anchors.close().await;
            Err(Stop::configuration(problem))
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
    let pin = pin(settings)?;
    let memory = match places.ledger().join("journal").exists() {
        true => read_memory(&places.ledger())?,
        false => Memory::default(),
    };
    let moment = arch_document::Moment::read(clock::wall(), memory.newest_time())
        .map_err(|step| problem(step.code(), step.to_string()))?;
    authority::look(places, pin, &settings.groups, &moment, &memory)
}

fn read_memory(ledger: &Path) -> Told<Memory> {
    let told = |error: LedgerError| problem(error.code(), error.to_string());
    let reader = arch_ledger::Reader::open(ledger).map_err(told)?;
    let mut memory = Memory::default();
    for entry in reader.entries().map_err(told)? {
        let entry = entry.map_err(told)?;
        memory.learn(entry.index, entry.time, &entry.record);
    }
    Ok(memory)
}

fn pin(settings: &Settings) -> Told<Digest> {
    let unpinned = || problem(codes::TRUST_ROOT_UNPINNED, "no trust root is pinned");
    settings.trust_root.ok_or_else(unpinned)
}

fn is_socket(path: &Path) -> bool {
    use std::os::unix::fs::FileTypeExt as _;
    path.metadata().is_ok_and(|found| found.file_type().is_socket())
}

/// The program as given, else beside this one, else on PATH.
fn program(given: Option<&Path>) -> Told<PathBuf> {
    const NAME: &str = "arch-executor";
    let absent = |text: String| problem(codes::EXECUTOR_ABSENT, text);
    if let Some(path) = given {
        let there = is_program(path).then(|| path.to_owned());
        return there.ok_or_else(|| absent(format!("`{}` is no program", path.display())));
    }
    let beside = std::env::current_exe().ok().and_then(|own| Some(own.parent()?.to_owned()));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders = beside.into_iter().chain(std::env::split_paths(&path));
    folders
        .find_map(|folder| Some(folder.join(NAME)).filter(|candidate| is_program(candidate)))
        .ok_or_else(|| absent(format!("`{NAME}` is neither beside this program nor on PATH")))
}

fn is_program(path: &Path) -> bool {
    path.is_file() && rustix::fs::access(path, rustix::fs::Access::EXEC_OK).is_ok()
}
