//! A folder in memory that can fail, and that knows what a power cut could leave of it.
//!
//! For tests, ours and others': [`MemFs::fail`] makes the N-th call go wrong, once as if it had not
//! happened and once as if it had; [`MemFs::crash_states`] lists what may lie on disk afterwards.
//!
//! The model of a disk: what a file held at its last sync is safe; later writes may survive whole,
//! not at all, in another order, or torn at a multiple of 512 bytes with zeros behind. Names (create,
//! rename, remove) survive all, or only those in a folder that was synced after them.

mod crash;
mod disk;
mod memory;

pub use crash::CrashState;
#[cfg(test)]
pub(crate) use disk::Op;
pub use memory::{Fault, MemFile, MemFs, MemLock, Trouble};
