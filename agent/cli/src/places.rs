//! Where the agent keeps its things on this machine.

use std::path::{Path, PathBuf};

/// The agent's folders; the defaults are those of a system installation.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Folders {
    /// Folder with root.yaml, policy.yaml, node.yaml, jobs/ and modules/
    #[arg(long, value_name = "DIR", env = "ARCH_CONFIG", default_value = "/etc/arch")]
    pub(crate) config: PathBuf,
    /// Folder with the node's key, ledger and archive
    #[arg(long, value_name = "DIR", env = "ARCH_STATE", default_value = "/var/lib/archagent")]
    pub(crate) state: PathBuf,
}

/// The running agent's control socket.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Socket {
    /// The agent's control socket; found under `--state` if not given
    #[arg(long, value_name = "PATH", env = "ARCH_SOCKET")]
    socket: Option<PathBuf>,
    /// Folder with the node's key, ledger and archive
    #[arg(long, value_name = "DIR", env = "ARCH_STATE", default_value = "/var/lib/archagent")]
    pub(crate) state: PathBuf,
}

impl Socket {
    /// The socket of the folder `state`.
    pub(crate) fn of(state: &Path) -> Self {
        Self { socket: None, state: state.to_path_buf() }
    }

    /// The socket as given beside the agent's folders.
    pub(crate) fn given(socket: Option<&Path>, state: &Path) -> Self {
        Self { socket: socket.map(Path::to_path_buf), state: state.to_path_buf() }
    }

    /// The given path, else the one in the state folder, else the one of a system installation.
    pub(crate) fn path(&self) -> PathBuf {
        if let Some(path) = &self.socket {
            return path.clone();
        }
        let system = PathBuf::from("/run/archagent/control.sock");
        let solo = self.state.join("run/control.sock");
        if solo.exists() || !system.exists() { solo } else { system }
    }
}

/// Prints for programs instead of people.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct Format {
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}
