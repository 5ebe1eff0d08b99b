//! What each process takes away from itself, for good, before it reads what others wrote.
//!
//! The main process may open nothing and start nothing any more; a worker has the folder of keys, which
//! it can change only where dev keys are made. No page is executable that could be written: both lists of
//! system calls say so for mmap(2) and mprotect(2), in the place of prctl(2)'s MDWE, which this house has
//! no safe call for. A kernel that offers less is one that no proof is made on.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, Read as _},
    os::fd::AsFd as _,
    path::Path,
};

use arch_confine::{Abi, Caps, Profile, Reach};
use rustix::process::Signal;
use serde::Serialize;

use crate::{failure::Failure, say};

/// The longest file that a worker writes: a dev key.
const LONGEST: u64 = 1 << 28;

/// More time of a processor than any proof uses; how long it may take is for the main process to say.
const PROCESSOR_SECONDS: u64 = 86_400;

/// How much less a worker matters than whatever else the machine does.
const NICE: i32 = 10;

/// Closes the main process, which has one thread.
pub(crate) fn close_main() -> Result<Abi, Failure> {
    arch_confine::drop_capabilities()?;
    arch_confine::no_core_dumps()?;
    let abi = arch_confine::close_all_but(&[])?;
    arch_confine::close_threads(Profile::Prover)?;
    Ok(abi)
}

/// Closes a worker, which has one thread yet.
pub(crate) fn close_worker(keys: &Path, memory: u64, writes: bool) -> Result<(), Failure> {
    let refused = |what| move |errno: rustix::io::Errno| Failure::System(what, errno.into());
    // With the launcher, if that is killed.
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))
        .map_err(refused("the end with the launcher"))?;
    // A machine that does not let it be nice lets it work all the same.
    let _unchanged = rustix::process::nice(NICE);
    let file = if writes { LONGEST } else { 0 };
    arch_confine::apply_but_threads(Caps { data: memory, cpu: PROCESSOR_SECONDS, file })?;
    let folder = File::open(keys).map_err(|e| Failure::System("the folder of keys", e))?;
    arch_confine::drop_capabilities()?;
    let reach = if writes { Reach::Write } else { Reach::Read };
    arch_confine::close_all_but(&[(folder.as_fd(), reach)])?;
    arch_confine::close_threads(Profile::ProverWork { files: writes })?;
    Ok(())
}

/// `--print-confinement`: what is in force in the main process, and what became of attempts at what must
/// not work.
pub(crate) fn print() -> Result<(), Failure> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Report {
        kernel: BTreeMap<String, String>,
        landlock: i32,
        system_calls: BTreeMap<String, String>,
        tried: BTreeMap<&'static str, String>,
    }
    // Opened before; what it says is of the moment in which it is read.
    let status = File::open("/proc/self/status").map_err(|e| Failure::System("its status", e))?;
    let Abi(landlock) = close_main()?;
    let lines = arch_confine::lines(Profile::Prover)?;
    let system_calls = lines.into_iter().map(|line| (line.name, line.because)).collect();
    let tried = attempts();
    let working = tried.iter().find(|(_, became)| became.as_str() == WORKED);
    let working = working.map(|(what, _)| (*what).to_owned());
    let report = Report { kernel: kernel(status), landlock, system_calls, tried };
    let text = serde_json::to_string_pretty(&report).unwrap_or_default();
    say::data(&text).map_err(|error| Failure::System("its output", error))?;
    working.map_or(Ok(()), |what| Err(Failure::Open(what)))
}

fn kernel(mut status: File) -> BTreeMap<String, String> {
    const ASKED: [&str; 6] = ["NoNewPrivs", "Seccomp", "CapEff", "CapPrm", "CapInh", "CapAmb"];
    let mut text = String::new();
    let _what_was_read = status.read_to_string(&mut text);
    let lines = text.lines().filter_map(|line| line.split_once(':'));
    let asked = lines.filter(|(name, _)| ASKED.contains(name));
    asked.map(|(name, value)| (name.to_owned(), value.trim().to_owned())).collect()
}

const WORKED: &str = "it works";

fn attempts() -> BTreeMap<&'static str, String> {
    let became = |tried: io::Result<()>| tried.err().map_or(WORKED.to_owned(), |e| e.to_string());
    BTreeMap::from([
        ("read a file", became(File::open("/etc/passwd").map(drop))),
        ("make a file", became(File::create("/tmp/.arch-prover-tried").map(drop))),
        ("connect", became(std::net::TcpStream::connect("127.0.0.1:9").map(drop))),
        ("start a program", became(std::process::Command::new("/bin/true").spawn().map(drop))),
        ("listen", became(std::net::TcpListener::bind("127.0.0.1:0").map(drop))),
    ])
}
