//! Properties of the decision over small worlds, and its agreement with the plain second reading.

use arch_document::{Grant, Job, Runtime, quantity::GpuCount};
use arch_identity::Digest;
use proptest::{prelude::*, sample::select};
use serde_json::{Value, json};

use crate::{
    DEFAULT_MAX_FUEL, Fact, Facts, PolicySpec,
    active::effective,
    case::{Case, RoleCaps},
    finding::{Answer, Finding},
    grants,
    oracle::{Refusals, World, refusals},
    spec,
};

const GRANTS: [&str; 10] = [
    "read:/",
    "read:/a",
    "read:/a/b",
    "read:/ab",
    "write:/a",
    "write:/a/b",
    "write:/",
    "egress:443",
    "egress:80",
    "egress:25",
];
const OWNERS: [&str; 4] = ["user:ann", "user:bob", "group:lab", "user:lab/x"];
const OWNER_PATTERNS: [&str; 6] = ["user:*", "user:**", "group:**", "*", "**", "nobody"];
const IMAGES: [&str; 6] =
    ["arch/a", "arch/a:1", "arch/deep/a", "host:5000/arch/b", "host:5000/arch/b:2", "c"];
const LABELS: [&str; 3] = ["mining", "mining/x", "index"];
const IMAGE_PATTERNS: [&str; 7] =
    ["**", "arch/*", "host:5000/**", "c", "**b", "arch/a@**", "arch/a:1"];
const NAMES: [&str; 2] = ["miner", "index"];
const FACT_KEYS: [&str; 5] = ["cpu.arch", "hops", "green", "price", "unknown"];
const NODE: &str = "did:key:z6MkNode";
const DONE: &str = "sha256:00000000000000000000000000000000000000000000000000000000000000aa";
const NOT_DONE: &str = "sha256:00000000000000000000000000000000000000000000000000000000000000bb";

fn digest() -> Digest {
    Digest::of(b"a module")
}

/// The usual value three times of four, so that whole jobs are allowed often enough.
fn often<T: Clone + std::fmt::Debug + 'static>(usual: T, others: &[T]) -> impl Strategy<Value = T> {
    prop_oneof![3 => Just(usual), 1 => select(others.to_vec())]
}

fn list_of(texts: &'static [&'static str], most: usize) -> impl Strategy<Value = Vec<String>> {
    proptest::collection::vec(select(texts).prop_map(str::to_owned), 0..=most)
}

/// The list with a wide entry at its end, half of the times.
fn or_else(
    wide: &'static str,
    list: impl Strategy<Value = Vec<String>>,
) -> impl Strategy<Value = Vec<String>> {
    (list, any::<bool>()).prop_map(move |(mut list, widened)| {
        list.extend(widened.then(|| wide.to_owned()));
        list
    })
}

fn split(grants: Vec<String>) -> Value {
    let (net, fs): (Vec<_>, Vec<_>) = grants.into_iter().partition(|g| g.starts_with("egress"));
    json!({ "net": net, "fs": fs })
}

