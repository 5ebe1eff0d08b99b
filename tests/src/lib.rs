//! Harness of the end-to-end tests: real programs, real files, a ledger read as a stranger reads it.
//!
//! ```text
//! World: keys, root, policy, folders ──agent()──> Agent: a real process ──> Stranger: its ledger on disk
//!    job(name, wasm) ──> JobText ──drop_job──^   └─ wait_end(digest), call(…), kill(), stop()
//! ```
//!
//! Nothing is mocked. The programs are built once per test run, or found in `ARCH_PROGRAMS`.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a harness fails the test that uses it; there is nobody to hand an error to"
)]

mod agent;
pub mod booted;
mod checkout;
mod example;
mod exposure;
mod factors;
pub mod gated;
mod job;
mod measured;
pub mod process;
mod programs;
mod prover;
pub mod referee;
mod skip;
mod stranger;
mod terms;
mod wasm;
mod world;

pub use agent::Agent;
pub use checkout::checkout;
pub use example::example;
pub use exposure::EXPOSURE;
pub use factors::{Factors, Number, npy_file, numbers};
pub use job::JobText;
pub use measured::measured;
pub use programs::program;
pub use prover::Prover;
pub use skip::skip;
pub use stranger::Stranger;
pub use terms::terms;
pub use wasm::{HELLO, hostile, module};
pub use world::{Key, World};
