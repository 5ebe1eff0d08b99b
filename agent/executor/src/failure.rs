//! Why the executor ends otherwise than because it was asked to.

use arch_confine::ConfineError;
use arch_problem::{Code, Problem, codes};
use arch_sandbox::cache::CacheError;
use arch_sandbox::channel::ChannelError;
use arch_sandbox::probe::ProbeError;
use arch_sandbox::process::Threads;
use arch_sandbox::wasm::EngineError;
use rustix::io::Errno;

/// Why it ends.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("`--cache DIR` is missing")]
    NoCache,
    #[error("the descriptor given with `--socket-fd` is no open Unix stream socket ({0})")]
    Socket(Errno),
    #[error(transparent)]
    Confine(#[from] ConfineError),
    #[error(transparent)]
    Engine(#[from] EngineError),
    #[error(transparent)]
    Cache(#[from] CacheError),
    #[error("workers cannot be forked safely: {0}")]
    Threads(#[from] Threads),
    #[error("the system refused what every worker needs ({0})")]
    System(Errno),
    #[error("the agent is not understood: {0}")]
    Agent(ChannelError),
    #[error("the confinement cannot be shown: {0}")]
    Probe(#[from] ProbeError),
    #[error("nothing can be printed: {0}")]
    Print(String),
}

impl Failure {
    /// 1 the agent is at fault, 2 usage, 3 this machine is.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Agent(_) => 1,
            Self::NoCache => 2,
            _ => 3,
        }
    }

    /// The same with code and remedy.
    pub(crate) fn problem(&self) -> Problem {
        Problem::new(self.code(), self.to_string())
    }

    fn code(&self) -> Code {
        match self {
            Self::NoCache => codes::CACHE_FOLDER,
            Self::Socket(_) => codes::EXECUTOR_SOCKET,
            Self::Confine(error) => error.code(),
            Self::Engine(_) => codes::ENGINE_DOES_NOT_START,
            Self::Cache(error) => error.code(),
            Self::Threads(_) | Self::System(_) | Self::Print(_) => codes::CANNOT_FORK,
            Self::Agent(ChannelError::Socket(_)) => codes::EXECUTOR_SOCKET,
            Self::Agent(_) => codes::EXECUTOR_FRAME,
            Self::Probe(_) => codes::CANNOT_CONFINE,
        }
    }
}
