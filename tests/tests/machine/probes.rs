//! One machine, booted once because that is what takes long, and all that is tried on it.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    time::Instant,
};

use arch_tests::{
    booted::{Machine, cannot_boot},
    measured, skip,
};

use super::{addresses, faults, figures, jobs, limits, node::Node, units};

/// Tries something on the machine; it does not hold if it panics.
type Probe = fn(&Node);

/// All of them, in this order.
const PROBES: [(&str, Probe); 12] = [
    ("figures of a start", figures::a_start_and_one_after_a_kill_are_timed),
    ("a job in its own cgroup", jobs::a_job_has_a_cgroup_of_its_own_and_is_anchored),
    ("a second task in it", jobs::nothing_else_can_be_started_in_a_jobs_cgroup),
    ("too much memory in it", jobs::what_takes_more_than_its_jobs_memory_is_killed_with_the_job),
    ("memory of the executor", limits::a_job_too_big_for_its_executor_ends_and_nothing_else_does),
    ("memory of the slice", limits::a_job_too_big_for_the_slice_ends_and_nothing_else_does),
    ("memory of each unit", units::a_unit_that_takes_more_than_its_memory_is_killed),
    ("tasks of each unit", units::a_unit_that_has_all_its_tasks_gets_no_further_one),
    ("addresses from each unit", addresses::no_unit_reaches_anybody_by_an_address),
    ("a clock of 1970", faults::under_a_clock_of_1970_the_agent_does_not_serve_and_says_why),
    ("a full disk", faults::on_a_full_disk_the_agent_is_there_and_with_room_it_serves_again),
    ("figures with a history", figures::a_start_with_a_long_history_is_timed),
];

#[test]
fn limits_of_memory_tasks_and_addresses_hold_on_a_machine_of_its_own() {
    let machine = match (cannot_boot(), Machine::found()) {
        (None, Ok(machine)) => machine,
        (Some(why), _) | (None, Err(why)) => return skip(&why),
    };
    let began = Instant::now();
    let node = Node::boot(&machine, figures::with_history);
    println!("up after {} s", began.elapsed().as_secs());
    let mut failed = vec![];
    for (name, probe) in PROBES {
        let since = Instant::now();
        let held = catch_unwind(AssertUnwindSafe(|| probe(&node))).is_ok();
        let word = if held { "holds" } else { "DOES NOT HOLD" };
        println!("{name}: {word}, after {} s", since.elapsed().as_secs());
        failed.extend((!held).then_some(name));
    }
    measured(&format!(
        "os-guest: {} of {} probes hold on an emulated machine, in {} s",
        PROBES.len().saturating_sub(failed.len()),
        PROBES.len(),
        began.elapsed().as_secs()
    ));
    if !failed.is_empty() {
        let words = node.guest.run(&["journalctl", "--no-pager", "--boot", "--lines=200"]);
        panic!("{failed:?}\n{}", words.stdout);
    }
}
