//! Admitted jobs find their place: here, later or never.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests may be blunt"
)]

#[path = "../../policy/tests/world/mod.rs"]
mod world;

use arch_document::quantity::{ByteSize, Cpu, GpuCount, Watts};
use arch_identity::Digest;
use arch_policy::{ActivePolicy, Admitted};
use arch_schedule::{Arrival, Inventory, Placed, Placement, QueueCaps, Resource, Scheduler};
use proptest::prelude::*;
use world::{POLICY, World, facts};

struct Desk {
    world: World,
    policy: ActivePolicy,
    made: u32,
}

impl Desk {
    fn new() -> Self {
        let world = World::new();
        let policy = world.policy(POLICY);
        Self { world, policy, made: 0 }
    }

    /// A new job, allowed by the policy.
    fn job(&mut self, owner: &str, cpu: &str, memory: &str) -> Admitted {
        self.made += 1;
        let text = world::job("user:ada", owner)
            .replace("00112233445566778899aabbccddeeff", &format!("{:032x}", self.made))
            .replace(r#"cpu: "2", memory: "1Gi""#, &format!(r#"cpu: "{cpu}", memory: "{memory}""#))
            .replace(", powerBudgetW: 50", "");
        let job = self.world.signed("jobs/hello.yaml", &text, &[1]);
        self.policy.admit(job, &facts()).unwrap()
    }
}

fn node(cores: u64) -> Inventory {
    Inventory {
        cpu: Cpu::from_millicores(cores * 1_000),
        memory: ByteSize::new(4 << 30),
        gpu: GpuCount::new(0),
        watts: Watts::new(100),
    }
}

fn here(placement: Placement) -> Placed {
    match placement {
        Placement::Here(placed) => *placed,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_job_with_room_starts_and_its_end_makes_room() {
    let mut desk = Desk::new();
    let mut scheduler = Scheduler::new(node(4), QueueCaps::default());
    let placed = here(scheduler.place(desk.job("user:ada", "3", "1Gi"), Arrival::New));
    assert_eq!(placed.demand().cpu.millicores(), 3_000);
    assert_eq!(scheduler.book().free().cpu.millicores(), 1_000);
    assert_eq!(placed.finish().owner(), "user:ada");
    assert_eq!(scheduler.book().free(), node(4));
}

#[test]
fn a_job_that_is_dropped_gives_its_place_back_too() {
    let mut desk = Desk::new();
    let mut scheduler = Scheduler::new(node(4), QueueCaps::default());
    drop(here(scheduler.place(desk.job("user:ada", "3", "1Gi"), Arrival::New)));
    assert_eq!(scheduler.book().free(), node(4));
}

#[test]
fn a_job_without_room_waits_and_is_told_what_there_is_too_little_of() {
    let mut desk = Desk::new();
    let mut scheduler = Scheduler::new(node(4), QueueCaps::default());
    let first = here(scheduler.place(desk.job("user:ada", "3", "3Gi"), Arrival::New));
    let second = desk.job("user:ada", "2", "2Gi");
    let digest = second.digest();
    let Placement::Later(queued) = scheduler.place(second, Arrival::New) else { panic!() };
    assert_eq!((queued.job, queued.waiting), (digest, 1));
    let lacks: Vec<_> = queued.lacks.iter().map(|lack| lack.what).collect();
    assert_eq!(lacks, [Resource::Cpu, Resource::Memory]);
    assert_eq!(queued.lacks[0].to_string(), "cpu `2` of `1`");
    assert!(scheduler.next().is_none());
    drop(first);
    assert_eq!(scheduler.next().unwrap().job().digest(), digest);
}

#[test]
fn a_job_larger_than_the_node_is_handed_back_at_once_with_a_reason_each() {
    let mut desk = Desk::new();
    let mut scheduler = Scheduler::new(node(2), QueueCaps::default());
    let job = desk.job("user:ada", "4", "8Gi");
    let Placement::Never(never) = scheduler.place(job, Arrival::New) else { panic!() };
    let rows: Vec<_> = never.reasons.iter().map(ToString::to_string).collect();
    assert_eq!(
        rows,
        [
            "ARCH-P201: cpu `4` is more than the `2` this node lends at jobs/hello.yaml:14:21",
            "ARCH-P201: memory `8Gi` is more than the `4Gi` this node lends at jobs/hello.yaml:14:34",
        ]
    );
    assert_eq!((never.job.owner(), scheduler.book().free()), ("user:ada", node(2)));
}

#[test]
fn a_newcomer_does_not_get_in_front_of_his_own_waiting_jobs() {
    let mut desk = Desk::new();
    let mut scheduler = Scheduler::new(node(4), QueueCaps::default());
    let running = here(scheduler.place(desk.job("user:ada", "3", "1Gi"), Arrival::New));
    let large = desk.job("user:ada", "4", "1Gi");
    let order = [large.digest()];
    assert!(matches!(scheduler.place(large, Arrival::New), Placement::Later(_)));
    let small = desk.job("user:ada", "1", "1Gi");
    assert!(matches!(scheduler.place(small, Arrival::New), Placement::Later(_)));
    drop(running);
    assert_eq!([scheduler.next().unwrap().job().digest()], order);
}

#[test]
fn a_full_queue_refuses_newcomers_and_keeps_what_was_accepted_before_a_restart() {
    let mut desk = Desk::new();
    let caps = QueueCaps { total: 3, per_owner: 2 };
    let mut scheduler = Scheduler::new(node(1), caps);
    let _running = here(scheduler.place(desk.job("user:ada", "1", "1Gi"), Arrival::New));
    let code = |placement: Placement| match placement {
        Placement::Never(never) => never.reasons[0].code.as_str(),
        _ => "",
    };
    for (owner, arrival, expected) in [
        ("user:ada", Arrival::New, ""),
        ("user:ada", Arrival::New, ""),
        ("user:ada", Arrival::New, "ARCH-P202"),
        ("user:bob", Arrival::New, ""),
        ("user:cat", Arrival::New, "ARCH-P202"),
        ("user:cat", Arrival::Resumed, ""),
    ] {
        let job = desk.job(owner, "1", "1Gi");
        assert_eq!(code(scheduler.place(job, arrival)), expected, "{owner} {arrival:?}");
    }
}

#[test]
fn cancelled_and_expired_jobs_leave_the_queue() {
    let mut desk = Desk::new();
    let mut scheduler = Scheduler::new(node(1), QueueCaps::default());
    let _running = here(scheduler.place(desk.job("user:ada", "1", "1Gi"), Arrival::New));
    let waiting: Vec<Digest> = (0..3)
        .map(|_| {
            let job = desk.job("user:ada", "1", "1Gi");
            let digest = job.digest();
            assert!(matches!(scheduler.place(job, Arrival::New), Placement::Later(_)));
            digest
        })
        .collect();
    assert_eq!(scheduler.withdraw(waiting[1]).unwrap().digest(), waiting[1]);
    assert!(scheduler.withdraw(waiting[1]).is_none());
    assert!(scheduler.withdraw_expired(world::NOW.parse().unwrap()).is_empty());
    let over = scheduler.withdraw_expired("2026-11-24T00:00:01Z".parse().unwrap());
    assert_eq!(over.len(), 2);
    assert_eq!(scheduler.waiting().count(), 0);
}

#[test]
fn an_owner_of_twice_the_weight_gets_twice_the_starts() {
    let mut desk = Desk::new();
    let mut scheduler = Scheduler::new(node(1), QueueCaps::default());
    let mut running = here(scheduler.place(desk.job("user:ada", "1", "1Gi"), Arrival::New));
    for _ in 0..40 {
        for owner in ["user:ada", "user:heavy"] {
            let waits = scheduler.place(desk.job(owner, "1", "1Gi"), Arrival::New);
            assert!(matches!(waits, Placement::Later(_)));
        }
    }
    let mut heavy = 0;
    for _ in 0..45 {
        drop(running);
        running = scheduler.next().unwrap();
        heavy += u32::from(running.job().owner() == "user:heavy");
    }
    assert!((29..=31).contains(&heavy), "{heavy} of 45");
}

#[test]
fn a_job_that_waits_already_is_not_taken_twice() {
    let mut desk = Desk::new();
    let mut scheduler = Scheduler::new(node(1), QueueCaps::default());
    let _running = here(scheduler.place(desk.job("user:ada", "1", "1Gi"), Arrival::New));
    let made = desk.made;
    let one = desk.job("user:ada", "1", "1Gi");
    desk.made = made;
    let same = desk.job("user:ada", "1", "1Gi");
    assert!(matches!(scheduler.place(one, Arrival::New), Placement::Later(_)));
    let Placement::Never(never) = scheduler.place(same, Arrival::New) else { panic!() };
    assert_eq!(never.reasons[0].code.as_str(), "ARCH-P203");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Every job that was accepted is given out exactly once, and at no moment do the running ones
    /// hold more than the node lends.
    #[test]
    fn nothing_is_lost_doubled_or_over_committed(
        steps in proptest::collection::vec((0..3_usize, 1..5_u32, any::<bool>()), 1..40),
    ) {
        let mut desk = Desk::new();
        let mut scheduler = Scheduler::new(node(4), QueueCaps::default());
        let mut running: Vec<Placed> = Vec::new();
        let (mut accepted, mut ended) = (0, 0);
        for (owner, cpu, ends) in steps {
            let owner = ["user:ada", "user:bob", "user:heavy"][owner];
            accepted += 1;
            match scheduler.place(desk.job(owner, &cpu.to_string(), "1Gi"), Arrival::New) {
                Placement::Here(placed) => running.push(*placed),
                Placement::Later(_) => {}
                Placement::Never(_) => accepted -= 1,
            }
            if ends && !running.is_empty() {
                drop(running.remove(0));
                ended += 1;
                running.extend(std::iter::from_fn(|| scheduler.next()));
            }
            let held: u64 = running.iter().map(|placed| placed.demand().cpu.millicores()).sum();
            prop_assert!(held <= 4_000 && held + scheduler.book().free().cpu.millicores() == 4_000);
            prop_assert_eq!(accepted, ended + running.len() + scheduler.waiting().count());
        }
        while !running.is_empty() {
            drop(running.remove(0));
            ended += 1;
            running.extend(std::iter::from_fn(|| scheduler.next()));
        }
        prop_assert_eq!((ended, scheduler.waiting().count()), (accepted, 0));
    }
}
