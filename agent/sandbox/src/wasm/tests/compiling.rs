//! Bytes that are no honest module: refused with a reason, never a panic.

use arch_wire::executor::Outcome;

use super::{ENGINE, World, adapted, compile};
use crate::wasm::{Program, Refused};

fn refused(wasm: &[u8]) -> Refused {
    compile(&ENGINE, wasm, 64 << 20).unwrap_err()
}

/// LEB128.
fn number(mut value: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let byte = u8::try_from(value & 0x7f).unwrap();
        value >>= 7;
        if value == 0 {
            bytes.push(byte);
            return bytes;
        }
        bytes.push(byte | 0x80);
    }
}

fn section(id: u8, body: &[u8]) -> Vec<u8> {
    [&[id], &number(body.len().try_into().unwrap())[..], body].concat()
}

/// A module with one type `() -> ()` and `many` functions, each with `body`.
fn functions(many: u32, body: &[u8]) -> Vec<u8> {
    let one = [&number(body.len().try_into().unwrap())[..], body].concat();
    [
        b"\0asm\x01\0\0\0".to_vec(),
        section(1, &[1, 0x60, 0, 0]),
        section(3, &[number(many), vec![0; many.try_into().unwrap()]].concat()),
        section(7, b"\x01\x06_start\0\0"),
        section(10, &[number(many), one.repeat(many.try_into().unwrap())].concat()),
    ]
    .concat()
}

#[test]
fn a_million_functions_are_too_many() {
    assert_eq!(refused(&functions(1_000_000, &[0, 0x0b])), Refused::TooComplex("functions"));
    assert!(compile(&ENGINE, &functions(100, &[0, 0x0b]), 1 << 20).is_ok());
}

#[test]
fn a_million_locals_are_invalid() {
    let body = [&[1][..], &number(1_000_000), &[0x7f, 0x0b]].concat();
    assert!(matches!(refused(&functions(1, &body)), Refused::Invalid(_)));
}

#[test]
fn deep_nesting_compiles_or_is_refused_but_never_overflows_our_stack() {
    for deep in [1_000, 20_000] {
        let open = [0x02, 0x40].repeat(deep); // block
        let body = [&[0][..], &open, &vec![0x0b; deep + 1]].concat();
        let _ = compile(&ENGINE, &functions(1, &body), 64 << 20);
    }
}

#[test]
fn a_huge_data_segment_is_cut_by_the_size_cap() {
    let wat = format!("(module (memory 40) (data (i32.const 0) \"{}\"))", "a".repeat(2 << 20));
    let wasm = wat::parse_str(wat).unwrap();
    let result = compile(&ENGINE, &wasm, 1 << 20);
    assert!(matches!(result, Err(Refused::TooLarge { cap: 1_048_576, .. })));
}

#[test]
fn text_empty_and_foreign_bytes_are_no_wasm() {
    for bytes in [&b"(module)"[..], b"", b"\x7fELF\x02\x01\x01", b"\0asm"] {
        assert_eq!(refused(bytes), Refused::NotWasm);
    }
}

#[test]
fn proposals_that_are_off_are_refused() {
    for wat in [
        r#"(module (memory 1 1 shared) (func (export "_start")))"#,
        r#"(module (memory i64 1) (func (export "_start")))"#,
    ] {
        assert!(matches!(refused(&wat::parse_str(wat).unwrap()), Refused::Invalid(_)), "{wat}");
    }
}

#[test]
fn imports_that_are_not_offered_are_named() {
    let wat = r#"(module (import "env" "system" (func)) (func (export "_start")))"#;
    let wish = refused(&wat::parse_str(wat).unwrap());
    assert_eq!(wish, Refused::Import("env.system".into()));
    assert_eq!(Outcome::from(wish), Outcome::Denied { what: "env.system".into() });
    let none = wat::parse_str("(module (func (export \"run\")))").unwrap();
    assert_eq!(refused(&none), Refused::NoEntry);
    let wrong = wat::parse_str("(module (func (export \"_start\") (param i32)))").unwrap();
    assert_eq!(refused(&wrong), Refused::NoEntry);
}

#[test]
fn an_unknown_function_of_preview_1_ends_the_run_at_linking() {
    let wat = r#"(module (import "wasi_snapshot_preview1" "fd_teleport" (func))
        (func (export "_start")))"#;
    let outcome = World::new().run(wat).outcome;
    assert!(matches!(outcome, Outcome::Denied { .. }), "{outcome:?}");
}

#[test]
fn malformed_bytes_never_panic() {
    let honest = wat::parse_str(super::script::Script::new().print(1, "x").wat()).unwrap();
    for at in 0..honest.len() {
        for change in [0x00, 0xff, honest[at] ^ 0x01] {
            let mut bytes = honest.clone();
            bytes[at] = change;
            let _ = compile(&ENGINE, &bytes, 1 << 20);
        }
        let _ = compile(&ENGINE, &honest[..at], 1 << 20);
    }
}

#[test]
fn malformed_components_never_panic() {
    let honest = adapted(&super::script::Script::new().print(1, "x").wat());
    for at in (0..honest.len()).step_by(997) {
        let mut bytes = honest.clone();
        bytes[at] ^= 0x10;
        let _ = compile(&ENGINE, &bytes, 1 << 20);
        let _ = compile(&ENGINE, &honest[..at], 1 << 20);
    }
}

#[test]
fn code_of_something_else_is_not_loaded() {
    for bytes in [&b""[..], b"x", b"nonsensem", b"nonsensec"] {
        // SAFETY: refused before any of it could be run.
        #[expect(unsafe_code, reason = "the bytes are refused")]
        let loaded = unsafe { Program::load(&ENGINE, bytes) };
        assert!(loaded.is_err());
    }
}
