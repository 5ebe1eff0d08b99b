//! Jobs from the drop folder to the ledger, with an executor that may lie, die or dawdle.

mod world;

use std::sync::{
    Mutex,
    atomic::{AtomicU32, Ordering},
};

use arch_identity::Digest;
use arch_ledger::Record;
use arch_wire::{
    control::{Answer, Call, Reply},
    executor::{Busy, FromExecutor, Inline, Outcome, ToExecutor},
};
use world::{
    World,
    double::{Double, Then, honest, sealed, unsealed},
    records, story,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_job_is_accepted_started_and_finished_once_and_its_output_is_kept() {
    let world = World::new();
    let double = Double::honest();
    let running = world.start(double.clone()).await;
    let job = world.drop_file("hello.yaml", &world.job("hello", ""));
    let detail = running.until(job, "completed").await;
    assert_eq!(detail.outputs["stdout"], Digest::of(b"hello"));
    assert_eq!((detail.attempts, detail.used.unwrap().fuel), (1, 42));
    // The same bytes under another name are the same job.
    world.drop_file("copy.yaml", &world.job("hello", ""));
    let logs = running.call(Call::JobLogs { digest: job }).await;
    let Reply::Ok(Answer::JobLogs { stdout, .. }) = logs else { panic!("{logs:?}") };
    assert_eq!(stdout.bytes.0, b"hello");
    running.stop().await;
    assert_eq!(double.asked(), 1);
    assert_eq!(story(&world, job), ["accepted", "started", "finished"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_accepted_job_is_known_after_a_restart_and_not_run_again() {
    let world = World::new();
    let job = world.drop_file("hello.yaml", &world.job("hello", ""));
    let running = world.start(Double::honest()).await;
    running.until(job, "completed").await;
    running.stop().await;
    let double = Double::honest();
    let running = world.start(double.clone()).await;
    running.until(job, "completed").await;
    running.stop().await;
    assert_eq!(double.asked(), 0);
    assert_eq!(story(&world, job), ["accepted", "started", "finished"]);
}

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
async fn an_output_that_is_not_the_pinned_one_is_quarantined_and_one_that_is_missing_fails() {
    let world = World::new();
    let running = world.start(Double::honest()).await;
    let good = Digest::of(b"hello");
    let other = Digest::of(b"bye");
    let pinned = |digest| format!("  outputs: {{ stdout: \"mem:x@{digest}\" }}\n");
    let same = world.drop_file("a.yaml", &world.job("same", &pinned(good)));
    let differs = world.drop_file("b.yaml", &world.job("differs", &pinned(other)));
    let missing =
        world.drop_file("c.yaml", &world.job("missing", "  outputs: { report: \"mem:x\" }\n"));
    running.until(same, "completed").await;
    let code = |detail: arch_wire::control::JobDetail| detail.row.code.unwrap();
    assert_eq!(code(running.until(differs, "quarantined").await), "ARCH-N304");
    assert_eq!(code(running.until(missing, "failed").await), "ARCH-N305");
    running.stop().await;
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
    for job in [second, first] {
        let reply = running.call(Call::JobCancel { digest: job }).await;
        assert!(matches!(reply, Reply::Ok(Answer::JobCancel { .. })), "{reply:?}");
        running.until(job, "cancelled").await;
        let again = running.call(Call::JobCancel { digest: job }).await;
        assert!(matches!(again, Reply::Problem(p) if p.code.as_str() == "ARCH-N103"));
    }
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
async fn a_module_that_rotted_in_the_archive_is_taken_from_the_modules_folder_again() {
    let world = World::new();
    let archive = arch_archive::Archive::open(&world.path("state/archive")).unwrap();
    let module = archive.put(world::MODULE).unwrap();
    std::fs::write(archive.path(&module), b"\0asm rotted").unwrap();
    let running = world.start(Double::honest()).await;
    let job = world.drop_file("hello.yaml", &world.job("hello", ""));
    running.until(job, "completed").await;
    running.stop().await;
    assert!(archive.check(&module).is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_that_the_archive_cannot_keep_costs_no_attempt_and_comes_again_later() {
    let world = World::new();
    let fan = Digest::of(b"hello").hex()[..2].to_owned();
    let obstacle = world.path(&format!("state/archive/sha256/{fan}"));
    let removed = obstacle.clone();
    let runs = AtomicU32::new(0);
    let double = Double::new(move |line, message| {
        if let ToExecutor::Run(request) = message {
            if runs.fetch_add(1, Ordering::SeqCst) == 1 {
                std::fs::remove_file(&removed).unwrap();
            }
            line.finish(request.run, &[("stdout", b"hello"), ("stderr", b"")]);
        }
        Then::Live
    });
    std::fs::create_dir(world.path("config/node.d")).unwrap();
    world.write("config/node.d/once.yaml", "jobs: { attempts: 1 }\n");
    let running = world.start(double.clone()).await;
    std::fs::write(&obstacle, "a file where a folder belongs").unwrap();
    let job = world.drop_file("a.yaml", &world.job("a", ""));
    let detail = running.until(job, "completed").await;
    assert_eq!((detail.attempts, detail.outputs["stdout"]), (2, Digest::of(b"hello")));
    running.stop().await;
    assert_eq!(story(&world, job), ["accepted", "started", "interrupted", "started", "finished"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_waits_for_another_is_taken_in_as_soon_as_that_one_has_ended() {
    let world = World::new();
    std::fs::create_dir(world.path("config/node.d")).unwrap();
    world.write("config/node.d/slow.yaml", "jobs: { rescan: 1h }\n");
    let running = world.start(Double::honest()).await;
    let first = world.job("first", "");
    let after = format!("  after: [\"{}\"]\n", world::digest(&first));
    let second = world.drop_file("second.yaml", &world.job("second", &after));
    running.until(second, "refused").await;
    running.until(world.drop_file("first.yaml", &first), "completed").await;
    running.until(second, "completed").await;
    running.stop().await;
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
async fn an_executor_that_is_always_busy_is_lost_in_the_end_and_costs_an_attempt() {
    let mut world = World::new();
    world.handover = std::time::Duration::from_millis(400);
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
        assert!(start.elapsed() < std::time::Duration::from_secs(30));
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let stopping = std::time::Instant::now();
    running.stop().await;
    assert!(stopping.elapsed() < std::time::Duration::from_secs(10), "it does not wait for room");
    world.full.store(false, Ordering::SeqCst);
    let running = world.start(Double::honest()).await;
    running.until(job, "completed").await;
    running.stop().await;
    assert_eq!(story(&world, job), ["accepted", "started", "interrupted", "started", "finished"]);
}
