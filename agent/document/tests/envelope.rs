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

use arch_document::{Job, MAX_BYTES, MAX_ENVELOPE_BYTES, SignedDocument, TrustRoot};
use arch_identity::{KeyKind, pae};
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
        (good.replace("\"keyid\":\"", "\"keyid\":1,\"x\":\""), "ARCH-D141"),
        (good.replace("\"sig\":\"", "\"sig\":\"*"), "ARCH-D208"),
        (good.replace("\"sig\":\"", "\"sig\":\"AAAA"), "ARCH-D208"),
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

fn root_of(names: &[&str], threshold: i64) -> TrustRoot {
    RootText::new(1).people(names).role("jobs", names, threshold, "Job").active()
}

/// The envelope's signatures with another `keyid`, or with none.
fn with_keyid(envelope: &str, keyid: Option<&str>) -> String {
    let field = keyid.map_or(String::new(), |keyid| format!("\"keyid\":\"{keyid}\","));
    let mut parts = envelope.split("\"keyid\":\"");
    let first = parts.next().unwrap().to_owned();
    parts.fold(first, |text, part| text + &field + part.split_once("\",").unwrap().1)
}

#[test]
fn a_keyid_is_a_hint_and_an_envelope_without_one_is_held_against_the_roots_keys() {
    let envelope = signed("job.yaml", &job_text(), &["bea", "cem"]).to_envelope();
    let root = root_of(&["bea", "cem", "dora"], 2);
    for keyid in [None, Some(""), Some("bea"), Some("sha256:00"), Some("did:key:zNoKey")] {
        let document = parse(&with_keyid(&envelope, keyid)).unwrap();
        assert_eq!(code::<Job>(&root, document), "verified", "{keyid:?}");
    }
    // A did:key that the root does not know is a stranger's; no cryptography is spent on it.
    let stranger = parse(&with_keyid(&envelope, Some(&did("eve")))).unwrap();
    assert_eq!(code::<Job>(&root, stranger), "ARCH-D002");
    let by_strangers = parse(&with_keyid(&envelope, None)).unwrap();
    assert_eq!(code::<Job>(&root_of(&["dora", "emil"], 1), by_strangers), "ARCH-D002");
}

#[test]
fn a_signature_with_and_one_without_keyid_are_of_one_identity() {
    let envelope = signed("job.yaml", &job_text(), &["bea"]).to_envelope();
    let one = envelope.split_once("\"signatures\":[").unwrap().1.trim_end().trim_end_matches("]}");
    let twice = envelope.replace(one, &format!("{one},{}", with_keyid(one, None)));
    let document = parse(&twice).unwrap();
    assert_eq!(document.signatures().len(), 2);
    assert_eq!(code::<Job>(&root_of(&["bea", "cem"], 2), document), "ARCH-D004");
}

#[test]
fn a_hybrid_identity_signs_an_envelope_without_keyids() {
    let unsigned = signed("job.yaml", &job_text(), &[]);
    let message = pae(&unsigned.kind().payload_type(), unsigned.body());
    let sigs: Vec<String> = key_of(KeyKind::Hybrid, "hyb")
        .signers()
        .iter()
        .map(|key| format!("{{\"sig\":\"{}\"}}", STANDARD.encode(key.sign(&message))))
        .collect();
    let root = RootText::new(1).hybrid("hyb").role("jobs", &["hyb"], 1, "Job").active();
    let with = |sigs: &[String]| {
        let list = format!("\"signatures\":[{}]", sigs.join(","));
        parse(&unsigned.to_envelope().replace("\"signatures\":[]", &list)).unwrap()
    };
    assert_eq!(code::<Job>(&root, with(&sigs)), "verified");
    assert_eq!(code::<Job>(&root, with(&sigs[..1])), "ARCH-D023");
    assert_eq!(code::<Job>(&root, with(&sigs[1..])), "ARCH-D023");
}

#[test]
fn both_alphabets_of_base64_are_read_and_never_a_mixture() {
    let yaml = signed("job.yaml", &job_text().replace("hello", "name-of-it"), &["bea"]);
    let plain = yaml.to_envelope();
    let url_safe = plain.replace('+', "-");
    // The payload type has slashes of its own.
    let (payload, rest) = url_safe.split_once("\"payloadType\"").unwrap();
    let (kind, sigs) = rest.split_once("\"signatures\"").unwrap();
    let (payload, sigs) = (payload.replace('/', "_"), sigs.replace('/', "_"));
    let url_safe = format!(
        "{payload}\"payloadType\"{}\"signatures\"{sigs}",
        kind.replace("v1-json", "v1+json").replace("vnd.arch_network", "vnd.arch-network")
    );
    assert_ne!(url_safe, plain);
    let document = parse(&url_safe).unwrap();
    assert_eq!(document.digest(), yaml.digest());
    assert_eq!(code::<Job>(&root_of(&["bea"], 1), document), "verified");
    let mixed = plain.replacen("\"sig\":\"", "\"sig\":\"+_", 1);
    assert_eq!(parse(&mixed).unwrap_err(), "ARCH-D208");
}

#[test]
fn signatures_without_keyid_cannot_ask_for_endless_cryptography() {
    let names: Vec<String> = (0..40).map(|i| format!("p{i:02}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let root = root_of(&names, 1);
    let envelope = with_keyid(&signed("job.yaml", &job_text(), &["p39"]).to_envelope(), None);
    let good = envelope.split_once("\"signatures\":[").unwrap().1.trim_end().trim_end_matches("]}");
    let junk = format!("{{\"sig\":\"{}\"}}", STANDARD.encode([7; 64]));
    let among = |before: usize| {
        let list = [vec![junk.clone(); before], vec![good.to_owned()]].concat().join(",");
        parse(&envelope.replace(good, &list)).unwrap()
    };
    // 512 trials are 12 signatures with 40 keys each, and not 13.
    assert_eq!(code::<Job>(&root, among(11)), "verified");
    assert_eq!(code::<Job>(&root, among(12)), "ARCH-D002");
}

#[test]
fn the_largest_document_is_readable_as_an_envelope_again() {
    let text = |length: usize| format!("\"{}\"", "x".repeat(length));
    let large = |last: usize| {
        let args = [60_000, 60_000, 60_000, 60_000, last].map(text).join(", ");
        job_text() + &format!("  args: [{args}]\n")
    };
    let yaml = signed("job.yaml", &large(20_000), &["bea"]);
    assert!(yaml.body().len() > 260_000);
    let envelope = yaml.to_envelope();
    assert!(envelope.len() > MAX_BYTES as usize);
    assert_eq!(parse(&envelope).unwrap().digest(), yaml.digest());
    // What is capped is the payload; and the file, so that nobody is asked to read without end.
    let body = String::from_utf8(yaml.body().to_vec()).unwrap();
    let longer = body.replace("\"args\":[", &format!("\"args\":[{},", text(3_000)));
    assert_eq!(parse(&envelope_of(longer.as_bytes(), "job")).unwrap_err(), "ARCH-D101");
    let blanks = |bytes: usize| envelope.clone() + &" ".repeat(bytes - envelope.len());
    assert!(parse(&blanks(MAX_ENVELOPE_BYTES as usize)).is_ok());
    assert_eq!(parse(&blanks(MAX_ENVELOPE_BYTES as usize + 1)).unwrap_err(), "ARCH-D101");
}
