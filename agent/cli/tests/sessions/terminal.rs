//! What holds for every command: exit codes, help, colours, data apart from talk.

use crate::world::World;

#[test]
fn an_unknown_option_is_usage_and_help_is_not() {
    let world = World::empty();
    assert_eq!(world.run(&["job", "plan", "--colour"]).code, 2);
    assert_eq!(world.run(&["launch"]).code, 2);
    let help = world.done(&["--help"]);
    for noun in ["key", "root", "policy", "job", "ledger", "status", "doctor", "demo", "explain"] {
        assert!(help.data.contains(&format!("\n  {noun} ")), "{noun}: {}", help.data);
    }
    assert!(help.data.contains("Exit codes: 0 yes or done, 1 the answer is no"));
}

#[test]
fn nothing_is_coloured_into_a_pipe() {
    let world = World::with_root();
    world.job("job.yaml", "");
    let told = world.run(&["job", "verify", "job.yaml", "--root", "root.yaml"]);
    assert_eq!(told.code, 1);
    assert!(!told.talk.contains('\u{1b}') && told.data.is_empty(), "{told:?}");
}

#[test]
fn a_broken_document_is_shown_with_line_and_column() {
    let world = World::empty();
    world.write("bad.yaml", "kind: Job\nkind: Job\n");
    let told = world.run(&["policy", "check", "bad.yaml"]);
    assert_eq!(told.code, 1);
    assert!(told.talk.contains("error[ARCH-D108]") && told.talk.contains("--> bad.yaml:2:1"));
    assert!(told.talk.contains("\nhelp: "), "{}", told.talk);
}

#[test]
fn no_agent_is_could_not_tell() {
    let world = World::empty();
    for args in [&["status"][..], &["job", "list"], &["job", "show", "sha256:abcdef"]] {
        let args: Vec<&str> = args.iter().copied().chain(["--socket", "nobody.sock"]).collect();
        let told = world.run(&args);
        assert_eq!(told.code, 3, "{args:?}: {told:?}");
    }
}

#[test]
fn a_code_is_explained_and_an_unknown_one_is_no() {
    let world = World::empty();
    let told = world.done(&["explain", "arch-p003", "--json"]).json();
    assert_eq!(
        (&told["schema"], &told["codes"][0]["code"]),
        (&"arch.codes/v1".into(), &"ARCH-P003".into())
    );
    assert!(world.done(&["explain"]).data.lines().count() > 50);
    assert_eq!(world.run(&["explain", "ARCH-X999"]).code, 1);
}

#[test]
fn doctor_says_ok_warn_or_fail_with_a_remedy() {
    let world = World::empty();
    let told = world.run(&["doctor", "--config", ".", "--state", "state", "--json"]);
    let json = told.json();
    assert_eq!(json["schema"], "arch.doctor/v1");
    assert_eq!(json["ok"], told.code == 0);
    for finding in json["findings"].as_array().unwrap() {
        let verdict = finding["verdict"].as_str().unwrap();
        assert!(["ok", "warn", "fail", "unknown"].contains(&verdict), "{finding}");
        assert_eq!(verdict == "ok", finding.get("remedy").is_none(), "{finding}");
    }
}

#[test]
fn no_digest_or_path_is_followed_by_a_full_stop() {
    let world = World::with_config();
    world.signed_job("job.yaml", "\"egress:443\"", "issuer.key");
    let sessions: [&[&str]; 4] = [
        &["key", "show", "root.key"],
        &["policy", "check", "config/policy.yaml"],
        &["job", "verify", "job.yaml", "--config", "config"],
        &["job", "plan", "job.yaml", "--config", "config"],
    ];
    for args in sessions {
        let told = world.run(args);
        for line in told.data.lines().chain(told.talk.lines()) {
            let last = line.split_whitespace().last().unwrap_or_default();
            let pointed = last.contains("sha256:") || last.contains('/') || last.contains(".yaml");
            assert!(!(pointed && last.ends_with('.')), "{line}");
        }
    }
}

#[test]
fn with_json_every_end_is_one_object_with_a_schema() {
    let world = World::with_config();
    world.write("bad.yaml", "kind: Job\nkind: Job\n");
    let sessions: [(&[&str], i32); 8] = [
        (&["policy", "explain", "bad.yaml"], 1),
        (&["policy", "check", "bad.yaml"], 1),
        (&["root", "show", "bad.yaml"], 1),
        (&["job", "sign", "bad.yaml", "--key", "issuer.key"], 1),
        (&["status", "--socket", "nobody.sock"], 3),
        (&["job", "list", "--socket", "nobody.sock"], 3),
        (&["ledger", "verify", "nowhere"], 3),
        (&["key", "show", "bad.yaml"], 3),
    ];
    for (args, code) in sessions {
        let told = world.run(&[args, &["--json"]].concat());
        assert_eq!(told.code, code, "{args:?}: {told:?}");
        let object = told.json();
        assert!(object["schema"].is_string() && object["ok"] == false, "{args:?}: {object}");
        assert!(object["problems"][0]["message"].is_string(), "{args:?}: {object}");
    }
}
