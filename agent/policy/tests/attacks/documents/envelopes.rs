//! DSSE envelopes: signatures in two places, fields twice, words behind the end, other types.

use arch_campaign::Case;
use arch_document::{Kind, SignedDocument};
use arch_identity::pae;
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE},
};

use crate::{family::Attempt, paper, scene::Scene, stage::Stage, world::*};

pub(super) fn forms(stage: &Stage, case: &mut Case) -> Attempt {
    let text = paper::job(case);
    let signed = paper::by(&text, &["bea"]);
    let document = SignedDocument::parse("f", signed.as_bytes()).unwrap();
    let type_ = Kind::Job.payload_type();
    let body = String::from_utf8(document.body().to_vec()).unwrap();
    let sig = document.signatures()[0].sig().to_vec();
    let keyid = case.once_in(2).then(|| did("bea"));
    let good = paper::envelope(body.as_bytes(), &type_, &[(keyid.clone(), sig.clone())]);
    let honest = Scene::new(good.clone(), Kind::Job, &stage.world());
    let of = |payload: &str, type_: &str| {
        let sig = paper::signature("bea", &pae(type_, payload.as_bytes()));
        paper::envelope(payload.as_bytes(), type_, &[(keyid.clone(), sig)])
    };
    let base64 = STANDARD.encode(&body);
    let (what, forged, codes): (_, String, &[&str]) = match case.below(13) {
        0 => {
            let inside = body.replace(",\"spec\":", ",\"signatures\":[],\"spec\":");
            ("signatures inside as well", of(&inside, &type_), &["ARCH-D142"])
        }
        1 => {
            // In YAML: the short form and the list.
            let entry = format!(
                "  signature: {{by: \"{}\", alg: ed25519, sig: \"{}\"}}\nsignatures:",
                did("bea"),
                STANDARD.encode(&sig)
            );
            ("both places", signed.replace("signatures:", &entry), &["ARCH-D207"])
        }
        2 => {
            let field = *case.pick(&["payload", "payloadType", "signatures"]);
            let spelled = match case.once_in(2) {
                true => field.to_owned(),
                false => format!("\\u{:04x}{}", u32::from(field.as_bytes()[0]), &field[1..]),
            };
            let value = match field {
                "payload" => format!("\"{base64}\""),
                "payloadType" => format!("\"{type_}\""),
                _ => "[]".to_owned(),
            };
            let forged = good.replacen('{', &format!("{{\"{spelled}\":{value},"), 1);
            ("a field twice", forged, &["ARCH-D108"])
        }
        3 => {
            let trailing = *case.pick(&["{}", "x", "\0", "null", ",", "]", "}"]);
            ("words behind the end", format!("{good}{trailing}"), &["ARCH-D140", "ARCH-D104"])
        }
        4 => {
            let other = *case.pick(&Kind::ALL);
            let other = match other {
                Kind::Job => "application/json".to_owned(),
                other => other.payload_type(),
            };
            ("another type, signed so", of(&body, &other), &["ARCH-D143"])
        }
        5 => {
            let forged = good.replace(&type_, &Kind::Policy.payload_type());
            ("the type changed", forged, &["ARCH-D143"])
        }
        6 => {
            let odd = match case.below(4) {
                0 => format!(" {body}"),
                1 => format!("{body}\n"),
                2 => body.replacen(':', ": ", 1),
                _ => body.replacen("\"a", "\"\\u0061", 1),
            };
            ("a payload that is not canonical, signed so", of(&odd, &type_), &["ARCH-D142"])
        }
        7 => {
            let twice = body.replacen('{', "{\"kind\":\"Policy\",", 1);
            ("a payload with a name twice", of(&twice, &type_), &["ARCH-D108"])
        }
        8 => {
            let extra = *case.pick(&["\"x\":1,", "\"payloadtype\":\"x\",", "\"_type\":\"x\","]);
            ("an unknown field", good.replacen('{', &format!("{{{extra}"), 1), &["ARCH-D141"])
        }
        9 => {
            let other = match case.below(3) {
                0 => STANDARD_NO_PAD.encode(format!("{body} ")),
                1 => format!("{base64}===="),
                _ => {
                    // Both alphabets in one text.
                    let bytes = [body.as_bytes(), b"\xfb\xff\xbf\xfe"].concat();
                    format!(
                        "{}{}",
                        STANDARD.encode([0xfb, 0xff, 0xbf]),
                        URL_SAFE.encode(&bytes[bytes.len() - 3..])
                    )
                }
            };
            let forged = good.replace(&base64, &other);
            ("base64 that is none", forged, &["ARCH-D141", "ARCH-D140", "ARCH-D102", "ARCH-D142"])
        }
        10 => {
            let field =
                *case.pick(&["\"payload\"", "\"payloadType\"", "\"signatures\"", "\"sig\""]);
            let forged = good.replacen(field, "\"nothing\"", 1);
            ("a field less", forged, &["ARCH-D141"])
        }
        11 => {
            let changed = body.replace("\"hello\"", "\"hellm\"");
            let forged = paper::envelope(changed.as_bytes(), &type_, &[(Some(did("bea")), sig)]);
            ("a changed payload", forged, &["ARCH-D003"])
        }
        _ => {
            let count = 33 + case.index(100);
            let many = vec![(None, sig); count];
            ("33 and more", paper::envelope(body.as_bytes(), &type_, &many), &["ARCH-D022"])
        }
    };
    Attempt::new(what, honest.clone(), honest.with(forged), codes)
}
