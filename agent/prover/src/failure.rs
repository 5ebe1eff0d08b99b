//! Why the prover ends otherwise than because it was asked to.

use std::{io, path::PathBuf};

use arch_circuits::registry::BadManifest;
use arch_confine::ConfineError;
use arch_files::FileError;
use arch_problem::{Code, Problem, codes};
use arch_wire::frame::FrameError;

/// Why it ends.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("{0}")]
    Usage(&'static str),
    #[error("the inherited descriptor is no open Unix stream socket ({0})")]
    Inherited(io::Error),
    #[error("`{0}` cannot be served at ({1})")]
    Door(String, io::Error),
    #[error("the manifest cannot be used: {0}")]
    Manifest(#[from] BadManifest),
    #[error("the manifest is not UTF-8")]
    ManifestText,
    #[error(transparent)]
    File(#[from] FileError),
    #[error("the secret in `{0}` has fewer than 16 bytes or more than 256, or is no text")]
    Secret(PathBuf),
    #[error("the process that starts workers cannot be started ({0})")]
    Launcher(io::Error),
    #[error(transparent)]
    Confine(#[from] ConfineError),
    #[error("the system refused {0} ({1})")]
    System(&'static str, io::Error),
    #[error("the agent is not understood: {0}")]
    Agent(#[from] FrameError),
    #[error("something works that must not: {0}")]
    Open(String),
}

impl Failure {
    /// 1 the agent is at fault, 2 usage, 3 this machine is.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Agent(_) | Self::Open(_) => 1,
            Self::Usage(_) => 2,
            _ => 3,
        }
    }

    /// The same with code and remedy.
    pub(crate) fn problem(&self) -> Problem {
        match self {
            Self::File(error) => error.problem(),
            other => Problem::new(other.code(), other.to_string()),
        }
    }

    fn code(&self) -> Code {
        match self {
            Self::File(error) => error.code(),
            Self::Confine(error) => error.code(),
            Self::Agent(_) => codes::PROVER_REQUEST,
            Self::Open(_) => codes::CANNOT_CONFINE,
            _ => codes::PROVER_SETUP,
        }
    }
}
