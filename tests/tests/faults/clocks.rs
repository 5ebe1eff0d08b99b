//! The agent under a clock that is stepped back, forward, or stands still (libfaketime).

use std::{
    fs,
    path::{Path, PathBuf},
};

use arch_identity::{Digest, Timestamp};
use arch_tests::{Agent, HELLO, JobText, Stranger, World, module, skip};
use arch_wire::control::Submitted;

/// A world whose agent reads its wall clock from a file.
struct Clock {
    world: World,
    shim: PathBuf,
}

impl Clock {
    fn new() -> Option<Self> {
        let Some(shim) = shim() else {
            skip("there is no libfaketime; on Debian `apt-get install faketime` brings it");
            return None;
        };
        Some(Self { world: World::new(), shim })
    }

    fn agent(&self) -> Agent {
        self.start().ready()
    }

    fn start(&self) -> Agent {
        self.world.agent_with(|command| {
            command.env("LD_PRELOAD", &self.shim);
            command.env("FAKETIME_TIMESTAMP_FILE", self.world.path("clock"));
            command.env("FAKETIME_NO_CACHE", "1").env("TZ", "UTC");
            // Only what people call time: waiting goes on as ever.
            command.env("FAKETIME_DONT_FAKE_MONOTONIC", "1").env("DONT_FAKE_MONOTONIC", "1");
        })
    }

    /// So many seconds from now.
    fn step(&self, seconds: i64) {
        self.set(&format!("{seconds:+}"));
    }

    /// Stands still at an instant.
    fn stand(&self, at: Timestamp) {
        self.set(&at.to_string().replace('T', " ").replace('Z', ""));
    }

    fn set(&self, text: &str) {
        let new = self.world.path("clock.new");
        fs::write(&new, format!("{text}\n")).unwrap();
        fs::rename(new, self.world.path("clock")).unwrap();
    }

    /// A job that lives for half an hour before and after an instant.
    fn job(&self, around: Timestamp) -> String {
        let text = JobText::new("hello", self.world.install(&module(HELLO)), around);
        self.world.owner.sign("job.yaml", &text.yaml())
    }

    /// What the ledger says in the end: its times never go back.
    fn ledger(self, agent: Agent) -> Stranger {
        let _ = agent.stopped();
        let ledger = Stranger::verified(&self.world);
        let times = ledger.times();
        assert!(times.is_sorted(), "{times:?}");
        ledger
    }
}

pub(crate) fn shim() -> Option<PathBuf> {
    let folders = ["x86_64-linux-gnu", "aarch64-linux-gnu", "."];
    let files = folders.map(|folder| format!("/usr/lib/{folder}/faketime/libfaketimeMT.so.1"));
    files.into_iter().map(PathBuf::from).find(|path| Path::exists(path))
}

fn accepted(agent: &mut Agent, text: &str) -> Digest {
    let Submitted { digest, problems, already, .. } = agent.submit(text);
    assert!(problems.is_empty() && !already, "{problems:?}");
    assert_eq!(agent.wait_end(digest).row.state, "completed", "{}", agent.log());
    digest
}

fn refused(agent: &Agent, text: &str, code: &str) {
    let submitted = agent.submit(text);
    let codes: Vec<&str> = submitted.problems.iter().map(|p| p.code.as_str()).collect();
    assert_eq!(codes, [code], "{submitted:?}");
}

