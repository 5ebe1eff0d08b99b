//! No room at all.

use std::{fs, io::Write as _, path::Path};

use arch_tests::{Agent, HELLO, Stranger, World, module, skip};
use serde_json::Value;

use super::{bound_by_modes, breaks::Mount, doctor, entries, findings, log};

/// Takes all the room there is.
fn fill(file: &Path) {
    let mut file = fs::File::create(file).unwrap();
    let mut piece = 1 << 20;
    while piece > 0 {
        if file.write_all(&vec![0; piece]).is_err() {
            piece /= 2;
        }
    }
}

#[test]
fn on_a_full_disk_a_first_start_ends_and_a_later_one_goes_on_and_doctor_says_why() {
    let world = World::new();
    let full = |report: &Value| findings(report, "fail").any(|found| found["code"] == "ARCH-L008");
    let mounted = match Mount::small(&world.path("state")) {
        Ok(mounted) => mounted,
        Err(why) => return skip(&why),
    };
    fill(&world.path("state/filler"));
    assert_eq!(Agent::run_to_its_end(&world).code(), Some(3), "{}", log(&world));
    let told = log(&world);
    let causes: Vec<&str> = told.lines().filter(|line| line.starts_with("error[")).collect();
    assert!(matches!(causes.as_slice(), [one] if one.contains("No space left")), "{told}");
    assert!(told.contains("\nhelp: "), "{told}");
    let (output, report) = doctor(bound_by_modes(), &world, &[]);
    assert!(full(&report) && output.status.code() == Some(1), "{report}");
    fs::remove_file(world.path("state/filler")).unwrap();
    assert!(world.agent().stop().success());
    let (before, records) = (entries(&world), Stranger::verified(&world));

    // The ledger keeps room for what has to be said, and the agent takes no work until there is more.
    fill(&world.path("state/filler"));
    let logged = log(&world).len();
    let mut agent = world.agent();
    let (_, report) = doctor(bound_by_modes(), &world, &[]);
    assert!(full(&report), "{report}");
    let job = world.owner.sign("job.yaml", &world.job("hello", &module(HELLO)).yaml());
    let refused = agent.submit(&job);
    assert_eq!(refused.problems.len(), 1, "{refused:?}");
    fs::remove_file(world.path("state/filler")).unwrap();
    agent.wait_for("room", |agent| {
        let submitted = agent.submit(&job);
        submitted.problems.is_empty().then_some(())
    });
    assert!(agent.stop().success(), "{}", log(&world).split_off(logged));
    assert!(entries(&world).starts_with(&before) && records.times().len() <= entries(&world).len());
    drop(mounted);
}
