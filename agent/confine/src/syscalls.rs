//! Seccomp: which system calls a process can make. Everything that is not listed kills a worker or
//! a compiler, and is refused to the process that forks them.

use std::collections::BTreeMap;

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, apply_filter,
};

use super::ConfineError;
use super::list::{self, Check, Line, Use};
use super::numbers::number;

const WORKER: &str = include_str!("../seccomp/worker.list");
const COMPILER: &str = include_str!("../seccomp/compiler.list");
const BROKER: &str = include_str!("../seccomp/broker.list");
const AGENT: &str = include_str!("../seccomp/agent.list");
const PROVER: &str = include_str!("../seccomp/prover.list");
const PROVER_WORK: &str = include_str!("../seccomp/prover-work.list");

/// What agent and broker are answered when they make a call that is not in their list.
const EPERM: u32 = libc::EPERM.unsigned_abs();

/// Which list counts, and for which uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// The node agent.
    Agent,
    /// The executor's main process; its children inherit it and add their own.
    Broker,
    /// The prover's main process.
    Prover,
    /// The process that makes one proof.
    ProverWork {
        /// May write dev keys.
        files: bool,
    },
    /// A compiler: no uses.
    Compiler,
    /// A worker.
    Worker {
        /// Has grants on files.
        files: bool,
        /// Takes one job after the other.
        shared: bool,
    },
}

/// The filters for all profiles, made once, before the first fork.
#[derive(Debug)]
pub struct Filters {
    broker: BpfProgram,
    compiler: BpfProgram,
    workers: [BpfProgram; 4],
}

impl Filters {
    /// Reads the built-in lists and makes the filters.
    pub fn new() -> Result<Self, ConfineError> {
        let worker = |files, shared| program(Profile::Worker { files, shared });
        Ok(Self {
            broker: program(Profile::Broker)?,
            compiler: program(Profile::Compiler)?,
            workers: [
                worker(false, false)?,
                worker(true, false)?,
                worker(false, true)?,
                worker(true, true)?,
            ],
        })
    }

    /// Puts the calling thread, which is the process's only one, under the filter of `profile`.
    pub fn apply(&self, profile: Profile) -> Result<(), ConfineError> {
        let [bare, files, shared, both] = &self.workers;
        let program = match profile {
            Profile::Broker => &self.broker,
            // Their threads inherit it, nobody else does; see `close_threads`.
            Profile::Agent | Profile::Prover | Profile::ProverWork { .. } => {
                return close_threads(profile);
            }
            Profile::Compiler => &self.compiler,
            Profile::Worker { files: false, shared: false } => bare,
            Profile::Worker { files: true, shared: false } => files,
            Profile::Worker { files: false, shared: true } => shared,
            Profile::Worker { files: true, shared: true } => both,
        };
        apply_filter(program).map_err(|error| ConfineError::Seccomp(error.to_string()))
    }
}

/// Puts the calling thread, which is the agent's only one, under the agent's list. Threads that it
/// makes afterwards inherit that.
pub fn close_agent() -> Result<(), ConfineError> {
    close_threads(Profile::Agent)
}

/// The same for the list of any process that has threads.
pub fn close_threads(profile: Profile) -> Result<(), ConfineError> {
    let refused = |error: seccompiler::Error| ConfineError::Seccomp(error.to_string());
    // Its flags lie in memory, where no filter sees them. Without it the C library makes threads by
    // `clone`. The stricter of two answers counts, so that the list has to let it pass.
    let clone3 = BTreeMap::from([(libc::SYS_clone3, Vec::new())]);
    let absent = SeccompAction::Errno(libc::ENOSYS.unsigned_abs());
    apply_filter(&filter(clone3, SeccompAction::Allow, absent)?).map_err(refused)?;
    apply_filter(&program(profile)?).map_err(refused)
}

