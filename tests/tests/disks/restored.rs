//! An older copy of an agent's state, put back whole or in part over a newer one.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use arch_identity::Digest;
use arch_tests::{Agent, Stranger, World, module, program};

use crate::NOTHING;

/// What a careless restore may leave out.
const PARTS: [&str; 4] = ["ledger/journal", "ledger/checkpoint", "ledger/tile", "archive"];

fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let name = entry.unwrap().file_name();
            copy(&from.join(&name), &to.join(&name));
        }
        fs::set_permissions(to, fs::metadata(from).unwrap().permissions()).unwrap();
    } else if from.is_file() {
        fs::copy(from, to).unwrap();
    }
}

fn remove(path: &Path) {
    if path.is_dir() {
        fs::remove_dir_all(path).unwrap();
    } else if path.exists() {
        fs::remove_file(path).unwrap();
    }
}

/// Two copies of a node's state: after one job, and after two.
struct Copies {
    world: World,
    jobs: [Digest; 2],
}

impl Copies {
    fn make() -> Self {
        let (world, wasm) = (World::new(), module(NOTHING));
        let jobs = ["old", "new"].map(|time| {
            let mut agent = world.agent();
            let job = world.drop_job(&world.job(time, &wasm));
            assert_eq!(agent.wait_end(job).row.state, "completed", "{}", agent.log());
            assert!(agent.stop().success());
            copy(&world.path("state"), &world.path(time));
            job
        });
        Self { world, jobs }
    }

    /// Puts the newer copy back but for these parts, which are those of the older one.
    fn restore(&self, older: &[&str]) {
        remove(&self.world.path("state"));
        copy(&self.world.path("new"), &self.world.path("state"));
        for part in older {
            let place = self.world.path("state").join(part);
            remove(&place);
            copy(&self.world.path("old").join(part), &place);
        }
    }
}

fn subsets() -> impl Iterator<Item = Vec<&'static str>> {
    (0..1_u32 << PARTS.len()).map(|mask| {
        PARTS
            .iter()
            .enumerate()
            .filter(|(bit, _)| mask & (1 << bit) != 0)
            .map(|(_, p)| *p)
            .collect()
    })
}

#[test]
fn a_state_put_back_in_part_is_refused_or_loses_nothing() {
    let copies = Copies::make();
    let world = &copies.world;
    for older in subsets() {
        let has = |part: &str| older.contains(&part);
        copies.restore(&older);
        if !has("ledger/journal") {
            // The journal is the truth: what is older beside it is made anew.
            let agent = world.agent();
            assert!(agent.stop().success(), "{older:?}");
            let ledger = Stranger::verified(world);
            for job in copies.jobs {
                assert_eq!(ledger.kinds(job), ["accepted", "started", "finished"], "{older:?}");
            }
        } else if !has("ledger/checkpoint") || !has("ledger/tile") {
            let before = journal(world);
            let status = Agent::run_to_its_end(world);
            assert_eq!(status.code(), Some(3), "{older:?}");
            assert!(log(world).contains("ARCH-L004"), "{older:?}: {}", log(world));
            assert!(journal(world) == before, "{older:?}");
        }
        remove(&world.path("agent.log"));
    }
}

#[test]
fn a_whole_older_ledger_starts_runs_again_what_ran_since_and_a_kept_checkpoint_shows_it() {
    // KNOWN GAP: nothing that lies in the state folder can tell.
    let copies = Copies::make();
    let world = &copies.world;
    let kept = world.path("new/ledger/checkpoint");
    copies.restore(&["ledger"]);
    let mut agent = world.agent();
    let [_, newer] = copies.jobs;
    // Its document lies in the drop folder still, and the node has never heard of it.
    assert_eq!(agent.wait_end(newer).row.state, "completed", "{}", agent.log());
    assert!(agent.stop().success());
    let _whole = Stranger::verified(world);
    let verify = |more: &[&str]| {
        let mut command = Command::new(program("archctl"));
        command.args(["ledger", "verify"]).arg(world.path("state/ledger")).args(more);
        command.output().unwrap().status.code()
    };
    assert_eq!(verify(&[]), Some(0));
    assert_eq!(verify(&["--consistent-with", kept.to_str().unwrap()]), Some(1));
}

fn journal(world: &World) -> Vec<u8> {
    fs::read(world.path("state/ledger/journal")).unwrap()
}

fn log(world: &World) -> String {
    let path: PathBuf = world.path("agent.log");
    fs::read_to_string(path).unwrap_or_default()
}
