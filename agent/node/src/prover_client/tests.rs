use std::thread;

use arch_identity::Digest;
use arch_wire::prover::{TileKind, digest_text};

use super::*;

const SHIPPED: &str = include_str!("../../../../circuits/example/step.json");
const PATIENCE: Duration = Duration::from_secs(60);

/// Plays a prover that says these words, each after a request, and then hangs up.
fn told<T>(
    words: Vec<Vec<FromProver>>,
    patience: Duration,
    ask: impl FnOnce(&mut ProverClient) -> T,
) -> T {
    let (ours, mut theirs) = UnixStream::pair().unwrap();
    let player = thread::spawn(move || {
        let ready = FromProver::Ready { manifest: Digest::of(b"a manifest") };
        theirs.write_all(&encode(&ready).unwrap()).unwrap();
        let (mut reader, mut place) = (FrameReader::default(), [0; 4096]);
        for words in words {
            while reader.take::<ToProver>().unwrap().is_none() {
                let length = theirs.read(&mut place).unwrap();
                if length == 0 {
                    return;
                }
                reader.push(&place[..length]);
            }
            for word in words {
                // Nobody may listen any more.
                let _gone = theirs.write_all(&encode(&word).unwrap());
            }
        }
    });
    let mut client = ProverClient::over(ours, patience).unwrap();
    let answer = ask(&mut client);
    drop(client);
    player.join().unwrap();
    answer
}

fn checked(request: u64, holds: bool) -> FromProver {
    let why = if holds { String::new() } else { "because".to_owned() };
    FromProver::Checked { request, holds, why }
}

fn terms() -> Terms {
    Terms { pinned: None, dev_keys: true }
}

fn statement() -> Statement {
    Statement {
        circuit: "arch-fold-v3".to_owned(),
        version: 1,
        publics: vec!["1".to_owned()],
        witness: vec![1, 2, 3],
    }
}

#[test]
fn a_proof_that_the_prover_found_good_is_evidence_and_others_are_not() {
    let words = vec![vec![checked(1, true)], vec![checked(2, false)]];
    told(words, PATIENCE, |client| {
        let checked = client.check(SHIPPED.to_owned(), terms()).unwrap();
        assert_eq!(checked.circuit(), "arch-tile-fma-v1");
        let refused = client.check(SHIPPED.to_owned(), terms()).unwrap_err();
        assert!(matches!(refused, ProverError::DoesNotHold(why) if why == "because"));
    });
}

#[test]
fn a_word_about_something_else_is_no_evidence() {
    let proved = FromProver::Proved { request: 1, proof: SHIPPED.to_owned() };
    let ready = FromProver::Ready { manifest: Digest::of(b"x") };
    for word in [checked(2, true), checked(0, false), proved, ready] {
        let lost = told(vec![vec![word]], PATIENCE, |client| {
            client.check(SHIPPED.to_owned(), terms()).unwrap_err()
        });
        assert!(matches!(lost, ProverError::Line(_)), "{lost:?}");
    }
}

#[test]
fn stages_are_told_until_there_is_a_proof_or_a_refusal() {
    let stage = |request, stage| FromProver::Progress { request, stage, of: Stage::COUNT };
    let proved = FromProver::Proved { request: 1, proof: "a proof".to_owned() };
    let busy = FromProver::Refused(Refusal::new(Some(2), "ARCH-V001", "busy", true));
    let words = vec![
        vec![stage(1, Stage::Begun), stage(1, Stage::Proving), proved],
        vec![stage(2, Stage::Begun), busy],
        vec![stage(9, Stage::Begun)],
    ];
    told(words, PATIENCE, |client| {
        let mut stages = Vec::new();
        let proof = client.prove(statement(), &mut |stage| stages.push(stage)).unwrap();
        assert_eq!((proof.as_str(), stages), ("a proof", vec![Stage::Begun, Stage::Proving]));
        let refused = client.prove(statement(), &mut |_| {}).unwrap_err();
        assert!(matches!(refused, ProverError::Refused(refusal) if refusal.retry));
        let lost = client.prove(statement(), &mut |_| {}).unwrap_err();
        assert!(matches!(lost, ProverError::Line(_)));
    });
}

