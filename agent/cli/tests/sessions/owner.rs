//! Owners, issuers and operators: keys, roots, policies, jobs.

use std::os::unix::fs::PermissionsExt;

use crate::world::World;

#[test]
fn a_key_file_is_closed_to_others_and_never_overwritten() {
    let world = World::empty();
    let args = ["key", "generate", "--plain", "--out", "a.key"];
    let first = world.done(&args);
    assert!(first.data.starts_with("did:key:z6Mk") && first.talk.contains("not protected"));
    let mode = world.path("a.key").metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let kept = world.read("a.key");
    let again = world.run(&args);
    assert_eq!((again.code, world.read("a.key")), (1, kept));
}

#[test]
fn a_sealed_key_signs_with_its_passphrase_and_with_no_other() {
    let world = World::empty();
    for (file, words) in [("good", "correct horse\n"), ("wrong", "battery staple\n")] {
        world.write(file, words);
        let closed = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(world.path(file), closed).unwrap();
    }
    world.done(&["key", "generate", "--passphrase-file", "good", "--out", "a.key"]);
    world.job("job.yaml", "");
    let sign = |words| {
        world.run(&["job", "sign", "job.yaml", "--key", "a.key", "--passphrase-file", words])
    };
    let wrong = sign("wrong");
    assert_eq!(wrong.code, 3, "{wrong:?}");
    assert!(wrong.talk.contains("ARCH-K001"), "{wrong:?}");
    assert_eq!(sign("good").code, 0);
    let asked = world.run(&["job", "sign", "job.yaml", "--key", "a.key"]);
    assert_eq!(asked.code, 2, "without a terminal nobody can be asked: {asked:?}");
}

#[test]
fn showing_a_sealed_key_needs_no_passphrase() {
    let world = World::empty();
    world.write("words", "correct horse\n");
    let closed = std::fs::Permissions::from_mode(0o600);
    std::fs::set_permissions(world.path("words"), closed).unwrap();
    let made = world.done(&[
        "key",
        "generate",
        "--kind",
        "hybrid",
        "--passphrase-file",
        "words",
        "--out",
        "a.key",
        "--json",
    ]);
    let shown = world.done(&["key", "show", "a.key", "--json"]).json();
    assert_eq!(shown["sealed"], true);
    assert_eq!(shown["keys"].as_array().unwrap().len(), 2);
    assert_eq!(shown["keys"][0]["did"], made.json()["keys"][0]);
}

#[test]
fn a_signed_job_is_verified_and_keeps_its_comments() {
    let world = World::with_root();
    world.signed_job("job.yaml", "", "issuer.key");
    assert!(world.read("job.yaml").starts_with("# A comment that has to stay."));
    let told = world.done(&["job", "verify", "job.yaml", "--root", "root.yaml", "--json"]).json();
    assert_eq!(told["schema"], "arch.job-verify/v1");
    assert_eq!((&told["ok"], &told["signers"][0]), (&true.into(), &"me".into()));
}

#[test]
fn a_changed_job_and_a_strangers_job_are_refused_with_their_places() {
    let world = World::with_root();
    world.signed_job("job.yaml", "", "issuer.key");
    let changed = world.read("job.yaml").replace("500m", "600m");
    world.write("changed.yaml", &changed);
    let told = world.run(&["job", "verify", "changed.yaml", "--root", "root.yaml"]);
    assert_eq!(told.code, 1);
    assert!(told.talk.contains("error[ARCH-D") && told.talk.contains("--> changed.yaml:"));
    let json =
        world.run(&["job", "verify", "changed.yaml", "--root", "root.yaml", "--json"]).json();
    assert_eq!((&json["schema"], &json["ok"]), (&"arch.job-verify/v1".into(), &false.into()));
    assert_eq!(json["problems"][0]["at"]["file"], "changed.yaml");

    world.signed_job("stranger.yaml", "", "policy.key");
    let told = world.run(&["job", "verify", "stranger.yaml", "--root", "root.yaml"]);
    assert_eq!(told.code, 1, "a policy signer is no job signer");
}

#[test]
fn a_job_is_not_signed_as_a_policy() {
    let world = World::with_root();
    world.job("job.yaml", "");
    let told = world.run(&["policy", "sign", "job.yaml", "--key", "policy.key"]);
    assert_eq!(told.code, 2);
    assert!(told.talk.contains("`archctl job sign`"), "{told:?}");
}

