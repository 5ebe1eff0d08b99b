//! Runs wasm: modules of preview 1 and components of preview 2, deterministic and within limits.
//!
//! ```text
//! bytes ──compile──> native code ──load──> Program ─┐
//! grants, inputs ──Mounts::open──> Mounts ──────────┴─run──> RunResult
//! ```
//!
//! No thread is started, no clock and no randomness of the node is read, and after `load` and
//! `Mounts::open` nothing but the granted folders is opened.

mod chance;
mod clock;
mod compile;
mod engine;
mod guest;
mod limiter;
mod meter;
mod outcome;
mod preview1;
mod preview2;
mod program;
mod run;
mod shape;
mod stop;
mod vfs;

#[cfg(test)]
mod tests;

pub use self::compile::{Refused, compile};
pub use self::engine::{EngineError, Ticker, WasmEngine};
pub use self::program::{NotLoaded, Program};
pub use self::run::{Job, RunResult, run};
pub use self::vfs::mounts::{Access, Input, Mounts, NotShared, Shared};
