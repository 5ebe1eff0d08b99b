//! The command line of `arch-node-agent`. Everything else is in files.

use std::path::PathBuf;

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
    /// Address for peers; listening comes with the mesh
    #[arg(long, value_name = "ADDR")]
    pub listen: Option<String>,
    /// Signed policy; policy.yaml of the configuration folder if not given
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// The program arch-executor, or the Unix socket of one that a service manager starts; looked for
    /// beside this program and on PATH if not given
    #[arg(long, value_name = "PATH")]
    pub executor: Option<PathBuf>,
    /// Print the settings in force, or what is wrong with them, and exit
    #[arg(long)]
    pub check_config: bool,
    /// Take in what is in the drop folder, run it to its end, and exit
    #[arg(long)]
    pub run_once: bool,
}
