//! A job that runs until the test lets it go, on a machine of any speed, and says hello then.

use std::fs;

use crate::{JobText, World, module};

/// Looks for the file `go` in the data folder, again and again, until it is there. It reads nothing:
/// what a job read is one more thing to keep.
const GATED: &str = r#"(module
  (import "wasi_snapshot_preview1" "path_filestat_get"
    (func $look (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write"
    (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "hello\n")
  (data (i32.const 64) "@GO@")
  (func (export "_start") (local $spin i32)
    (loop $again
      (local.set $spin (i32.const 1000000))
      (loop $wait
        (br_if $wait (local.tee $spin (i32.sub (local.get $spin) (i32.const 1)))))
      (br_if $again (call $look (i32.const 3) (i32.const 0) (i32.const 64) (i32.const @LONG@)
        (i32.const 2048))))
    (i32.store (i32.const 0) (i32.const 16))
    (i32.store (i32.const 4) (i32.const 6))
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))"#;

/// A job that runs until [`open`].
#[must_use]
pub fn job(world: &World) -> JobText {
    let data = world.path("data").display().to_string();
    let go = format!("{}/go", data.trim_start_matches('/'));
    let text = GATED.replace("@GO@", &go).replace("@LONG@", &go.len().to_string());
    let grant = format!("  capabilities: {{ fs: [\"read:{data}\"] }}");
    world.job("gated", &module(&text)).timeout("9m").fuel(100_000_000_000_000).spec(&grant)
}

/// Lets all of them go.
///
/// # Panics
/// When the world's folder takes no file.
pub fn open(world: &World) {
    fs::write(world.path("data/go"), "").expect("the test's folder takes a file");
}

/// Those to come run until [`open`] again.
///
/// # Panics
/// When the gate is not open.
pub fn close(world: &World) {
    fs::remove_file(world.path("data/go")).expect("the gate is open");
}