fn allow_rules() -> impl Strategy<Value = Vec<Value>> {
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
fn when() -> impl Strategy<Value = Value> {
    let one = prop_oneof![
        select(&GRANTS[..]).prop_map(|grant| json!({ "asks": grant })),
        select(&["user:*", "nobody"][..]).prop_map(|owner| json!({ "owner": owner })),
        Just(json!({ "label": { "purpose": "mining*" } })),
        Just(json!({ "image": "arch/*" })),
    ];
    prop_oneof![many_conditions(), one]
}

fn many_conditions() -> impl Strategy<Value = Value> {
    let some = proptest::option::weighted::<_>;
    (
        some(0.3, select(&OWNER_PATTERNS[..])),
        some(0.3, select(&["miner", "**"][..])),
        some(0.3, select(&IMAGE_PATTERNS[..])),
        some(0.2, select(&["sha256:**", "sha256:0*"][..])),
        some(0.2, select(&["ann", "*"][..])),
        some(0.2, select(&["wasm", "oci"][..])),
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

fn policy() -> impl Strategy<Value = Value> {
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
        or_else("wasm", list_of(&["wasm", "oci"], 3)),
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

/// Decimals close to each other and to whole numbers, as documents write them.
fn decimal() -> impl Strategy<Value = Value> {
    select(&[0.15, 0.150_001, 1.5, -0.5, 1.000_001][..]).prop_map(|number| json!(number))
}

fn constraint() -> impl Strategy<Value = Value> {
    let value = prop_oneof![
        (-2..3_i64).prop_map(|n| json!(n)),
        select(&["x86_64", "arm"][..]).prop_map(|t| json!(t)),
        any::<bool>().prop_map(|b| json!(b)),
        decimal(),
    ];
    (select(&FACT_KEYS[..]), select(&["==", "!=", "<", "<=", ">", ">="][..]), value)
        .prop_map(|(key, op, value)| json!({ "key": key, "op": op, "value": value }))
}

fn job() -> impl Strategy<Value = Value> {
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
        often("wasm", &["oci"]),
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

/// Everything else that a decision depends upon.
#[derive(Debug, Clone)]
struct Around {
    roles: Vec<Option<Vec<String>>>,
    signers: Vec<String>,
    groups: Vec<String>,
    runtimes: Vec<&'static str>,
    gpus: u32,
    known: Value,
    completed: Vec<String>,
}

const NOW: &str = "2026-11-23T00:00:00Z";

fn around() -> impl Strategy<Value = Around> {
    let runtimes = select(vec![vec!["wasm", "oci"], vec!["wasm", "oci"], vec!["wasm"], vec![]]);
    let wide = ["read:/", "write:/", "egress:443", "egress:80", "egress:25"];
    let wide = wide.map(str::to_owned).to_vec();
    let role = prop_oneof![
        4 => Just(Some(wide)),
        1 => Just(None),
        2 => list_of(&GRANTS, 4).prop_map(Some),
    ];
    let price = proptest::option::of(prop_oneof![decimal(), (-2..3_i64).prop_map(|n| json!(n))]);
    let known = (-2..3_i64, select(&["x86_64", "arm"][..]), any::<bool>(), price);
    (
        proptest::collection::vec(role, 1..3),
        list_of(&["ann", "bob"], 2),
        list_of(&["lab"], 1),
        runtimes,
        0..3_u32,
        known,
    )
        .prop_map(|(roles, signers, groups, runtimes, gpus, (hops, arch, green, price))| {
            let mut known = json!({ "hops": hops, "cpu.arch": arch, "green": green });
            if let Some(price) = price {
                known["price"] = price;
            }
            let completed = vec![DONE.to_owned()];
            Around { roles, signers, groups, runtimes, gpus, known, completed }
        })
}

impl Around {
    fn facts(&self) -> Facts {
        let runtime = |name: &&str| serde_json::from_value::<Runtime>(json!(name)).unwrap();
        let fact = |(key, value): (&String, &Value)| {
            (key.clone(), serde_json::from_value::<Fact>(value.clone()).unwrap())
        };
        Facts {
            node: NODE.to_owned(),
            groups: self.groups.clone(),
            now: NOW.parse().unwrap(),
            runtimes: self.runtimes.iter().map(runtime).collect(),
            gpus: GpuCount::new(self.gpus),
            policy_quorum: None,
            completed: [DONE.parse().unwrap()].into(),
            known: self.known.as_object().unwrap().iter().map(fact).collect(),
        }
    }

    fn roles(&self) -> Vec<RoleCaps> {
        let role = |(i, caps): (usize, &Option<Vec<String>>)| RoleCaps {
            role: format!("role{i}"),
            caps: caps.as_ref().map(|caps| caps.iter().map(|cap| cap.parse().unwrap()).collect()),
            place: None,
        };
        self.roles.iter().enumerate().map(role).collect()
    }

    fn decide<T>(&self, policy: &Value, job: &Value, look: impl FnOnce(&Case<'_>) -> T) -> T {
        let policy: PolicySpec = serde_json::from_value(policy.clone()).unwrap();
        let job: Job = serde_json::from_value(job.clone()).unwrap();
        let (roles, facts) = (self.roles(), self.facts());
        look(&Case {
            policy: &policy,
            job: &job,
            digest: Digest::of(b"a job"),
            roles: &roles,
            signers: &self.signers,
            facts: &facts,
            tells: true,
        })
    }

    fn world<'a>(&'a self, digest: &'a str) -> World<'a> {
        World {
            node: NODE,
            groups: &self.groups,
            now: NOW,
            runtimes: &self.runtimes,
            gpus: self.gpus.into(),
            known: &self.known,
            roles: &self.roles,
            signers: &self.signers,
            digest,
            completed: &self.completed,
        }
    }
}

fn refused(findings: &[Finding]) -> Refusals {
    let of = |finding: &Finding| match &finding.answer {
        Answer::Holds { .. } => None,
        Answer::Fails { code, .. } => Some((code.as_str(), finding.at.to_string())),
    };
    findings.iter().filter_map(of).collect()
}

fn parsed(grants: &[&str]) -> Vec<Grant> {
    grants.iter().map(|grant| grant.parse().unwrap()).collect()
}

proptest! {
    #[test]
    fn the_decision_agrees_with_the_plain_second_reading(
        policy in policy(), job in job(), around in around(),
    ) {
        let ours = around.decide(&policy, &job, |case| refused(&case.findings()));
        let digest = Digest::of(b"a job").to_string();
        let theirs = refusals(&policy, &job, &around.world(&digest));
        prop_assert_eq!(ours, theirs);
    }

    #[test]
    fn reasons_are_the_same_in_the_same_order_every_time(
        policy in policy(), job in job(), around in around(),
    ) {
        let once = around.decide(&policy, &job, |case| case.findings());
        let again = around.decide(&policy, &job, |case| case.findings());
        prop_assert_eq!(once, again);
    }

    #[test]
    fn an_allowed_job_gets_all_it_asked_for_and_a_refused_one_never_more(
        policy in policy(), job in job(), around in around(),
    ) {
        let (findings, left, asked) = around.decide(&policy, &job, |case| {
            let asked: Vec<Grant> =
                crate::check::capabilities::asked(case).map(|(_, grant)| grant.clone()).collect();
            (case.findings(), effective(case), asked)
        });
        prop_assert!(left.iter().all(|grant| grants::covers(&asked, grant)));
        if findings.iter().all(|finding| !finding.has_failed()) {
            prop_assert_eq!(left, grants::tidy(asked));
        }
    }

    #[test]
    fn adding_a_layer_never_widens_what_a_job_may_do(
        layers in proptest::collection::vec(list_of(&GRANTS, 5), 1..5),
        more in list_of(&GRANTS, 5), at in any::<prop::sample::Index>(),
    ) {
        let parse = |layer: &Vec<String>| -> Vec<Grant> {
            layer.iter().map(|grant| grant.parse().unwrap()).collect()
        };
        let meet = |layers: &[Vec<String>]| -> Vec<Grant> {
            let all = parsed(&["read:/", "write:/", "egress:443", "egress:80", "egress:25"]);
            layers.iter().fold(all, |held, layer| grants::narrow(&held, &parse(layer)))
        };
        let before = meet(&layers);
        let mut wider = layers.clone();
        wider.insert(at.index(wider.len()), more);
        let after = meet(&wider);
        prop_assert!(after.iter().all(|grant| grants::covers(&before, grant)));
        for layer in &wider {
            prop_assert!(after.iter().all(|grant| grants::covers(&parse(layer), grant)));
        }
    }

    #[test]
    fn the_order_of_layers_does_not_matter(
        a in list_of(&GRANTS, 5), b in list_of(&GRANTS, 5), c in list_of(&GRANTS, 5),
    ) {
        let parse = |layer: &[String]| -> Vec<Grant> {
            layer.iter().map(|grant| grant.parse().unwrap()).collect()
        };
        let (a, b, c) = (parse(&a), parse(&b), parse(&c));
        prop_assert_eq!(
            grants::narrow(&grants::narrow(&a, &b), &c),
            grants::narrow(&grants::narrow(&c, &a), &b)
        );
    }

    #[test]
    fn adding_a_refuse_rule_or_taking_an_allowance_away_never_admits_more(
        policy in policy(), job in job(), around in around(), when in when(),
    ) {
        let allows = |policy: &Value| {
            around.decide(policy, &job, |case| {
                case.findings().iter().all(|finding| !finding.has_failed())
            })
        };
        let mut stricter = policy.clone();
        stricter["refuse"].as_array_mut().unwrap().push(
            json!({ "id": "refuse.more", "when": when, "reason": "so" }),
        );
        prop_assert!(allows(&policy) || !allows(&stricter));
        for list in ["allow", "owners", "runtimes"] {
            let mut poorer = policy.clone();
            poorer[list].as_array_mut().unwrap().pop();
            prop_assert!(allows(&policy) || !allows(&poorer), "{list}");
        }
    }

    #[test]
    fn no_policy_panics_when_it_is_checked(policy in policy()) {
        let policy: PolicySpec = serde_json::from_value(policy).unwrap();
        let _ = spec::check(&policy);
    }
}

/// A generator that only ever makes refusals would agree with anything.
#[test]
fn the_generated_worlds_hold_both_answers_and_every_code_of_a_refusal() {
    use proptest::{strategy::ValueTree, test_runner::TestRunner};
    let mut runner = TestRunner::deterministic();
    let mut codes = std::collections::BTreeSet::new();
    let mut allowed = 0;
    // What a narrower reading of a refusal would let through: a folder above the refused one, and
    // a name with one more slash than the pattern.
    let (mut above, mut beyond_a_slash) = (0, 0);
    for _ in 0..4_000 {
        let (policy, job, around) =
            (policy(), job(), around()).new_tree(&mut runner).unwrap().current();
        let refused = around.decide(&policy, &job, |case| refused(&case.findings()));
        allowed += u32::from(refused.is_empty());
        let rules: Vec<&Value> = policy["refuse"].as_array().unwrap().iter().collect();
        let decides = |when: &Value| when.as_object().unwrap().len() == 1;
        above += rules.iter().filter(|r| decides(&r["when"]) && is_above(&job, &r["when"])).count();
        beyond_a_slash += rules.iter().filter(|r| is_beyond_a_slash(&job, &r["when"])).count();
        codes.extend(refused.into_iter().map(|(code, _)| code));
    }
    assert!(allowed > 40, "{allowed} of 4,000 are allowed");
    assert!(above > 4 && beyond_a_slash > 20, "{above} above, {beyond_a_slash} beyond a slash");
    let wanted = [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18];
    for number in wanted {
        assert!(codes.contains(&*format!("ARCH-P{number:03}")), "P{number:03} never comes up");
    }
}

/// Whether the job asks for a folder that what the condition refuses lies in.
fn is_above(job: &Value, when: &Value) -> bool {
    let Some(refused) = when["asks"].as_str() else { return false };
    let refused: Grant = refused.parse().unwrap();
    let lists = ["net", "fs"].map(|list| job["spec"]["capabilities"][list].as_array().unwrap());
    let asked = lists.into_iter().flatten().map(|grant| grant.as_str().unwrap());
    asked
        .map(|grant| grant.parse::<Grant>().unwrap())
        .any(|grant| grant != refused && grant.covers(&refused))
}

/// Whether the job's name of something goes on after a `/` where the condition's star stands.
fn is_beyond_a_slash(job: &Value, when: &Value) -> bool {
    let meta = &job["metadata"];
    *when == json!({ "owner": "user:*" }) && meta["owner"] == "user:lab/x"
        || *when == json!({ "label": { "purpose": "mining*" } })
            && meta["labels"]["purpose"] == "mining/x"
        || *when == json!({ "image": "arch/*" })
            && job["spec"]["image"].as_str().unwrap().starts_with("arch/deep/")
}
