//! Landlock: which files a process can reach by any name.

use std::os::fd::BorrowedFd;

use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible, LandlockStatus,
    PathBeneath, PathFd, RestrictionStatus, Ruleset, RulesetAttr, RulesetCreated,
    RulesetCreatedAttr, RulesetError, RulesetStatus, Scope,
};
use rustix::fs::{FileType, fstat};
use serde::Serialize;

use super::ConfineError;

/// The oldest ABI that we run foreign code on (Linux 5.19): without `Refer`, files could be moved
/// between granted folders. What newer kernels add is used where it is there.
const OLDEST: ABI = ABI::V2;
/// The newest that we ask for.
const NEWEST: ABI = ABI::V6;

/// The Landlock ABI in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Abi(pub i32);

/// What a process may do at and below a root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Read files, list folders.
    Read,
    /// Read, write, make and remove files and folders.
    Write,
}

/// Closes the whole file system except `roots`, and TCP. The process keeps what it has open.
pub fn close_all_but(roots: &[(BorrowedFd<'_>, Reach)]) -> Result<Abi, ConfineError> {
    let mut rules = everything().and_then(Ruleset::create).map_err(refused)?;
    for (root, reach) in roots {
        rules = allow(rules, *root, *reach)?;
    }
    enforce(rules)
}

/// The rules of the executor's main process: it opens cache files, and its children open what is
/// granted, but it starts no program and speaks to nobody but the agent.
pub fn close_main() -> Result<Abi, ConfineError> {
    // Under any rules at all, moving between folders is forbidden unless it is allowed by name;
    // which folders a worker may move between is for its own rules to say.
    let root = PathFd::new("/").map_err(|error| ConfineError::Landlock(error.to_string()))?;
    let hard = Ruleset::default()
        .set_compatibility(CompatLevel::HardRequirement)
        .handle_access(AccessFs::Execute | AccessFs::Refer)
        .map_err(refused)?;
    let rules = outside(hard).and_then(Ruleset::create).map_err(refused)?;
    enforce(rules.add_rule(PathBeneath::new(root, AccessFs::Refer)).map_err(refused)?)
}

/// The rules of the agent: it reads what its user may read, changes its own folders, makes and removes
/// files beside its sockets, starts no program, and uses no TCP. `abstract_sockets` may be connected to
/// if its service manager listens on one.
pub fn close_agent_files(
    own: &[BorrowedFd<'_>],
    abstract_sockets: bool,
) -> Result<Abi, ConfineError> {
    let reading = AccessFs::ReadFile | AccessFs::ReadDir;
    let scopes = if abstract_sockets { Scope::Signal.into() } else { Scope::from_all(NEWEST) };
    let rules = Ruleset::default()
        .set_compatibility(CompatLevel::HardRequirement)
        .handle_access(AccessFs::from_all(OLDEST) & !reading)
        .map_err(refused)?
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(NEWEST) & !reading)
        .and_then(|rules| rules.handle_access(AccessNet::from_all(NEWEST)))
        .and_then(|rules| rules.scope(scopes))
        .and_then(Ruleset::create);
    let mut rules = rules.map_err(refused)?.set_compatibility(CompatLevel::BestEffort);
    for folder in own {
        let allowed = (rights(Reach::Write, true) & !reading) | AccessFs::MakeSock;
        rules = rules.add_rule(PathBeneath::new(*folder, allowed)).map_err(refused)?;
    }
    enforce(rules)
}

/// What the running kernel offers, found out in a way that restricts nobody: by making rules.
pub fn landlock_abi() -> Result<(), ConfineError> {
    everything().and_then(Ruleset::create).map(drop).map_err(refused)
}

fn everything() -> Result<Ruleset, RulesetError> {
    let hard = Ruleset::default()
        .set_compatibility(CompatLevel::HardRequirement)
        .handle_access(AccessFs::from_all(OLDEST))?
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(NEWEST))?;
    outside(hard)
}

// TCP ports, abstract sockets and signals to others: since Linux 6.7 and 6.12. Before that, the
// system call filter alone keeps a worker from them.
fn outside(rules: Ruleset) -> Result<Ruleset, RulesetError> {
    rules
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessNet::from_all(NEWEST))?
        .scope(Scope::from_all(NEWEST))
}

fn allow(
    rules: RulesetCreated,
    root: BorrowedFd<'_>,
    reach: Reach,
) -> Result<RulesetCreated, ConfineError> {
    let stat = fstat(root).map_err(|errno| ConfineError::Landlock(errno.to_string()))?;
    let folder = FileType::from_raw_mode(stat.st_mode) == FileType::Directory;
    let rule = PathBeneath::new(root, rights(reach, folder));
    rules.set_compatibility(CompatLevel::BestEffort).add_rule(rule).map_err(refused)
}

// Never: execute, device nodes, sockets, pipes, links, device controls.
fn rights(reach: Reach, folder: bool) -> BitFlags<AccessFs> {
    let read = AccessFs::ReadFile | AccessFs::ReadDir;
    let wanted = match reach {
        Reach::Read => read,
        Reach::Write => {
            read | AccessFs::WriteFile
                | AccessFs::Truncate
                | AccessFs::MakeReg
                | AccessFs::MakeDir
                | AccessFs::RemoveFile
                | AccessFs::RemoveDir
                | AccessFs::Refer
        }
    };
    if folder { wanted } else { wanted & AccessFs::from_file(NEWEST) }
}

fn enforce(rules: RulesetCreated) -> Result<Abi, ConfineError> {
    let status = rules.restrict_self().map_err(refused)?;
    match (&status, &status.landlock) {
        (
            RestrictionStatus {
                ruleset: RulesetStatus::FullyEnforced | RulesetStatus::PartiallyEnforced,
                no_new_privs: true,
                ..
            },
            LandlockStatus::Available { effective_abi, kernel_abi },
        ) => Ok(Abi(kernel_abi.unwrap_or_else(|| number(*effective_abi)))),
        (_, landlock) => Err(ConfineError::Landlock(format!("{landlock:?}"))),
    }
}

#[expect(clippy::as_conversions, reason = "the enum's discriminants are the kernel's numbers")]
fn number(abi: ABI) -> i32 {
    abi as i32
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err asks for")]
fn refused(error: RulesetError) -> ConfineError {
    ConfineError::Landlock(error.to_string())
}
