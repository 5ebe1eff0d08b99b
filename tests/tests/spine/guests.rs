//! The example guests on real input.

use std::fs;

use arch_tests::{World, guest};
use arch_wire::control::Answer;

fn output(agent: &arch_tests::Agent, world: &World, job: &arch_wire::control::JobDetail, name: &str) -> Vec<u8> {
    let digest = job.outputs.get(name).unwrap_or_else(|| panic!("no `{name}`: {job:?}\n{}", agent.log()));
    arch_archive::Archive::open(&world.path("state/archive")).unwrap().get(digest, 1 << 24).unwrap()
}
