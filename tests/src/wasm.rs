//! Guests as text, turned into bytes.

use std::fs;

use crate::checkout;

/// A guest that says hello on standard output.
pub const HELLO: &str = r#"(module
  (import "wasi_snapshot_preview1" "fd_write"
    (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "hello\n")
  (func (export "_start")
    (i32.store (i32.const 0) (i32.const 16))
    (i32.store (i32.const 4) (i32.const 6))
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))"#;

/// The bytes of a module written as WAT.
///
/// # Panics
/// When the text is no module.
#[must_use]
pub fn module(text: &str) -> Vec<u8> {
    wat::parse_str(text).expect("the guest is well-formed text")
}

/// A guest of `tests/guests/hostile` and the outcome that its first line names.
///
/// # Panics
/// When there is none of that name, or it names no outcome.
#[must_use]
pub fn hostile(name: &str) -> (Vec<u8>, String) {
    let path = checkout().join(format!("tests/guests/hostile/{name}.wat"));
    let text = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let first = text.lines().next().unwrap_or_default();
    let outcome = first.strip_prefix(";; expect: ").expect("the first line names the outcome");
    (module(&text), outcome.trim().to_owned())
}
