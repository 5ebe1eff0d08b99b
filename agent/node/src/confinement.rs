//! What the agent takes away from itself before it has a second thread: the right to start programs, to
//! change anything but its own folders, to use sockets of another kind than Unix, and to make pages
//! executable. Under systemd the unit does so too; under Shepherd or a shell nobody else does.
//!
//! It still reads whatever its user may read: which inputs jobs have is for policies to say, and those
//! come and go, while nothing here can be taken back.

mod attempts;

use std::{
    collections::BTreeMap,
    fs::File,
    os::fd::AsFd as _,
    path::{Path, PathBuf},
};

use arch_confine::{Abi, ConfineError, Profile};
use serde::Serialize;

use crate::{args::Args, places::Places};

pub(crate) use attempts::Attempts;

/// What is in force.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Confinement {
    /// As the kernel has them in force for this thread, by its own names.
    kernel: BTreeMap<String, String>,
    /// ABI of Landlock, or why there is none.
    landlock: Layer,
    /// Folders that can be changed.
    changes: Vec<PathBuf>,
    /// How many system calls are allowed, or why all of them are.
    system_calls: Layer,
}

/// One layer, or why it is not there.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Layer {
    There(u64),
    Not(String),
}

impl Confinement {
    /// Confines the calling thread, which is the only one, and so all that it makes. What the kernel
    /// does not offer is told and gone without: a machine that trusts its operator's policy is better
    /// off with an agent that says so than with none.
    ///
    /// # Errors
    /// When capabilities cannot be given up, which every kernel can.
    pub(crate) fn close(places: &Places) -> Result<Self, ConfineError> {
        arch_confine::drop_capabilities()?;
        arch_confine::no_core_dumps()?;
        let changes = places.changed();
        let landlock =
            Layer::from(close_files(&changes).map(|Abi(abi)| u64::from(abi.unsigned_abs())));
        let listed = || {
            let calls = arch_confine::lines(Profile::Agent)?.len();
            arch_confine::close_agent().map(|()| u64::try_from(calls).unwrap_or(u64::MAX))
        };
        let system_calls = Layer::from(listed());
        for (what, layer) in [("files", &landlock), ("system calls", &system_calls)] {
            if let Layer::Not(why) = layer {
                tracing::warn!(what, %why, "the agent is not confined");
            }
        }
        Ok(Self { kernel: kernel(), landlock, changes, system_calls })
    }

    /// Whether every layer is there.
    pub(crate) fn is_whole(&self) -> bool {
        [&self.landlock, &self.system_calls].iter().all(|layer| matches!(layer, Layer::There(_)))
    }
}

impl From<Result<u64, ConfineError>> for Layer {
    fn from(closed: Result<u64, ConfineError>) -> Self {
        closed.map_or_else(|error| Self::Not(error.to_string()), Self::There)
    }
}

/// What the kernel says of this thread: asked, not remembered.
fn kernel() -> BTreeMap<String, String> {
    const ASKED: [&str; 6] = ["NoNewPrivs", "Seccomp", "CapEff", "CapPrm", "CapInh", "CapAmb"];
    let status = std::fs::read_to_string("/proc/thread-self/status").unwrap_or_default();
    let lines = status.lines().filter_map(|line| line.split_once(':'));
    let asked = lines.filter(|(name, _)| ASKED.contains(name));
    asked.map(|(name, value)| (name.to_owned(), value.trim().to_owned())).collect()
}

fn close_files(folders: &[PathBuf]) -> Result<Abi, ConfineError> {
    let opened: Vec<File> = folders.iter().filter_map(|folder| File::open(folder).ok()).collect();
    let own: Vec<_> = opened.iter().map(|folder| folder.as_fd()).collect();
    let manager = std::env::var_os("NOTIFY_SOCKET");
    let abstract_sockets = manager.is_some_and(|name| Path::new(&name).starts_with("@"));
    arch_confine::close_agent_files(&own, abstract_sockets)
}

/// `--print-confinement`: what is in force, and what became of attempts at what must not work.
pub(crate) fn print(args: &Args, places: &Places) -> Result<bool, ConfineError> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Report {
        in_force: Confinement,
        tried: Attempts,
    }
    use std::io::Write as _;
    let in_force = Confinement::close(places)?;
    let tried = Attempts::make(args);
    let good = in_force.is_whole() && tried.were_all_refused();
    let text = serde_yaml::to_string(&Report { in_force, tried }).unwrap_or_default();
    // A closed pipe is the reader's choice.
    let _ = writeln!(std::io::stdout(), "{}", text.trim_end());
    Ok(good)
}