#[test]
fn a_prover_that_is_gone_or_silent_is_lost() {
    let gone = told(vec![vec![]], PATIENCE, |client| {
        client.check(SHIPPED.to_owned(), terms()).unwrap_err()
    });
    assert!(matches!(gone, ProverError::Line(_)), "{gone:?}");
    let silent = told(vec![vec![], vec![]], Duration::from_secs(2), |client| {
        client.check(SHIPPED.to_owned(), terms()).unwrap_err()
    });
    assert!(matches!(silent, ProverError::Line(_)), "{silent:?}");
}

fn digests(request: u64, marks: &[u8]) -> FromProver {
    let digests = marks.iter().map(|mark| digest_text([*mark; 32])).collect();
    FromProver::Digests { request, digests }
}

fn sums(count: usize, length: usize) -> Vec<TileNumbers> {
    vec![TileNumbers { tile: TileKind::Sums, numbers: Bytes(vec![0; length]) }; count]
}

#[test]
fn a_long_list_of_tiles_is_asked_for_in_pieces_and_answered_whole() {
    // By their number, and then by their length.
    let by_number = [(TILES_CAP, 1_u8), (TILES_CAP, 2), (3, 3)];
    let by_length = [(4, 4_u8), (4, 5), (1, 6)];
    let words = [by_number, by_length].concat().into_iter().zip(1..);
    let marks = |(count, mark): (usize, u8)| vec![mark; count];
    let words = words.map(|(piece, request)| vec![digests(request, &marks(piece))]).collect();
    let counters = Arc::<ProverCounters>::default();
    told(words, PATIENCE, |client| {
        client.counters = Arc::clone(&counters);
        assert_eq!(client.digest("a", vec![]).unwrap(), Vec::<[u8; 32]>::new());
        for (pieces, length) in [(by_number, 1), (by_length, NUMBERS_CAP / 4)] {
            let whole: Vec<u8> = pieces.into_iter().flat_map(marks).collect();
            let told = client.digest("a", sums(whole.len(), length)).unwrap();
            assert_eq!(told, whole.iter().map(|mark| [*mark; 32]).collect::<Vec<_>>());
        }
    });
    let asked = u64::try_from(2 * TILES_CAP + 3 + 9).unwrap();
    assert_eq!((counters.digests(), counters.proofs()), (asked, 0));
}

#[test]
fn digests_that_were_not_asked_for_are_none() {
    let text = |text: String| FromProver::Digests { request: 1, digests: vec![text] };
    for word in [
        digests(1, &[]),
        digests(1, &[1, 2]),
        digests(2, &[1]),
        checked(1, true),
        text(String::new()),
        text("A".repeat(64)),
    ] {
        let lost =
            told(vec![vec![word]], PATIENCE, |client| client.digest("a", sums(1, 1)).unwrap_err());
        assert!(matches!(lost, ProverError::Line(_)), "{lost:?}");
    }
    let no = FromProver::Refused(Refusal::new(Some(1), "ARCH-V002", "no", false));
    let refused =
        told(vec![vec![no]], PATIENCE, |client| client.digest("a", sums(1, 1)).unwrap_err());
    assert!(matches!(refused, ProverError::Refused(refusal) if !refusal.retry));
}

#[test]
fn proofs_that_are_asked_for_are_counted_and_checks_are_not() {
    let busy = FromProver::Refused(Refusal::new(Some(1), "ARCH-V001", "busy", true));
    let counters = Arc::<ProverCounters>::default();
    told(vec![vec![busy], vec![checked(2, true)]], PATIENCE, |client| {
        client.counters = Arc::clone(&counters);
        client.prove(statement(), &mut |_| {}).unwrap_err();
        client.check(SHIPPED.to_owned(), terms()).unwrap();
    });
    assert_eq!((counters.digests(), counters.proofs()), (0, 1));
}

#[test]
fn what_makes_no_sense_is_not_even_asked() {
    told(vec![vec![]], PATIENCE, |client| {
        let proof = "x".repeat(1 << 20);
        assert!(matches!(client.check(proof, terms()).unwrap_err(), ProverError::Ask(_)));
        let letters = Statement { publics: vec!["one".to_owned()], ..statement() };
        let refused = client.prove(letters, &mut |_| {}).unwrap_err();
        assert!(matches!(refused, ProverError::Ask(_)));
        let refused = client.digest("a", sums(1, NUMBERS_CAP + 1)).unwrap_err();
        assert!(matches!(refused, ProverError::Ask(_)));
        assert_eq!((client.counters.digests(), client.counters.proofs()), (0, 0));
    });
}
