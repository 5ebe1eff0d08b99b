//! What a start rests upon, looked at without changing anything.
//!
//! The agent looks here before it does anything, and `archctl doctor` has it look
//! (`--check-installation`): so both say the same of the same fault, with its code.
//!
//! Whose eyes these are is told by a user's number: somebody else may ask for the agent's user, and
//! what he cannot read is not known then, neither good nor bad.

mod cgroups;
mod report;

use std::path::{Path, PathBuf};

use arch_document::Moment;
use arch_ledger::{LedgerError, LogKeys};
use arch_problem::{Problem, codes};

pub(crate) use report::look;

use crate::{
    args::Args,
    authority, clock,
    memory::Memory,
    mode::Mode,
    places::Places,
    settings::{self, Settings},
    told::{Told, problem},
};

/// The folders of the settings, then the settings: whoever may write to any decides what is trusted.
///
/// # Errors
/// Every problem of every file.
pub(crate) fn settings(config: &Path, user: u32) -> Result<Settings, Vec<Problem>> {
    let told = |error: arch_files::FileError| vec![error.problem()];
    arch_files::check_settings_folder(config, user).map_err(told)?;
    match arch_files::check_settings_folder(&config.join("node.d"), user) {
        Err(arch_files::FileError::Absent { .. }) => {}
        looked => looked.map_err(told)?,
    }
    let exposed = settings::files(config).into_iter().filter_map(|file| {
        arch_files::check_settings_file(&file, user).err().map(|error| error.problem())
    });
    let exposed: Vec<Problem> = exposed.collect();
    if exposed.is_empty() { settings::load(config) } else { Err(exposed) }
}

/// Whether the clock was ever set; nothing may be written under one that was not.
///
/// # Errors
/// [`codes::CLOCK_STEPPED_BACK`].
pub(crate) fn clock() -> Told<()> {
    arch_document::check_clock(clock::wall())
        .map_err(|unset| problem(unset.code(), unset.to_string()))
}

/// Every folder that must be the agent's alone, as far as there are any yet, and that it can write
/// there.
///
/// # Errors
/// The first that is not so.
pub(crate) fn state(places: &Places, user: u32) -> Told<()> {
    let told = |error: arch_files::FileError| Box::new(error.problem());
    let state = places.state();
    if state.symlink_metadata().is_err_and(|e| e.kind() == std::io::ErrorKind::NotFound) {
        // It is made, with what is missing above it.
        let above = state.ancestors().skip(1).map(|path| match path.as_os_str().is_empty() {
            true => Path::new("."),
            false => path,
        });
        let mut above = above.skip_while(|path| !path.exists());
        return above.next().map_or(Ok(()), arch_files::check_writable).map_err(told);
    }
    for folder in places.private() {
        match arch_files::check_private(&folder, user) {
            Err(arch_files::FileError::Absent { .. }) => continue,
            looked => looked.and_then(|()| arch_files::check_writable(&folder)).map_err(told)?,
        }
    }
    Ok(())
}

/// What a start goes on in spite of, and what somebody should know: each once in the log.
pub(crate) fn doubts(places: &Places, user: u32) -> Vec<Problem> {
    signed(places).iter().filter_map(|path| foreign(path, user)).chain(cgroups::doubt()).collect()
}

/// Signatures say what a document is worth. Who owns its file, or may write to it, can still take it
/// away.
fn foreign(path: &Path, user: u32) -> Option<Problem> {
    let error = match arch_files::check_settings_file(path, user) {
        Err(error @ arch_files::FileError::Exposed { .. }) => error,
        _ => return None,
    };
    let help = "what it says is held by its signatures; who may write to it can still take it away: \
                give it to root";
    Some(error.problem().help(help))
}

/// The documents that trust rests upon.
fn signed(places: &Places) -> Vec<PathBuf> {
    let mut all = vec![places.root(), places.policy()];
    for folder in [places.roots(), places.revocations()] {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let documents = entries.filter(|entry| arch_files::is_document(&entry.file_name()));
        all.extend(documents.map(|entry| entry.path()));
    }
    all.sort();
    all
}

/// What the ledger says; nothing if there is none yet.
///
/// # Errors
/// When there is one that cannot be read, or that other keys than these began.
pub(crate) fn memory(places: &Places, keys: Option<&LogKeys>) -> Told<Memory> {
    let told = |error: LedgerError| problem(error.code(), error.to_string());
    let journal = places.ledger().join("journal");
    let there = journal
        .try_exists()
        .map_err(|source| told(LedgerError::Io { path: journal.display().to_string(), source }))?;
    let mut memory = Memory::default();
    if there {
        let reader = arch_ledger::Reader::open(&places.ledger()).map_err(told)?;
        for entry in reader.entries().map_err(told)? {
            let entry = entry.map_err(told)?;
            if let (0, Some(keys)) = (entry.index, keys) {
                keys.began(&entry.record).map_err(told)?;
            }
            memory.learn(entry.index, entry.time, &entry.record);
        }
    }
    Ok(memory)
}

/// Root, revocations and policy, held against what the ledger says, and nothing written.
///
/// # Errors
/// As a start would end.
pub(crate) fn trust(settings: &Settings, places: &Places, memory: &Memory) -> Told<()> {
    clock()?;
    let moment = Moment::read(clock::wall(), memory.newest_time())
        .map_err(|step| problem(step.code(), step.to_string()))?;
    authority::look(places, pin(settings)?, &settings.groups, &moment, memory)
}

/// The root that is believed first.
pub(crate) fn pin(settings: &Settings) -> Told<arch_identity::Digest> {
    let unpinned = || problem(codes::TRUST_ROOT_UNPINNED, "no trust root is pinned");
    settings.trust_root.ok_or_else(unpinned)
}

/// Where runs are to come from.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum ExecutorFrom {
    /// A program that our launcher starts.
    Program(PathBuf),
    /// A socket that somebody else's listens on.
    Socket(PathBuf),
    /// This node runs nothing.
    Nowhere,
}

/// Looks where the executor is to come from.
///
/// # Errors
/// [`codes::EXECUTOR_ABSENT`].
pub(crate) fn executor(args: &Args, settings: &Settings, mode: Mode) -> Told<ExecutorFrom> {
    if mode == Mode::Consumer {
        return Ok(ExecutorFrom::Nowhere);
    }
    let given = args.executor.as_deref().filter(|path| is_socket(path)).map(Path::to_owned);
    if let Some(socket) = given.or_else(|| settings.executor.socket.clone()) {
        return Ok(ExecutorFrom::Socket(socket));
    }
    program(args.executor.as_deref()).map(ExecutorFrom::Program)
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