/// The lines of a profile's list that count for it.
pub fn lines(profile: Profile) -> Result<Vec<Line>, ConfineError> {
    let (text, files, shared) = match profile {
        Profile::Agent => (AGENT, false, false),
        Profile::Broker => (BROKER, false, false),
        Profile::Prover => (PROVER, false, false),
        Profile::ProverWork { files } => (PROVER_WORK, files, false),
        Profile::Compiler => (COMPILER, false, false),
        Profile::Worker { files, shared } => (WORKER, files, shared),
    };
    let mut lines = list::parse(text).map_err(|error| ConfineError::Seccomp(error.to_string()))?;
    lines.retain(|line| match line.when {
        None => true,
        Some(Use::Files) => files,
        Some(Use::Shared) => shared,
        Some(Use::Debug) => cfg!(debug_assertions),
    });
    Ok(lines)
}

fn program(profile: Profile) -> Result<BpfProgram, ConfineError> {
    let bad = |error: seccompiler::BackendError| ConfineError::Seccomp(error.to_string());
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = BTreeMap::new();
    for line in lines(profile)? {
        let number = number(&line.name)
            .ok_or_else(|| ConfineError::Seccomp(format!("unknown system call `{}`", line.name)))?;
        // A call that this machine's kernel does not have: nothing to allow.
        let Some(number) = number else { continue };
        let alternatives = rules.entry(number).or_default();
        if let Some((argument, check)) = line.argument {
            let (op, value) = match check {
                Check::Is(value) => (SeccompCmpOp::Eq, u64::from(value)),
                Check::Lacks(mask) => (SeccompCmpOp::MaskedEq(u64::from(mask)), 0),
                Check::Has(mask) => (SeccompCmpOp::MaskedEq(u64::from(mask)), u64::from(mask)),
            };
            let condition = SeccompCondition::new(argument, SeccompCmpArgLen::Dword, op, value);
            alternatives.push(SeccompRule::new(vec![condition.map_err(bad)?]).map_err(bad)?);
        }
    }
    let otherwise = match profile {
        Profile::Agent | Profile::Broker | Profile::Prover => SeccompAction::Errno(EPERM),
        // The whole process dies, so that nothing goes on with half a call refused.
        Profile::Compiler | Profile::Worker { .. } | Profile::ProverWork { .. } => {
            SeccompAction::KillProcess
        }
    };
    filter(rules, otherwise, SeccompAction::Allow)
}

