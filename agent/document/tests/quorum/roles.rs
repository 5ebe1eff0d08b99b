//! What a role may sign: kinds, owners, groups.

use arch_document::{Job, Kind, NoHistory, Revocation, Root, SignedDocument};
use arch_identity::Algorithm;

use crate::{entry, root_of, with_entries, world::*};

#[test]
fn signers_must_come_from_as_many_groups_as_the_role_asks_for() {
    let member = |name: &str, group: &str| {
        format!("{{alg: ed25519, public: \"{}\", group: {group}}}", did(name))
    };
    let root = RootText::new(1)
        .entry("bea", &member("bea", "north"))
        .entry("cem", &member("cem", "north"))
        .entry("dora", &member("dora", "south"))
        .role_text(
            "jobs",
            "{keys: [bea, cem, dora], threshold: 2, distinctGroups: 2, kinds: [Job]}",
        )
        .active();
    assert_eq!(code::<Job>(&root, signed("j", &job_text(), &["bea", "cem"])), "ARCH-D007");
    assert_eq!(code::<Job>(&root, signed("j", &job_text(), &["bea", "dora"])), "verified");
    assert_eq!(code::<Job>(&root, signed("j", &job_text(), &["dora"])), "ARCH-D004");
}

#[test]
fn thresholds_that_cannot_work_make_the_root_unusable() {
    for threshold in [0, 3, 1_000_000] {
        let root = RootText::new(1).person("bea").person("cem").role(
            "jobs",
            &["bea", "cem"],
            threshold,
            "Job",
        );
        let code = pin(root.signed(&["ada"])).unwrap_err().problem.code;
        assert_eq!(code.as_str(), "ARCH-D032", "{threshold}");
    }
    let negative = RootText::new(1).role("jobs", &["ada"], -1, "Job");
    assert_eq!(pin(negative.signed(&["ada"])).unwrap_err().problem.code.as_str(), "ARCH-D205");
    for (text, code) in [
        ("{keys: [ada], threshold: 1, distinctGroups: 2, kinds: [Job]}", "ARCH-D032"),
        ("{keys: [ada], threshold: 1, distinctGroups: 0, kinds: [Job]}", "ARCH-D032"),
        ("{keys: [ada, ada], threshold: 2, kinds: [Job]}", "ARCH-D033"),
        ("{keys: [ada, nobody], threshold: 1, kinds: [Job]}", "ARCH-D033"),
        ("{keys: [ada], threshold: 1, kinds: [Root]}", "ARCH-D034"),
        ("{keys: [ada], threshold: 1, kinds: [Tea]}", "ARCH-D205"),
        ("{keys: [ada], kinds: [Job]}", "ARCH-D203"),
    ] {
        let root = RootText::new(1).role_text("jobs", text);
        assert_eq!(pin(root.signed(&["ada"])).unwrap_err().problem.code.as_str(), code, "{text}");
    }
}

#[test]
fn each_role_signs_its_own_kinds_and_no_other() {
    let root = RootText::new(1)
        .people(&["bea", "cem"])
        .role("jobs", &["bea"], 1, "Job")
        .role("revokers", &["cem"], 1, "Revocation")
        .active();
    let revocation = revocation_text("keys", 1, "{keys: []}");
    assert_eq!(code::<Job>(&root, signed("j", &job_text(), &["cem"])), "ARCH-D005");
    assert_eq!(code::<Job>(&root, signed("j", &job_text(), &["ada"])), "ARCH-D005");
    assert_eq!(code::<Revocation>(&root, signed("r", &revocation, &["bea"])), "ARCH-D005");
    assert_eq!(code::<Revocation>(&root, signed("r", &revocation, &["cem"])), "verified");
    assert_eq!(code::<Job>(&root, signed("r", &revocation, &["cem"])), "ARCH-D021");
    assert_eq!(code::<Root>(&root, signed("j", &job_text(), &["bea"])), "ARCH-D021");
}

#[test]
fn a_signature_over_one_kind_never_holds_for_another() {
    let root = root_of(1, 1).active();
    let bea = &key("bea");
    let document = SignedDocument::parse("job.yaml", job_text().as_bytes()).unwrap();
    for kind in Kind::ALL.into_iter().filter(|kind| *kind != Kind::Job) {
        // The same bytes, signed as another kind of payload.
        let sig = bea.signers()[0].sign(&arch_identity::pae(&kind.payload_type(), document.body()));
        let forged =
            with_entries(&job_text(), &[entry(&bea.public()[0], Algorithm::Ed25519, &sig)]);
        assert_eq!(code::<Job>(&root, forged.unwrap()), "ARCH-D003", "{kind}");
        // The signature of the job, moved to a document that says it is another kind.
        let renamed =
            sign_text(&job_text(), &["bea"]).replace("kind: Job", &format!("kind: {kind}"));
        let renamed = SignedDocument::parse("job.yaml", renamed.as_bytes()).unwrap();
        assert_eq!(code::<Job>(&root, renamed), "ARCH-D021", "{kind}");
    }
}

