//! Where foreign code runs: wasm, in processes from which everything else has been taken away.
//!
//! ```text
//! arch-executor (one thread, warm engine, no capabilities)
//!   ├ fork ─> compiler: wasm bytes ──> native code in a sealed memfd      seccomp, no files
//!   ├ Cache: native code on disk under a MAC
//!   ├ fork ─> worker: code + inputs + grants ──> outputs in sealed memfds seccomp, granted files
//!   └ fork ─> multiplier: A, B ──> values in a file of the agent's       seccomp, no other files
//! ```
//!
//! The only crate with `unsafe` for system calls, one file a family of them. It knows no keys of the node,
//! no policy, no network, no ledger. Whoever uses it forks: its parent has one thread
//! ([`process::OneThread`]).

pub mod blob;
pub mod cache;
pub mod cgroup;
pub mod channel;
pub mod compiler;
pub mod multiplier;
pub mod probe;
pub mod process;
pub mod report;
pub mod wasm;
pub mod worker;
