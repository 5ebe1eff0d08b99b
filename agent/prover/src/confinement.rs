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
pub(crate) fn close_main() -> Result<(), Failure> {
    close_main_files()?;
    Ok(arch_confine::close_threads(Profile::Prover)?)
}

fn close_main_files() -> Result<Abi, Failure> {
    arch_confine::drop_capabilities()?;
    arch_confine::no_core_dumps()?;
    Ok(arch_confine::close_all_but(&[])?)
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
/// not work: some before the list of system calls is closed, which is for Landlock alone to refuse.
pub(crate) fn print() -> Result<(), Failure> {
    let status = status()?;
    let Abi(landlock) = close_main_files()?;
    let files = files();
    arch_confine::close_threads(Profile::Prover)?;
    report(status, Some(landlock), Profile::Prover, &[files, files_and_more()])
}

/// The same of a worker, who dies of what is not in its list: only files are tried.
pub(crate) fn print_worker(keys: &Path, memory: u64) -> Result<(), Failure> {
    let status = status()?;
    close_worker(keys, memory, false)?;
    report(status, None, Profile::ProverWork { files: false }, &[files()])
}

type Attempts = BTreeMap<&'static str, String>;

fn report(
    status: File,
    landlock: Option<i32>,
    profile: Profile,
    tried: &[Attempts],
) -> Result<(), Failure> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Report<'a> {
        kernel: BTreeMap<String, String>,
        landlock: Option<i32>,
        system_calls: BTreeMap<String, String>,
        tried: &'a [Attempts],
    }
    let lines = arch_confine::lines(profile)?;
    let system_calls = lines.into_iter().map(|line| (line.name, line.because)).collect();
    let report = Report { kernel: kernel(status), landlock, system_calls, tried };
    let text = serde_json::to_string_pretty(&report).unwrap_or_default();
    say::data(&text).map_err(|error| Failure::System("its output", error))?;
    let working = tried.iter().flatten().find(|(_, became)| became.as_str() == WORKED);
    working.map_or(Ok(()), |(what, _)| Err(Failure::Open((*what).to_owned())))
}

/// Opened before; what it says is of the moment in which it is read.
fn status() -> Result<File, Failure> {
    File::open("/proc/self/status").map_err(|error| Failure::System("its status", error))
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

fn became(tried: io::Result<()>) -> String {
    tried.err().map_or(WORKED.to_owned(), |error| error.to_string())
}

fn files() -> Attempts {
    BTreeMap::from([
        ("read a file", became(File::open("/etc/passwd").map(drop))),
        ("make a file", became(File::create("/tmp/.arch-prover-tried").map(drop))),
    ])
}

fn files_and_more() -> Attempts {
    let mut tried = files();
    tried.extend([
        ("connect", became(std::net::TcpStream::connect("127.0.0.1:9").map(drop))),
        ("start a program", became(std::process::Command::new("/bin/true").spawn().map(drop))),
        ("listen", became(std::net::TcpListener::bind("127.0.0.1:0").map(drop))),
    ]);
    tried
}
