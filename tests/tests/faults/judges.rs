//! Judges who are elsewhere, say what is not so, or run out of time, by clocks that may be set.

use std::{fs, process::Command};

use arch_dispute::{Heard, Message, Says, Verdict, seal};
use arch_document::SignedDocument;
use arch_identity::{Digest, KeyKind, KeyPair, keyfile};
use arch_ledger::Record;
use arch_tests::{Agent, Prover, Stranger, World, program, skip, terms};
use arch_wire::control::{Answer, Bytes, Call, Reply};

use crate::clocks::shim;
use crate::disputes::{LIE, agree, drop_job, settled, told, told_so_far};
use crate::liars::{with_trick, with_trick_and};

/// Waits until the step is shown; gives the dispute.
fn shown(agent: &mut Agent, world: &World) -> Digest {
    let opening = |record: &Record| match record {
        Record::Said { dispute: Some(dispute), word, .. } if word == "opening" => Some(*dispute),
        _ => None,
    };
    agent.wait_for("opening", |_| Stranger::read(world).records().find_map(opening))
}

/// A world whose judge is elsewhere.
fn judged_elsewhere(judge: &KeyPair) -> World {
    let world = World::new();
    agree(&world, 1, &terms("reveal", &[&judge.public()[0].did()], &[]));
    world
}

/// A verdict of the judge whose turn it is, that says the contrary of what the record gives.
fn wrong_verdict(world: &World, dispute: Digest, judge: &KeyPair) -> String {
    let folder = world.path("judge");
    let key = world.path("judge.key");
    fs::write(&key, keyfile::write_plain(judge)).unwrap();
    let closed = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    fs::set_permissions(&key, closed).unwrap();
    let archctl = |verb: &str, rest: &[&str]| {
        let mut command = Command::new(program("archctl"));
        let output = command.args(["dispute", verb]).args(rest).output().unwrap();
        assert!(output.status.success(), "{verb}: {output:?}");
        output.stdout
    };
    let (id, state) = (dispute.to_string(), world.path("state").display().to_string());
    let (folder, key) = (folder.display().to_string(), key.display().to_string());
    archctl("export", &[&id, "--out", &folder, "--state", &state]);
    let right = archctl("rule", &["--from", &folder, "--key", &key]);
    let right = SignedDocument::parse("verdict.dsse.json", &right).unwrap();
    let Says::Verdict(right) = Heard::check(&right).unwrap().says().clone() else { panic!() };
    let key = &judge.signers()[0];
    let wrong = Verdict { upheld: !right.upheld, ..right };
    let message = Message::new(key.public().clone(), Says::Verdict(wrong), None);
    seal(&message, key).unwrap()
}

#[test]
fn a_judge_who_signs_another_verdict_than_the_record_gives_loses_his_stake() {
    let judge = KeyPair::from_seed(KeyKind::Ed25519, &[77; 32]);
    let world = judged_elsewhere(&judge);
    let _prover = Prover::of(&world);
    let mut agent = with_trick(&world, LIE);
    let job = drop_job(&world);
    // Whoever judges is elsewhere: the agent waits for him.
    let dispute = shown(&mut agent, &world);
    let file = wrong_verdict(&world, dispute, &judge);
    let call = Call::DisputeHear { file: "verdict".to_owned(), bytes: Bytes(file.into_bytes()) };
    let Answer::DisputeHear(heard) = agent.call(&call) else { panic!("{}", agent.log()) };
    assert_eq!(heard.word, "verdict");
    settled(&mut agent, &world, 1);
    // Nothing more is heard of it.
    let refused = agent.try_call(&Call::DisputeHear {
        file: "again".to_owned(),
        bytes: Bytes(wrong_verdict_again(&judge, dispute).into_bytes()),
    });
    let Some(Reply::Problem(problem)) = refused else { panic!("{refused:?}") };
    assert_eq!(problem.code.as_str(), "ARCH-Q006");
    assert!(agent.stop().success());
    let story = told(&world, job);
    let end = ["verdict", "bond", "settled true", "bondReturned", "bondLost", "bondLost"];
    assert_eq!(story[story.len() - 6..], end);
    let lost: Vec<String> = Stranger::verified(&world)
        .records()
        .filter_map(|record| match record {
            Record::BondLost { account, burnt: 100, .. } => Some(account.clone()),
            _ => None,
        })
        .collect();
    assert_eq!(lost, [judge.public()[0].did()], "all of his is burnt");
}

/// Any verdict of his about a dispute.
fn wrong_verdict_again(judge: &KeyPair, dispute: Digest) -> String {
    let key = &judge.signers()[0];
    let says = Verdict { dispute, stage: dispute, upheld: false, at_fault: vec![], inputs: None };
    seal(&Message::new(key.public().clone(), Says::Verdict(says), None), key).unwrap()
}

#[test]
fn a_clock_that_is_set_back_settles_nothing_and_one_that_is_set_on_ends_a_judges_time() {
    let Some(shim) = shim() else {
        return skip("there is no libfaketime; on Debian `apt-get install faketime` brings it");
    };
    let judge = KeyPair::from_seed(KeyKind::Ed25519, &[77; 32]);
    let world = judged_elsewhere(&judge);
    let set = |seconds: &str| {
        let new = world.path("clock.new");
        fs::write(&new, format!("{seconds}\n")).unwrap();
        fs::rename(new, world.path("clock")).unwrap();
    };
    set("+0");
    let _prover = Prover::of(&world);
    let mut agent = with_trick_and(&world, LIE, |command| {
        command.env("LD_PRELOAD", &shim).env("FAKETIME_NO_CACHE", "1").env("TZ", "UTC");
        command.env("FAKETIME_TIMESTAMP_FILE", world.path("clock"));
        command.env("FAKETIME_DONT_FAKE_MONOTONIC", "1").env("DONT_FAKE_MONOTONIC", "1");
    });
    let job = drop_job(&world);
    let dispute = shown(&mut agent, &world);
    set("-7200");
    let file = wrong_verdict_again(&judge, dispute);
    let call = Call::DisputeHear { file: "verdict".to_owned(), bytes: Bytes(file.into_bytes()) };
    let refused = agent.try_call(&call);
    let Some(Reply::Problem(problem)) = refused else { panic!("{refused:?}") };
    assert_eq!(problem.code.as_str(), "ARCH-D017", "{problem}");
    agent.wait_for("look at the clock", |agent| agent.log().contains("ARCH-D017").then_some(()));
    assert!(!told_so_far(&world, job).iter().any(|word| word.starts_with("settled")));
    // His hour is over, and what everybody can replay stands without him.
    set("+3700");
    settled(&mut agent, &world, 1);
    assert!(agent.stop().success());
    let story = told(&world, job);
    assert_eq!(story[story.len() - 3..], ["settled true", "bondReturned", "bondLost"]);
    let times = Stranger::verified(&world).times();
    assert!(times.is_sorted(), "{times:?}");
}
