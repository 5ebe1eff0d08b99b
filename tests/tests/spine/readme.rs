//! What README and INSTALL tell a newcomer to type works as it stands there.

use std::{
    fs,
    os::unix::fs::symlink,
    path::Path,
    process::{Command, Stdio},
};

use arch_tests::program;

/// The lines after `$ ` of the first block behind a title.
fn lines(page: &str, title: &str) -> Vec<String> {
    let page = fs::read_to_string(arch_tests::checkout().join(page)).unwrap();
    let (_, rest) = page.split_once(title).unwrap();
    let block = rest.split("```").nth(1).unwrap();
    block.lines().filter_map(|line| line.strip_prefix("$ ").map(str::to_owned)).collect()
}

/// A person reads before he types the next line; we try again instead, for half a minute.
fn script(lines: &[String]) -> String {
    let mut script = "set -e\ntrap 'kill $(jobs -p); wait' EXIT\n".to_owned();
    let reads = ["archctl job plan", "archctl status", "archctl job logs", "archctl ledger"];
    for line in lines {
        if reads.iter().any(|start| line.starts_with(start)) {
            let again = "do n=$((n+1)); [ $n -lt 300 ]; sleep 0.1; done";
            script.push_str(&format!("n=0; until {{ {}; }}; {again}\n", uncommented(line)));
        } else if line.starts_with("arch-node-agent &") {
            script.push_str("arch-node-agent 2>agent.log &\n");
        } else {
            script.push_str(&format!("{line}\n"));
        }
    }
    script
}

fn uncommented(line: &str) -> &str {
    line.split("  #").next().unwrap_or_default()
}

/// What of a checkout the lines need, with the programs where a build of that kind leaves them.
fn needed(folder: &Path, built: &str) {
    let built = format!("target/{built}");
    let root = arch_tests::checkout();
    for part in ["policies", "manifests/examples", &built] {
        fs::create_dir_all(folder.join(part)).unwrap();
    }
    for file in ["README.md", "policies/default.yaml", "manifests/examples/text-index.wasm"] {
        fs::copy(root.join(file), folder.join(file)).unwrap();
    }
    for name in ["archctl", "arch-node-agent", "arch-executor"] {
        symlink(program(name), folder.join(&built).join(name)).unwrap();
    }
}

/// What the lines print, which all have to end well.
fn typed(folder: &Path, lines: &[String]) -> String {
    let out = Command::new("timeout")
        .args(["120", "bash", "-c", &script(lines)])
        .current_dir(folder)
        .env("HOME", folder)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let log = fs::read_to_string(folder.join("agent.log")).unwrap_or_default();
    assert!(out.status.success(), "{out:?}\n{log}");
    String::from_utf8(out.stdout).unwrap()
}

#[test]
fn the_lines_that_install_a_node_for_a_user_give_one_that_is_confined_and_answers() {
    let lines = lines("docs/INSTALL.md", "## A plain shell");
    assert!((8..=10).contains(&lines.len()), "{lines:?}");
    let folder = tempfile::tempdir().unwrap();
    needed(folder.path(), "release");
    let said = typed(folder.path(), &lines);
    assert!(said.contains("startAProgram: refused"), "{said}");
    assert!(said.contains("policy"), "{said}");
}

#[test]
fn the_lines_of_the_readme_can_be_typed_one_after_the_other() {
    let lines = lines("README.md", "A node for a try");
    assert!(lines.len() >= 12, "{lines:?}");
    let folder = tempfile::tempdir().unwrap();
    needed(folder.path(), "debug");
    let said = typed(folder.path(), &lines);
    assert!(said.contains("Nothing was run.") && said.contains("README.md"), "{said}");
    let receipt = fs::read_to_string(folder.path().join("try/receipt")).unwrap();
    assert!(receipt.starts_with("c2sp.org/tlog-proof@v1\n"), "{receipt}");
}
