//! Two runs, two engines, two seeds.

use arch_wire::executor::Outcome;

use super::script::{BUFFER, OK, OUT, Script};
use super::{ENGINE, RunResult, World};
use crate::wasm::WasmEngine;

/// Probes of everything that differs between machines elsewhere.
fn probes() -> String {
    let mut script = Script::new();
    script.call("random_get", &[BUFFER, 100], OK).show(BUFFER, 100);
    for clock in [0, 1, 1] {
        script.call("clock_time_get", &[clock, 1, OUT], OK).show(OUT, 8);
    }
    script.call("fd_filestat_get", &[3, OUT], OK).show(OUT, 64);
    // a sleep of an hour
    script.raw("(i64.store (i32.const 200) (i64.const 5))");
    script.raw("(i32.store (i32.const 216) (i32.const 1))");
    script.raw("(i64.store (i32.const 224) (i64.const 3600000000000))");
    script.call("poll_oneoff", &[200, 300, 1, OUT], OK).show(300, 32);
    script.call("clock_time_get", &[1, 1, OUT], OK).show(OUT, 8);
    script.wat()
}

fn facts(result: &RunResult) -> (&Outcome, u64, &[u8], &[u8], u64) {
    let RunResult { outcome, fuel, stdout, stderr, peak_memory_bytes, .. } = result;
    (outcome, *fuel, stdout, stderr, *peak_memory_bytes)
}

#[test]
fn two_runs_give_the_same_bytes_and_the_same_fuel() {
    let (wat, world) = (probes(), World::new());
    let (one, two) = (world.run(&wat), world.run(&wat));
    assert_eq!(one.outcome, Outcome::Completed);
    assert_eq!(facts(&one), facts(&two));
    let (one, two) = (world.run_component(&wat), world.run_component(&wat));
    assert_eq!(one.outcome, Outcome::Completed);
    assert_eq!(facts(&one), facts(&two));
}

#[test]
fn two_engines_give_the_same_bytes_and_the_same_fuel() {
    let wasm = wat::parse_str(probes()).unwrap();
    let other = WasmEngine::new().unwrap();
    assert_eq!(ENGINE.environment_digest(), other.environment_digest());
    let world = World::new();
    let (one, two) = (world.run_binary(&ENGINE, &wasm), world.run_binary(&other, &wasm));
    assert_eq!(facts(&one), facts(&two));
}

#[test]
fn only_the_seed_changes_what_is_drawn() {
    let wat = probes();
    let mut world = World::new();
    let one = world.run(&wat);
    world.seed = [8; 32];
    let two = world.run(&wat);
    assert_ne!(one.stdout[..100], two.stdout[..100]);
    assert_eq!(one.stdout[100..], two.stdout[100..]);
    assert_eq!(one.fuel, two.fuel);
}

#[test]
fn a_nan_has_one_bit_pattern() {
    let mut script = Script::new();
    // 0/0 gives a negative NaN on x86 and a positive one on Arm; 0x7fa00001 has a payload
    for nan in [
        "(f32.div (f32.const 0) (f32.const 0))",
        "(f32.add (f32.reinterpret_i32 (i32.const 0x7fa00001)) (f32.const 1))",
        "(f32.demote_f64 (f64.div (f64.const 0) (f64.const 0)))",
    ] {
        script.raw(&format!("(f32.store (i32.const 100) {nan})")).show(100, 4);
    }
    let result = World::new().run(&script.wat());
    assert_eq!(result.stdout, 0x7fc0_0000_u32.to_le_bytes().repeat(3));
}

#[test]
fn a_relaxed_instruction_gives_the_deterministic_result() {
    let wat = r#"(module
        (import "wasi_snapshot_preview1" "fd_write"
            (func $w (param i32 i32 i32 i32) (result i32)))
        (memory (export "memory") 1)
        (func (export "_start")
            (i32.store (i32.const 0) (i32.const 16)) (i32.store (i32.const 4) (i32.const 16))
            (v128.store (i32.const 16) (i8x16.relaxed_swizzle
                (v128.const i8x16 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16)
                (v128.const i8x16 0 16 31 127 128 255 1 2 3 4 5 6 7 8 9 10)))
            (drop (call $w (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))"#;
    let expected = [1, 0, 0, 0, 0, 0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
    assert_eq!(World::new().run(wat).stdout, expected);
}

#[test]
fn failing_runs_are_as_repeatable_as_good_ones() {
    for wat in [
        r#"(module (func $f (param i32) (call $f (i32.add (local.get 0) (i32.const 1))))
            (func (export "_start") (call $f (i32.const 0))))"#,
        r#"(module (memory 1) (func (export "_start") (local $i i32) (loop $l
            (drop (i32.load (local.get $i)))
            (local.set $i (i32.add (local.get $i) (i32.const 4))) (br $l))))"#,
    ] {
        let (one, two) = (World::new().run(wat), World::new().run(wat));
        assert_ne!(one.outcome, Outcome::Completed);
        assert_eq!(facts(&one), facts(&two));
    }
}
