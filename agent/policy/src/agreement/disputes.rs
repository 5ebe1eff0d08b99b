//! Terms of disputes: usable if and only if whoever agrees to them can keep them.

use arch_document::quantity::Duration;
use arch_identity::{KeyKind, KeyPair, PublicKey};
use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::{Value, json};

use crate::spec::{DisputeResolver, DisputeRules, MAX_JUDGES, MAX_PARTIES, MAX_UNITS, MarkTime};

fn key(seed: u8) -> PublicKey {
    KeyPair::from_seed(KeyKind::Ed25519, &[seed; 32]).public()[0].clone()
}

/// Few keys, so that one comes twice; now and then more than may be listed, most of them different.
fn keys(most: usize) -> impl Strategy<Value = Vec<PublicKey>> {
    let some = vec((0..6_u8).prop_map(key), 0..4);
    let many = (most.saturating_sub(1)..most.saturating_add(2))
        .prop_map(|count| (0..count).map(|n| key(u8::try_from(n % 251).unwrap())).collect());
    prop_oneof![9 => some, 1 => many]
}

fn units() -> impl Strategy<Value = u64> {
    select(&[0, 1, 2, 100, MAX_UNITS - 1, MAX_UNITS, MAX_UNITS + 1, u64::MAX][..])
}

/// Bonds that are good, most of the time, so that something else decides.
fn stakes() -> impl Strategy<Value = (u64, u64)> {
    prop_oneof![3 => (1..200_u64).prop_map(|bond| (bond, bond)), 1 => (units(), units())]
}

fn time() -> impl Strategy<Value = Duration> {
    let edges = [0, 1, 2_592_000, 2_592_001].map(Duration::from_seconds);
    prop_oneof![5 => Just(Duration::from_seconds(60)), 1 => select(edges.to_vec())]
}

fn rules() -> impl Strategy<Value = DisputeRules> {
    let resolver = select(&[DisputeResolver::Groth16, DisputeResolver::Reveal][..]);
    let resolvers = prop_oneof![
        3 => Just(vec![DisputeResolver::Groth16, DisputeResolver::Reveal]),
        1 => vec(resolver, 0..3),
    ];
    let marks = select(&[MarkTime::OnDispute, MarkTime::Always][..]);
    let lists = (resolvers, marks, keys(MAX_JUDGES), keys(MAX_PARTIES));
    (lists, stakes(), [time(), time(), time(), time()]).prop_map(
        |(
            (resolvers, marks, judges, parties),
            (bond, endowment),
            [answer, exchange, proof, verdict],
        )| {
            DisputeRules {
                resolvers,
                marks,
                bond,
                endowment,
                judges,
                parties,
                answer,
                exchange,
                proof,
                verdict,
            }
        },
    )
}

/// The same rules in a policy that is whole, read as a document would be.
fn check(rules: &Value) -> Result<(), arch_document::Fault> {
    let spec = json!({
        "images": { "allow": [] }, "runtimes": [], "owners": [],
        "resources": { "max": { "cpu": "1", "memory": "1", "timeout": "1s" } },
        "disputes": rules,
    });
    crate::spec::check(&serde_json::from_value(spec).unwrap())
}

/// The plain second reading, over the JSON.
fn is_sound(rules: &Value) -> bool {
    let distinct = |list: &str, range: std::ops::RangeInclusive<usize>| {
        let mut all =
            rules[list].as_array().unwrap().iter().map(Value::to_string).collect::<Vec<_>>();
        let count = all.len();
        all.sort();
        all.dedup();
        all.len() == count && range.contains(&count)
    };
    let (bond, endowment) = (&rules["bond"].as_u64(), &rules["endowment"].as_u64());
    let (bond, endowment) = (bond.unwrap(), endowment.unwrap());
    let time = |name: &str| {
        let time: Duration = rules[name].as_str().unwrap().parse().unwrap();
        time.seconds() > 0 && time.seconds() <= 30 * 24 * 60 * 60
    };
    let stakes = 0 < bond && bond < 1 << 33 && endowment < 1 << 33;
    stakes
        && (endowment == 0 || bond <= endowment)
        && distinct("resolvers", 1..=2)
        && distinct("judges", 0..=64)
        && distinct("parties", 0..=256)
        && ["answer", "exchange", "proof", "verdict"].into_iter().all(time)
}

proptest! {
    #[test]
    fn a_policy_is_usable_if_and_only_if_its_terms_of_disputes_can_be_kept(rules in rules()) {
        let json = json!(rules);
        prop_assert_eq!(check(&json).is_ok(), is_sound(&json), "{:?}", rules);
    }

    #[test]
    fn terms_read_back_and_say_which_resolvers_there_are(rules in rules()) {
        let again: DisputeRules = serde_json::from_value(json!(rules)).unwrap();
        for resolver in [DisputeResolver::Groth16, DisputeResolver::Reveal] {
            let listed = json!(rules)["resolvers"].to_string().contains(resolver.name());
            prop_assert_eq!(again.allows(resolver), listed);
        }
        prop_assert_eq!(again, rules);
    }
}
