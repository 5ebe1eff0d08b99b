//! The node agent: keys, trust, policy, scheduling, ledger, archive; everything but running what
//! others wrote, which `arch-executor` does.
//!
//! ```text
//! drop folder ─┐                        ┌─> ledger (one thread, one fdatasync a batch)
//! archctl ─────┼─> pipeline ────────────┤
//!              │   verify admit place   ├─> archive (documents, modules, inputs, outputs)
//! SIGHUP ──> authority: root, policy    └─> arch-executor (by our launcher; socketpair, sealed memory files)
//! ```
//!
//! [`pipeline`] is a job's way in, top to bottom, and `attempt` its run. This crate links no wasmtime,
//! has no `unsafe`, and acts on nothing that was not verified, admitted, placed and anchored, in this
//! order.
//!
//! ```no_run
//! use clap::Parser as _;
//! let args = arch_node::Args::parse();
//! std::process::exit(if arch_node::run(&args) == std::process::ExitCode::SUCCESS { 0 } else { 1 });
//! ```
#![forbid(unsafe_code)]

mod admission;
pub mod anchors;
mod args;
mod attempt;
pub mod authority;
mod awaited;
mod bucket;
pub mod cancel;
pub mod checked_statement;
mod clock;
mod confinement;
mod control;
mod daemon;
mod desk;
pub mod dispute;
mod diverged;
pub mod drop_folder;
mod ending;
pub mod executor_client;
mod gate;
mod gave;
pub mod handed_in;
mod hands;
pub mod identity;
mod interruption;
mod launcher;
mod logs;
mod memfd;
pub mod memory;
mod metrics;
mod mode;
pub mod node;
mod notify;
pub mod pipeline;
pub mod places;
mod point;
mod premises;
mod product;
mod progress;
pub mod proof_terms;
pub mod prover_client;
pub mod prover_line;
mod pulse;
mod readmission;
mod reason;
mod records;
mod redundancy;
mod refusals;
mod reload;
mod replay;
mod resume;
pub mod service;
pub mod settings;
pub mod shelf;
pub mod supplies;
mod told;
pub mod validate;

pub use args::Args;
pub use daemon::run;
pub use mode::Mode;
pub use told::Told;
