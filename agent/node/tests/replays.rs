//! A job that ended is run again and compared; nothing of it is anchored.

mod world;

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, AtomicU32, Ordering},
};

use arch_identity::Digest;
use arch_ledger::Record;
use arch_wire::{
    control::{Answer, Call, Reply},
    executor::{Outcome, ToExecutor},
};
use world::{
    World,
    double::{Double, Then},
    records,
    running::{metric, raw_call},
    story,
};

#[tokio::test(flavor = "multi_thread")]
async fn an_ended_job_runs_again_from_the_archive_and_nothing_is_anchored() {
    let world = World::new();
    let asked = AtomicU32::new(0);
    let double = Double::new(move |line, message| {
        if let ToExecutor::Run(request) = message {
            let third = asked.fetch_add(1, Ordering::SeqCst) == 2;
            let text: &[u8] = if third { b"hallo" } else { b"hello" };
            line.finish(request.run, &[("stdout", text), ("stderr", b"")]);
        }
        Then::Live
    });
    let running = world.start(double).await;
    let job = world.drop_file("hello.yaml", &world.job("hello", ""));
    running.until(job, "completed").await;
    let replayed = async || match running.call(Call::JobReplay { digest: job }).await {
        Reply::Ok(Answer::JobReplay(replayed)) => replayed,
        other => panic!("{other:?}"),
    };
    assert!(replayed().await.same);
    let other = replayed().await;
    assert!(!other.same);
    assert_eq!(other.differences.len(), 1, "{:?}", other.differences);
    running.stop().await;
    assert_eq!(story(&world, job), ["accepted", "started", "finished"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_is_fed_with_what_the_ledger_names_and_not_with_what_lies_there_now() {
    let world = World::new();
    let input = world.path("input.txt");
    std::fs::write(&input, "data").unwrap();
    let read = format!("read:{}", input.display());
    let allow = format!(
        "  inputs: {{ allowUnpinned: true }}\n  allow:\n    - {{ id: read.input, fs: [\"{read}\"] }}\n"
    );
    world.write("config/policy.yaml", &world.policy(1, &allow));
    let double = Double::honest();
    let running = world.start(double.clone()).await;
    let spec = format!(
        "  inputs: {{ data: \"file://{}\" }}\n  capabilities: {{ fs: [\"{read}\"] }}\n",
        input.display()
    );
    let job = world.drop_file("hello.yaml", &world.job("hello", &spec));
    running.until(job, "completed").await;

    std::fs::write(&input, "changed").unwrap();
    let reply = running.call(Call::JobReplay { digest: job }).await;
    assert!(matches!(reply, Reply::Ok(Answer::JobReplay(_))), "{reply:?}");
    running.stop().await;
    let runs = double.runs.lock().unwrap();
    let given: Vec<Digest> = runs.iter().map(|run| run.inputs[0].digest).collect();
    assert_eq!(given, [Digest::of(b"data"); 2]);
    let told = records(&world).into_iter().find_map(|record| match record {
        Record::Accepted { inputs, .. } => Some(inputs),
        _ => None,
    });
    assert_eq!(told.unwrap()["data"], Digest::of(b"data"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_that_cannot_be_fed_gives_its_place_to_the_next() {
    let world = World::new();
    let input = world.path("input.txt");
    std::fs::write(&input, "data").unwrap();
    let digest = Digest::of(b"data");
    let current = Mutex::new(None);
    let double = Double::new(move |line, message| {
        match message {
            // The first two run until they are called off, but for the one with the input.
            ToExecutor::Run(request) if request.inputs.is_empty() => {
                *current.lock().unwrap() = Some(request.run);
            }
            ToExecutor::Run(request) => line.finish(request.run, &[("stdout", b"x")]),
            ToExecutor::Cancel { run } => line.end(run, Outcome::Cancelled),
            _ => {}
        }
        Then::Live
    });
    let running = world.start(double).await;
    let spec = format!("  inputs: {{ data: \"file://{}@{digest}\" }}\n", input.display());
    let fed = world.drop_file("fed.yaml", &world.job("fed", &spec));
    running.until(fed, "completed").await;
    let first = world.drop_file("first.yaml", &world.job("first", ""));
    running.until(first, "running").await;
    let hex = digest.hex();
    let (fan, rest) = hex.split_at(2);
    std::fs::remove_file(world.path(&format!("state/archive/sha256/{fan}/{rest}"))).unwrap();
    std::fs::remove_file(&input).unwrap();
    let node = running.node.places.control();
    let line = arch_wire::control::write_call(&Call::JobReplay { digest: fed }).unwrap();
    let replay = tokio::task::spawn_blocking(move || raw_call(&node, &line));
    // The replay stands in the queue before the next job comes.
    while tokio::task::block_in_place(|| metric(&world, "arch_queue_jobs")) < 1 {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let second = world.drop_file("second.yaml", &world.job("second", ""));
    running.until(second, "waiting").await;
    running.call(Call::JobCancel { digest: first }).await;
    let Reply::Problem(problem) = replay.await.unwrap() else { panic!("nothing to feed it with") };
    assert_eq!(problem.code.as_str(), "ARCH-N202");
    running.until(second, "running").await;
    running.call(Call::JobCancel { digest: second }).await;
    running.until(second, "cancelled").await;
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_may_write_to_the_machine_is_not_replayed() {
    let world = World::new();
    let allow = "  allow:\n    - { id: data, fs: [\"write:/srv/arch-test\"] }\n";
    world.write("config/policy.yaml", &world.policy(1, allow));
    let double = Double::honest();
    let running = world.start(double.clone()).await;
    let spec = "  capabilities: { fs: [\"write:/srv/arch-test\"] }\n";
    let job = world.drop_file("a.yaml", &world.job("a", spec));
    running.until(job, "completed").await;
    let reply = running.call(Call::JobReplay { digest: job }).await;
    assert!(matches!(reply, Reply::Problem(p) if p.code.as_str() == "ARCH-N109"));
    running.stop().await;
    assert_eq!(double.asked(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_letter_is_not_tried_again_beside_its_replay_and_is_afterwards() {
    let world = World::new();
    let asked = Arc::new(AtomicU32::new(0));
    let go = Arc::new(AtomicBool::new(false));
    let (counted, gate) = (Arc::clone(&asked), Arc::clone(&go));
    let double = Double::new(move |line, message| {
        if let ToExecutor::Run(request) = message {
            // The second run differs from the first; the third is the replay, which lasts.
            let number = counted.fetch_add(1, Ordering::SeqCst);
            while number == 2 && !gate.load(Ordering::SeqCst) {
                std::thread::sleep(std::time::Duration::from_millis(5));
            }
            let text: &[u8] = if number == 1 { b"hallo" } else { b"hello" };
            line.finish(request.run, &[("stdout", text), ("stderr", b"")]);
        }
        Then::Live
    });
    let running = world.start(double).await;
    let spec = "  verify: { redundancy: 2 }\n";
    let job = world.drop_file("twice.yaml", &world.job("twice", spec));
    running.until(job, "dead").await;
    let path = running.node.places.control();
    let line = arch_wire::control::write_call(&Call::JobReplay { digest: job }).unwrap();
    let replay = tokio::task::spawn_blocking(move || raw_call(&path, &line));
    while asked.load(Ordering::SeqCst) < 3 {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    let refused = running.call(Call::JobRetry { digest: job }).await;
    assert!(matches!(&refused, Reply::Problem(p) if p.code.as_str() == "ARCH-N103"), "{refused:?}");
    go.store(true, Ordering::SeqCst);
    let replayed = replay.await.unwrap();
    assert!(matches!(&replayed, Reply::Ok(Answer::JobReplay(r)) if r.same), "{replayed:?}");
    let retried = running.call(Call::JobRetry { digest: job }).await;
    assert!(matches!(&retried, Reply::Ok(Answer::JobRetry { .. })), "{retried:?}");
    running.until(job, "completed").await;
    running.stop().await;
    let first = ["accepted", "started", "diverged", "finished"];
    assert_eq!(story(&world, job), [&first[..], &["retried", "started", "finished"]].concat());
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_replays_of_one_job_asked_for_at_once_one_is_begun_and_the_other_refused() {
    let world = World::new();
    std::fs::create_dir(world.path("config/node.d")).unwrap();
    // Room for both, so that nothing else keeps them apart.
    world.write("config/node.d/wide.yaml", "lend: { cpu: \"4\" }\n");
    let asked = Arc::new(AtomicU32::new(0));
    let go = Arc::new(AtomicBool::new(false));
    let (counted, gate) = (Arc::clone(&asked), Arc::clone(&go));
    let double = Double::new(move |line, message| {
        if let ToExecutor::Run(request) = message {
            // The first run is the job's own; a replay lasts until the test has seen enough.
            let replay = counted.fetch_add(1, Ordering::SeqCst) > 0;
            while replay && !gate.load(Ordering::SeqCst) {
                std::thread::sleep(std::time::Duration::from_millis(5));
            }
            line.finish(request.run, &[("stdout", b"hello"), ("stderr", b"")]);
        }
        Then::Live
    });
    let running = world.start(double).await;
    let job = world.drop_file("hello.yaml", &world.job("hello", ""));
    running.until(job, "completed").await;
    for round in 0..10 {
        go.store(false, Ordering::SeqCst);
        let first = running.call(Call::JobReplay { digest: job });
        let second = running.call(Call::JobReplay { digest: job });
        tokio::pin!(first, second);
        // Were both begun, neither would be answered before the gate is open.
        let patience = std::time::Duration::from_secs(90);
        let both = async {
            tokio::select! { reply = &mut first => (reply, true), reply = &mut second => (reply, false) }
        };
        let (refused, was_first) = tokio::time::timeout(patience, both).await.unwrap();
        assert!(
            matches!(&refused, Reply::Problem(p) if p.code.as_str() == "ARCH-N103"),
            "{refused:?}"
        );
        go.store(true, Ordering::SeqCst);
        let begun = if was_first { second.await } else { first.await };
        assert!(matches!(&begun, Reply::Ok(Answer::JobReplay(r)) if r.same), "{round}: {begun:?}");
    }
    assert_eq!(asked.load(Ordering::SeqCst), 11, "one run a round, and the job's own");
    running.stop().await;
    assert_eq!(story(&world, job), ["accepted", "started", "finished"]);
}
