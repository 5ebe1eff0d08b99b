//! A clock that was never set, where there is no ledger yet that would show it.

use arch_tests::{Agent, World, process, skip};

use super::{breaks::Break, doctor, findings, log, surroundings::surroundings};

#[test]
fn under_a_clock_that_was_never_set_no_node_begins() {
    let world = World::new();
    let unset = Break::Clock(|| "1970-01-01 00:00:01".to_owned());
    let above = match surroundings(unset, &world) {
        Ok(above) => above,
        Err(why) => return skip(&why),
    };
    assert_eq!(Agent::below(&world, above).ended().code(), Some(3), "{}", log(&world));
    let told = log(&world);
    assert!(told.contains("error[ARCH-D017]: ") && told.contains("\nhelp: "), "{told}");
    assert!(process::files(&world.path("state")).is_empty(), "nothing is written by such a clock");
    let (_, report) = doctor(surroundings(unset, &world).unwrap(), &world, &[]);
    assert!(findings(&report, "fail").any(|found| found["code"] == "ARCH-D017"), "{report}");
    assert!(world.agent().stop().success());
}