#[test]
fn a_plan_shows_each_check_and_runs_nothing() {
    let world = World::with_config();
    world.signed_job("job.yaml", "\"egress:443\"", "issuer.key");
    let told = world.done(&["job", "plan", "job.yaml", "--config", "config"]);
    for check in ["syntax", "signature", "quorum", "time", "replay", "owner", "resources"] {
        assert!(told.data.lines().any(|line| line.contains(check)), "{check}: {}", told.data);
    }
    assert!(told.data.contains("net.egress at config/policy.yaml:10:"), "{}", told.data);
    assert!(told.data.ends_with("It would run.\nNothing was run.\n"), "{}", told.data);
}

#[test]
fn a_plan_of_a_job_that_asks_for_too_much_points_into_both_files() {
    let world = World::with_config();
    world.signed_job("job.yaml", "\"egress:443\", \"egress:25\"", "issuer.key");
    let told = world.run(&["job", "plan", "job.yaml", "--config", "config"]);
    assert_eq!(told.code, 1);
    assert!(told.talk.contains("error[ARCH-P003]: policy denies `egress:25`"), "{}", told.talk);
    assert!(told.talk.contains("--> job.yaml:14:39"), "{}", told.talk);
    assert!(told.talk.contains("asked for here"), "{}", told.talk);
    assert!(told.talk.contains("::: config/policy.yaml:10:"), "{}", told.talk);
    assert!(told.talk.contains("rule that decided"), "{}", told.talk);
    assert!(told.data.ends_with("It would be refused.\nNothing was run.\n"), "{}", told.data);
    let json = world.run(&["job", "plan", "job.yaml", "--config", "config", "--json"]).json();
    assert_eq!((&json["wouldRun"], &json["ran"]), (&false.into(), &false.into()));
}

#[test]
fn a_plan_looks_at_the_inputs_as_the_agent_would() {
    let world = World::with_config();
    world.job("plain.yaml", "");
    world.write("data.txt", "data");
    let path = world.path("data.txt").display().to_string();
    let plan = |input: &str| {
        let text = format!("{}  inputs: {{ data: \"{input}\" }}\n", world.read("plain.yaml"));
        world.write("job.yaml", &text);
        world.done(&["job", "sign", "job.yaml", "--key", "issuer.key"]);
        world.run(&["job", "plan", "job.yaml", "--config", "config"])
    };
    let digest = arch_identity::Digest::of(b"data");
    let good = plan(&format!("file://{path}@{digest}"));
    assert_eq!(good.code, 0, "{good:?}");
    assert!(good.data.contains("data.txt, 4 bytes"), "{}", good.data);
    // The archive was not given, and the agent would look there first.
    let other = arch_identity::Digest::of(b"other");
    let untold = plan(&format!("file://{path}@{other}"));
    assert!(untold.code == 0 && untold.data.contains("?   input"), "{}", untold.data);
    // Nothing but a grant gives a job a file that it does not pin.
    let refused = plan(&format!("file://{path}"));
    assert!(refused.code == 1 && refused.talk.contains("ARCH-N203"), "{refused:?}");
}

#[test]
fn a_rotated_root_needs_the_old_and_the_new_signers() {
    let world = World::with_root();
    world.done(&["key", "generate", "--plain", "--out", "new.key"]);
    let rotate = |keys: &[&str], out: &str| {
        let add = ["root", "rotate", "root.yaml", "--add", "root=next=new.key", "--out", out];
        let remove = ["--remove", "root-1"];
        let keys = keys.iter().flat_map(|key| ["--key", key]);
        let args: Vec<&str> = add.into_iter().chain(remove).chain(keys).collect();
        world.run(&args)
    };
    assert_eq!(rotate(&["new.key"], "half.yaml").code, 1, "the old signer is missing");
    let whole = rotate(&["root.key", "new.key"], "whole.yaml");
    assert_eq!(whole.code, 0, "{whole:?}");
    assert!(world.read("whole.yaml").contains("version: 2"));
}

#[test]
fn a_dsse_envelope_carries_the_same_signatures() {
    let world = World::with_root();
    world.job("job.yaml", "");
    world.done(&[
        "job",
        "sign",
        "job.yaml",
        "--key",
        "issuer.key",
        "--dsse",
        "--out",
        "job.dsse.json",
    ]);
    world.done(&["job", "verify", "job.dsse.json", "--root", "root.yaml"]);
    assert!(!world.read("job.yaml").contains("signatures"), "the job's own file is left alone");
}

