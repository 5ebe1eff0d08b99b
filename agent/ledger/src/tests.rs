//! The ledger as a whole, on a folder in memory that can fail.

mod append;
mod crash;
mod damage;
mod reader;
mod space;
mod turns;
pub(crate) mod world;
