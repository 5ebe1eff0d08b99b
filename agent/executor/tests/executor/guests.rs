//! Guests as text.

/// Prints a line.
pub(crate) const HELLO: &str = r#"(module
  (import "wasi_snapshot_preview1" "fd_write"
    (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\08\00\00\00\06\00\00\00hello\n")
  (func (export "_start")
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 64)))))"#;

/// Never ends.
pub(crate) const SPIN: &str = r#"(module
  (memory (export "memory") 1)
  (func (export "_start") (loop $again (br $again))))"#;

/// Never ends, and calls a function over and over: the engine writes its fuel down at calls.
pub(crate) const SPIN_CALLING: &str = r#"(module
  (memory (export "memory") 1)
  (table 1 funcref)
  (elem (i32.const 0) $step)
  (func $step)
  (func (export "_start") (loop $again (call_indirect (i32.const 0)) (br $again))))"#;

/// Ends at once.
pub(crate) const NOTHING: &str =
    r#"(module (memory (export "memory") 1) (func (export "_start")))"#;

/// Exits with 3.
pub(crate) const EXIT: &str = r#"(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (func (export "_start") (call $exit (i32.const 3))))"#;

/// Recurses without end.
pub(crate) const RECURSE: &str = r#"(module
  (memory (export "memory") 1)
  (func $down (call $down) (call $down))
  (func (export "_start") (call $down)))"#;

/// Asks for memory until it is refused, then gives up.
pub(crate) const GROW: &str = r#"(module
  (memory (export "memory") 1)
  (func (export "_start")
    (loop $again
      (br_if $again (i32.ne (memory.grow (i32.const 16)) (i32.const -1))))
    unreachable))"#;

/// Copies at most 4,096 bytes from one path to another, both below `/`, and prints them.
/// Traps with `unreachable` if a path cannot be opened.
pub(crate) fn copy(from: &str, to: &str) -> String {
    let (from, to) = (from.trim_start_matches('/'), to.trim_start_matches('/'));
    let (long, wide) = (from.len(), to.len());
    format!(
        r#"(module
  (import "wasi_snapshot_preview1" "path_open"
    (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read"
    (func $read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write"
    (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 2)
  (data (i32.const 1024) "{from}")
  (data (i32.const 3072) "{to}")
  (func (export "_start") (local $many i32)
    (if (call $open (i32.const 3) (i32.const 0) (i32.const 1024) (i32.const {long})
          (i32.const 0) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 0))
      (then unreachable))
    (i32.store (i32.const 16) (i32.const 8192))
    (i32.store (i32.const 20) (i32.const 4096))
    (if (call $read (i32.load (i32.const 0)) (i32.const 16) (i32.const 1) (i32.const 24))
      (then unreachable))
    (i32.store (i32.const 20) (i32.load (i32.const 24)))
    (if (call $open (i32.const 3) (i32.const 0) (i32.const 3072) (i32.const {wide})
          (i32.const 1) (i64.const 64) (i64.const 0) (i32.const 0) (i32.const 4))
      (then unreachable))
    (if (call $write (i32.load (i32.const 4)) (i32.const 16) (i32.const 1) (i32.const 24))
      (then unreachable))
    (drop (call $write (i32.const 1) (i32.const 16) (i32.const 1) (i32.const 24)))))"#
    )
}

/// Slow to compile: functions with very many values that live long.
pub(crate) fn bomb(functions: usize, steps: usize) -> Vec<u8> {
    let mut text = String::from("(module (memory (export \"memory\") 1)\n");
    for _ in 0..functions {
        text.push_str("(func (param i64) (result i64) (local i64 i64 i64 i64)\n");
        for step in 0..steps {
            let (to, from) = ((step % 4).saturating_add(1), step % 5);
            text.push_str(&format!(
                "(local.set {to} (i64.xor (i64.load (i32.wrap_i64 (local.get {from}))) \
                 (i64.mul (local.get {to}) (local.get {from}))))\n"
            ));
        }
        text.push_str("(local.get 1))\n");
    }
    text.push_str("(func (export \"_start\")))");
    wat::parse_str(text).unwrap()
}
