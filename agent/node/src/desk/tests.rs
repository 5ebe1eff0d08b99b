//! The queue and those who wait in it for a second run.

#[path = "../../../policy/tests/world/mod.rs"]
mod world;

use super::*;

#[test]
fn a_replay_goes_on_waiting_when_the_time_of_its_job_is_over() {
    let world = world::World::new();
    let policy = world.policy(world::POLICY);
    let job = |number: u32| {
        let text = world::job("user:ada", "user:ada")
            .replace("00112233445566778899aabbccddeeff", &format!("{number:032x}"))
            .replace(", powerBudgetW: 50", "");
        policy.admit(world.signed("job.yaml", &text, &[1]), &world::facts()).unwrap()
    };
    let whole = Inventory {
        cpu: arch_document::quantity::Cpu::from_millicores(2_000),
        memory: arch_document::quantity::ByteSize::new(1 << 30),
        gpu: arch_document::quantity::GpuCount::new(0),
        watts: arch_document::quantity::Watts::new(0),
    };
    let desk = Desk::new(whole, QueueCaps::default());
    let holder = desk.place(job(1), Arrival::New).unwrap().unwrap();
    let (replayed, late) = (job(2), job(3));
    let (of_replay, of_late) = (replayed.digest(), late.digest());
    let (to, mut turn) = oneshot::channel();
    assert!(desk.announce_replay(of_replay, to));
    assert!(desk.place(replayed, Arrival::Resumed).unwrap().is_none());
    assert!(desk.place(late, Arrival::New).unwrap().is_none());
    let over = "2098-01-01T00:00:00Z".parse().unwrap();
    assert_eq!(desk.withdraw_expired(over), [of_late]);
    assert!(desk.waiting() == 1 && turn.try_recv().is_err());
    drop(holder);
    assert_eq!(desk.next().unwrap().job().digest(), of_replay);
}