#[test]
fn a_clock_that_goes_back_a_little_changes_nothing_and_one_that_goes_back_far_stops_acceptance() {
    let Some(clock) = Clock::new() else { return };
    clock.step(0);
    let mut agent = clock.agent();
    let now = World::now();
    let mut jobs = vec![accepted(&mut agent, &clock.job(now))];
    // Ten minutes are the most.
    for back in [60, 300, 590] {
        clock.step(-back);
        jobs.push(accepted(&mut agent, &clock.job(now)));
        assert_eq!(agent.status().why, None);
    }
    let late = clock.job(now);
    for back in [900, 86_400, 40 * 365 * 86_400] {
        clock.step(-back);
        // The first is told of the clock, those after it that the gate is shut.
        let submitted = agent.submit(&late);
        let codes: Vec<&str> = submitted.problems.iter().map(|p| p.code.as_str()).collect();
        assert!(matches!(codes.as_slice(), ["ARCH-D017" | "ARCH-N101"]), "{submitted:?}");
        assert!(agent.status().why.is_some_and(|why| why.contains("behind the ledger")));
    }
    // Nobody has to start it anew when the clock is right again.
    clock.step(0);
    agent.wait_for("the gate to open", |agent| agent.status().accepting.then_some(()));
    jobs.push(accepted(&mut agent, &late));
    let ledger = clock.ledger(agent);
    for job in jobs {
        assert_eq!(ledger.kinds(job), ["accepted", "started", "finished"]);
    }
}

#[test]
fn a_clock_that_jumps_ahead_lets_documents_expire_and_one_that_jumps_back_from_there_is_noticed() {
    let Some(clock) = Clock::new() else { return };
    clock.step(0);
    let mut agent = clock.agent();
    let now = World::now();
    let old = clock.job(now);
    clock.step(7_200);
    refused(&agent, &old, "ARCH-D008");
    let later = accepted(&mut agent, &clock.job(now.plus(7_200)));
    // The ledger has seen the future: the true time is two hours behind it.
    clock.step(0);
    refused(&agent, &clock.job(now), "ARCH-D017");
    // An agent does not start under it, and says why; when the ledger's time has come, it does.
    assert!(agent.stop().success());
    let doubtful = clock.start().ended();
    // No fault of the configuration: a service manager tries it again.
    assert_eq!(doubtful.code(), Some(3));
    clock.step(7_200);
    let mut agent = clock.agent();
    assert!(agent.log().contains("ARCH-D017"), "{}", agent.log());
    let _ = accepted(&mut agent, &clock.job(now.plus(7_200)));
    let ledger = clock.ledger(agent);
    assert_eq!(ledger.kinds(later), ["accepted", "started", "finished"]);
}

#[test]
fn a_waiting_job_whose_time_is_over_when_the_clock_jumps_ends_as_expired_and_only_once() {
    let Some(clock) = Clock::new() else { return };
    clock.step(0);
    let mut agent = clock.agent();
    let running: Vec<Digest> =
        (0..2).map(|_| clock.world.drop_job(&arch_tests::gated::job(&clock.world))).collect();
    for job in &running {
        let _ = agent.wait_job(*job, &["running"]);
    }
    // Both processors are taken.
    let waiting = agent.submit(&clock.job(World::now())).digest;
    let _ = agent.wait_job(waiting, &["waiting"]);
    clock.step(7_200);
    let end = agent.wait_end(waiting);
    assert_eq!((end.row.state.as_str(), end.row.code.as_deref()), ("failed", Some("ARCH-D008")));
    // What runs was believed when it was accepted, and may end.
    arch_tests::gated::open(&clock.world);
    for job in &running {
        assert_eq!(agent.wait_end(*job).row.state, "completed", "{}", agent.log());
    }
    let ledger = clock.ledger(agent);
    assert_eq!(ledger.kinds(waiting), ["accepted", "finished"]);
}

#[test]
fn under_a_clock_that_stands_still_jobs_are_accepted_run_and_anchored() {
    let Some(clock) = Clock::new() else { return };
    let now = World::now();
    clock.stand(now);
    let mut agent = clock.agent();
    let jobs = [0; 3].map(|_| accepted(&mut agent, &clock.job(now)));
    let ledger = clock.ledger(agent);
    assert!(ledger.times().iter().all(|time| *time == now), "{:?}", ledger.times());
    for job in jobs {
        assert_eq!(ledger.kinds(job), ["accepted", "started", "finished"]);
    }
}
