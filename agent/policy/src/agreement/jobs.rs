//! Random jobs.

use proptest::{prelude::*, sample::select};
use serde_json::{Value, json};

use super::names::*;
use crate::DEFAULT_MAX_FUEL;

pub(super) fn constraint() -> impl Strategy<Value = Value> {
    let value = prop_oneof![
        (-2..3_i64).prop_map(|n| json!(n)),
        select(&["x86_64", "arm"][..]).prop_map(|t| json!(t)),
        any::<bool>().prop_map(|b| json!(b)),
        decimal(),
    ];
    (select(&FACT_KEYS[..]), select(&["==", "!=", "<", "<=", ">", ">="][..]), value)
        .prop_map(|(key, op, value)| json!({ "key": key, "op": op, "value": value }))
}

pub(super) fn job() -> impl Strategy<Value = Value> {
    let times = (
        often("2026-11-01T00:00:00Z", &["2026-12-01T00:00:00Z"]),
        often("2026-12-02T00:00:00Z", &["2026-11-20T00:00:00Z"]),
    );
    // Left out, it means every node; the empty list stands for leaving it out.
    let audience = often(&["*"][..], &[&[], &[NODE], &["lab"], &["others", "did:key:z6MkX"]]);
    let fuel = often(None, &[Some(1), Some(500), Some(DEFAULT_MAX_FUEL), Some(1 << 50)]);
    let resources = (1..5_u64, 1..2_200_u64, 1..110_u64, often(0, &[1, 2, 3]), 0..110_u32, fuel);
    let chain = (often(None, &[Some(true), Some(false)]), often(None, &[Some(1), Some(2)]));
    let kind = (
        often("wasm", &["oci", "matrix"]),
        often("process", &["shared"]),
        proptest::option::of(select(&LABELS[..])),
    );
    let image = (select(&IMAGES[..]), often(true, &[false]));
    (
        times,
        audience,
        select(&OWNERS[..]),
        select(&NAMES[..]),
        image,
        kind,
        resources,
        prop_oneof![1 => Just(vec![]), 2 => list_of(&GRANTS, 2)],
        proptest::option::of(often(true, &[false])),
        (prop_oneof![2 => Just(vec![]), 1 => proptest::collection::vec(constraint(), 1..3)], chain),
    )
        .prop_map(
            |(
                times,
                audience,
                owner,
                name,
                image,
                kind,
                res,
                asks,
                input,
                (constraints, chain),
            )| {
                let image = match image {
                    (name, true) => format!("{name}@{}", digest()),
                    (name, false) => name.to_owned(),
                };
                let mut job = json!({
                    "apiVersion": "arch.network/v1",
                    "kind": "Job",
                    "metadata": {
                        "name": name, "owner": owner, "nonce": "00112233445566778899aabbccddeeff",
                        "notBefore": times.0, "notAfter": times.1, "audience": audience,
                    },
                    "spec": {
                        "image": image, "runtime": kind.0, "isolation": kind.1,
                        "resources": {
                            "cpu": res.0.to_string(), "memory": res.1.to_string(),
                            "timeout": format!("{}s", res.2), "gpu": res.3.to_string(),
                            "powerBudgetW": res.4,
                        },
                        "capabilities": split(asks),
                        "placement": { "constraints": constraints },
                    },
                });
                if kind.0 == "matrix" {
                    let spec = job["spec"].as_object_mut().unwrap();
                    spec.remove("image");
                    let operand = json!({ "input": "corpus" });
                    let product = json!({ "a": operand, "b": operand, "format": "i8" });
                    spec.insert("matrix".to_owned(), product);
                }
                if audience.is_empty() {
                    job["metadata"].as_object_mut().unwrap().remove("audience");
                }
                if let Some(fuel) = res.5 {
                    job["spec"]["resources"]["fuel"] = json!(fuel);
                }
                if let Some(done) = chain.0 {
                    job["spec"]["after"] = json!([if done { DONE } else { NOT_DONE }]);
                }
                if let Some(redundancy) = chain.1 {
                    job["spec"]["verify"] = json!({ "redundancy": redundancy });
                }
                if let Some(label) = kind.2 {
                    job["metadata"]["labels"] = json!({ "purpose": label });
                }
                if let Some(pinned) = input {
                    let pin = if pinned { format!("@{}", digest()) } else { String::new() };
                    job["spec"]["inputs"] = json!({ "corpus": format!("https://host/x{pin}") });
                }
                job
            },
        )
}
