//! What an operator lends as a whole, by limits of memory in drop-ins: a job goes before anything else.

use super::node::{AGENT, EXECUTOR, Node};

/// A job that takes 400 MiB, where less is lent.
fn too_big(node: &Node, limited: &str) {
    node.at_work();
    let before = [AGENT, EXECUTOR].map(|unit| node.main_process(unit));
    let limit = |limit: &str| {
        let limit = format!("MemoryMax={limit}");
        let _quiet = node.guest.good(&["systemctl", "set-property", "--runtime", limited, &limit]);
    };
    limit("300M");
    let job = node.drop_job(&node.greedy());
    let outcome = node.outcome(&job);
    limit("infinity");
    assert_eq!(outcome, "memoryCap");
    assert_eq!([AGENT, EXECUTOR].map(|unit| node.main_process(unit)), before);
    let hello = node.drop_job(&node.hello());
    node.until(&hello, "completed");
}

pub(crate) fn a_job_too_big_for_its_executor_ends_and_nothing_else_does(node: &Node) {
    node.at_work();
    let job = node.drop_job(&node.greedy());
    node.until(&job, "completed");
    too_big(node, EXECUTOR);
}

pub(crate) fn a_job_too_big_for_the_slice_ends_and_nothing_else_does(node: &Node) {
    too_big(node, "arch.slice");
}
