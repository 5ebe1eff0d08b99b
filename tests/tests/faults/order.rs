//! In which order things become durable, as the kernel is asked for it (strace): what an entry of the
//! ledger speaks of survives a power cut before the entry does.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use arch_archive::Archive;
use arch_identity::Digest;
use arch_tests::{Agent, HELLO, JobText, World, module, process, skip};
use arch_wire::control::JobDetail;
use rustix::process::{Pid, Signal, kill_process};

/// What the agent asked of the kernel, in the order in which it was done.
#[derive(Debug)]
enum Event {
    /// A file or folder was flushed.
    Flushed(PathBuf),
    /// All of the file system was.
    Everything,
    /// The journal is being flushed: its newest entry may be durable from here on.
    Journal,
    Renamed {
        from: PathBuf,
        to: PathBuf,
    },
}

#[test]
fn what_an_entry_speaks_of_is_durable_before_the_entry() {
    let world = World::new();
    let wasm = module(HELLO);
    // The second agent finds module and output. That they are there does not say that their names are
    // durable: whoever put them there may have been killed before the flush.
    for round in ["all of it is new", "module and output are there"] {
        let mut agent = world.agent();
        let Some((end, events)) = traced(&world, &mut agent, &world.job("hello", &wasm)) else {
            return;
        };
        assert!(agent.stop().success());
        let flushes: Vec<usize> =
            (0..events.len()).filter(|at| matches!(events[*at], Event::Journal)).collect();
        assert_eq!(flushes.len(), 3, "{round}: accepted, started, finished: {events:#?}");
        let archive = Archive::to_read(&world.path("state/archive"));
        let durable = |path: &Path, flush: usize, what: &str| {
            durable(&events[..flush], path).unwrap_or_else(|why| {
                panic!("{round}: {what} {}: {why}: {events:#?}", path.display())
            });
        };
        durable(&archive.path(&Digest::of(&wasm)), flushes[0], "the module");
        durable(&archive.document_path(&end.row.digest), flushes[0], "the document");
        durable(&archive.path(&Digest::of(b"hello\n")), flushes[2], "the output");
    }
}

/// Runs a job and listens to what the agent asks of the kernel meanwhile.
fn traced(world: &World, agent: &mut Agent, job: &JobText) -> Option<(JobDetail, Vec<Event>)> {
    agent.wait_for("the executor", |agent| agent.status().executor.ready.then_some(()));
    let log = world.path("strace.log");
    let mut strace = attach(agent.pid(), &log)?;
    let job = world.drop_job(job);
    let end = agent.wait_end(job);
    let pid = Pid::from_raw(i32::try_from(strace.id()).unwrap()).unwrap();
    kill_process(pid, Signal::TERM).unwrap();
    strace.wait().unwrap();
    assert_eq!(end.row.state, "completed", "{}", agent.log());
    let text = fs::read_to_string(&log).unwrap();
    Some((end, text.lines().filter_map(event).collect()))
}

fn attach(pid: u32, log: &Path) -> Option<Child> {
    let mut strace = Command::new("strace");
    strace.args([
        "-f",
        "-y",
        "-qq",
        "-e",
        "trace=fsync,fdatasync,syncfs,rename,renameat,renameat2",
    ]);
    strace.arg("-o").arg(log).args(["-p", &pid.to_string()]).stderr(Stdio::null());
    let Ok(mut strace) = strace.spawn() else {
        skip("there is no strace; on Debian `apt-get install strace` brings it");
        return None;
    };
    let start = Instant::now();
    while !process::all_traced(pid) {
        if strace.try_wait().unwrap().is_some() {
            skip("strace may not look at processes here");
            return None;
        }
        assert!(start.elapsed() < Duration::from_secs(60), "strace does not attach");
        sleep(Duration::from_millis(20));
    }
    Some(strace)
}

/// `12 fsync(7</path>) = 0`, in one line or in two when another thread came in between: a flush
/// counts when it has returned, that of the journal when it begins.
fn event(line: &str) -> Option<Event> {
    let (_pid, call) = line.split_once(' ')?;
    let call = call.trim_start();
    let (name, arguments) = call.split_once('(')?;
    match name {
        "fsync" | "fdatasync" | "syncfs" => {
            let (_number, path) = arguments.split_once('<')?;
            let (path, rest) = path.split_once('>')?;
            if path.ends_with("/ledger/journal") {
                return Some(Event::Journal);
            }
            // A thread waits for its flush before it goes on; what is begun counts as done, because
            // no other thread works for this job meanwhile.
            let failed = rest.contains("= -1");
            let flushed = match name {
                "syncfs" => Event::Everything,
                _ => Event::Flushed(path.into()),
            };
            (!failed).then_some(flushed)
        }
        "rename" | "renameat" | "renameat2" => {
            let mut names = arguments.split('"').skip(1).step_by(2);
            Some(Event::Renamed { from: names.next()?.into(), to: names.next()?.into() })
        }
        _ => None,
    }
}

/// Whether what stands at `path` survives a power cut after these events: its bytes were flushed, by
/// whatever name, and since it got this one the folders down to it were.
fn durable(events: &[Event], path: &Path) -> Result<(), String> {
    let named =
        events.iter().rposition(|event| matches!(event, Event::Renamed { to, .. } if to == path));
    let flushed = |events: &[Event], what: &Path| {
        events.iter().any(|event| matches!(event, Event::Flushed(path) if path == what))
    };
    let after = &events[named.unwrap_or(0)..];
    if after.iter().any(|event| matches!(event, Event::Everything)) {
        return Ok(());
    }
    let bytes = flushed(after, path)
        || named.is_some_and(|at| match &events[at] {
            Event::Renamed { from, .. } => flushed(&events[..at], from),
            _ => false,
        });
    if !bytes {
        return Err("its bytes were not flushed".to_owned());
    }
    // `archive/sha256/ab/cdef`: the name is in `ab`, and that of `ab` in `sha256`.
    let folders = path.ancestors().skip(1).take_while(|folder| !folder.ends_with("archive"));
    for folder in folders {
        if !flushed(after, folder) {
            return Err(format!("its name in {} was not flushed", folder.display()));
        }
    }
    Ok(())
}
