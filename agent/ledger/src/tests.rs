//! The ledger as a whole, on a folder in memory that can fail.

mod append;
mod crash;
mod crash_states;
mod damage;
mod disk;
mod everywhere;
mod faulty;
mod fuzz;
mod nth_call;
mod reader;
mod restored;
mod space;
mod trace;
mod turns;
pub(crate) mod world;
