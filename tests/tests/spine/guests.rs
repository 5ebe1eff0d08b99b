//! The example guests on real input, judged by something that is not a guest.

use std::{fs, process::Command};

use arch_archive::Archive;
use arch_identity::Digest;
use arch_tests::{World, example};
use arch_wire::control::JobDetail;

/// An output's bytes, from the archive.
fn output(world: &World, job: &JobDetail, name: &str) -> Vec<u8> {
    let digest = job.outputs.get(name).unwrap_or_else(|| panic!("no `{name}` in {job:?}"));
    Archive::to_read(&world.path("state/archive")).get(digest, 1 << 26).unwrap()
}

#[test]
fn a_component_writes_checksums_that_a_stock_tool_accepts() {
    let world = World::new();
    for (name, bytes) in [("a", &b"one"[..]), ("b", b""), ("c d", &[0xff; 100_000])] {
        fs::write(world.path("data").join(name), bytes).unwrap();
    }
    // So many that the guest's memory grows beyond what it began with.
    for number in 0..400 {
        fs::write(world.path(format!("data/file {number}")), number.to_string()).unwrap();
    }
    let mut agent = world.agent();
    let data = world.path("data").display().to_string();
    let job = world.job("checksums", &example("checksums")).spec(&format!(
        "  args: [\"{data}\"]\n  capabilities: {{ fs: [\"read:{data}\"] }}\n  \
         outputs: {{ SHA256SUMS: \"archive:SHA256SUMS\" }}"
    ));
    let ended = agent.wait_end(world.drop_job(&job));
    assert_eq!(ended.row.state, "completed", "{ended:?}\n{}", agent.log());
    fs::write(world.path("SUMS"), output(&world, &ended, "SHA256SUMS")).unwrap();
    let judged = Command::new("sha256sum").arg("-c").arg(world.path("SUMS")).output().unwrap();
    assert!(judged.status.success(), "{judged:?}");
    assert_eq!(String::from_utf8_lossy(&judged.stdout).lines().count(), 403);
    assert!(ended.reads.is_some(), "what was read is part of the result");
}

#[test]
fn the_text_index_finds_the_file_that_holds_the_word() {
    let world = World::new();
    fs::write(world.path("data/birds.txt"), "the heron waits by the river\n").unwrap();
    fs::write(world.path("data/stones.txt"), "granite and slate and granite\n").unwrap();
    let mut agent = world.agent();
    let data = world.path("data").display().to_string();
    let job = world.job("text-index", &example("text-index")).spec(&format!(
        "  args: [\"{data}\", \"granite\"]\n  capabilities: {{ fs: [\"read:{data}\"] }}\n  \
         outputs: {{ index.json: \"archive:index.json\" }}"
    ));
    let ended = agent.wait_end(world.drop_job(&job));
    assert_eq!(ended.row.state, "completed", "{ended:?}\n{}", agent.log());
    let answer = String::from_utf8(output(&world, &ended, "stdout")).unwrap();
    assert!(answer.contains("stones.txt") && !answer.contains("birds.txt"), "{answer}");
    let index: serde_json::Value =
        serde_json::from_slice(&output(&world, &ended, "index.json")).unwrap();
    assert!(index.is_object());
}

#[test]
fn the_dependency_audit_counts_what_is_there() {
    let world = World::new();
    let package = world.path("data/tiny-1.2.3");
    fs::create_dir_all(package.join("src")).unwrap();
    fs::write(package.join("Cargo.toml"), "[package]\nname = \"tiny\"\nlicense = \"MIT\"\n")
        .unwrap();
    fs::write(
        package.join("src/lib.rs"),
        "// unsafe in a comment\npub fn f() -> u8 {\n    let s = \"unsafe\";\n    \
         unsafe { *s.as_ptr() }\n}\n",
    )
    .unwrap();
    let lock = "version = 4\n\n[[package]]\nname = \"tiny\"\nversion = \"1.2.3\"\n\
                source = \"registry+https://example.org\"\n\n[[package]]\nname = \"gone\"\n\
                version = \"0.1.0\"\nsource = \"registry+https://example.org\"\n";
    fs::write(world.path("data/Cargo.lock"), lock).unwrap();
    let mut agent = world.agent();
    let data = world.path("data").display().to_string();
    let job = world.job("dependency-audit", &example("dependency-audit")).spec(&format!(
        "  args: [\"{data}\"]\n  capabilities: {{ fs: [\"read:{data}\"] }}\n  \
         inputs: {{ lock: \"file://{data}/Cargo.lock@{}\" }}\n  \
         outputs: {{ report.json: \"archive:report.json\", report.txt: \"archive:report.txt\" }}",
        Digest::of(lock.as_bytes())
    ));
    let ended = agent.wait_end(world.drop_job(&job));
    assert_eq!(ended.row.state, "completed", "{ended:?}\n{}", agent.log());
    let report = String::from_utf8(output(&world, &ended, "report.json")).unwrap();
    let json: serde_json::Value = serde_json::from_str(&report).unwrap();
    assert_eq!(json["packages"]["audited"], 1, "{report}");
    assert_eq!(json["missing"], serde_json::json!(["gone 0.1.0"]), "{report}");
    let tiny = &json["audited"][0];
    assert_eq!((&tiny["name"], &tiny["licence"]), (&"tiny".into(), &"MIT".into()), "{report}");
    let counted = serde_json::json!({ "blocks": 1, "functions": 0, "impls": 0, "other": 0 });
    assert_eq!(tiny["unsafe"], counted, "not the comment, not the text: {report}");
}
