//! Components that were not made by the adapter.

use arch_wire::executor::Outcome;

use super::{ENGINE, World, compile};
use crate::wasm::Refused;

fn bare(version: &str, result: u32) -> String {
    format!(
        r#"(component
            (core module $m (func (export "run") (result i32) (i32.const {result})))
            (core instance $i (instantiate $m))
            (func $run (result (result)) (canon lift (core func $i "run")))
            (instance $r (export "run" (func $run)))
            (export "wasi:cli/run@{version}" (instance $r)))"#
    )
}

#[test]
fn a_component_is_run_by_any_patch_of_its_interface() {
    for version in ["0.2.0", "0.2.3", "0.2.12"] {
        assert_eq!(World::new().run(&bare(version, 0)).outcome, Outcome::Completed);
    }
    assert_eq!(World::new().run(&bare("0.2.0", 1)).outcome, Outcome::Exit { code: 1 });
}

#[test]
fn a_component_with_another_world_is_refused() {
    let refused = |wat: &str| compile(&ENGINE, &wat::parse_str(wat).unwrap(), 1 << 20).unwrap_err();
    assert_eq!(refused("(component)"), Refused::NoEntry);
    assert_eq!(refused(&bare("0.3.0", 0)), Refused::NoEntry);
    let http = r#"(component (import "wasi:http/types@0.2.0" (instance)))"#;
    assert_eq!(refused(http), Refused::Import("wasi:http/types@0.2.0".into()));
}

#[test]
fn a_socket_can_be_imported_and_the_first_call_is_denied() {
    let wat = r#"(component
        (import "wasi:sockets/instance-network@0.2.0" (instance $net
            (export "instance-network" (func (result u32)))))
        (core func $get (canon lower (func $net "instance-network")))
        (core module $m
            (import "net" "get" (func $get (result i32)))
            (func (export "run") (result i32) (drop (call $get)) (i32.const 0)))
        (core instance $i (instantiate $m (with "net" (instance (export "get" (func $get))))))
        (func $run (result (result)) (canon lift (core func $i "run")))
        (instance $r (export "run" (func $run)))
        (export "wasi:cli/run@0.2.0" (instance $r)))"#;
    let outcome = World::new().run(wat).outcome;
    let Outcome::Denied { what } = outcome else { panic!("{outcome:?}") };
    assert!(what.contains("wasi:sockets"), "{what}");
}

#[test]
fn clocks_randomness_and_exit_work_by_their_own_interfaces() {
    let wat = r#"(component
        (import "wasi:clocks/monotonic-clock@0.2.4" (instance $clock
            (export "now" (func (result u64)))))
        (import "wasi:random/random@0.2.4" (instance $random
            (export "get-random-u64" (func (result u64)))))
        (import "wasi:cli/exit@0.2.4" (instance $exit
            (export "exit" (func (param "status" (result))))))
        (core func $now (canon lower (func $clock "now")))
        (core func $draw (canon lower (func $random "get-random-u64")))
        (core func $leave (canon lower (func $exit "exit")))
        (core module $m
            (import "h" "now" (func $now (result i64)))
            (import "h" "draw" (func $draw (result i64)))
            (import "h" "leave" (func $leave (param i32)))
            (func (export "run") (result i32)
                (if (i64.ne (call $now) (i64.const 1000000)) (then unreachable))
                (if (i64.ne (call $now) (i64.const 2000000)) (then unreachable))
                (if (i64.eq (call $draw) (call $draw)) (then unreachable))
                (call $leave (i32.const 1))
                unreachable))
        (core instance $i (instantiate $m (with "h" (instance
            (export "now" (func $now)) (export "draw" (func $draw))
            (export "leave" (func $leave))))))
        (func $run (result (result)) (canon lift (core func $i "run")))
        (instance $r (export "run" (func $run)))
        (export "wasi:cli/run@0.2.0" (instance $r)))"#;
    assert_eq!(World::new().run(wat).outcome, Outcome::Exit { code: 1 });
}
