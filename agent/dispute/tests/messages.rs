//! Messages as files: who signed what, one spelling, limits, and whatever else somebody may send.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests may be blunt"
)]

#[path = "../src/simulator/world/mod.rs"]
#[allow(dead_code, unreachable_pub, reason = "the simulator's, of which this needs a part")]
mod world;

use std::sync::OnceLock;

use arch_dispute::{
    Answer, Bytes, Concede, Fault, Heard, InputLeaf, Message, NotHeard, Opening, Own as _, Proof,
    Resolver, Rule, Says, Shown, Side, Spot, Steps, TileDigest, Tiles, Unsealed, Verdict, seal,
};
use arch_document::{Kind, SignedDocument};
use arch_identity::{Digest, SigningKey, canonical, pae};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use proptest::prelude::*;
use world::{
    World, key,
    player::{Lie, Marked, Player},
    stand_ins::StandIns,
};

fn nonce(says: &Says) -> Option<arch_document::Nonce> {
    let text = "00112233445566778899aabbccddeeff";
    matches!(says, Says::Challenge(_)).then(|| text.parse().unwrap())
}

fn message(says: Says) -> Message {
    let nonce = nonce(&says);
    Message::new(key(0).public().clone(), says, nonce)
}

fn check(text: &[u8]) -> Result<Heard, NotHeard> {
    let document = SignedDocument::parse("message", text).map_err(NotHeard::Form)?;
    Heard::check(&document)
}

/// An envelope around any bytes.
fn envelope(body: &[u8], signers: &[&SigningKey]) -> String {
    let payload_type = Kind::Dispute.payload_type();
    let signed = pae(&payload_type, body);
    let entry = |key: &&SigningKey| {
        let sig = STANDARD.encode(key.sign(&signed));
        format!("{{\"keyid\":\"{}\",\"sig\":\"{sig}\"}}", key.public())
    };
    let signatures: Vec<String> = signers.iter().map(entry).collect();
    format!(
        "{{\"payload\":\"{}\",\"payloadType\":\"{payload_type}\",\"signatures\":[{}]}}",
        STANDARD.encode(body),
        signatures.join(",")
    )
}

/// One message of each kind.
fn all() -> &'static [Message] {
    static ALL: OnceLock<Vec<Message>> = OnceLock::new();
    ALL.get_or_init(make_all)
}

fn make_all() -> Vec<Message> {
    let stand_ins = StandIns::default();
    let world = World::new(&stand_ins, 5, [41, 300, 38], 0);
    let lie = Some(Lie { tile: 1, at: 17, by: -4, step: 1 });
    let player = |part, lie| Player {
        world: &world,
        digester: &stand_ins,
        prover: &stand_ins,
        key: &world.keys[part],
        part,
        lie,
        marked: Marked::OnDispute,
    };
    let (one, other) = (player(0, None), player(1, lie));
    let eager = Player { marked: Marked::Own, ..player(0, None) };
    let [dispute, stage] = [b"dispute", b"a stage"].map(|text| Digest::of(text));
    let stands = [one.stand(dispute), other.stand(stage)];
    let ground = &world.ground;
    let spot = Spot { tile: 1, step: 1 };
    let [a, b] = one.tiles(ground, spot);
    let step = one.show(ground, spot, [true, true], true);
    let leaf = Shown::Leaf(Bytes(one.leaf(ground)));
    let opening = |shows| Says::Opening(Opening { dispute, stage, shows });
    let at = "2026-11-26T12:00:00Z".parse().unwrap();
    let fault = Fault { who: Side::Respondent, rule: Rule::Proved, evidence: stage, at };
    let at_fault = vec![fault];
    let inputs = Some(world.roots);
    let marks = one.marks(ground);
    let says = vec![
        one.commit().spec.says,
        Says::Challenge(Box::new(one.challenge(stands.clone(), Resolver::Groth16))),
        Says::Answer(Answer { dispute, marks, marks_path: vec![], inputs: world.roots }),
        Says::Concede(Concede { dispute }),
        Says::Steps(Steps { dispute, stage, digests: one.steps(ground, 1) }),
        Says::Tiles(Tiles { dispute, stage, a, b }),
        opening(leaf),
        opening(step),
        Says::Proof(Proof {
            dispute,
            stage,
            circuit: "arch-tile-fma-v1".into(),
            key: stage,
            after: a,
            proof: Bytes(vec![7; 128]),
        }),
        Says::Verdict(Verdict { dispute, stage, upheld: true, at_fault, inputs }),
        eager.commit().spec.says,
        Says::Challenge(Box::new(eager.challenge(stands, Resolver::Reveal))),
        Says::Answer(Answer {
            dispute,
            marks: eager.marks(ground),
            marks_path: eager.marks_path(),
            inputs: world.roots,
        }),
    ];
    says.into_iter().map(message).collect()
}

fn files() -> &'static Vec<String> {
    static FILES: OnceLock<Vec<String>> = OnceLock::new();
    FILES.get_or_init(|| all().iter().map(|message| seal(message, &key(0)).unwrap()).collect())
}

