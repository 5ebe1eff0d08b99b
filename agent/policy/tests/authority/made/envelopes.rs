//! DSSE envelopes of the job of the world.

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{Vector, vector};
use crate::world::*;

pub(super) fn envelopes() -> Vec<Vector> {
    let job = signed("f", &job_text(), &["bea"]);
    let good = job.to_envelope();
    let body = String::from_utf8(job.body().to_vec()).unwrap();
    let base64 = STANDARD.encode(&body);
    let payload = |text: &str| good.replace(&base64, &STANDARD.encode(text));
    let field = format!("\"keyid\":\"{}\",", did("bea"));
    let sig = STANDARD.encode(job.signatures()[0].sig());
    let url_safe = |text: &str| text.replace('+', "-").replace('/', "_");
    let url = good.replace(&base64, &url_safe(&base64)).replace(&sig, &url_safe(&sig));
    let inside = body.replace(",\"spec\":", ",\"signatures\":[],\"spec\":");
    let twice = body.replace("{\"api", "{\"a\":1,\"a\":2,\"api");
    let mixed = format!("+_{}", &sig[2..]);
    [
        ("accepted/did-key", good.clone(), "believed"),
        ("accepted/without-keyid", good.replace(&field, ""), "believed"),
        ("accepted/keyid-of-another-tool", good.replace(&field, "\"keyid\":\"x\","), "believed"),
        ("accepted/url-safe-base64", url, "believed"),
        ("keyid-of-a-stranger", good.replace(&did("bea"), &did("eve")), "ARCH-D002 1:586"),
        ("not-json", "{payload: x}\n".to_owned(), "ARCH-D140 1:2"),
        (
            "unknown-field",
            good.replace("\"signatures\"", "\"x\":1,\"signatures\""),
            "ARCH-D141 1:572",
        ),
        ("payload-not-base64", good.replace("\"payload\":\"", "\"payload\":\"*"), "ARCH-D141 1:12"),
        ("two-alphabets", good.replace(&sig, &mixed), "ARCH-D208 1:660"),
        ("payload-with-a-blank", payload(&format!(" {body}")), "ARCH-D142 1:12"),
        ("payload-with-signatures", payload(&inside), "ARCH-D142 1:12"),
        ("payload-with-a-name-twice", payload(&twice), "ARCH-D108 1:12"),
        ("type-of-another-kind", good.replace("network.job", "network.policy"), "ARCH-D143 1:529"),
        ("payload-changed", payload(&body.replace("hello", "hellm")), "ARCH-D003 1:660"),
    ]
    .map(|(name, text, expect)| {
        let because = "DSSE 1.0.2: the payload is canonical JSON, `keyid` is only a hint";
        vector(&format!("envelope/{name}"), &text, expect, because)
    })
    .into()
}
