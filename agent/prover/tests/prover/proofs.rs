//! What is proved and checked.

use std::{
    os::fd::{AsFd as _, OwnedFd},
    os::unix::net::UnixStream,
    process::{Command, Stdio},
};

use arch_circuits::{
    field::to_decimal,
    tile::{TileShape, TileStep, context},
};
use arch_identity::Digest;
use arch_wire::{
    control::Bytes,
    prover::{FromProver, ProveRequest, Stage, Terms, ToProver, VerifyRequest},
};

use crate::asker::{Line, PATIENCE, PROGRAM, Prover, check, ended, fold, keys};

const SHIPPED: &str = include_str!("../../../../circuits/example/step.json");

#[test]
fn a_fold_is_proved_in_stages_and_the_proof_is_one() {
    let mut prover = Prover::start(&[]);
    let asked = fold(5, &[1, 2, 3]);
    prover.line.say(&ToProver::Prove(asked.clone()));
    let (stages, last) = prover.line.end_of(5);
    let FromProver::Proved { proof, .. } = last else { panic!("{last:?}") };
    check(&proof, &asked);
    let but_keys: Vec<_> = stages.into_iter().filter(|s| *s != Stage::MakingKey).collect();
    let all = [Stage::Begun, Stage::Assigning, Stage::ReadingKey, Stage::Proving, Stage::Checking];
    assert_eq!(but_keys, all);
    // Another proof of the same is another one: it hides what it is made from.
    let again = prover.line.proved(fold(6, &[1, 2, 3]));
    assert_ne!(again, proof);
    assert!(prover.close().success());
}

/// What others ask a prover with, who have no circuits.
#[test]
fn the_vector_of_a_request_is_this_one() {
    let vector = include_str!("../../../../tests/vectors/prover/fold.json");
    let asked: ToProver = serde_json::from_str(vector).unwrap();
    assert_eq!(asked, ToProver::Prove(fold(7, &[1, 2, 3])));
}

/// A step with its four tiles as bytes.
fn tile(request: u64) -> ProveRequest {
    let numbers = |count: i64, factor: i64| (0..count).map(|i| i * factor % 256 - 128).collect();
    let before = (0..256).map(|i| i * 5_000_000 - 640_000_000).collect();
    let step =
        TileStep::compute(TileShape::I8_128, numbers(2048, 37), numbers(2048, 91), before).unwrap();
    let [a, b, before, after] = step.tiles();
    let mut witness: Vec<u8> =
        a.iter().chain(b).map(|n| i8::try_from(*n).unwrap().to_le_bytes()[0]).collect();
    for number in before.iter().chain(after) {
        witness.extend(i32::try_from(*number).unwrap().to_le_bytes());
    }
    let publics = step.statement(context(b"a test")).publics();
    ProveRequest {
        request,
        circuit: "arch-tile-fma-v1".to_owned(),
        version: 1,
        publics: publics.iter().map(to_decimal).collect(),
        witness: Bytes(witness),
    }
}

#[test]
fn a_step_of_a_product_is_proved_from_its_tiles_and_no_other_step_is() {
    let mut prover = Prover::start(&[]);
    let asked = tile(1);
    check(&prover.line.proved(asked.clone()), &asked);
    let mut other = asked.clone();
    // The last sum is one more.
    let place = other.witness.0.len() - 4;
    other.witness.0[place] = other.witness.0[place].wrapping_add(1);
    let refusal = prover.line.refused(other);
    assert_eq!((refusal.code.as_str(), refusal.retry), ("ARCH-V004", false));
    let mut short = asked;
    short.witness.0.pop();
    assert_eq!(prover.line.refused(short).code, "ARCH-V004");
}

#[test]
fn what_is_stated_and_does_not_hold_has_no_proof() {
    let mut prover = Prover::start(&[]);
    let good = fold(1, &[1, 2, 3]);
    let change = |number: u64, change: &dyn Fn(&mut ProveRequest)| {
        let mut request = ProveRequest { request: number, ..good.clone() };
        change(&mut request);
        request
    };
    for (number, request) in [
        change(2, &|r| r.witness.0[0] ^= 1),
        change(3, &|r| r.witness.0.truncate(64)),
        change(4, &|r| r.publics[3] = "5".to_owned()),
        change(5, &|r| r.publics.swap(0, 1)),
        change(6, &|r| r.witness = Bytes(vec![0xff; 96])),
        change(7, &|r| r.witness = Bytes(vec![1; 241 * 32])),
        change(8, &|r| r.witness = Bytes(vec![1; 95])),
    ]
    .into_iter()
    .zip(2..)
    .map(|(request, number)| (number, request))
    {
        let refusal = prover.line.refused(request);
        let told = (refusal.request, refusal.code.as_str(), refusal.retry);
        assert_eq!(told, (Some(number), "ARCH-V004", false), "{}", refusal.message);
    }
    check(&prover.line.proved(good.clone()), &good);
}