fn filter(
    rules: BTreeMap<i64, Vec<SeccompRule>>,
    otherwise: SeccompAction,
    listed: SeccompAction,
) -> Result<BpfProgram, ConfineError> {
    let bad = |error: seccompiler::BackendError| ConfineError::Seccomp(error.to_string());
    let arch = std::env::consts::ARCH.try_into().map_err(bad)?;
    SeccompFilter::new(rules, otherwise, listed, arch).and_then(TryInto::try_into).map_err(bad)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(profile: Profile) -> Vec<String> {
        lines(profile).unwrap().into_iter().map(|line| line.name).collect()
    }

    /// For neither agent nor broker.
    const NEVER: [&str; 14] = [
        "execve",
        "execveat",
        "ptrace",
        "io_uring_setup",
        "bpf",
        "keyctl",
        "userfaultfd",
        "unshare",
        "setns",
        "mount",
        "process_vm_writev",
        "personality",
        "symlinkat",
        "mknodat",
    ];

    #[test]
    fn the_built_in_lists_make_filters() {
        Filters::new().unwrap();
    }

    #[test]
    fn a_worker_without_grants_can_open_nothing() {
        let names = names(Profile::Worker { files: false, shared: false });
        for name in ["open", "openat", "openat2", "unlinkat", "mkdirat", "recvmsg"] {
            assert!(!names.iter().any(|n| n == name), "{name}");
        }
    }

    #[test]
    fn nobody_forks_executes_connects_traces_or_makes_rings() {
        let both = Profile::Worker { files: true, shared: true };
        for name in names(both).iter().chain(&names(Profile::Compiler)) {
            for never in [
                "clone",
                "clone3",
                "fork",
                "vfork",
                "execve",
                "execveat",
                "socket",
                "connect",
                "bind",
                "ptrace",
                "io_uring_setup",
                "bpf",
                "keyctl",
                "userfaultfd",
                "unshare",
                "setns",
                "mount",
                "kill",
                "tgkill",
                "process_vm_writev",
                "pidfd_open",
                "prctl",
                "personality",
                "ioctl",
            ] {
                assert_ne!(name, never);
            }
        }
    }

    #[test]
    fn the_broker_allows_what_its_children_need_and_reaches_nobody() {
        let broker = lines(Profile::Broker).unwrap();
        let both = Profile::Worker { files: true, shared: true };
        for line in lines(both).unwrap().iter().chain(&lines(Profile::Compiler).unwrap()) {
            let allowed = broker.iter().find(|l| l.name == line.name);
            // A condition there would hold for the children, too.
            assert!(allowed.is_some_and(|l| l.argument.is_none()), "{line:?}");
        }
        for never in
            NEVER.into_iter().chain(["clone3", "socket", "connect", "bind", "ioctl", "linkat"])
        {
            assert!(broker.iter().all(|line| line.name != never), "{never}");
        }
    }

    #[test]
    fn the_agent_starts_nothing_and_reaches_nobody_but_over_unix_sockets() {
        let agent = lines(Profile::Agent).unwrap();
        for never in NEVER.into_iter().chain([
            "fork",
            "vfork",
            "add_key",
            "pivot_root",
            "chroot",
            "process_vm_readv",
            "pidfd_open",
            "pidfd_getfd",
            "pkey_mprotect",
            "shmat",
            "perf_event_open",
            "setuid",
            "capset",
            "seccomp",
        ]) {
            assert!(agent.iter().all(|line| line.name != never), "{never}");
        }
        for (name, check) in
            [("socket", Check::Is(1)), ("socketpair", Check::Is(1)), ("clone", Check::Has(0x10000))]
        {
            let mut all = agent.iter().filter(|line| line.name == name);
            assert!(all.all(|line| line.argument == Some((0, check))), "{name}");
        }
    }

    #[test]
    fn the_prover_opens_nothing_starts_nothing_and_reaches_nobody_who_did_not_call() {
        let names = names(Profile::Prover);
        for never in NEVER.into_iter().chain([
            "fork",
            "vfork",
            "open",
            "openat",
            "openat2",
            "socket",
            "connect",
            "bind",
            "listen",
            "kill",
            "unlinkat",
            "renameat",
            "memfd_create",
            "setuid",
        ]) {
            assert!(!names.iter().any(|name| name == never), "{never}");
        }
        let work = lines(Profile::ProverWork { files: true }).unwrap();
        for never in NEVER.into_iter().chain([
            "fork",
            "vfork",
            "socket",
            "socketpair",
            "connect",
            "bind",
            "accept4",
            "kill",
            "mkdirat",
            "ioctl",
            "setuid",
        ]) {
            assert!(work.iter().all(|line| line.name != never), "{never}");
        }
        for line in lines(Profile::Prover).unwrap().into_iter().chain(work) {
            if line.name == "clone" {
                assert_eq!(line.argument, Some((0, Check::Has(0x10000))));
            }
        }
    }

    #[test]
    fn who_makes_a_proof_changes_no_file_unless_dev_keys_are_made() {
        let without = names(Profile::ProverWork { files: false });
        for name in ["rename", "renameat", "renameat2", "unlink", "unlinkat", "fsync"] {
            assert!(!without.iter().any(|n| n == name), "{name}");
        }
        assert!(names(Profile::ProverWork { files: true }).contains(&"renameat2".to_owned()));
    }

    #[test]
    fn neither_worker_nor_agent_nor_prover_makes_a_page_executable() {
        let worker = lines(Profile::Worker { files: true, shared: true }).unwrap();
        let threaded = [Profile::Agent, Profile::Prover, Profile::ProverWork { files: true }];
        let threaded = threaded.into_iter().flat_map(|profile| lines(profile).unwrap());
        for line in worker.into_iter().chain(threaded) {
            if line.name.contains("mprotect") || line.name == "mmap" {
                assert_eq!(line.argument, Some((2, Check::Lacks(4))), "{line:?}");
            }
        }
    }
}