#[test]
fn every_message_is_a_file_that_is_read_as_it_was_signed() {
    for (message, file) in all().iter().zip(files()) {
        let heard = check(file.as_bytes()).unwrap();
        assert_eq!(heard.message(), message);
        assert_eq!(heard.digest(), Digest::of(&canonical::bytes(message).unwrap()));
        assert!(file.len() < 256 << 10);
        // The same as YAML, signed in the block form.
        let body = canonical::bytes(message).unwrap();
        let yaml = yaml(&serde_json::from_slice(&body).unwrap(), 0);
        let signed = arch_document::signing::sign(
            "message.yaml",
            yaml.as_bytes(),
            &arch_identity::KeyPair::from_seed(arch_identity::KeyKind::Ed25519, &[0; 32]),
        );
        assert_eq!(check(signed.unwrap().as_bytes()).unwrap(), heard);
    }
}

/// Block YAML with every text in quotes.
fn yaml(value: &serde_json::Value, depth: usize) -> String {
    let serde_json::Value::Object(fields) = value else { return format!("{value}\n") };
    let lines = fields.iter().map(|(name, value)| match value {
        serde_json::Value::Object(inner) if !inner.is_empty() => {
            format!("{:depth$}{name}:\n{}", "", yaml(value, depth + 2))
        }
        _ => format!("{:depth$}{name}: {value}\n", ""),
    });
    lines.collect()
}

#[test]
fn whoever_is_named_has_signed_and_nobody_else() {
    let message = &all()[3];
    let body = canonical::bytes(message).unwrap();
    let (own, other) = (key(0), key(1));
    assert!(check(envelope(&body, &[&own]).as_bytes()).is_ok());
    let refused = |text: &str| check(text.as_bytes()).unwrap_err();
    assert!(matches!(refused(&envelope(&body, &[&other])), NotHeard::OtherSigner(_)));
    assert!(matches!(refused(&envelope(&body, &[])), NotHeard::Signatures(0)));
    assert!(matches!(refused(&envelope(&body, &[&own, &other])), NotHeard::Signatures(2)));
    assert!(matches!(refused(&envelope(&body, &[&own, &own])), NotHeard::Signatures(2)));
    let borrowed =
        envelope(&body, &[&other]).replace(&other.public().to_string(), &own.public().to_string());
    assert!(matches!(refused(&borrowed), NotHeard::BadSignature(_)));
    assert_eq!(seal(message, &other), Err(Unsealed::OtherKey));
    // A signature under another kind of document counts for nothing here.
    let sig = STANDARD.encode(own.sign(&pae(&Kind::Receipt.payload_type(), &body)));
    let right = STANDARD.encode(own.sign(&pae(&Kind::Dispute.payload_type(), &body)));
    let crossed = envelope(&body, &[&own]).replace(&right, &sig);
    assert!(matches!(refused(&crossed), NotHeard::BadSignature(_)));
}