#[test]
fn circuits_versions_and_numbers_that_are_not_the_manifests_are_refused() {
    let mut prover = Prover::start(&[]);
    let modulus = "21888242871839275222246405745257275088548364400416034343698204186575808495617";
    let changes: [&dyn Fn(&mut ProveRequest); 7] = [
        &|r| r.circuit = "no-such-circuit".to_owned(),
        &|r| r.version = 2,
        &|r| (r.circuit, r.version) = ("shardy_task_proof_v2".to_owned(), 2),
        &|r| r.publics.truncate(3),
        &|r| r.publics.push("1".to_owned()),
        // Itself and the modulus are the same number to who reads carelessly.
        &|r| r.publics[0] = modulus.to_owned(),
        &|r| r.publics[0] = "007".to_owned(),
    ];
    for change in changes {
        let mut request = fold(1, &[4]);
        change(&mut request);
        let refusal = prover.line.refused(request);
        assert_eq!((refusal.code.as_str(), refusal.retry), ("ARCH-V003", false));
    }
}

#[test]
fn a_proof_is_checked_on_the_askers_terms() {
    // No permission to prove with dev keys is needed for that.
    let mut prover = Prover::with_keys(&keys(), &[]);
    let mut asked = |proof: &str, terms: Terms| {
        let proof = proof.to_owned();
        prover.line.say(&ToProver::Verify(VerifyRequest { request: 9, proof, terms }));
        match prover.line.hear() {
            Some(FromProver::Checked { request: 9, holds, why }) => {
                assert_eq!(holds, why.is_empty());
                (holds, why)
            }
            other => panic!("{other:?}"),
        }
    };
    let dev = || Terms { pinned: None, dev_keys: true };
    assert!(asked(SHIPPED, dev()).0);
    let (holds, why) = asked(SHIPPED, Terms::default());
    assert!(!holds && why.contains("dev key"), "{why}");
    let pinned = Some(Digest::of(b"another key"));
    let (holds, why) = asked(SHIPPED, Terms { pinned, ..dev() });
    assert!(!holds && why.contains("pinned"), "{why}");
    let other = SHIPPED.replacen("\"publics\": [\n    \"", "\"publics\": [\n    \"1", 1);
    assert_ne!(other, SHIPPED);
    assert!(!asked(&other, dev()).0);
    for text in ["", "{}", "[1]", "\u{0}"] {
        assert!(!asked(text, dev()).0);
    }
    assert!(asked(SHIPPED, dev()).0);
}

#[test]
fn a_socket_that_is_handed_in_is_served_and_so_is_the_first_who_calls_one_that_listens() {
    let shell = |fd: OwnedFd| {
        // As a service manager hands it in: descriptor 3, and nothing at standard input.
        let script = "exec 3<&0 0</dev/null; exec \"$0\" \"$@\"";
        let mut command = Command::new("/bin/sh");
        command.args(["-c", script, PROGRAM, "--keys"]).arg(keys());
        command.env("LISTEN_FDS", "1").env_remove("LISTEN_PID");
        command.stdin(Stdio::from(fd)).spawn().unwrap()
    };
    let (ours, theirs) = UnixStream::pair().unwrap();
    ours.set_read_timeout(Some(PATIENCE)).unwrap();
    let child = shell(theirs.as_fd().try_clone_to_owned().unwrap());
    drop(theirs);
    drop(Line::new(ours).ready());
    assert!(ended(child).success());

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    let listener = std::os::unix::net::UnixListener::bind(&path).unwrap();
    let child = shell(OwnedFd::from(listener));
    let caller = UnixStream::connect(&path).unwrap();
    caller.set_read_timeout(Some(PATIENCE)).unwrap();
    drop(Line::new(caller).ready());
    assert!(ended(child).success());
}
