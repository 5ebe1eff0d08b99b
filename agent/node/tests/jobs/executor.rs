//! What the executor is asked, and whatever it answers.

use std::sync::atomic::{AtomicU32, Ordering};

use arch_identity::Digest;
use arch_ledger::Record;
use arch_wire::{
    control::{Answer, Call, Reply},
    executor::{Busy, FromExecutor, Inline, Outcome, ToExecutor},
};

use crate::world::{
    self, World,
    double::{Double, Then, honest, sealed, unsealed},
    records, story,
};

#[tokio::test(flavor = "multi_thread")]
async fn an_executor_that_dies_is_started_again_and_the_job_gets_three_attempts() {
    let world = World::new();
    let double = Double::new(|_, message| match message {
        ToExecutor::Run(_) => Then::Die,
        _ => Then::Live,
    });
    let running = world.start(double.clone()).await;
    let job = world.drop_file("hello.yaml", &world.job("hello", ""));
    let detail = running.until(job, "failed").await;
    assert_eq!(detail.row.code.as_deref(), Some("ARCH-N303"));
    running.stop().await;
    assert!(double.lives() >= 3);
    assert_eq!(
        story(&world, job),
        ["accepted", "started", "interrupted", "started", "interrupted", "started", "finished"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claimed_digest_that_does_not_fit_the_bytes_quarantines_the_job_and_ends_the_executor() {
    let world = World::new();
    let double = Double::new(|line, message| {
        if let ToExecutor::Run(request) = message {
            let (mut claim, files) = honest(&[("stdout", b"hello"), ("stderr", b"")]);
            claim.outputs[0].digest = Digest::of(b"other");
            line.say(&FromExecutor::Finished { run: request.run, claim }, &files);
        }
        Then::Live
    });
    let running = world.start(double.clone()).await;
    let job = world.drop_file("hello.yaml", &world.job("hello", ""));
    let detail = running.until(job, "quarantined").await;
    assert_eq!(detail.row.code.as_deref(), Some("ARCH-N302"));
    assert_eq!(detail.outputs["stdout"], Digest::of(b"hello"), "ours, not the claimed one");
    let released = running.call(Call::JobRelease { digest: job }).await;
    assert_eq!(released, Reply::Ok(Answer::JobRelease { state: "released".into() }));
    let again = running.call(Call::JobReject { digest: job }).await;
    assert!(matches!(again, Reply::Problem(p) if p.code.as_str() == "ARCH-N103"));
    running.stop().await;
    assert_eq!(story(&world, job), ["accepted", "started", "finished", "released"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_breaks_the_protocol_costs_an_attempt_and_never_the_agent() {
    type Trick = fn(&world::double::Line, u64);
    let tricks: [Trick; 11] = [
        |line, _| line.raw(b"\xff\xff\xff\xff", &[]),
        |line, _| line.raw(b"\x02\0\0\0{}", &[]),
        // Fewer and more files than the claim speaks of.
        |line, run| {
            let (claim, files) = honest(&[("stdout", b"a"), ("stderr", b"")]);
            line.say(&FromExecutor::Finished { run, claim }, &files[..1]);
        },
        |line, run| {
            let (claim, mut files) = honest(&[("stdout", b"a")]);
            files.push(sealed(b"more"));
            line.say(&FromExecutor::Finished { run, claim }, &files);
        },
        // A file that can still change, and one of another size.
        |line, run| {
            let (claim, _) = honest(&[("stdout", b"a")]);
            line.say(&FromExecutor::Finished { run, claim }, &[unsealed(b"a")]);
        },
        |line, run| {
            let (claim, _) = honest(&[("stdout", b"a")]);
            line.say(&FromExecutor::Finished { run, claim }, &[sealed(b"abc")]);
        },
        // Bytes in the claim that are fewer than it says, or stand in a file as well.
        |line, run| {
            let (mut claim, _) = honest(&[("stdout", b"hello")]);
            claim.outputs[0].bytes = Inline::of(b"hell");
            line.say(&FromExecutor::Finished { run, claim }, &[]);
        },
        |line, run| {
            let (mut claim, files) = honest(&[("stdout", b"a")]);
            claim.outputs[0].bytes = Inline::of(b"a");
            line.say(&FromExecutor::Finished { run, claim }, &files);
        },
        // Outputs that nobody asked for, or twice, or too large.
        |line, run| line.finish(run, &[("stdout", b"a"), ("../../etc/passwd", b"x")]),
        |line, run| line.finish(run, &[("stdout", b"a"), ("stdout", b"a")]),
        |line, run| {
            let (mut claim, files) = honest(&[("stdout", b"a")]);
            claim.outputs[0].size = u64::MAX;
            line.say(&FromExecutor::Finished { run, claim }, &files);
        },
    ];
    let world = World::new();
    let next = AtomicU32::new(0);
    let double = Double::new(move |line, message| {
        if let ToExecutor::Run(request) = message {
            // Every second answer is honest, so that no job runs out of attempts.
            let count = usize::try_from(next.fetch_add(1, Ordering::SeqCst)).unwrap();
            match tricks.get(count / 2).filter(|_| count.is_multiple_of(2)) {
                Some(trick) => trick(line, request.run),
                None => line.finish(request.run, &[("stdout", b"hello"), ("stderr", b"")]),
            }
        }
        Then::Live
    });
    let running = world.start(double).await;
    for number in 0..tricks.len() {
        let name = format!("trick{number}");
        let job = world.drop_file(&format!("{name}.yaml"), &world.job(&name, ""));
        let detail = running.until(job, "completed").await;
        assert_eq!(detail.attempts, 2, "trick {number}");
    }
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_that_nobody_waits_for_are_dropped_and_busy_is_asked_again() {
    let world = World::new();
    let busy = AtomicU32::new(0);
    let double = Double::new(move |line, message| {
        if let ToExecutor::Run(request) = message {
            let run = request.run;
            if busy.fetch_add(1, Ordering::SeqCst) < 2 {
                line.say(&FromExecutor::Busy { run, why: Busy::NoWorker }, &[]);
                return Then::Live;
            }
            line.say(&FromExecutor::Pong, &[]);
            line.finish(run + 1_000, &[("stdout", b"of a stranger")]);
            line.say(&FromExecutor::Started { run: u64::MAX }, &[]);
            line.say(
                &FromExecutor::Ready { engine: "again".into(), environment: Digest::of(b"2") },
                &[],
            );
            line.finish(run, &[("stdout", b"hello"), ("stderr", b"")]);
            line.finish(run, &[("stdout", b"second thoughts")]);
        }
        Then::Live
    });
    let running = world.start(double.clone()).await;
    let job = world.drop_file("hello.yaml", &world.job("hello", ""));
    let detail = running.until(job, "completed").await;
    assert_eq!((detail.attempts, detail.outputs["stdout"]), (1, Digest::of(b"hello")));
    assert_eq!((double.asked(), double.lives()), (3, 1));
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outcome_that_is_a_limit_fails_the_job_with_its_code() {
    let world = World::new();
    let double = Double::new(|line, message| {
        if let ToExecutor::Run(request) = message {
            line.end(request.run, Outcome::OutOfFuel);
        }
        Then::Live
    });
    let running = world.start(double).await;
    let job = world.drop_file("hello.yaml", &world.job("hello", ""));
    let detail = running.until(job, "failed").await;
    assert_eq!(detail.row.code.as_deref(), Some("ARCH-S001"));
    assert_eq!(detail.outcome.as_deref(), Some("outOfFuel"));
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_executor_is_asked_is_what_policy_and_document_say() {
    let world = World::new();
    let double = Double::honest();
    let running = world.start(double.clone()).await;
    let input = world.path("input.txt");
    std::fs::write(&input, "data").unwrap();
    let pinned = format!(
        "  args: [\"-v\"]\n  env: {{ LANG: \"C\" }}\n  inputs: {{ data: \"file://{}@{}\" }}\n",
        input.display(),
        Digest::of(b"data")
    );
    let job = world.drop_file("hello.yaml", &world.job("hello", &pinned));
    running.until(job, "completed").await;
    running.stop().await;
    let asked = double.runs.lock().unwrap().remove(0);
    assert_eq!(asked.args, ["m", "-v"]);
    assert_eq!(asked.env["LANG"], "C");
    assert_eq!((asked.inputs[0].name.as_str(), asked.inputs[0].size), ("data", 4));
    assert_eq!(asked.module, Digest::of(world::MODULE));
    assert_eq!(asked.limits.wall_millis, 10_000);
    let accepted = records(&world).into_iter().find_map(|record| match record {
        Record::Accepted { rules, policy, .. } => Some((rules, policy)),
        _ => None,
    });
    assert!(accepted.unwrap().0.contains(&"owners.all".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_executor_that_is_always_busy_is_lost_in_the_end_and_costs_an_attempt() {
    let mut world = World::new();
    world.handover = std::time::Duration::from_secs(3);
    std::fs::create_dir(world.path("config/node.d")).unwrap();
    world.write("config/node.d/once.yaml", "jobs: { attempts: 1 }\n");
    let double = Double::new(|line, message| {
        if let ToExecutor::Run(request) = message {
            line.say(&FromExecutor::Busy { run: request.run, why: Busy::NoWorker }, &[]);
        }
        Then::Live
    });
    let running = world.start(double.clone()).await;
    let job = world.drop_file("a.yaml", &world.job("a", ""));
    let detail = running.until(job, "failed").await;
    assert_eq!(detail.row.code.as_deref(), Some("ARCH-N303"));
    running.stop().await;
    assert!(double.asked() > 1, "it was asked more than once before that");
}
