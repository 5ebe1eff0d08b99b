//! Pins of circuits: who is believed is who is listed, and a policy with less believes no more.

use std::collections::BTreeSet;

use arch_identity::Digest;
use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::{Value, json};

use crate::spec::{CircuitPin, CircuitRules};

const NAMES: [&str; 4] = ["arch-tile-fma-v1", "arch-fold-v3", "a", "Arch"];

/// Few names, versions and keys, so that they meet.
fn pin() -> impl Strategy<Value = CircuitPin> {
    (select(&NAMES[..3]), 1..4_u32, 0..6_u8).prop_map(|(circuit, version, key)| CircuitPin {
        circuit: circuit.to_owned(),
        version,
        vk_sha256: Digest::from_bytes([key; 32]),
    })
}

fn rules() -> impl Strategy<Value = CircuitRules> {
    let broken =
        (pin(), select(&["name", "version", "nothing"][..])).prop_map(|(pin, what)| match what {
            "name" => CircuitPin { circuit: "Arch".to_owned(), ..pin },
            "version" => CircuitPin { version: 0, ..pin },
            _ => pin,
        });
    let pins = prop_oneof![3 => vec(pin(), 0..5), 1 => vec(broken, 1..4)];
    (pins, any::<bool>()).prop_map(|(pins, allow_dev_keys)| CircuitRules { pins, allow_dev_keys })
}

/// Everything that these rules could be asked for, with the answer: the key, and whether it may be a
/// dev key.
fn believed(rules: &CircuitRules) -> BTreeSet<(&'static str, u32, Digest, bool)> {
    let asked = NAMES.into_iter().flat_map(|name| (0..5_u32).map(move |version| (name, version)));
    let told = asked.filter_map(|(name, version)| {
        let (_, pin) = rules.pin(name, version)?;
        Some((name, version, pin.vk_sha256, rules.allow_dev_keys))
    });
    told.collect()
}

/// The same rules in a policy that is whole, read as a document would be.
fn check(rules: &CircuitRules) -> Result<(), arch_document::Fault> {
    let spec = json!({
        "images": { "allow": [] }, "runtimes": [], "owners": [],
        "resources": { "max": { "cpu": "1", "memory": "1", "timeout": "1s" } },
        "circuits": rules,
    });
    crate::spec::check(&serde_json::from_value(spec).unwrap())
}

/// The plain second reading, over the JSON: each name is one, each version counts, nothing comes twice.
fn is_sound(rules: &Value) -> bool {
    let pins = rules["pins"].as_array().unwrap();
    let distinct = |what: &dyn Fn(&Value) -> String| {
        pins.iter().map(what).collect::<BTreeSet<_>>().len() == pins.len()
    };
    pins.iter().all(|pin| pin["circuit"] != "Arch" && pin["version"] != 0)
        && distinct(&|pin| format!("{} {}", pin["circuit"], pin["version"]))
        && distinct(&|pin| pin["vkSha256"].to_string())
}

proptest! {
    #[test]
    fn a_policy_is_usable_if_and_only_if_its_pins_name_something_once(rules in rules()) {
        prop_assert_eq!(check(&rules).is_ok(), is_sound(&json!(rules)), "{:?}", rules);
    }

    #[test]
    fn what_is_believed_is_what_is_pinned_and_nothing_else(rules in rules()) {
        prop_assume!(check(&rules).is_ok());
        let listed = rules.pins.iter().map(|pin| {
            (pin.circuit.clone(), pin.version, pin.vk_sha256, rules.allow_dev_keys)
        });
        let told = believed(&rules);
        let told = told.into_iter().map(|(name, version, key, dev)| {
            (name.to_owned(), version, key, dev)
        });
        prop_assert_eq!(told.collect::<BTreeSet<_>>(), listed.collect::<BTreeSet<_>>());
    }

    #[test]
    fn a_pin_less_or_no_permission_for_dev_keys_never_makes_more_believed(
        rules in rules(), which: prop::sample::Index,
    ) {
        prop_assume!(check(&rules).is_ok());
        let all = believed(&rules);
        let mut fewer = rules.clone();
        if !fewer.pins.is_empty() {
            fewer.pins.remove(which.index(rules.pins.len()));
        }
        prop_assert!(check(&fewer).is_ok());
        prop_assert!(believed(&fewer).is_subset(&all));
        let strict = CircuitRules { allow_dev_keys: false, ..rules };
        let also = |(name, version, key, _)| {
            all.contains(&(name, version, key, true)) || all.contains(&(name, version, key, false))
        };
        prop_assert!(believed(&strict).into_iter().all(|told| !told.3 && also(told)));
        prop_assert!(believed(&CircuitRules::default()).is_empty());
    }
}
