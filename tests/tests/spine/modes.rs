//! What a node is for, and what it therefore has and has not.

use std::{collections::BTreeSet, fs};

use arch_tests::{Agent, HELLO, Stranger, World, module, process};
use arch_wire::control::{Bytes, Call};

/// The numbers of the sockets that a process has open.
fn sockets(pid: i32) -> BTreeSet<String> {
    // A worker may be gone already; it has none then.
    let open = fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten();
    let targets = open.filter_map(|fd| fs::read_link(fd.ok()?.path()).ok());
    let names = targets.map(|to| to.to_string_lossy().into_owned());
    names
        .filter_map(|to| Some(to.strip_prefix("socket:[")?.strip_suffix(']')?.to_owned()))
        .collect()
}

/// The numbers of all Unix sockets here.
fn unix_sockets() -> BTreeSet<String> {
    let table = fs::read_to_string("/proc/net/unix").unwrap();
    table
        .lines()
        .skip(1)
        .filter_map(|line| Some(line.split_whitespace().nth(6)?.to_owned()))
        .collect()
}

#[test]
fn a_sovereign_node_has_unix_sockets_and_no_others() {
    let world = World::new();
    let mut agent = world.agent();
    let job = world.drop_job(&world.job("hello", &module(HELLO)));
    let _ended = agent.wait_job(job, &["completed"]);
    let pid = i32::try_from(agent.pid()).unwrap();
    for pid in process::descendants(pid).into_iter().chain([pid]) {
        // Some are closed, and some made, while this is looked at.
        let (before, open, after) = (unix_sockets(), sockets(pid), unix_sockets());
        let unix = &before | &after;
        let others: Vec<_> = open.difference(&unix).cloned().collect();
        assert!(others.is_empty(), "{pid} has other sockets: {others:?}");
        assert!(pid != i32::try_from(agent.pid()).unwrap() || open.len() >= 3, "{open:?}");
    }
    assert!(agent.stop().success());
}

#[test]
fn a_consumer_takes_no_job_and_has_no_executor() {
    let world = World::new();
    // The name that another project's documents use.
    let agent = world.agent_with(|agent| {
        agent.env("RAMNET_MODE", "Consumer").env("RAMNET_PAYOUT_ADDRESS", "somebody");
    });
    let agent = agent.ready();
    assert!(process::children(agent.pid()).is_empty());
    let status = agent.status();
    assert!(!status.accepting && status.why.unwrap().contains("mode consumer"));
    let job = world.job("hello", &module(HELLO));
    let text = world.owner.sign("job.yaml", &job.yaml());
    let bytes = Bytes(text.into_bytes());
    let said = agent.try_call(&Call::JobSubmit { file: "job.yaml".into(), bytes });
    let said = format!("{said:?}");
    assert!(said.contains("ARCH-N101") && said.contains("mode consumer"), "{said}");
    // Nor is the drop folder read.
    let dropped = world.drop_job(&job);
    agent.signal(rustix::process::Signal::HUP);
    assert!(agent.log().contains("RAMNET_PAYOUT_ADDRESS"), "{}", agent.log());
    assert!(agent.stop().success());
    assert!(Stranger::verified(&world).of_job(dropped).is_empty());
}

#[test]
fn a_sovereign_node_with_an_address_for_peers_is_a_fault_of_the_configuration() {
    let world = World::new();
    for (name, value) in [("ARCH_MODE", "sovereign"), ("RAMNET_MODE", "nonsense")] {
        let agent: Agent = world.agent_with(|agent| {
            agent.env(name, value).env("ARCH_LISTEN", "[::]:9000");
        });
        assert_eq!(agent.ended().code(), Some(78), "{name}");
    }
}
