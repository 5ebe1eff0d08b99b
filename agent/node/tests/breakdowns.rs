//! Jobs whose executor falls silent in the middle, and whose ledger's disk breaks at any call.

mod world;

use std::sync::atomic::{AtomicU32, Ordering};

use arch_wire::{
    control::{Answer, Call, Reply},
    executor::{FromExecutor, ToExecutor},
    frame::encode,
};
use world::{
    World,
    double::{Double, Line, Then, honest},
    running::Running,
    story,
};

/// A world in which a run has five seconds in all: one to compile, one to run, and three to hand over,
/// in which an executor that was ended is started again.
fn impatient() -> World {
    let mut world = World::new();
    world.handover = std::time::Duration::from_secs(3);
    let policy = world.unsigned_policy(1, "");
    let long = "timeout: \"1m\" }\n";
    assert!(policy.contains(long), "{policy}");
    let short = policy.replace(long, &format!("{long}    limits: {{ compile: \"1s\" }}\n"));
    world.write("config/policy.yaml", &world.sign(&short));
    world
}

/// A job that may run for a second.
fn short(world: &World, name: &str) -> String {
    let text = world.unsigned_job(name, "");
    assert!(text.contains("timeout: \"10s\""), "{text}");
    world.sign(&text.replace("timeout: \"10s\"", "timeout: \"1s\""))
}

/// Plays the trick on the first run and is honest from then on; the job is run again and ends once.
async fn costs_an_attempt(trick: impl Fn(&Line, u64) + Send + Sync + 'static) {
    let world = impatient();
    let asked = AtomicU32::new(0);
    let double = Double::new(move |line, message| {
        if let ToExecutor::Run(request) = message {
            match asked.fetch_add(1, Ordering::SeqCst) {
                0 => trick(line, request.run),
                _ => line.finish(request.run, &[("stdout", b"hello"), ("stderr", b"")]),
            }
        }
        Then::Live
    });
    let running = world.start(double.clone()).await;
    let job = world.drop_file("a.yaml", &short(&world, "a"));
    let detail = running.until(job, "completed").await;
    assert_eq!(detail.attempts, 2);
    running.stop().await;
    assert_eq!(double.lives(), 2, "the silent one is ended");
    assert_eq!(story(&world, job), ["accepted", "started", "interrupted", "started", "finished"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn half_a_frame_and_then_silence_costs_an_attempt_when_the_time_is_over() {
    costs_an_attempt(|line, run| {
        let (claim, files) = honest(&[("stdout", b"hello"), ("stderr", b"")]);
        let frame = encode(&FromExecutor::Finished { run, claim }).unwrap();
        line.raw(&frame[..frame.len() / 2], &files);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_comes_when_the_time_is_over_is_nobodys_and_the_next_one_counts() {
    costs_an_attempt(|line, run| {
        line.until_hung_up();
        line.finish(run, &[("stdout", b"too late"), ("stderr", b"")]);
    })
    .await;
}

/// Whether the job has ended, or the ledger has stopped.
async fn ended_or_stopped(running: &Running, job: arch_identity::Digest) {
    let start = std::time::Instant::now();
    loop {
        let ended = running.show(job).await.is_some_and(|detail| detail.row.state == "completed");
        let status = running.call(Call::Status {}).await;
        let stopped = match &status {
            Reply::Ok(Answer::Status(status)) => {
                status.why.as_ref().is_some_and(|why| why.contains("I/O error"))
            }
            // How it is cannot be told without the ledger.
            _ => true,
        };
        if ended || stopped {
            return;
        }
        assert!(start.elapsed() < std::time::Duration::from_secs(90), "{status:?}");
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_ends_exactly_once_whichever_call_of_the_ledgers_disk_fails_and_whether_it_lands() {
    let world = World::new();
    let (mut faults, mut stopped) = (0, 0);
    for nth in 1.. {
        let mut met = false;
        for lands in [false, true] {
            let running = world.start(Double::honest()).await;
            world.fault.at(nth, lands);
            let name = format!("job-{nth}-{lands}");
            let job = world.drop_file(&format!("{name}.yaml"), &world.job(&name, ""));
            ended_or_stopped(&running, job).await;
            let over = world.fault.is_over();
            // What comes at the stop is not for the job any more.
            world.fault.at(0, false);
            running.stop().await;
            let running = world.start(Double::honest()).await;
            running.until(job, "completed").await;
            running.stop().await;
            let kinds = story(&world, job);
            let count = |kind: &str| kinds.iter().filter(|k| *k == kind).count();
            let told = format!("call {nth}, lands: {lands}: {kinds:?}");
            assert_eq!((count("accepted"), count("finished")), (1, 1), "{told}");
            assert_eq!(count("started"), count("interrupted") + 1, "{told}");
            assert!(count("started") <= 2, "{told}");
            met |= over;
            faults += u32::from(over);
            stopped += u32::from(over && count("interrupted") > 0);
        }
        if !met {
            break;
        }
    }
    println!("COUNTED {faults} faults, each job ended once; {stopped} of them were run again");
    assert!(faults >= 12, "three entries, a write and a flush each, twice: {faults}");
}
