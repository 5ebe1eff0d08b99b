//! Guests that misbehave: each ends in its own outcome, and the next one runs.

use arch_wire::executor::Outcome;

use super::script::{CREATE, OK, OUT, Script, WRITE};
use super::{ENGINE, World};

fn outcome(wat: &str) -> Outcome {
    World::new().run(wat).outcome
}

#[test]
fn endless_recursion_overflows_the_stack() {
    let wat = r#"(module (func $f (call $f)) (func (export "_start") (call $f)))"#;
    assert_eq!(outcome(wat), Outcome::StackOverflow);
}

#[test]
fn an_endless_loop_uses_up_its_fuel() {
    let world = World::new().limit(|l| l.fuel = 1_000_000);
    let result = world.run(r#"(module (func (export "_start") (loop $l (br $l))))"#);
    assert_eq!((result.outcome, result.fuel), (Outcome::OutOfFuel, 1_000_000));
}

#[test]
fn a_deadline_ends_what_fuel_would_not() {
    // an engine of its own: its epoch is moved here
    let engine = super::WasmEngine::new().unwrap();
    let wasm = wat::parse_str(r#"(module (func (export "_start") (loop $l (br $l))))"#).unwrap();
    let code = super::compile(&engine, &wasm, 1 << 20).unwrap();
    // SAFETY: `code` comes from `compile`.
    #[expect(unsafe_code, reason = "compiled right here")]
    let program = unsafe { super::Program::load(&engine, &code) }.unwrap();
    let ticker = engine.ticker();
    let thread = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_millis(30));
        ticker.tick();
    });
    let world = World::new().limit(|l| l.fuel = u64::MAX);
    let job = super::Job {
        args: &[],
        env: &world.env,
        seed: [0; 32],
        limits: &world.limits,
        ticks: 1,
        mounts: super::Mounts::open(&[], Vec::new()).unwrap(),
    };
    assert_eq!(super::run(&engine, &program, job).outcome, Outcome::Deadline);
    thread.join().unwrap();
}

#[test]
fn refused_memory_is_minus_one_and_a_death_of_it_is_the_cap() {
    let dies = r#"(module (memory 1) (func (export "_start")
        (if (i32.eq (memory.grow (i32.const 60000)) (i32.const -1)) (then unreachable))))"#;
    assert_eq!(outcome(dies), Outcome::MemoryCap);
    let copes = r#"(module (memory 1) (func (export "_start")
        (if (i32.ne (memory.grow (i32.const 60000)) (i32.const -1)) (then unreachable))))"#;
    let result = World::new().run(copes);
    assert_eq!((result.outcome, result.memory_refused), (Outcome::Completed, true));
    assert_eq!(outcome(r#"(module (memory 60000) (func (export "_start")))"#), Outcome::MemoryCap);
}

#[test]
fn refused_table_elements_are_minus_one_and_a_death_of_it_is_the_cap() {
    let wat = |test: &str, many: u32| {
        format!(
            r#"(module (table 1 funcref) (func (export "_start") (if (i32.{test}
            (table.grow (ref.null func) (i32.const {many})) (i32.const -1)) (then unreachable))))"#
        )
    };
    assert_eq!(outcome(&wat("eq", 100_000_000)), Outcome::TableCap);
    let result = World::new().run(&wat("ne", 100_000_000));
    assert_eq!((result.outcome, result.table_refused), (Outcome::Completed, true));
    assert_eq!(outcome(&wat("eq", 5_000)), Outcome::Completed);
    let big = r#"(module (table 20000 funcref) (func (export "_start")))"#;
    assert_eq!(outcome(big), Outcome::TableCap);
}

#[test]
fn more_instances_than_allowed_are_the_cap() {
    let wat = Script::new().print(1, "x").wat();
    let world = World::new().limit(|l| l.instances = 1);
    assert_eq!(world.run(&wat).outcome, Outcome::Completed);
    assert_eq!(world.run_component(&wat).outcome, Outcome::InstanceCap);
}

#[test]
fn an_output_flood_ends_at_the_cap_and_keeps_what_fits() {
    let mut script = Script::new();
    script.import("fd_write").raw(
        "(i32.store (i32.const 4) (i32.const 60000)) (loop $l (drop (call $fd_write \
         (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))) (br $l))",
    );
    for result in [World::new().run(&script.wat()), World::new().run_component(&script.wat())] {
        assert_eq!(result.outcome, Outcome::OutputCap);
        assert_eq!(result.stdout.len(), 1 << 20);
    }
}

