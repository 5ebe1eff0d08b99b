//! The command line of `arch-node-agent`. Everything else is in files. Of ours only the modes are used
//! here: the man page is made from it.

use std::{ffi::OsString, path::PathBuf};

use super::mode::Mode;

/// The node agent: verifies, admits, schedules, anchors; has others run what was admitted.
#[derive(Debug, Clone, clap::Parser)]
#[command(
    name = "arch-node-agent",
    version,
    after_help = "Exit codes: 0 done, 1 stopped because it could not go on, 2 usage, \
                  3 could not start, 78 the settings or the trust documents are wrong"
)]
pub struct Args {
    /// Folder with root.yaml, policy.yaml, node.yaml, jobs/ and modules/
    #[arg(long, value_name = "DIR", env = "ARCH_CONFIG", default_value = "/etc/arch")]
    pub config: PathBuf,
    /// Folder with the node's key, ledger and archive
    #[arg(long, value_name = "DIR", env = "ARCH_STATE", default_value = "/var/lib/archagent")]
    pub state: PathBuf,
    /// What the node is for; node.yaml says so if this does not
    #[arg(long, value_name = "MODE", env = "ARCH_MODE", ignore_case = true)]
    pub mode: Option<Mode>,
    /// Address for peers; listening comes with the mesh
    #[arg(long, value_name = "ADDR", env = "ARCH_LISTEN")]
    pub listen: Option<String>,
    /// Signed policy; policy.yaml of the configuration folder if not given
    #[arg(long, value_name = "FILE", env = "ARCH_POLICY")]
    pub policy: Option<PathBuf>,
    /// The program arch-executor, or the Unix socket of one that a service manager starts; looked for
    /// beside this program and on PATH if not given
    #[arg(long, value_name = "PATH", env = "ARCH_EXECUTOR")]
    pub executor: Option<PathBuf>,
    /// Print the settings in force, or what is wrong with them, and exit
    #[arg(long)]
    pub check_config: bool,
    /// Look at everything that a start rests upon, change nothing, print what was found as JSON, and
    /// exit as a start would; `archctl doctor` shows it to people
    #[arg(long)]
    pub check_installation: bool,
    /// For `--check-installation`: the number of the user that the agent runs as
    #[arg(long, hide = true, value_name = "UID")]
    pub(crate) agent_user: Option<u32>,
    /// For `--check-installation`: the names of the sockets that are handed in, with colons between
    #[arg(long, hide = true, value_name = "NAMES")]
    pub(crate) socket_names: Option<String>,
    /// For `--check-installation`: the service manager hands the key in
    #[arg(long, hide = true)]
    pub(crate) key_handed_in: bool,
    /// Confine this process as the agent does, print what is in force, try what must not work, and exit
    #[arg(long)]
    pub print_confinement: bool,
    /// What the agent starts executors with, see `launcher`
    #[arg(long, hide = true, num_args = 3, value_names = ["PROGRAM", "CACHE", "WORKERS"])]
    pub(crate) launch_executors: Option<Vec<OsString>>,
    /// Take in what is in the drop folder, run it to its end, and exit
    #[arg(long)]
    pub run_once: bool,
}
