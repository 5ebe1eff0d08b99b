//! The demo holds what it says against the files, and leaves nothing behind, however it ends.

use std::{
    fs,
    path::Path,
    process::{Child, Command, Output, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use arch_tests::{checkout, program, skip};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

/// Packages of the lock file that have a source, as registries name their folders.
fn locked() -> Vec<String> {
    let lock = fs::read_to_string(checkout().join("Cargo.lock")).unwrap();
    let sourced = lock.split("[[package]]").filter(|part| part.contains("\nsource = "));
    let named = |part: &str| {
        let field = |name: &str| {
            let line = part.lines().find(|line| line.starts_with(name)).unwrap();
            line.split('"').nth(1).unwrap().to_owned()
        };
        format!("{}-{}", field("name"), field("version"))
    };
    sourced.map(named).collect()
}

/// So many packages, each with as many files as are given for it.
fn packages(sources: &Path, files: &[usize]) {
    for (name, files) in locked().iter().zip(files) {
        let package = sources.join(name);
        fs::create_dir_all(package.join("src")).unwrap();
        fs::write(package.join("Cargo.toml"), "[package]\nname = \"x\"\n").unwrap();
        for number in 0..*files {
            let text = "// errors\n".repeat(1000);
            fs::write(package.join(format!("src/{number}.rs")), text).unwrap();
        }
    }
}

/// A demo over these packages, with temporary files in a folder of our own.
fn command(temporary: &Path, sources: &Path) -> Command {
    let mut command = Command::new(program("archctl"));
    command
        .args(["demo", "--agent"])
        .arg(program("arch-node-agent"))
        .arg("--executor")
        .arg(program("arch-executor"))
        .arg("--sources")
        .arg(sources)
        .env("TMPDIR", temporary)
        .stdin(Stdio::null());
    command
}

fn demo(temporary: &Path, sources: &Path) -> Child {
    packages(sources, &[1]);
    command(temporary, sources).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// A whole demo: how it ended, and whether its folder is gone.
fn whole(liar: Option<&Path>) -> (Output, bool) {
    let folder = tempfile::tempdir().unwrap();
    let (temporary, sources) = (folder.path().join("tmp"), folder.path().join("sources"));
    fs::create_dir(&temporary).unwrap();
    // The first one is for small jobs; the others make one that can be killed in the middle.
    packages(&sources, &[1, 100, 100, 100, 100]);
    let mut command = command(&temporary, &sources);
    if let Some(liar) = liar {
        command.arg("--liar").arg(liar);
    }
    let output = command.arg("--json").output().unwrap();
    (output, fs::read_dir(&temporary).unwrap().next().is_none())
}

fn words(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Processes of a program, or of any, whose command line names the folder: the agent's and the
/// prover's do.
fn named(folder: &Path, program: &str) -> Vec<i32> {
    let folder = folder.display().to_string();
    let entries = fs::read_dir("/proc").unwrap().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    pids.filter(|pid| {
        let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let line = String::from_utf8_lossy(&line);
        let mut words = line.split('\0');
        words.next().is_some_and(|own| own.ends_with(program))
            && words.any(|arg| arg.starts_with(&folder))
    })
    .collect()
}

fn until(what: &str, mut ready: impl FnMut() -> bool) {
    let start = Instant::now();
    while !ready() {
        assert!(start.elapsed() < Duration::from_secs(90), "waited too long for {what}");
        sleep(Duration::from_millis(20));
    }
}

/// At the very start of its first program, and in the middle.
fn ended_by(signal: Signal) {
    for program in ["arch-prover", "arch-node-agent"] {
        // One that was over before this test had a turn says nothing of its end in the middle.
        assert!((0..5).any(|_| is_ended_at(program, signal)), "it was ended in the middle");
    }
}

/// Whether a demo was ended while this program ran; nothing is left of it either way.
fn is_ended_at(program: &str, signal: Signal) -> bool {
    let folder = tempfile::tempdir().unwrap();
    let (temporary, sources) = (folder.path().join("tmp"), folder.path().join("sources"));
    fs::create_dir(&temporary).unwrap();
    let mut demo = demo(&temporary, &sources);
    let mut over = false;
    until(program, || {
        over = demo.try_wait().unwrap().is_some();
        over || !named(&temporary, program).is_empty()
    });
    if !over {
        kill_process(Pid::from_raw(i32::try_from(demo.id()).unwrap()).unwrap(), signal).unwrap();
    }
    let ended = demo.wait().unwrap();
    until("the end of all programs", || named(&temporary, "").is_empty());
    until("an empty folder", || fs::read_dir(&temporary).unwrap().next().is_none());
    !over && !ended.success()
}

/// What ignores a signal hands that on to the programs that it starts.
fn interrupts_are_ignored() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).unwrap().trim();
    u64::from_str_radix(ignored, 16).unwrap() & 0b10 != 0
}

#[test]
fn a_demo_that_is_told_to_end_leaves_no_process_and_no_folder() {
    ended_by(Signal::TERM);
}

#[test]
fn a_demo_that_is_interrupted_or_killed_leaves_no_process_and_no_folder() {
    ended_by(Signal::KILL);
    if interrupts_are_ignored() {
        skip("interrupts are ignored here, as a shell does for what it runs in the background");
        return;
    }
    ended_by(Signal::INT);
}

#[test]
fn a_demo_shows_shared_products_and_a_shard_that_lies() {
    let (output, gone) = whole(Some(Path::new(env!("CARGO_BIN_EXE_lying-executor"))));
    let words = words(&output);
    assert!(output.status.success() && gone, "{words}");
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    for (number, shards, cells, parts) in [(0, 3, 1, 11), (1, 9, 9, 9)] {
        let product = &told["products"][number];
        assert_eq!(product["plan"]["shards"], shards);
        assert_eq!(product["plan"]["once"], 1.0);
        let compared = product["audit"]["compared"].as_array().unwrap();
        assert_eq!(compared.len(), cells);
        assert!(compared.iter().all(|of| of["roots"][0] == of["roots"][1]), "{compared:?}");
        assert_eq!(product["audit"]["freivalds"], parts);
        assert_eq!(product["audit"]["product"], told["products"][0]["audit"]["product"]);
    }
    let lie = &told["disputed"]["lie"];
    assert_eq!([&lie["leaf"]["leafRow"], &lie["leaf"]["leafColumn"]], [0, 0]);
    let number = |name: &str| lie[name].as_i64().unwrap();
    assert_eq!(number("committed"), number("right") + 1);
    assert_eq!(told["disputed"]["waits"]["code"], "ARCH-P018");
    let dispute = &told["disputed"]["dispute"];
    assert_eq!(dispute["replayed"], true);
    let fault = &dispute["story"]["finding"]["atFault"][0];
    assert_eq!([&fault["who"], &fault["rule"]], ["respondent", "proved"]);
    assert_eq!(dispute["proving"]["proofs"], 1);
    assert_eq!(dispute["story"]["proofBytes"], 128);
    // Only snarkjs was not given.
    let skipped = told["skipped"].as_array().unwrap();
    assert!(skipped.len() == 1 && skipped[0].as_str().unwrap().contains("snarkjs"), "{skipped:?}");
    assert!(words.contains("caught: shard ") && words.contains("leaf 0, 0 of cell "), "{words}");
}

#[test]
fn a_demo_without_a_liar_says_what_it_left_out() {
    let (output, _) = whole(None);
    let words = words(&output);
    assert!(output.status.success(), "{words}");
    assert!(words.contains("SKIPPED: no lying executor given"), "{words}");
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(told.get("disputed").is_none());
    assert_eq!(told["skipped"].as_array().unwrap().len(), 1);
}

#[test]
fn a_demo_in_which_nobody_is_caught_ends_with_no() {
    let (output, _) = whole(Some(&program("arch-executor")));
    let words = words(&output);
    assert_eq!(output.status.code(), Some(1), "{words}");
    assert!(words.contains("a shard lied, and the job ended completed"), "{words}");
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(told["ok"], false);
}