#[test]
fn a_message_has_one_spelling_and_nothing_in_it_that_says_nothing() {
    let own = key(0);
    let texts: Vec<String> = all()
        .iter()
        .map(|message| String::from_utf8(canonical::bytes(message).unwrap()).unwrap())
        .collect();
    for (number, from, to) in [
        (0, r#"{"row":{"index":0}}"#, r#"{"row":[0]}"#),
        (0, r#""part":{"row":{"index":0}}"#, r#""part":{"column":{"index":0},"row":{"index":0}}"#),
        (0, r#""part":{"row":{"index":0}}"#, r#""part":{}"#),
        (3, r#""name":"concede""#, r#""name":"answer""#),
        (3, r#""name":"concede""#, r#""labels":{"a":"b"},"name":"concede""#),
        (3, r#""name":"concede""#, r#""labels":{},"name":"concede""#),
        (3, r#""name":"concede""#, r#""name":"concede","owner":"user:a""#),
        (
            3,
            r#""name":"concede""#,
            r#""name":"concede","nonce":"00112233445566778899aabbccddeeff""#,
        ),
        (1, r#","nonce":"00112233445566778899aabbccddeeff""#, ""),
        (3, r#""says":{"concede":{"#, r#""says":{"concede":{"a":1,"#),
        (3, r#""says":{"concede":"#, r#""says":{"withdraw":"#),
        (7, r#""shows":{"step":{"#, r#""shows":{"leaf":"","step":{"#),
        (1, r#""resolver":"groth16""#, r#""resolver":{"groth16":{}}"#),
        (1, r#""bond":101"#, r#""bond":-1"#),
        (1, r#""bond":101"#, r#""bond":101.5"#),
        (8, r#""circuit":"arch-tile-fma-v1""#, r#""circuit":"a b""#),
    ] {
        let changed = texts[number].replacen(from, to, 1);
        assert_ne!(changed, texts[number], "{from}");
        let told = check(envelope(changed.as_bytes(), &[&own]).as_bytes());
        assert!(matches!(told, Err(NotHeard::Form(_) | NotHeard::OtherSpelling)), "{to}: {told:?}");
    }
}

#[test]
fn more_than_there_can_be_is_refused_wherever_there_is_a_list() {
    let digest = TileDigest::from_bytes([1; 32]);
    let hash = arch_matrix::commit::LeafTree::new(vec![]).root();
    let leaf = |length, path| InputLeaf { values: Bytes(vec![0; length]), path: vec![hash; path] };
    let refused = |count: usize, change: &dyn Fn(&mut Says)| {
        let mut found = 0;
        for message in all() {
            let mut changed = message.clone();
            change(&mut changed.spec.says);
            if changed != *message {
                assert!(matches!(seal(&changed, &key(0)), Err(Unsealed::Form(_))));
                let body = canonical::bytes(&changed).unwrap();
                let told = check(envelope(&body, &[&key(0)]).as_bytes());
                assert!(matches!(told, Err(NotHeard::Form(_))), "{told:?}");
                found += 1;
            }
        }
        assert_eq!(found, count);
    };
    // Challenge, answer and commitment stand there twice: with marks that were committed to, and without.
    let step = |says: &mut Says, change: &dyn Fn(&mut Vec<InputLeaf>, &mut Option<Bytes>)| {
        let Says::Opening(Opening { shows: Shown::Step { b, before, .. }, .. }) = says else {
            return;
        };
        change(b, before);
    };
    refused(2, &|says| {
        if let Says::Challenge(c) = says {
            c.marks = vec![digest; 17]
        }
    });
    refused(2, &|says| {
        if let Says::Challenge(c) = says {
            c.respondent.path = vec![hash; 65]
        }
    });
    refused(2, &|says| {
        if let Says::Answer(answer) = says {
            answer.marks = vec![digest; 17]
        }
    });
    refused(6, &|says| match says {
        Says::Challenge(challenge) => challenge.marks_path = vec![hash; 65],
        Says::Answer(answer) => answer.marks_path = vec![hash; 65],
        // Two cells.
        Says::Commit(commit) => commit.marks = vec![hash; 3],
        _ => {}
    });
    refused(1, &|says| {
        if let Says::Steps(steps) = says {
            steps.digests = vec![digest; 2_049]
        }
    });
    refused(1, &|says| {
        if let Says::Proof(proof) = says {
            proof.proof.0 = vec![0; 1_025]
        }
    });
    refused(1, &|says| step(says, &|b, _| *b = vec![leaf(1, 1); 7]));
    refused(1, &|says| step(says, &|b, _| b[0] = leaf(1, 65)));
    refused(1, &|says| step(says, &|b, _| b[0] = leaf(32_769, 1)));
    refused(1, &|says| step(says, &|_, before| *before = Some(Bytes(vec![0; 32_769]))));
    refused(1, &|says| {
        if let Says::Verdict(verdict) = says {
            verdict.at_fault = vec![verdict.at_fault[0]; 3];
        }
    });
}

#[test]
fn the_most_that_may_be_said_still_is_a_document() {
    let (dispute, stage) = (Digest::of(b"a"), Digest::of(b"b"));
    let hash = arch_matrix::commit::LeafTree::new(vec![]).root();
    let leaf = InputLeaf { values: Bytes(vec![0; 8_192]), path: vec![hash; 44] };
    // Leaves of 16-bit numbers of the largest matrices; a depth of 262,144.
    let shows = Shown::Step {
        a: vec![leaf.clone(); 6],
        b: vec![leaf; 6],
        before: Some(Bytes(vec![0; 2_048])),
    };
    let digests = vec![TileDigest::from_bytes([255; 32]); 2_048];
    for says in [
        Says::Opening(Opening { dispute, stage, shows }),
        Says::Opening(Opening { dispute, stage, shows: Shown::Leaf(Bytes(vec![0; 32_768])) }),
        Says::Steps(Steps { dispute, stage, digests }),
    ] {
        let text = seal(&message(says), &key(0)).unwrap();
        assert!(check(text.as_bytes()).is_ok());
    }
}

proptest! {
    #[test]
    fn bytes_of_any_kind_are_refused_without_a_panic(bytes: Vec<u8>) {
        prop_assert!(check(&bytes).is_err());
    }

    #[test]
    fn changed_bodies_that_are_signed_again_are_read_in_one_spelling_or_refused(
        number in 0_usize..10, at: prop::sample::Index, with in "[ -~]{0,6}", cut in 0_usize..6,
    ) {
        let mut body = canonical::bytes(&all()[number]).unwrap();
        let at = at.index(body.len());
        let end = (at + cut).min(body.len());
        body.splice(at..end, with.bytes());
        if let Ok(heard) = check(envelope(&body, &[&key(0)]).as_bytes()) {
            prop_assert_eq!(canonical::bytes(heard.message()).unwrap(), body);
        }
    }

    #[test]
    fn a_changed_file_is_refused_or_says_the_same(
        number in 0_usize..10, at: prop::sample::Index, byte: u8,
    ) {
        let file = &files()[number];
        let mut bytes = file.clone().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(heard) = check(&bytes) {
            prop_assert_eq!(heard, check(file.as_bytes()).unwrap());
        }
    }
}
