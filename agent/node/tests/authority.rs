//! Root, revocations and policy: what comes into force, and what a revoked key can still do.

mod world;

use arch_document::Kind;
use arch_ledger::Record;
use arch_problem::{Code, codes};
use arch_wire::{
    control::{Answer, Call, Reply, Status},
    executor::{Outcome, ToExecutor},
};
use world::{
    World,
    double::{Double, Then},
    records, revocation,
    running::Running,
    sign_by, story,
};

#[expect(clippy::panic, reason = "a test may be blunt")]
async fn reload(running: &Running) -> Result<u64, Code> {
    match running.call(Call::Reload {}).await {
        Reply::Ok(Answer::Reload(told)) => Ok(told.version),
        Reply::Problem(problem) => Err(problem.code),
        other => panic!("{other:?}"),
    }
}

#[expect(clippy::panic, reason = "a test may be blunt")]
async fn status(running: &Running) -> Status {
    match running.call(Call::Status {}).await {
        Reply::Ok(Answer::Status(status)) => *status,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_revoker_cannot_take_his_revocation_back() {
    let world = World::with_roles();
    world.write("config/revocations/k.yaml", &revocation("k", 1, &["rex"], "rob"));
    let running = world.start(Double::honest()).await;
    world.write("config/revocations/k.yaml", &revocation("k", 2, &[], "rex"));
    assert_eq!(reload(&running).await, Err(codes::KEY_REVOKED));
    running.stop().await;
    let refused = world.try_start(Double::honest()).await.err().unwrap();
    assert_eq!(refused.code, codes::KEY_REVOKED);
    world.write("config/revocations/k.yaml", &revocation("k", 2, &[], "rob"));
    world.start(Double::honest()).await.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_root_key_makes_no_newer_root() {
    let world = World::with_roles();
    world.write("config/revocations/k.yaml", &revocation("k", 1, &["ada"], "rob"));
    let running = world.start(Double::honest()).await;
    world.write("config/roots/2.yaml", &sign_by("ada", &world.unsigned_root_with_roles(2)));
    assert_eq!(reload(&running).await, Err(codes::KEY_REVOKED));
    assert_eq!(status(&running).await.root.version, 1);
    running.stop().await;
    let refused = world.try_start(Double::honest()).await.err().unwrap();
    assert_eq!(refused.code, codes::KEY_REVOKED);
}

#[tokio::test(flavor = "multi_thread")]
async fn old_and_new_version_of_a_list_side_by_side_load_at_every_start() {
    let world = World::with_roles();
    world.write("config/revocations/k1.yaml", &revocation("k", 1, &["jim"], "rob"));
    world.write("config/revocations/k2.yaml", &revocation("k", 2, &["joe"], "rob"));
    for _ in 0..2 {
        let running = world.start(Double::honest()).await;
        assert_eq!(reload(&running).await, Ok(1));
        running.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revocation_is_in_force_though_the_policy_beside_it_is_broken() {
    let world = World::with_roles();
    let running = world.start(Double::honest()).await;
    world.write("config/policy.yaml", "{");
    world.write("config/revocations/k.yaml", &revocation("k", 1, &["jim"], "rob"));
    assert!(reload(&running).await.is_err());
    let by_jim = sign_by("jim", &world.unsigned_job("a", ""));
    let refused = running.until(world.drop_file("a.yaml", &by_jim), "refused").await;
    assert_eq!(refused.row.code, Some(codes::KEY_REVOKED.to_string()));
    // The policy in force is not touched by it and goes on to admit.
    let by_joe = sign_by("joe", &world.unsigned_job("b", ""));
    running.until(world.drop_file("b.yaml", &by_joe), "completed").await;
    running.stop().await;
    let of = |wanted: fn(&Record) -> bool| records(&world).iter().filter(|r| wanted(r)).count();
    assert_eq!(of(|r| matches!(r, Record::Revocation { .. })), 1);
    assert_eq!(of(|r| matches!(r, Record::PolicyKept { .. })), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_whose_signer_is_revoked_admits_nothing_until_there_is_a_new_one() {
    let world = World::with_roles();
    let running = world.start(Double::honest()).await;
    let policy = status(&running).await.policy.digest;
    world.write("config/revocations/k.yaml", &revocation("k", 1, &["pam"], "rob"));
    assert_eq!(reload(&running).await, Err(codes::KEY_REVOKED));
    let told = status(&running).await;
    assert!(!told.accepting && told.why.unwrap().contains("policy"));
    let job = sign_by("joe", &world.unsigned_job("a", ""));
    let call = || Call::JobSubmit {
        file: "a.yaml".into(),
        bytes: arch_wire::control::Bytes(job.clone().into_bytes()),
    };
    let Reply::Ok(Answer::JobSubmit(submitted)) = running.call(call()).await else { panic!() };
    assert_eq!(submitted.problems[0].code, codes::NOT_ACCEPTING);
    world.write("config/policy.yaml", &sign_by("pia", &world.unsigned_policy(2, "")));
    assert_eq!(reload(&running).await, Ok(2));
    assert!(status(&running).await.accepting);
    running.call(call()).await;
    running.until(submitted.digest, "completed").await;
    running.stop().await;
    // The ledger says what was refused; of the job it knows nothing but its life.
    assert_eq!(story(&world, policy), ["refused"]);
    assert_eq!(story(&world, submitted.digest), ["accepted", "started", "finished"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_starts_under_a_policy_by_a_revoked_key_says_so_and_the_list_is_in_force() {
    let world = World::with_roles();
    world.write("config/revocations/k.yaml", &revocation("k", 1, &["pam"], "rob"));
    let refused = world.try_start(Double::honest()).await.err().unwrap();
    assert_eq!(refused.code, codes::KEY_REVOKED);
    let known = records(&world);
    assert!(known.iter().any(|record| matches!(record, Record::Revocation { .. })));
    assert!(!known.iter().any(|record| matches!(record, Record::Policy { .. })));
    std::fs::remove_file(world.path("config/revocations/k.yaml")).unwrap();
    let refused = world.try_start(Double::honest()).await.err().unwrap();
    assert_eq!(refused.code, codes::ROLLED_BACK);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_reloads_at_once_leave_the_newest_policy_in_force() {
    let world = World::with_roles();
    let running = world.start(Double::honest()).await;
    for version in 2..12 {
        // Replaced as a whole, so that no reload sees half of it.
        let text = sign_by("pam", &world.unsigned_policy(version, ""));
        world.write("config/.policy.yaml", &text);
        std::fs::rename(world.path("config/.policy.yaml"), world.path("config/policy.yaml"))
            .unwrap();
        let (a, b, c) = tokio::join!(reload(&running), reload(&running), reload(&running));
        assert_eq!((a, b, c), (Ok(version), Ok(version), Ok(version)));
        assert_eq!(status(&running).await.policy.version, version);
    }
    running.stop().await;
    let policies: Vec<u64> = records(&world)
        .iter()
        .filter_map(|record| match record {
            Record::Policy { version, .. } => Some(*version),
            _ => None,
        })
        .collect();
    assert_eq!(policies, (1..12).collect::<Vec<_>>(), "each {} once", Kind::Policy);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_waits_is_held_against_the_policy_of_the_day_it_starts() {
    let world = World::new();
    let last = std::sync::Mutex::new(0);
    let double = Double::new(move |line, message| {
        match message {
            ToExecutor::Run(request) => *last.lock().unwrap() = request.run,
            ToExecutor::Cancel { run } => line.end(run, Outcome::Cancelled),
            _ => {}
        }
        Then::Live
    });
    let running = world.start(double.clone()).await;
    let first = world.drop_file("a.yaml", &world.job("first", ""));
    running.until(first, "running").await;
    let second = world.drop_file("b.yaml", &world.job("second", ""));
    running.until(second, "waiting").await;
    let rule = "  refuse:\n    - { id: no.second, when: { name: \"second\" }, reason: \"no\" }\n";
    world.write("config/policy.yaml", &world.policy(2, rule));
    assert_eq!(reload(&running).await, Ok(2));
    running.call(Call::JobCancel { digest: first }).await;
    let ended = running.until(second, "failed").await;
    assert_eq!(ended.row.code.as_deref(), Some("ARCH-P008"));
    running.stop().await;
    assert_eq!(double.asked(), 1);
    assert_eq!(story(&world, second), ["accepted", "finished"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_list_beside_it_holds_no_revocation_up_and_is_told() {
    let world = World::with_roles();
    let running = world.start(Double::honest()).await;
    world.write("config/revocations/a.yaml", "{");
    world.write("config/revocations/b.yaml", &revocation("b", 1, &["pia"], "jim"));
    world.write("config/revocations/k.yaml", &revocation("k", 1, &["jim"], "rob"));
    assert!(reload(&running).await.is_err());
    let by_jim = sign_by("jim", &world.unsigned_job("a", ""));
    let refused = running.until(world.drop_file("a.yaml", &by_jim), "refused").await;
    assert_eq!(refused.row.code, Some(codes::KEY_REVOKED.to_string()));
    running.stop().await;
    // A start would go on with less than what was meant.
    assert!(world.try_start(Double::honest()).await.is_err());
}
