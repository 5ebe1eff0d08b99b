//! The ledger as a whole, on a folder in memory that can fail.

mod append;
mod crash;
mod damage;
mod fuzz;
mod reader;
mod space;
pub(crate) mod world;
