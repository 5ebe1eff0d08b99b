//! Workers that die, dawdle or lie: no unverified proof leaves, and the request can be made again.

use arch_circuits::registry::ProofFile;
use arch_wire::{
    frame::encode,
    prover::{FromProver, ToProver},
};
use serde_json::json;

use crate::asker::{Double, Prover, check, eventually, fold, lives};

/// A worker that is nothing like one at first, and the real one from then on.
fn at_first(what: &str) -> Double {
    Double::new(&format!(
        "if [ ! -e $FOLDER/once ]; then echo $$ > $FOLDER/once; {what}; fi\nexec $REAL \"$@\""
    ))
}

#[test]
fn a_proof_whose_worker_is_killed_is_refused_and_can_be_asked_for_again() {
    let double = at_first("exec sleep 600");
    let mut prover = Prover::start(&["--worker", &double.path()]);
    prover.line.say(&ToProver::Prove(fold(1, &[1])));
    prover.line.begun(1);
    let pid = rustix::process::Pid::from_raw(double.pid("once")).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
    let (_, last) = prover.line.end_of(1);
    let FromProver::Refused(refusal) = last else { panic!("{last:?}") };
    assert_eq!((refusal.code.as_str(), refusal.retry), ("ARCH-V007", true));
    assert!(refusal.message.contains("signal 9"), "{}", refusal.message);
    let asked = fold(2, &[1]);
    check(&prover.line.proved(asked.clone()), &asked);
}

#[test]
fn a_worker_that_ends_without_a_word_or_is_no_program_costs_one_proof() {
    for what in ["exit 7", "kill -9 $$", "exec 0<&-; exec sleep 600"] {
        let double = at_first(what);
        let mut prover = Prover::start(&["--worker", &double.path()]);
        let refusal = prover.line.refused(fold(1, &[1]));
        assert_eq!((refusal.code.as_str(), refusal.retry), ("ARCH-V007", true), "{what}");
        prover.line.proved(fold(2, &[1]));
    }
    let mut prover = Prover::start(&["--worker", "/nowhere/at/all"]);
    let refusal = prover.line.refused(fold(1, &[1]));
    assert_eq!((refusal.code.as_str(), refusal.retry), ("ARCH-V007", true));
}

#[test]
fn a_proof_that_takes_too_long_is_ended_and_can_be_asked_for_again() {
    let double = Double::new("echo $$ > $FOLDER/pid; exec sleep 600");
    let mut prover = Prover::start(&["--worker", &double.path(), "--proof-seconds", "10"]);
    let refusal = prover.line.refused(fold(1, &[1]));
    assert_eq!((refusal.code.as_str(), refusal.retry), ("ARCH-V009", true));
    assert!(!lives(double.pid("pid")));
    assert_eq!(prover.line.refused(fold(2, &[1])).code, "ARCH-V009");
}

#[test]
fn a_proof_without_enough_memory_is_refused_and_the_prover_serves_on() {
    // The fold's key is made first, so that it is proving that needs the memory.
    Prover::start(&[]).line.proved(fold(1, &[1]));
    let mut prover = Prover::start(&["--memory-mib", "12", "--threads", "1"]);
    for request in 1..3 {
        let refusal = prover.line.refused(fold(request, &[1]));
        let told = (refusal.code.as_str(), refusal.retry);
        assert_eq!(told, ("ARCH-V008", true), "{}", refusal.message);
    }
}

#[test]
fn whatever_a_lying_worker_says_no_unverified_proof_leaves() {
    let asked = fold(2, &[1, 2]);
    let mut honest = Prover::start(&[]);
    let other = honest.line.proved(fold(1, &[1, 3]));
    let right = honest.line.proved(asked.clone());
    let points = |proof: &str| ProofFile::read(proof.as_bytes()).unwrap().proof().to_bytes();
    let proof = |bytes: &[u8]| {
        encode(&json!({ "proof": arch_wire::control::Bytes(bytes.to_vec()) })).unwrap()
    };
    let mut flipped = points(&right);
    flipped[40] ^= 1;
    let stage = |stage: &str| encode(&json!({ "stage": stage })).unwrap();
    for (lie, words) in [
        ("a proof of something else", proof(&points(&other))),
        ("a changed proof", proof(&flipped)),
        ("nothing", proof(&[])),
        ("zeros", proof(&[0; 128])),
        ("a byte too many", proof(&[&points(&right)[..], &[0]].concat())),
        ("the whole file", encode(&json!({ "proved": right })).unwrap()),
        ("no frame", b"\xff\xff\xff\xffproof".to_vec()),
        ("no JSON", [&8_u32.to_le_bytes()[..], b"not JSON"].concat()),
        ("a stage twice", [stage("proving"), stage("proving")].concat()),
        ("that it was checked", stage("checking")),
    ] {
        let double = Double::new("cat $FOLDER/words >&0; exec sleep 600");
        double.file("words", &words);
        let mut prover = Prover::start(&["--worker", &double.path()]);
        let refusal = prover.line.refused(asked.clone());
        assert_eq!((refusal.code.as_str(), refusal.retry), ("ARCH-V010", true), "{lie}");
    }
    // What is said is all that counts: the right words from the same stranger are a proof.
    let double = Double::new("cat $FOLDER/words >&0; exec sleep 600");
    double.file("words", &proof(&points(&right)));
    let mut prover = Prover::start(&["--worker", &double.path()]);
    assert_eq!(prover.line.proved(asked), right);
}

#[test]
fn a_full_queue_refuses_at_once_and_who_hangs_up_leaves_nothing_running() {
    let double = Double::new("echo $$ > $FOLDER/pid; exec sleep 600");
    let mut prover = Prover::start(&["--worker", &double.path(), "--queue", "2"]);
    prover.line.say(&ToProver::Prove(fold(1, &[1])));
    prover.line.begun(1);
    for request in 2..=4 {
        prover.line.say(&ToProver::Prove(fold(request, &[1])));
    }
    let Some(FromProver::Refused(refusal)) = prover.line.hear() else { panic!("no refusal") };
    let told = (refusal.request, refusal.code.as_str(), refusal.retry);
    assert_eq!(told, (Some(4), "ARCH-V001", true));
    let pid = double.pid("pid");
    assert!(lives(pid));
    assert!(prover.close().success());
    eventually("the worker ends", || (!lives(pid)).then_some(()));
}

/// The process that a process started.
fn child_of(parent: u32) -> i32 {
    let stats = std::fs::read_dir("/proc").unwrap().filter_map(|entry| {
        let stat = std::fs::read_to_string(entry.ok()?.path().join("stat")).ok()?;
        let (pid, rest) = stat.split_once(' ')?;
        let (_, rest) = rest.rsplit_once(") ")?;
        Some((pid.parse().ok()?, rest.split(' ').nth(1)?.parse::<u32>().ok()?))
    });
    stats.into_iter().find(|(_, of)| *of == parent).map(|(pid, _)| pid).unwrap()
}

#[test]
fn a_prover_that_can_start_no_worker_any_more_says_so_and_ends() {
    let mut prover = Prover::start(&[]);
    let launcher = rustix::process::Pid::from_raw(child_of(prover.child.id())).unwrap();
    rustix::process::kill_process(launcher, rustix::process::Signal::KILL).unwrap();
    let refusal = prover.line.refused(fold(1, &[1]));
    assert_eq!((refusal.code.as_str(), refusal.retry), ("ARCH-V007", true));
    assert_eq!(crate::asker::ended(prover.child).code(), Some(3));
}
