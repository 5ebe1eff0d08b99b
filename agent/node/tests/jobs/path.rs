//! A job's path: taken in, run, looked at, kept.

use std::sync::atomic::{AtomicU32, Ordering};

use arch_identity::Digest;
use arch_wire::{
    control::{Answer, Call, Reply},
    executor::ToExecutor,
};

use crate::world::{
    self, World,
    double::{Double, Then},
    story,
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
