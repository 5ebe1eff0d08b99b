//! Messages between the roles of a node, and between a node and people's tools.
//!
//! ```text
//! arch-node-agent ──ToExecutor, fds──> arch-executor        executor: frames with sealed memfds
//!                 <─FromExecutor, fds──
//! arch-node-agent, auditors ──ToProver──> arch-prover       prover: frames of texts
//!                           <─FromProver──
//! archctl ──Call──> arch-node-agent ──Reply──> archctl      control: one JSON object a line
//! ```
//!
//! No sockets, no clock, no files: bytes come in as slices and go out as vectors. What another
//! process says is a claim; nothing here makes it more than that.
//!
//! ```
//! use arch_wire::executor::{FromExecutor, ToExecutor};
//! use arch_wire::frame::{FrameReader, encode};
//! let mut reader = FrameReader::default();
//! reader.push(&encode(&ToExecutor::Ping).unwrap());
//! assert_eq!(reader.take::<ToExecutor>().unwrap(), Some(ToExecutor::Ping));
//! ```

pub mod control;
pub mod executor;
pub mod frame;
pub mod prover;

#[cfg(test)]
#[expect(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    reason = "a test that counts bytes of short streams"
)]
mod fuzz;
