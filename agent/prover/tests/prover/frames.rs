//! Bytes that are no requests.

use std::io::Write as _;

use arch_wire::{
    control::Bytes,
    frame::encode,
    prover::{FromProver, REQUEST_CAP, Terms, ToProver, VerifyRequest, WITNESS_CAP},
};
use serde_json::json;

use crate::asker::{Prover, ended, fold};

#[test]
fn what_is_no_frame_is_refused_and_ends_the_connection() {
    let too_long = u32::try_from(REQUEST_CAP + 1).unwrap().to_le_bytes();
    let framed =
        |text: &str| [&u32::try_from(text.len()).unwrap().to_le_bytes(), text.as_bytes()].concat();
    for bytes in [
        vec![0xff; 9],
        too_long.to_vec(),
        framed("not JSON"),
        framed("{\"unknown\":1}"),
        framed("{\"prove\":{\"request\":1}}"),
        framed(&format!("{}1{}", "[".repeat(50_000), "]".repeat(50_000))),
        encode(&json!({ "verify": { "request": -1, "proof": "", "terms": { "devKeys": true } } }))
            .unwrap(),
    ] {
        let mut prover = Prover::start(&[]);
        prover.line.stream.write_all(&bytes).unwrap();
        let Some(FromProver::Refused(refusal)) = prover.line.hear() else { panic!("no refusal") };
        let told = (refusal.request, refusal.code.as_str(), refusal.retry);
        assert_eq!(told, (None, "ARCH-V002", false));
        assert_eq!(prover.line.hear(), None);
        assert_eq!(ended(prover.child).code(), Some(1));
    }
}

#[test]
fn half_a_frame_and_then_the_end_is_told_by_the_exit_code() {
    let mut prover = Prover::start(&[]);
    prover.line.stream.write_all(&[9, 0, 0, 0, b'{']).unwrap();
    assert_eq!(prover.close().code(), Some(1));
}

#[test]
fn a_request_that_is_too_long_in_one_place_is_refused_and_the_next_one_served() {
    let mut prover = Prover::start(&[]);
    let mut long = fold(1, &[1]);
    long.witness = Bytes(vec![0; WITNESS_CAP + 1]);
    let refusal = prover.line.refused(long);
    assert_eq!((refusal.request, refusal.code.as_str()), (Some(1), "ARCH-V002"));
    let proof = "x".repeat(1 << 15);
    let terms = Terms::default();
    prover.line.say(&ToProver::Verify(VerifyRequest { request: 2, proof, terms }));
    let Some(FromProver::Refused(refusal)) = prover.line.hear() else { panic!("no refusal") };
    assert_eq!((refusal.request, refusal.code.as_str()), (Some(2), "ARCH-V002"));
    let mut letters = fold(3, &[1]);
    letters.publics[0] = "seven".to_owned();
    assert_eq!(prover.line.refused(letters).code, "ARCH-V002");
    prover.line.proved(fold(4, &[1]));
}
