//! Random policies.

use proptest::{prelude::*, sample::select};
use serde_json::{Value, json};

use super::names::*;

pub(super) fn allow_rules() -> impl Strategy<Value = Vec<Value>> {
    proptest::collection::vec(list_of(&GRANTS, 3), 0..4).prop_map(|rules| {
        let with_id = |(index, grants)| {
            let mut rule = split(grants);
            rule["id"] = json!(format!("allow.{index}"));
            rule
        };
        rules.into_iter().enumerate().map(with_id).collect()
    })
}

/// Half of the rules have one condition, so that it decides.
pub(super) fn when() -> impl Strategy<Value = Value> {
    let one = prop_oneof![
        select(&GRANTS[..]).prop_map(|grant| json!({ "asks": grant })),
        select(&["user:*", "nobody"][..]).prop_map(|owner| json!({ "owner": owner })),
        Just(json!({ "label": { "purpose": "mining*" } })),
        Just(json!({ "image": "arch/*" })),
    ];
    prop_oneof![many_conditions(), one]
}

pub(super) fn many_conditions() -> impl Strategy<Value = Value> {
    let some = proptest::option::weighted::<_>;
    (
        some(0.3, select(&OWNER_PATTERNS[..])),
        some(0.3, select(&["miner", "**"][..])),
        some(0.3, select(&IMAGE_PATTERNS[..])),
        some(0.2, select(&["sha256:**", "sha256:0*"][..])),
        some(0.2, select(&["ann", "*"][..])),
        some(0.2, select(&["wasm", "oci", "matrix"][..])),
        some(0.3, select(&GRANTS[..])),
        some(0.3, select(&["mining*", "*"][..])),
    )
        .prop_map(|(owner, name, image, digest, signer, runtime, asks, label)| {
            let mut when = json!({});
            let fields = [
                ("owner", owner),
                ("name", name),
                ("image", image),
                ("digest", digest),
                ("signer", signer),
                ("runtime", runtime),
                ("asks", asks),
            ];
            for (field, value) in fields {
                if let Some(value) = value {
                    when[field] = json!(value);
                }
            }
            if let Some(label) = label {
                when["label"] = json!({ "purpose": label });
            }
            when
        })
}

pub(super) fn policy() -> impl Strategy<Value = Value> {
    let owners =
        or_else("user:**", list_of(&OWNER_PATTERNS, 3)).prop_map(|patterns| -> Vec<Value> {
            let rule = |(i, p)| json!({ "id": format!("owners.{i}"), "owner": p });
            patterns.into_iter().enumerate().map(rule).collect()
        });
    let refuse = prop_oneof![2 => Just(vec![]), 1 => proptest::collection::vec(when(), 1..3)]
        .prop_map(|whens| -> Vec<Value> {
            let rule = |(i, w)| json!({ "id": format!("refuse.{i}"), "when": w, "reason": "so" });
            whens.into_iter().enumerate().map(rule).collect()
        });
    let fuel = often(None, &[Some(400)]);
    let caps = (3..6_u64, 1_500..3_000_u64, 80..200_u64, 0..3_u32, 80..200_u32, fuel);
    (
        allow_rules(),
        or_else("**", list_of(&IMAGE_PATTERNS, 3)),
        any::<bool>(),
        or_else("wasm", list_of(&["wasm", "oci", "matrix"], 3)),
        owners,
        caps,
        list_of(&OWNER_PATTERNS, 1),
        any::<bool>(),
        refuse,
    )
        .prop_map(|(allow, images, tags, runtimes, owners, caps, shared, unpinned, refuse)| {
            let (cpu, memory, timeout, gpu, power, fuel) = caps;
            let mut policy = json!({
                "allow": allow,
                "images": { "allow": images, "allowTags": tags },
                "runtimes": runtimes,
                "owners": owners,
                "resources": { "max": {
                    "cpu": cpu.to_string(), "memory": memory.to_string(),
                    "timeout": format!("{timeout}s"), "gpu": gpu.to_string(),
                    "powerBudgetW": power,
                } },
                "isolation": { "shared": shared },
                "inputs": { "allowUnpinned": unpinned },
                "refuse": refuse,
            });
            if let Some(fuel) = fuel {
                policy["resources"]["max"]["fuel"] = json!(fuel);
            }
            policy
        })
}