#[test]
fn a_policy_is_explained_rule_by_rule() {
    let world = World::with_config();
    let told = world.done(&["policy", "explain", "config/policy.yaml"]);
    assert!(told.data.contains("net.egress             may have egress:443"), "{}", told.data);
    let checked = world.done(&[
        "policy",
        "check",
        "config/policy.yaml",
        "--root",
        "config/root.yaml",
        "--json",
    ]);
    assert_eq!(checked.json()["signers"][0], "policy-1");
}

#[test]
fn terms_of_disputes_are_explained_where_a_policy_has_some() {
    let world = World::with_config();
    let plain = world.done(&["policy", "explain", "config/policy.yaml"]).data;
    assert!(!plain.contains("disputes"), "{plain}");
    let terms = "spec:\n  disputes: { resolvers: [groth16, reveal], bond: 100 }\n";
    let text = world.read("config/policy.yaml");
    assert_eq!(text.matches("spec:\n").count(), 1, "{text}");
    world.write("terms.yaml", &text.replace("spec:\n", terms));
    let explained = world.done(&["policy", "explain", "terms.yaml"]).data;
    for words in ["disputes", "a stake of 100 units", "groth16, reveal"] {
        assert!(explained.contains(words), "{explained}");
    }
}

#[test]
fn a_new_job_is_one_that_can_be_signed_and_is_never_the_same_twice() {
    let world = World::with_config();
    std::fs::write(world.path("m.wasm"), b"\0asm pretended").unwrap();
    world.write("words.txt", "in\n");
    let new = |out: &str| {
        let args = ["job", "new", "hello", "--image", "m.wasm", "--owner", "user:ada"];
        let more = ["--arg", "-v: \"x\"", "--grant", "egress:443", "--input", "words=words.txt"];
        let rest = ["--output", "stdout", "--cpu", "500m", "--out", out];
        world.run(&[&args[..], &more, &rest].concat())
    };
    let made = new("job.yaml");
    assert_eq!(made.code, 0, "{made:?}");
    assert!(world.read("job.yaml").starts_with("# Not signed yet"));
    let signed = world.done(&["job", "sign", "job.yaml", "--key", "issuer.key"]);
    assert_eq!(signed.data, made.data, "its digest is what it was");
    let told = world.done(&["job", "verify", "job.yaml", "--config", "config", "--json"]);
    assert_eq!(told.json()["ok"], true);
    assert_eq!(new("job.yaml").code, 1, "never overwritten");
    assert_ne!(new("again.yaml").data, made.data, "another nonce");
}

#[test]
fn a_new_job_that_could_never_be_accepted_is_not_written() {
    let world = World::empty();
    std::fs::write(world.path("m.wasm"), b"\0asm pretended").unwrap();
    world.write("m.rs", "fn main() {}");
    let new = |image: &str, grant: &str| {
        let args = ["job", "new", "x", "--image", image, "--owner", "user:ada", "--grant", grant];
        world.run(&args)
    };
    assert_eq!(new("m.rs", "egress:443").code, 2, "a source is no module");
    assert_eq!(new("m.wasm", "egress:everything").code, 1);
    assert!(!world.path("x.yaml").exists());
}

#[test]
fn a_root_is_shown_with_the_digest_to_pin_its_keys_and_its_roles() {
    let world = World::with_root();
    let told = world.done(&["root", "show", "root.yaml"]);
    let shown = world.done(&["root", "show", "root.yaml", "--json"]).json();
    assert_eq!(shown["schema"], "arch.root/v1");
    assert_eq!(told.data.lines().next(), shown["digest"].as_str(), "the digest comes first");
    assert_eq!((&shown["version"], &shown["complete"]), (&1.into(), &true.into()));
    assert_eq!(shown["keys"].as_array().unwrap().len(), 3);
    let jobs = shown["roles"].as_array().unwrap().iter().find(|role| role["name"] == "jobs");
    assert_eq!(jobs.unwrap()["keys"][0], "me");
    assert!(told.data.contains("role jobs: 1 of 1 (me) sign Job"), "{}", told.data);

    let unsigned = world.read("root.yaml").split("\nsignatures:").next().unwrap().to_owned();
    world.write("unsigned.yaml", &format!("{unsigned}\n"));
    let shown = world.done(&["root", "show", "unsigned.yaml", "--json"]).json();
    assert_eq!((&shown["signatures"], &shown["complete"]), (&0.into(), &false.into()));
    world.job("job.yaml", "");
    let told = world.run(&["root", "show", "job.yaml", "--json"]);
    assert_eq!((told.code, &told.json()["ok"]), (1, &false.into()), "a job is no root");
}