#[test]
fn caps_of_the_satisfied_roles_come_with_the_document() {
    let root = RootText::new(1)
        .person("bea")
        .role_text(
            "jobs",
            "{keys: [bea], threshold: 1, kinds: [Job], caps: {net: [\"egress:443\"], fs: [\"read:/srv\"]}}",
        )
        .role("wide", &["bea"], 1, "Job")
        .active();
    let job = signed("job.yaml", &job_text(), &["bea"]);
    let verified = root.verify::<Job>(job, &noon(), &NoHistory).unwrap();
    let caps: Vec<_> =
        verified.roles().iter().map(|role| (&*role.role, role.caps.is_some())).collect();
    assert_eq!(caps, [("jobs", true), ("wide", false)]);
    assert_eq!(verified.roles()[0].place.as_ref().unwrap().file, "root.yaml");
}

#[test]
fn a_role_that_lists_owners_signs_for_no_other() {
    let role =
        |owners: &str| format!("{{keys: [bea], threshold: 1, kinds: [Job], owners: {owners}}}");
    let root = |owners: &str| {
        RootText::new(1).people(&["bea", "cem"]).role_text("jobs", &role(owners)).active()
    };
    for (owners, owner, expected) in [
        ("[\"user:ada\"]", "user:ada", "verified"),
        ("[\"user:ada\"]", "user:eve", "ARCH-D024"),
        ("[\"user:bea\", \"org:lab/*\"]", "org:lab/x", "verified"),
        ("[\"user:bea\", \"org:lab/*\"]", "org:lab/x/y", "ARCH-D024"),
        ("[\"**\"]", "user:eve", "verified"),
    ] {
        let text = job_text().replace("user:ada", owner);
        let job = signed("job.yaml", &text, &["bea"]);
        let told = match root(owners).verify::<Job>(job, &noon(), &NoHistory) {
            Ok(_) => "verified".to_owned(),
            Err(refusal) => {
                assert_eq!(told(&refusal), "ARCH-D024 5:10");
                assert_eq!(refusal.problem.rule.unwrap().file, "root.yaml");
                refusal.problem.code.to_string()
            }
        };
        assert_eq!(told, expected, "{owners} {owner}");
    }
}

#[test]
fn a_role_that_may_not_sign_for_the_owner_lends_the_document_no_capabilities() {
    let root = RootText::new(1)
        .people(&["bea", "cem"])
        .role_text("narrow", "{keys: [bea], threshold: 1, kinds: [Job], caps: {fs: [\"read:/a\"]}}")
        .role_text(
            "wide",
            "{keys: [cem], threshold: 1, kinds: [Job], owners: [\"user:cem\"], caps: {fs: [\"read:/\"]}}",
        )
        .active();
    let verified = root
        .verify::<Job>(signed("job.yaml", &job_text(), &["bea", "cem"]), &noon(), &NoHistory)
        .unwrap();
    let roles: Vec<_> = verified.roles().iter().map(|grant| grant.role.as_str()).collect();
    assert_eq!((roles, verified.signers()), (vec!["narrow"], &["bea".to_owned()][..]));
}

#[test]
fn a_role_with_owners_signs_no_document_without_one_and_no_root() {
    let role = "{keys: [rex], threshold: 1, kinds: [Revocation], owners: [\"**\"]}";
    let root = RootText::new(1).person("rex").role_text("revokers", role).active();
    let list = signed("r.yaml", &revocation_text("k", 1, "{keys: []}"), &["rex"]);
    assert_eq!(code::<Revocation>(&root, list), "ARCH-D024");
    for (name, role) in [
        ("root", "{keys: [ada], threshold: 1, kinds: [Root], owners: [\"**\"]}"),
        ("jobs", "{keys: [ada], threshold: 1, kinds: [Job], owners: []}"),
        ("jobs", "{keys: [ada], threshold: 1, kinds: [Job], owners: [\"a*b\"]}"),
    ] {
        let document = RootText::new(1).role_text(name, role).signed(&["ada"]);
        assert_eq!(pin(document).unwrap_err().problem.code.as_str(), "ARCH-D205", "{role}");
    }
}

#[test]
fn roots_and_revocations_are_for_every_node_and_carry_no_audience() {
    let root = RootText::new(1).person("rex").role("revokers", &["rex"], 1, "Revocation");
    let text =
        revocation_text("k", 1, "{keys: []}").replace("version: 1", "version: 1, audience: [lab]");
    assert_eq!(code::<Revocation>(&root.active(), signed("r", &text, &["rex"])), "ARCH-D205");
    let text = root.text().replace("  version: 1\n", "  version: 1\n  audience: [lab]\n");
    assert_eq!(
        pin(signed("root.yaml", &text, &["ada"])).unwrap_err().problem.code.as_str(),
        "ARCH-D205"
    );
}
