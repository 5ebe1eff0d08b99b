//! Signed documents in, decisions out: each reason for a refusal with its two places.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests may be blunt"
)]

mod world;

use arch_document::{Job, Runtime, Verified};
use arch_identity::Digest;
use arch_policy::{Denied, Fact, Facts};
use world::{NOW, POLICY, World, facts, job};

fn denied(from: &str, to: &str, facts: &Facts) -> (String, Box<Denied>) {
    denied_by(POLICY, from, to, facts)
}

fn denied_by(policy: &str, from: &str, to: &str, facts: &Facts) -> (String, Box<Denied>) {
    let world = World::new();
    let text = job(from, to);
    // Bob's role is not narrowed, so that the policy alone decides.
    let job: Verified<Job> = world.signed("jobs/hello.yaml", &text, &[1]);
    (text, world.policy(policy).admit(job, facts).unwrap_err())
}

/// Code, the words in the job that it points at, and the words in the policy.
fn reasons(policy: &str, text: &str, denied: &Denied) -> Vec<(String, String, String)> {
    let words = |place: &Option<arch_problem::Place>| {
        place.as_ref().map_or(String::new(), |place| {
            let file = if place.file == "policy.yaml" { policy } else { text };
            file[place.span.start..place.span.end].to_owned()
        })
    };
    let row = |p: &arch_problem::Problem| (p.code.to_string(), words(&p.at), words(&p.rule));
    denied.reasons.iter().map(row).collect()
}

#[track_caller]
fn one_reason(from: &str, to: &str, facts: &Facts, code: &str, at: &str, rule: &str) {
    let (text, denied) = denied(from, to, facts);
    let expected = vec![(code.to_owned(), at.to_owned(), rule.to_owned())];
    assert_eq!(reasons(POLICY, &text, &denied), expected, "{denied}");
}

#[test]
fn an_allowed_job_is_admitted_with_grants_rules_and_limits() {
    let world = World::new();
    let verified = world.signed("jobs/hello.yaml", &job("", ""), &[0]);
    let admitted = world.policy(POLICY).admit(verified, &facts()).unwrap();
    let grants: Vec<_> = admitted.grants().iter().map(ToString::to_string).collect();
    assert_eq!(grants, ["egress:443", "read:/srv/data/wiki"]);
    let rules: Vec<_> = admitted.rules().iter().map(|rule| rule.id.as_str()).collect();
    for rule in ["owners.people", "net.egress", "fs.data", "role.jobs", "images.allow.0"] {
        assert!(rules.contains(&rule), "{rule} is not in {rules:?}");
    }
    assert!(!rules.contains(&"refuse.mining"), "a rule that is not about the job allows nothing");
    assert_eq!(admitted.limits().wall_millis, 600_000);
    assert_eq!(admitted.limits().memory_bytes, 1 << 30);
    assert_eq!(admitted.limits().output_bytes, 64 << 20);
    assert_eq!(admitted.weight().value(), 1);
    assert!(!admitted.is_over(NOW.parse().unwrap()));
    assert!(admitted.is_over("2026-11-24T00:00:01Z".parse().unwrap()));
}

#[test]
fn an_admission_rests_upon_the_rules_and_grants_that_the_explanation_tells() {
    let world = World::new();
    for signers in [&[0][..], &[1], &[0, 1]] {
        let verified = world.signed("jobs/hello.yaml", &job("", ""), signers);
        let policy = world.policy(POLICY);
        let told = policy.explain(&verified, &facts());
        let admitted = policy.admit(verified, &facts()).unwrap();
        assert!(told.allows());
        assert_eq!(admitted.rules(), told.rules());
        assert!(admitted.rules().iter().all(|rule| rule.place.is_some()), "{told:?}");
        assert_eq!(admitted.grants(), told.effective);
    }
}

