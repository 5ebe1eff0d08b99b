//! Many jobs in a row leave no process, descriptor, mount or file behind, and memory does not grow
//! beyond what the agent remembers of each.

use std::{collections::VecDeque, fs, path::PathBuf};

use arch_campaign::{Campaign, Case};
use arch_identity::Digest;
use arch_tests::{Agent, HELLO, Stranger, World, module, process};

use crate::left;

/// Jobs of one case: each waits for the one before the last few.
const JOBS: u64 = 50;
/// Jobs on their way at once.
const AT_ONCE: usize = 8;
/// What the agent may remember of a job, and what both may grow by apart from that, in KiB.
const KIB_A_JOB: u64 = 6;
const KIB: u64 = 24 << 10;
/// Descriptors and tasks that a pool may hold on to.
const MORE_FILES: usize = 8;

/// Jobs for shared workers, so that a process is not started for each.
pub(crate) mod shared {
    use arch_tests::{JobText, World};

    /// A policy that lets everybody's jobs share workers.
    pub(crate) fn allow(world: &World) {
        let text = world.policy_text(1) + "  isolation: { shared: [\"*\"] }\n";
        world.write_policy(&text);
    }

    /// A job for a shared worker.
    pub(crate) fn job(world: &World, wasm: &[u8]) -> JobText {
        world.job("hello", wasm).spec("  isolation: shared")
    }
}

/// What there is of everything that could be left behind.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Census {
    /// Of the agent and its executor.
    files: [usize; 2],
    memory_kib: [u64; 2],
    /// Children of the executor.
    workers: usize,
    /// Mounts on anything of the world. Neither has a namespace of its own to hide others in.
    mounts: usize,
    /// Memory files held open by either.
    memfds: usize,
    /// Files in the state folder that are neither ledger nor archive.
    kept: Vec<PathBuf>,
}

#[test]
fn jobs_in_a_row_leave_nothing_behind_and_memory_stays_within_its_bound() {
    let world = World::new();
    shared::allow(&world);
    let mut agent = Some(world.agent());
    let mut first = None;
    let mut done = 0;
    let mut newest = None;
    Campaign::new("endurance", 4)
        .watch("not completed")
        .watch("left behind")
        .watch("memory beyond the bound")
        .run(|case| {
            let agent = agent.as_mut().unwrap();
            if first.is_none() {
                // Whatever is made once is made by these.
                some(case, &world, agent, 16);
                first = Some(at_rest(&world, agent));
            }
            some(case, &world, agent, JOBS);
            done += JOBS;
            let (first, now) = (first.as_ref().unwrap(), at_rest(&world, agent));
            case.hold("left behind", || nothing_more(first, &now));
            case.hold("memory beyond the bound", || within(first, &now, done));
            case.add("jobs", JOBS);
            newest = Some(now);
        });
    println!("COUNTED endurance: at first {first:?}\n          after {done} jobs {newest:?}");
    assert!(agent.take().unwrap().stop().success());
    let _ = Stranger::verified(&world);
    left::behind(&world).unwrap();
}

/// Runs so many, every fourth in a process of its own.
fn some(case: &mut Case, world: &World, agent: &mut Agent, many: u64) {
    let wasm = module(HELLO);
    let mut under_way: VecDeque<Digest> = VecDeque::new();
    let end = |case: &mut Case, agent: &mut Agent, job: Digest| {
        let end = agent.wait_end(job);
        if end.row.state != "completed" {
            case.fault("not completed", format!("{end:?}"));
        }
    };
    for number in 0..many {
        let own = number % 4 == 0;
        let text = if own { world.job("hello", &wasm) } else { shared::job(world, &wasm) };
        let submitted = agent.submit(&world.owner.sign("job.yaml", &text.yaml()));
        assert!(submitted.problems.is_empty(), "{:?}", submitted.problems);
        under_way.push_back(submitted.digest);
        if under_way.len() >= AT_ONCE
            && let Some(job) = under_way.pop_front()
        {
            end(case, agent, job);
        }
    }
    for job in under_way {
        end(case, agent, job);
    }
}

/// Counts when nothing moves any more: idle shared workers are there, and nobody else.
fn at_rest(world: &World, agent: &mut Agent) -> Census {
    let mut before = census(world, agent);
    agent.wait_for("rest", |agent| {
        std::thread::sleep(std::time::Duration::from_millis(200));
        let now = census(world, agent);
        let same = std::mem::replace(&mut before, now.clone());
        let moved = |census: &Census| (census.files, census.workers, census.memfds);
        (moved(&now) == moved(&same)).then_some(now)
    })
}

fn census(world: &World, agent: &Agent) -> Census {
    let executor = process::executors(agent.pid());
    let [executor] = executor.as_slice() else { panic!("one executor: {executor:?}") };
    let pids = [agent.pid(), u32::try_from(*executor).unwrap()];
    let state = world.path("state");
    let kept = ["ledger", "archive"].map(|folder| state.join(folder));
    let others = process::files(&state).into_iter();
    Census {
        files: pids.map(process::open_files),
        memory_kib: pids.map(|pid| process::memory_kib(pid, "VmRSS")),
        workers: process::children(pids[1]).len(),
        mounts: mounts(world, pids),
        memfds: pids.map(memfds).iter().sum(),
        kept: others.filter(|path| kept.iter().all(|kept| !path.starts_with(kept))).collect(),
    }
}

fn mounts(world: &World, pids: [u32; 2]) -> usize {
    let namespace = |pid: &str| fs::read_link(format!("/proc/{pid}/ns/mnt")).unwrap();
    for pid in pids {
        assert_eq!(namespace(&pid.to_string()), namespace("self"));
    }
    let folder = world.path("").display().to_string();
    let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap();
    mounts.lines().filter(|line| line.contains(folder.trim_end_matches('/'))).count()
}

fn memfds(pid: u32) -> usize {
    let files = fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten().flatten();
    let targets = files.filter_map(|file| fs::read_link(file.path()).ok());
    targets.filter(|target| target.to_string_lossy().contains("memfd:")).count()
}

fn nothing_more(first: &Census, now: &Census) -> Result<(), String> {
    let files = [0, 1].iter().all(|who| now.files[*who] <= first.files[*who] + MORE_FILES);
    let others = now.workers <= 2
        && now.mounts <= first.mounts
        && now.memfds <= first.memfds + 2
        && now.kept == first.kept;
    if files && others { Ok(()) } else { Err(format!("{now:?} after {first:?}")) }
}

fn within(first: &Census, now: &Census, jobs: u64) -> Result<(), String> {
    let remembered = [KIB_A_JOB * jobs, 0];
    let within = [0, 1]
        .iter()
        .all(|who| now.memory_kib[*who] <= first.memory_kib[*who] + KIB + remembered[*who]);
    if within { Ok(()) } else { Err(format!("{now:?} after {first:?} and {jobs} jobs")) }
}
