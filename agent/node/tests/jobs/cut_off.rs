//! Jobs that are called off, or cut off by the agent's own end: each comes to one end.

use std::sync::{Mutex, atomic::Ordering};

use arch_identity::Digest;
use arch_ledger::Record;
use arch_wire::{
    control::{Answer, Call, Reply},
    executor::{Outcome, ToExecutor},
};

use crate::world::{
    self, World,
    double::{Double, Then},
    story,
};

/// A double that answers a run only when it is told to end it.
#[expect(clippy::unwrap_used, reason = "a test may be blunt, and so may its double")]
fn dawdler() -> Double {
    let waiting = Mutex::new(None);
    Double::new(move |line, message| {
        match message {
            ToExecutor::Run(request) => *waiting.lock().unwrap() = Some(request.run),
            ToExecutor::Cancel { run } => {
                assert_eq!(waiting.lock().unwrap().take(), Some(run));
                line.end(run, Outcome::Cancelled);
            }
            _ => {}
        }
        Then::Live
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_and_a_waiting_job_can_be_called_off_and_each_ends_once() {
    let world = World::new();
    let running = world.start(dawdler()).await;
    let first = world.drop_file("a.yaml", &world.job("first", ""));
    running.until(first, "running").await;
    // The node lends one processor, so this one waits.
    let second = world.drop_file("b.yaml", &world.job("second", ""));
    running.until(second, "waiting").await;
    // What attempts before have left of a product.
    let left = world.path("state/scratch").join(second.hex());
    std::fs::create_dir_all(&left).unwrap();
    for job in [second, first] {
        let reply = running.call(Call::JobCancel { digest: job }).await;
        assert!(matches!(reply, Reply::Ok(Answer::JobCancel { .. })), "{reply:?}");
        running.until(job, "cancelled").await;
        let again = running.call(Call::JobCancel { digest: job }).await;
        assert!(matches!(again, Reply::Problem(p) if p.code.as_str() == "ARCH-N103"));
    }
    assert!(!left.exists(), "the room of a job that was called off is free again");
    running.stop().await;
    assert_eq!(story(&world, first), ["accepted", "started", "cancelled", "finished"]);
    assert_eq!(story(&world, second), ["accepted", "cancelled", "finished"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_the_agents_stop_cuts_off_is_run_again_to_its_one_end() {
    let world = World::new();
    std::fs::create_dir(world.path("config/node.d")).unwrap();
    world.write("config/node.d/quick.yaml", "shutdown: { grace: 0s }\n");
    let running = world.start(dawdler()).await;
    let job = world.drop_file("a.yaml", &world.job("first", ""));
    running.until(job, "running").await;
    let waiting = world.drop_file("b.yaml", &world.job("second", ""));
    running.until(waiting, "waiting").await;
    running.stop().await;
    assert_eq!(story(&world, job), ["accepted", "started", "interrupted"]);
    assert_eq!(story(&world, waiting), ["accepted"]);
    // The files may be gone: what was accepted is in the archive.
    std::fs::remove_file(world.path("config/jobs/a.yaml")).unwrap();
    std::fs::remove_file(world.path("config/jobs/b.yaml")).unwrap();
    std::fs::remove_file(world.path("config/modules/m.wasm")).unwrap();
    let running = world.start(Double::honest()).await;
    running.until(job, "completed").await;
    running.until(waiting, "completed").await;
    running.stop().await;
    assert_eq!(story(&world, job), ["accepted", "started", "interrupted", "started", "finished"]);
    assert_eq!(story(&world, waiting), ["accepted", "started", "finished"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_under_which_the_agent_dies_every_time_is_given_up_in_the_end() {
    let world = World::new();
    std::fs::create_dir(world.path("config/node.d")).unwrap();
    world.write("config/node.d/quick.yaml", "shutdown: { grace: 0s }\n");
    let running = world.start(dawdler()).await;
    let job = world.drop_file("a.yaml", &world.job("first", ""));
    running.until(job, "running").await;
    running.stop().await;
    let environment = Digest::of(b"double");
    let mut deaths = Vec::new();
    for attempt in 2..12 {
        deaths.push(Record::Started { document: job, attempt, environment });
        let why = "the agent died under it".to_owned();
        deaths.push(Record::Interrupted { document: job, attempt, why });
    }
    // The last death is the one that the next start finds.
    deaths.pop();
    world::append(&world, &deaths);
    let double = Double::honest();
    let running = world.start(double.clone()).await;
    let detail = running.until(job, "failed").await;
    assert_eq!(detail.row.code.as_deref(), Some("ARCH-N303"));
    running.stop().await;
    assert_eq!(double.asked(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_that_a_full_disk_holds_up_is_left_to_the_next_start_when_the_agent_stops() {
    let world = World::new();
    std::fs::create_dir(world.path("config/node.d")).unwrap();
    world.write("config/node.d/quick.yaml", "shutdown: { grace: 1s }\n");
    let full = std::sync::Arc::clone(&world.full);
    let double = Double::new(move |line, message| {
        if let ToExecutor::Run(request) = message {
            full.store(true, Ordering::SeqCst);
            line.finish(request.run, &[("stdout", b"hello"), ("stderr", b"")]);
        }
        Then::Live
    });
    let running = world.start(double).await;
    let job = world.drop_file("a.yaml", &world.job("a", ""));
    let start = std::time::Instant::now();
    loop {
        let Reply::Ok(Answer::Status(status)) = running.call(Call::Status {}).await else {
            panic!()
        };
        if status.why.is_some_and(|why| why.contains("full")) {
            break;
        }
        assert!(start.elapsed() < std::time::Duration::from_secs(90));
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let stopping = std::time::Instant::now();
    running.stop().await;
    // A run that waited for room would hold up the stop for its grace and fifteen seconds more.
    assert!(stopping.elapsed() < std::time::Duration::from_secs(15), "it does not wait for room");
    world.full.store(false, Ordering::SeqCst);
    let running = world.start(Double::honest()).await;
    running.until(job, "completed").await;
    running.stop().await;
    assert_eq!(story(&world, job), ["accepted", "started", "interrupted", "started", "finished"]);
}
