//! The agent's fdatasync fails: it stops, says so, and the next start has everything it told.
//!
//! The agent asks the kernel without a C library in between, so a library that is loaded before it
//! would not be asked. strace can make a system call fail.

use std::process::{Command, Stdio};

use arch_identity::Digest;
use arch_tests::{Agent, Stranger, World, module, skip};

use crate::NOTHING;

/// A thread's fdatasync that fails. The first few belong to the start.
const FAILING: [u32; 4] = [1, 5, 9, 14];
/// So many jobs are dropped at most: many more than it takes.
const JOBS: usize = 40;

/// strace, about to run a program whose `n`-th fdatasync fails without being done. It is the
/// program's grandchild, so that signals and exit status are the program's own.
fn failing(n: u32) -> Command {
    let mut command = Command::new("strace");
    command.args(["-D", "-f", "-qqq", "-o", "/dev/null", "-e", "trace=fdatasync"]);
    command.arg("-e").arg(format!("inject=fdatasync:error=EIO:when={n}")).arg("--");
    command
}

/// Whether a process may be traced here.
fn can_trace() -> bool {
    let tried = failing(1).arg("true").stdout(Stdio::null()).stderr(Stdio::null()).status();
    tried.is_ok_and(|status| status.success())
}

fn completed(agent: &Agent, job: Digest) -> bool {
    agent.job(job).is_some_and(|job| job.row.state == "completed")
}

#[test]
fn an_agent_whose_sync_fails_stops_and_loses_nothing_that_it_told() {
    if !can_trace() {
        return skip("strace is missing or may not trace: no fdatasync can be made to fail");
    }
    let wasm = module(NOTHING);
    let mut codes = vec![];
    for n in FAILING {
        let world = World::new();
        // A ledger that is there already, so that the start has something to keep.
        let mut agent = world.agent();
        let first = world.drop_job(&world.job("first", &wasm));
        assert_eq!(agent.wait_end(first).row.state, "completed", "{}", agent.log());
        assert!(agent.stop().success());

        let mut agent = Agent::below(&world, failing(n));
        let mut told = vec![first];
        let mut dropped = vec![first];
        let status = agent.wait_for("the agent to stop by itself", |agent| {
            if let Some(status) = agent.has_ended() {
                return Some(status);
            }
            told.extend(dropped.iter().filter(|job| completed(agent, **job)));
            told.dedup();
            let waiting = dropped.iter().filter(|job| !told.contains(job)).count();
            if waiting == 0 && dropped.len() < JOBS {
                dropped.push(world.drop_job(&world.job("next", &wasm)));
            }
            None
        });
        assert!(!status.success(), "sync {n}: {status}\n{}", agent.log());
        // It stopped, or could not even begin.
        let ready = agent.log().matches("INFO ready").count();
        let code = if ready == 2 { 1 } else { 3 };
        assert_eq!(status.code(), Some(code), "sync {n}: {}", agent.log());
        codes.push(code);
        assert!(agent.log().contains("ARCH-L002"), "sync {n}: {}", agent.log());

        let mut agent = world.agent();
        for job in &dropped {
            assert_eq!(agent.wait_end(*job).row.state, "completed", "{}", agent.log());
        }
        assert!(agent.stop().success());
        let ledger = Stranger::verified(&world);
        for job in dropped {
            let kinds = ledger.kinds(job);
            let count = |kind: &str| kinds.iter().filter(|k| *k == kind).count();
            assert_eq!((count("accepted"), count("finished")), (1, 1), "sync {n}: {kinds:?}");
            // What was told as ended had not to be run again.
            assert!(!told.contains(&job) || count("interrupted") == 0, "sync {n}: {kinds:?}");
        }
    }
    assert!(codes.contains(&1) && codes.contains(&3), "at the start and later: {codes:?}");
}
