//! The state folder on a small file system of its own that fills up, under the real agent.

use std::{
    fs::File,
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
};

use arch_identity::Digest;
use arch_ledger::Record;
use arch_tests::{HELLO, Stranger, World, gated, module, skip};

/// Room for a ledger, its reserve and some jobs.
const SIZE: &str = "size=24m,mode=0700";

/// Bad files, at the most.
const MOST_BAD: usize = 50;

/// A file system in memory, there as long as the value lives.
pub(crate) struct Small(PathBuf);

impl Small {
    pub(crate) fn on(folder: &Path) -> Option<Self> {
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", SIZE, "tmpfs"]).arg(folder);
        match mount.output() {
            Ok(output) if output.status.success() => Some(Self(folder.to_owned())),
            Ok(output) => {
                let why = String::from_utf8_lossy(&output.stderr).trim().to_owned();
                skip(&format!("no file system can be mounted here: {why}"));
                None
            }
            Err(error) => {
                skip(&format!("mount cannot be started: {error}"));
                None
            }
        }
    }

    /// Takes all the room there is.
    fn fill(&self) {
        let mut file = File::options().create(true).append(true).open(self.filler()).unwrap();
        let mut piece = 1 << 20;
        while piece > 0 {
            if file.write_all(&vec![0; piece]).is_err() {
                piece /= 2;
            }
        }
    }

    /// Takes all the room but so many bytes.
    pub(crate) fn fill_but(&self, left: u64) {
        self.fill();
        let file = File::options().write(true).open(self.filler()).unwrap();
        let length = file.metadata().unwrap().len();
        file.set_len(length.checked_sub(left).unwrap()).unwrap();
    }

    pub(crate) fn free(&self) {
        std::fs::remove_file(self.filler()).unwrap();
    }

    fn filler(&self) -> PathBuf {
        self.0.join("filler")
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        // A test that failed leaves an agent for a moment.
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

fn refusals(ledger: &Stranger, of: Digest) -> usize {
    let refused =
        |record: &&Record| matches!(record, Record::Refused { subject, .. } if *subject == of);
    ledger.records().filter(refused).count()
}

#[test]
fn on_a_full_disk_new_jobs_are_refused_running_ones_end_and_with_room_it_serves_again() {
    let world = World::new();
    let Some(small) = Small::on(&world.path("state")) else { return };
    std::fs::create_dir(world.path("config/node.d")).unwrap();
    std::fs::write(world.path("config/node.d/quick.yaml"), "jobs: { rescan: 1s }\n").unwrap();
    let wasm = module(HELLO);
    let mut agent = world.agent();
    let before = world.drop_job(&world.job("hello", &wasm));
    assert_eq!(agent.wait_end(before).row.state, "completed", "{}", agent.log());
    let running = world.drop_job(&gated::job(&world));
    let _ = agent.wait_job(running, &["running"]);

    small.fill();
    let text = || world.owner.sign("job.yaml", &world.job("hello", &wasm).yaml());
    let refused: Vec<String> = (0..20).map(|_| text()).collect();
    for text in &refused {
        let submitted = agent.submit(text);
        let codes: Vec<&str> = submitted.problems.iter().map(|p| p.code.as_str()).collect();
        let honest = ["ARCH-L104", "ARCH-L008", "ARCH-N101", "ARCH-F005"];
        assert!(matches!(codes.as_slice(), [code] if honest.contains(code)), "{submitted:?}");
    }
    // What runs comes to its end: the ledger keeps room for that, and its output is there already.
    gated::open(&world);
    assert_eq!(agent.wait_end(running).row.state, "completed", "{}", agent.log());
    // The ledger's reserve is taken as well, bit by bit. What is dropped now is judged and cannot be
    // told; it waits in its folder until it can.
    let mut bad = vec![];
    while !agent.log().contains("a refusal is not anchored") {
        assert!(bad.len() < MOST_BAD, "there is room for all of them");
        small.fill();
        let bytes = format!("kind: Job\n{}: [", bad.len()).into_bytes();
        world.drop_file(&format!("bad-{}.yaml", bad.len()), &bytes);
        let subject = Digest::of(&bytes);
        agent.wait_for("its judgement", |agent| {
            let told = agent.log().contains("a refusal is not anchored");
            (told || refusals(&Stranger::read(&world), subject) > 0).then_some(())
        });
        bad.push(subject);
    }
    let dropped = world.drop_job(&world.job("hello", &wasm));

    small.free();
    let again = agent.wait_for("acceptance", |agent| {
        let submitted = agent.submit(&refused[0]);
        submitted.problems.is_empty().then_some(submitted.digest)
    });
    assert_eq!(agent.wait_end(again).row.state, "completed", "{}", agent.log());
    assert_eq!(agent.wait_end(dropped).row.state, "completed", "{}", agent.log());
    agent.wait_for("the refusals", |_| {
        let ledger = Stranger::read(&world);
        bad.iter().all(|subject| refusals(&ledger, *subject) > 0).then_some(())
    });
    let log = agent.stopped();
    let ledger = Stranger::verified(&world);
    for subject in &bad {
        assert_eq!(refusals(&ledger, *subject), 1, "{log}");
    }
    for job in [before, again, dropped] {
        assert_eq!(ledger.kinds(job), ["accepted", "started", "finished"], "{log}");
    }
    let kinds = ledger.kinds(running);
    let count = |kind: &str| kinds.iter().filter(|k| *k == kind).count();
    assert_eq!((count("accepted"), count("finished")), (1, 1), "{kinds:?}");
    assert_eq!(count("started"), count("interrupted") + 1, "{kinds:?}");
    drop(small);
}

#[test]
fn an_agent_that_is_killed_on_a_full_disk_starts_there_again_and_ends_what_it_had() {
    let world = World::new();
    let Some(small) = Small::on(&world.path("state")) else { return };
    let mut agent = world.agent();
    let running = world.drop_job(&gated::job(&world));
    let _ = agent.wait_job(running, &["running"]);
    small.fill();
    agent.kill();
    gated::open(&world);
    // Whether it can start before there is room or not: it must not make it worse.
    let agent = world.agent_with(|_| {});
    std::thread::sleep(std::time::Duration::from_millis(500));
    agent.kill();
    small.free();
    let mut agent = world.agent();
    assert_eq!(agent.wait_end(running).row.state, "completed", "{}", agent.log());
    let _ = agent.stopped();
    let kinds = Stranger::verified(&world).kinds(running);
    let count = |kind: &str| kinds.iter().filter(|k| *k == kind).count();
    assert_eq!((count("accepted"), count("finished")), (1, 1), "{kinds:?}");
    assert_eq!(count("started"), count("interrupted") + 1, "{kinds:?}");
    drop(small);
}
