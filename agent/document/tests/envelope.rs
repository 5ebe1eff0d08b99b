//! DSSE envelopes: one document, two wrappings, the same signatures.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests may be blunt"
)]

mod world;

use arch_document::{Job, SignedDocument};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use world::*;

fn parse(text: &str) -> Result<SignedDocument, String> {
    SignedDocument::parse("job.dsse.json", text.as_bytes()).map_err(|problem| {
        let span = problem.at.as_ref().unwrap().span;
        assert!(span.end <= text.len());
        problem.code.to_string()
    })
}

fn envelope_of(payload: &[u8], kind: &str) -> String {
    format!(
        "{{\"payload\":\"{}\",\"payloadType\":\"application/vnd.arch-network.{kind}.v1+json\",\"signatures\":[]}}",
        STANDARD.encode(payload)
    )
}

#[test]
fn an_envelope_carries_the_same_document_and_the_same_signatures() {
    let yaml = signed("job.yaml", &job_text(), &["bea", "cem"]);
    let envelope = parse(&yaml.to_envelope()).unwrap();
    assert_eq!((envelope.digest(), envelope.body()), (yaml.digest(), yaml.body()));
    let root =
        RootText::new(1).people(&["bea", "cem"]).role("jobs", &["bea", "cem"], 2, "Job").active();
    assert_eq!(code::<Job>(&root, envelope), "verified");
}

#[test]
fn what_is_no_envelope_of_ours_is_refused() {
    let good = signed("job.yaml", &job_text(), &["bea"]).to_envelope();
    let body = signed("job.yaml", &job_text(), &[]).body().to_vec();
    let text = String::from_utf8(body.clone()).unwrap();
    assert!(parse(&envelope_of(&body, "job")).is_ok());
    for (envelope, expected) in [
        ("{".to_owned(), "ARCH-D140"),
        ("{apiVersion: x}".to_owned(), "ARCH-D140"),
        ("{}".to_owned(), "ARCH-D141"),
        (good.replace("\"payload\"", "\"payload\":\"\",\"payload\""), "ARCH-D108"),
        (good.replace("\"keyid\"", "\"extra\":1,\"keyid\""), "ARCH-D141"),
        (good.replace("\"keyid\":\"did:", "\"keyid\":\"dod:"), "ARCH-D141"),
        (good.replace("\"sig\":\"", "\"sig\":\"*"), "ARCH-D208"),
        (format!("{good}{{}}"), "ARCH-D140"),
        (good.replace("[{", "null,[{"), "ARCH-D117"),
        (envelope_of(&body, "policy"), "ARCH-D143"),
        (envelope_of(&body, "Job"), "ARCH-D143"),
        (envelope_of(format!(" {text}").as_bytes(), "job"), "ARCH-D142"),
        (envelope_of(text.replace("\"name\"", "\"na\\u006de\"").as_bytes(), "job"), "ARCH-D142"),
        (envelope_of(text.replace("\"kind\":\"Job\",", "").as_bytes(), "job"), "ARCH-D203"),
        (
            envelope_of(text.replace("{\"api", "{\"a\":1,\"a\":2,\"api").as_bytes(), "job"),
            "ARCH-D108",
        ),
        (envelope_of(text.replace("{\"api", "{\"a\":1.0,\"api").as_bytes(), "job"), "ARCH-D142"),
        (envelope_of(text.replace("{\"api", "{\"a\":1e3,\"api").as_bytes(), "job"), "ARCH-D119"),
        (
            envelope_of(text.replace("{\"api", "{\"a\":9007199254740993,\"api").as_bytes(), "job"),
            "ARCH-D120",
        ),
        (envelope_of(text.replace("{\"api", "{\"a\":null,\"api").as_bytes(), "job"), "ARCH-D117"),
        (envelope_of(b"\xff\xfe", "job"), "ARCH-D102"),
        (envelope_of(b"", "job"), "ARCH-D140"),
        (envelope_of(b"[]", "job"), "ARCH-D126"),
        (format!("{{\"payload\":{}", "[".repeat(100_000)), "ARCH-D121"),
    ] {
        assert_eq!(parse(&envelope).unwrap_err(), expected, "{envelope:.200}");
    }
}

#[test]
fn a_payload_with_signatures_inside_is_refused() {
    let body = signed("job.yaml", &job_text(), &[]).body().to_vec();
    let text = String::from_utf8(body).unwrap();
    let entry = format!(
        "{{\"alg\":\"ed25519\",\"by\":\"{}\",\"sig\":\"{}==\"}}",
        did("bea"),
        "A".repeat(86)
    );
    let inside = text.replace(",\"spec\":", &format!(",\"signatures\":[{entry}],\"spec\":"));
    assert_eq!(parse(&envelope_of(inside.as_bytes(), "job")).unwrap_err(), "ARCH-D142");
    let empty = text.replace(",\"spec\":", ",\"signatures\":[],\"spec\":");
    assert_eq!(parse(&envelope_of(empty.as_bytes(), "job")).unwrap_err(), "ARCH-D142");
}

#[test]
fn faults_of_the_content_point_at_the_payload() {
    let document = parse(&signed("job.yaml", &job_text(), &["bea"]).to_envelope()).unwrap();
    let span = document.span("/spec/image").unwrap();
    assert_eq!((span.line, span.column), (1, 12));
    assert!(document.span("/signatures/0/sig").unwrap().start > span.end);
}
