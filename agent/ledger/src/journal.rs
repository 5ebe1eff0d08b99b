//! The journal: the one file that everything else is derived from.
//!
//! ```text
//! "ARCHLJ2\n"   record record … commit   record … commit   room
//! record = len u32 LE | crc u32 LE | len bytes       crc = CRC-32 (IEEE) of the len field and the bytes
//! entry  = JCS JSON, begins with `{`
//! commit = "ARCHCMT2" | first u64 LE | count u32 LE | root [32]
//!          root of the tree after the batch, and thereby a hash of all that stands before
//! room   = zeros up to the next multiple of 16 KiB, over which the next batches are written
//! ```

mod batch;
pub(crate) mod frame;

pub(crate) use batch::{Batch, Batches, NoJournal, Step, Tail, entry_behind};
pub(crate) use frame::{JOURNAL_MAGIC, ROOM, Writing};