#[test]
fn files_in_out_count_towards_the_output_cap() {
    let mut script = Script::new();
    script.open("out/f", CREATE, WRITE, 100, OK);
    script.on(100, "fd_filestat_set_size", &[1 << 40], OK);
    assert_eq!(outcome(&script.wat()), Outcome::OutputCap);

    let mut script = Script::new();
    script.open("out/f", CREATE, WRITE, 100, OK);
    let (at, _) = script.text("x");
    script.raw(&format!("(i32.store (i32.const 0) (i32.const {at}))"));
    script.raw("(i32.store (i32.const 4) (i32.const 1))");
    script.on(100, "fd_pwrite", &[0, 1, i64::MAX - 1, OUT], OK);
    assert_eq!(outcome(&script.wat()), Outcome::OutputCap);
}

#[test]
fn a_host_call_flood_ends_at_the_cap() {
    let mut script = Script::new();
    script.import("sched_yield").raw("(loop $l (drop (call $sched_yield)) (br $l))");
    assert_eq!(outcome(&script.wat()), Outcome::HostCallCap);
    let mut script = Script::new();
    script
        .import("random_get")
        .raw("(loop $l (drop (call $random_get (i32.const 0) (i32.const 8))) (br $l))");
    assert_eq!(World::new().run_component(&script.wat()).outcome, Outcome::HostCallCap);
}

#[test]
fn traps_have_names_of_ours() {
    let trap =
        |code: &str| outcome(&format!("(module (memory 1) (func (export \"_start\") {code}))"));
    let kind = |kind: &str| Outcome::Trap { kind: kind.into() };
    assert_eq!(trap("unreachable"), kind("unreachable"));
    assert_eq!(trap("(drop (i32.load (i32.const 65536)))"), kind("memory-out-of-bounds"));
    assert_eq!(trap("(drop (i32.div_u (i32.const 1) (i32.const 0)))"), kind("division-by-zero"));
    assert_eq!(trap("(drop (i32.trunc_f32_s (f32.const nan)))"), kind("bad-conversion"));
}

#[test]
fn after_every_hostile_guest_an_honest_one_runs() {
    for wat in [
        r#"(module (func $f (call $f)) (func (export "_start") (call $f)))"#,
        r#"(module (memory 900) (func (export "_start") unreachable))"#,
        r#"(module (func (export "_start") (loop $l (br $l))))"#,
    ] {
        let world = World::new().limit(|l| l.fuel = 10_000_000);
        assert_ne!(world.run(wat).outcome, Outcome::Completed);
        assert_eq!(outcome(&Script::new().print(1, "x").wat()), Outcome::Completed);
    }
    assert!(!format!("{:?}", *ENGINE).is_empty());
}

#[test]
fn a_component_that_hoards_resources_meets_a_cap_before_its_calls_run_out() {
    // Each opening makes a resource, and none is dropped.
    let wat = hoarder("(drop (call $draw)) (call $subscribe (i64.const 1))");
    let result = World::new().run(&wat);
    assert_eq!(result.outcome, Outcome::MemoryCap);
    // Dropped at once they are no load, and the calls are what ends it.
    let wat = hoarder("(call $drop (call $subscribe (i64.const 1))) (i32.const 0)");
    assert_eq!(World::new().run(&wat).outcome, Outcome::HostCallCap);
}

// A component that does `step` for ever; the step leaves a number.
fn hoarder(step: &str) -> String {
    format!(
        r#"(component
        (import "wasi:io/poll@0.2.0" (instance $poll (export "pollable" (type (sub resource)))))
        (alias export $poll "pollable" (type $pollable))
        (import "wasi:clocks/monotonic-clock@0.2.0" (instance $clock
            (alias outer 1 $pollable (type $outer))
            (export "pollable" (type (eq $outer)))
            (export "subscribe-duration" (func (param "when" u64) (result (own 1))))))
        (import "wasi:random/random@0.2.0" (instance $random
            (export "get-random-u64" (func (result u64)))))
        (core func $subscribe (canon lower (func $clock "subscribe-duration")))
        (core func $drop (canon resource.drop $pollable))
        (core func $draw (canon lower (func $random "get-random-u64")))
        (core module $m
            (import "h" "subscribe" (func $subscribe (param i64) (result i32)))
            (import "h" "drop" (func $drop (param i32)))
            (import "h" "draw" (func $draw (result i64)))
            (func (export "run") (result i32)
                (loop $l {step} drop (br $l))
                unreachable))
        (core instance $i (instantiate $m (with "h" (instance
            (export "subscribe" (func $subscribe)) (export "drop" (func $drop))
            (export "draw" (func $draw))))))
        (func $run (result (result)) (canon lift (core func $i "run")))
        (instance $r (export "run" (func $run)))
        (export "wasi:cli/run@0.2.0" (instance $r)))"#
    )
}
