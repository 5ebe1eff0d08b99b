//! `wasi_snapshot_preview1`: all 46 functions over the one virtual file system.
//!
//! Every call costs one of the run's host calls, every pointer is checked against the guest's
//! memory, and nothing waits: a sleep moves the virtual clock.

pub(crate) mod abi;
pub(crate) mod descriptors;
mod file;
mod folder;
mod link;
mod memory;
mod metadata;
mod poll;
mod process;

pub(crate) use link::{MODULE, link};

use self::memory::Memory;
use super::guest::Guest;
use super::vfs::fault::Fault;

/// One host call: the guest's memory and its state.
pub(crate) struct Call<'a> {
    memory: Memory<'a>,
    guest: &'a mut Guest,
}

/// The answer of a host function: done, an error number, or the end of the run.
type Answer = Result<(), Fault>;
