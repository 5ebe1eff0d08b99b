//! Jobs from the drop folder to the ledger, with an executor that may lie, die or dawdle.

mod cut_off;
mod executor;
mod path;
#[path = "../world/mod.rs"]
mod world;