#[test]
fn a_request_outside_the_policy_points_at_the_request_and_at_the_nearest_rule() {
    let (_, denied) = denied(r#"["egress:443"]"#, r#"["egress:443", "egress:25"]"#, &facts());
    let problem = &denied.reasons[0];
    assert_eq!(
        problem.to_string(),
        "ARCH-P003: policy denies `egress:25` at jobs/hello.yaml:17:25"
    );
    let (at, rule) = (problem.at.as_ref().unwrap(), problem.rule.as_ref().unwrap());
    assert_eq!((at.label.as_str(), rule.label.as_str()), ("asked for here", "rule that decided"));
    assert_eq!((rule.to_string().as_str(), denied.reasons.len()), ("policy.yaml:6:11", 1));
    assert_eq!(problem.help, "remove the request, or have 2 of 3 policy signers allow it");
}

#[test]
fn a_request_that_reaches_too_far_is_told_what_it_could_ask_for() {
    let (_, denied) = denied("read:/srv/data/wiki", "read:/srv", &facts());
    assert_eq!(
        denied.reasons[0].help,
        "narrow the request to `read:/srv/data`, or have 2 of 3 policy signers allow it"
    );
}

#[test]
fn the_caps_of_the_role_that_signed_narrow_what_the_policy_would_allow() {
    let world = World::new();
    let policy = POLICY.replace("read:/srv/data", "read:/");
    let text = job("read:/srv/data/wiki", "read:/etc");
    let by_ann = world.signed("jobs/hello.yaml", &text, &[0]);
    let denied = world.policy(&policy).admit(by_ann, &facts()).unwrap_err();
    assert_eq!(denied.reasons.len(), 1, "{denied}");
    assert_eq!(denied.reasons[0].code.as_str(), "ARCH-P004");
    assert_eq!(denied.reasons[0].rule.as_ref().unwrap().file, "root.yaml");
    let by_both = world.signed("jobs/hello.yaml", &text, &[0, 1]);
    assert!(world.policy(&policy).admit(by_both, &facts()).is_ok());
}

#[test]
fn every_reason_is_told_at_once_in_a_fixed_order_and_the_job_comes_back() {
    let (text, denied) = denied_by(
        POLICY,
        "runtime: wasm\n  resources: { cpu: \"2\"",
        "runtime: oci\n  resources: { cpu: \"64\"",
        &facts(),
    );
    let codes: Vec<_> = denied.reasons.iter().map(|reason| reason.code.as_str()).collect();
    assert_eq!(codes, ["ARCH-P006", "ARCH-P006", "ARCH-P007"]);
    assert_eq!(denied.job.get().metadata.name, "hello");
    assert!(text.contains("oci"));
}

#[test]
fn an_image_that_no_pattern_names_is_refused() {
    let image = format!("evil/hello@{}", Digest::of(b"module"));
    one_reason(
        "arch/hello@",
        "evil/hello@",
        &facts(),
        "ARCH-P002",
        &format!("\"{image}\""),
        r#"["arch/*"]"#,
    );
}

#[test]
fn an_image_named_by_a_tag_alone_is_refused() {
    let whole = format!("arch/hello@{}", Digest::of(b"module"));
    let (text, denied) = denied(&whole, "arch/hello:latest", &facts());
    let [(code, at, _)] = &reasons(POLICY, &text, &denied)[..] else { panic!("{denied}") };
    assert_eq!((code.as_str(), at.as_str()), ("ARCH-P005", "\"arch/hello:latest\""));
    assert_eq!(denied.reasons[0].help, "write it as `arch/hello@sha256:…`");
}

#[test]
fn a_resource_above_its_cap_is_refused_and_the_cap_is_shown() {
    one_reason(r#"memory: "1Gi""#, r#"memory: "9Gi""#, &facts(), "ARCH-P007", "\"9Gi\"", "\"8Gi\"");
}

#[test]
fn an_owner_that_no_rule_names_is_refused() {
    let (text, denied) = denied("user:ada", "guest:ada", &facts());
    let rows = reasons(POLICY, &text, &denied);
    assert_eq!((rows[0].0.as_str(), rows[0].1.as_str()), ("ARCH-P009", "\"guest:ada\""));
    assert_eq!(rows.len(), 1);
}

#[test]
fn a_refuse_rule_beats_every_allowance_and_gives_its_reason() {
    let (text, denied) = denied(r#"purpose: "index""#, r#"purpose: "mining-x""#, &facts());
    let expected = ("ARCH-P008".to_owned(), "\"mining-x\"".to_owned(), "refuse.mining".to_owned());
    assert_eq!(reasons(POLICY, &text, &denied), [expected]);
    assert!(denied.reasons[0].message.ends_with("we pay for our power"), "{denied}");
}

#[test]
fn a_refuse_rule_reads_widely_so_that_nothing_slips_past_it() {
    let policy = |when: &str| {
        let policy = POLICY.replace("label: { purpose: \"mining*\" }", when);
        policy.replace("owner: \"user:*\"", "owner: \"**\"").replace("arch/*", "**")
    };
    let whole = format!("arch/hello@{}", Digest::of(b"module"));
    for (when, from, to) in [
        // What is refused lies inside what is asked for.
        ("asks: \"read:/srv/data/wiki/secret\"", "", ""),
        ("asks: \"read:/srv/data/wiki\"", "", ""),
        ("asks: \"read:/srv\"", "", ""),
        // A slash in a name does not end the reach of a star.
        ("owner: \"guest:*\"", "user:ada", "guest:a/b"),
        ("label: { purpose: \"mining*\" }", "\"index\"", "\"mining/x\""),
        ("image: \"evil/*\"", "arch/hello@", "evil/a/b@"),
        ("image: \"evil/*\"", whole.as_str(), "evil/a/b"),
    ] {
        let policy = policy(when).replace("allow: [\"**\"]", "allow: [\"**\"], allowTags: true");
        let (text, denied) = denied_by(&policy, from, to, &facts());
        let codes: Vec<_> = reasons(&policy, &text, &denied).into_iter().map(|r| r.0).collect();
        assert_eq!(codes, ["ARCH-P008"], "{when}: {denied}");
    }
    let world = World::new();
    let verified = world.signed("jobs/hello.yaml", &job("", ""), &[1]);
    let beside = policy("asks: \"read:/srv/data/wiki2\"");
    assert!(world.policy(&beside).admit(verified, &facts()).is_ok());
}

#[test]
fn sharing_a_worker_is_for_owners_that_the_policy_lists() {
    one_reason(
        "isolation: process",
        "isolation: shared",
        &facts(),
        "ARCH-P010",
        "shared",
        r#"{ shared: ["user:heavy"] }"#,
    );
}

#[test]
fn a_gpu_asked_of_a_node_without_is_refused_though_the_policy_allows_one() {
    one_reason(r#"gpu: "0""#, r#"gpu: "1""#, &facts(), "ARCH-P011", "\"1\"", "");
}

#[test]
fn an_input_without_a_digest_is_refused() {
    let pinned = format!("file:corpus@{}", Digest::of(b"module"));
    let (text, denied) = denied(&pinned, "file:corpus", &facts());
    assert_eq!(reasons(POLICY, &text, &denied)[0].0, "ARCH-P014");
    let relaxed = format!("{POLICY}  inputs: {{ allowUnpinned: true }}\n");
    let world = World::new();
    let job = world.signed("jobs/hello.yaml", &job(&pinned, "file:corpus"), &[1]);
    assert!(world.policy(&relaxed).admit(job, &facts()).is_ok());
}

#[test]
fn a_job_for_others_is_refused_and_one_for_our_group_is_not() {
    let (text, denied) = denied(r#"audience: ["*"]"#, r#"audience: ["elsewhere"]"#, &facts());
    assert_eq!(reasons(POLICY, &text, &denied)[0].0, "ARCH-P015");
    let world = World::new();
    for audience in ["lab", world::NODE] {
        let text = job(r#"audience: ["*"]"#, &format!("audience: [\"{audience}\"]"));
        let job = world.signed("jobs/hello.yaml", &text, &[1]);
        assert!(world.policy(POLICY).admit(job, &facts()).is_ok(), "{audience}");
    }
}

#[test]
fn constraints_hold_over_known_facts_of_the_right_type_and_over_nothing_else() {
    let decimal = |text: &str| Fact::Decimal(text.parse().unwrap());
    let price = |fact: Option<Fact>, constraint: &str| -> Result<(), String> {
        let mut facts = facts();
        facts.known.extend(fact.map(|fact| ("energy.price".to_owned(), fact)));
        let world = World::new();
        let with = format!("constraints: [{{ key: energy.price, {constraint} }}]");
        let job = world.signed("jobs/hello.yaml", &job("constraints: []", &with), &[1]);
        let admitted = world.policy(POLICY).admit(job, &facts);
        admitted.map(|_| ()).map_err(|denied| denied.reasons[0].code.to_string())
    };
    for (fact, constraint, code) in [
        (Some(decimal("0.15")), r#"op: "<=", value: 0.15"#, None),
        (Some(decimal("0.15")), r#"op: "<", value: 0.15"#, Some("ARCH-P012")),
        (Some(decimal("0.150001")), r#"op: "<=", value: 0.15"#, Some("ARCH-P012")),
        (Some(Fact::Integer(1)), r#"op: ">", value: 0.99"#, None),
        (Some(Fact::Integer(2)), r#"op: "==", value: 2"#, None),
        (Some(Fact::Integer(2)), r#"op: ">=", value: 3"#, Some("ARCH-P012")),
        (Some(Fact::Integer(3)), r#"op: ">=", value: 3"#, None),
        (Some(Fact::Integer(3)), r#"op: ">", value: 3"#, Some("ARCH-P012")),
        (Some(Fact::Integer(3)), r#"op: "<", value: 3.000001"#, None),
        (Some(Fact::Text("low".into())), r#"op: "==", value: low"#, None),
        (Some(Fact::Text("low".into())), r#"op: "!=", value: low"#, Some("ARCH-P012")),
        (Some(Fact::Flag(true)), r#"op: "!=", value: false"#, None),
        // Another type, or no fact at all: never satisfied, whatever the operator.
        (Some(Fact::Text("low".into())), r#"op: "<=", value: 0.15"#, Some("ARCH-P013")),
        (Some(Fact::Text("1".into())), r#"op: "!=", value: 2"#, Some("ARCH-P013")),
        (None, r#"op: "!=", value: 2"#, Some("ARCH-P013")),
    ] {
        let shown = format!("{fact:?} {constraint}");
        assert_eq!(price(fact, constraint).err().as_deref(), code, "{shown}");
    }
}

/// The job as a product of the corpus with itself.
fn product() -> String {
    let product = "  runtime: matrix\n  matrix: { a: { input: corpus }, b: { input: corpus }, format: i8 }\n  \
                   outputs: { product: \"archive:product.npy\" }";
    let text = job("  runtime: wasm", product);
    let guests = ["image:", "capabilities:", "net: [", "fs: ["];
    let kept =
        text.lines().filter(|line| !guests.iter().any(|field| line.trim().starts_with(field)));
    kept.fold(String::new(), |text, line| text + line + "\n")
}

fn with_products() -> (String, Facts) {
    let policy = POLICY.replace("runtimes: [wasm]", "runtimes: [wasm, matrix]");
    let facts = Facts { runtimes: vec![Runtime::Wasm, Runtime::Matrix], ..facts() };
    (policy, facts)
}

#[test]
fn a_product_is_admitted_where_the_policy_allows_the_runtime_and_the_node_has_it() {
    let world = World::new();
    let (policy, facts) = with_products();
    let decide = |policy: &str, facts: &Facts| {
        let job: Verified<Job> = world.signed("jobs/product.yaml", &product(), &[1]);
        world.policy(policy).admit(job, facts)
    };
    // The list of images allows only `arch/*`, and is not asked: a product has no image.
    assert!(decide(&policy, &facts).is_ok());
    let places = |denied: Box<Denied>| reasons(POLICY, &product(), &denied);
    let by_policy = places(decide(POLICY, &facts).unwrap_err());
    assert_eq!(by_policy.len(), 1);
    assert_eq!((&*by_policy[0].0, &*by_policy[0].1), ("ARCH-P006", "matrix"));
    let by_node = decide(&policy, &world::facts()).unwrap_err();
    assert_eq!(by_node.reasons.len(), 1);
    assert!(by_node.reasons[0].message.contains("no executor for runtime `matrix`"), "{by_node}");
}

#[test]
fn a_refuse_rule_about_images_leaves_products_alone_and_one_about_the_document_does_not() {
    let world = World::new();
    let (policy, facts) = with_products();
    let refuse = |when: &str| {
        let rule = format!("    - {{ id: refuse.more, when: {when}, reason: \"so\" }}\n");
        let policy = format!("{policy}{rule}");
        let job: Verified<Job> = world.signed("jobs/product.yaml", &product(), &[1]);
        let decided = world.policy(&policy).admit(job, &facts);
        decided.map_err(|denied| reasons(&policy, &product(), &denied))
    };
    assert!(refuse("{ image: \"*\" }").is_ok());
    // Nothing in the job is its own digest: the rule is about all of it.
    for (when, at) in
        [("{ digest: \"sha256:*\" }", "apiVersion"), ("{ runtime: matrix }", "matrix")]
    {
        let rows = refuse(when).unwrap_err();
        assert!(rows[0].0 == "ARCH-P008" && rows[0].1.starts_with(at), "{when}: {rows:?}");
    }
}

#[test]
fn a_job_that_is_run_more_than_once_to_be_compared_is_admitted() {
    let text = job("  runtime: wasm", "  verify: { redundancy: 3 }\n  runtime: wasm");
    let world = World::new();
    let text = text.replace("    net: [\"egress:443\"]\n", "");
    let verified: Verified<Job> = world.signed("jobs/hello.yaml", &text, &[1]);
    let admitted = world.policy(POLICY).admit(verified, &facts()).unwrap();
    assert_eq!(admitted.job().get().spec.redundancy(), 3);
}

#[test]
fn a_job_that_follows_another_waits_for_it_to_complete_here() {
    let facts = facts();
    let first = Digest::of(b"another job");
    let after = format!("  after: [\"{first}\"]\n  runtime: wasm");
    assert_eq!(denied("  runtime: wasm", &after, &facts).1.reasons[0].code.as_str(), "ARCH-P018");
    let done = Facts { completed: [first].into(), ..facts };
    let world = World::new();
    let job = world.signed("jobs/hello.yaml", &job("  runtime: wasm", &after), &[1]);
    assert!(world.policy(POLICY).admit(job, &done).is_ok());
}

#[test]
fn a_policy_that_ran_out_while_active_allows_nothing_more() {
    let late = Facts { now: "2027-01-01T00:00:01Z".parse().unwrap(), ..facts() };
    let (text, denied) = denied("", "", &late);
    let rows = reasons(POLICY, &text, &denied);
    let codes: Vec<_> = rows.iter().map(|row| row.0.as_str()).collect();
    assert_eq!(codes, ["ARCH-P001", "ARCH-P017"], "the job's own time is over as well");
    assert_eq!(rows[0].1, "\"2027-01-01T00:00:00Z\"");
}

#[test]
fn explaining_shows_every_check_with_its_evidence_and_decides_alike() {
    let world = World::new();
    let policy = world.policy(POLICY);
    let job: Verified<Job> = world.signed("jobs/hello.yaml", &job("", ""), &[0]);
    let decision = policy.explain(&job, &facts());
    assert!(decision.allows() && decision.reasons().is_empty());
    let about: Vec<_> = decision.checks.iter().map(|check| check.about).collect();
    for topic in
        ["policy", "time", "audience", "owner", "refusals", "image", "runtime", "resources"]
    {
        assert!(about.contains(&topic), "{topic} is not in {about:?}");
    }
    assert!(decision.checks.iter().all(|check| !check.evidence.is_empty()));
    assert!(serde_json::to_value(&decision).unwrap()["checks"].is_array());
}
