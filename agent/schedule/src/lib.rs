//! Finds each admitted job its place on this node: now, later or never.
//!
//! ```text
//!              ┌── Here(Placed) ─────── owns its Reservation; finish or drop gives it back, once
//! Admitted ──> ┼── Later(Queued) ────── waits in the FairQueue; next() gives it out in its turn
//!              └── Never(Unplaceable) ─ larger than the node, or the queue is full
//! ```
//!
//! The sum of all reservations is never more than the [`Inventory`]. Owners share by weight. This
//! crate reads no clock and no file, starts nothing, and never decides by the order of a hash map.
//!
//! ```
//! use arch_schedule::{Event, JobState};
//! assert_eq!(JobState::Waiting.after(Event::Started), Ok(JobState::Running));
//! assert!(JobState::Completed.after(Event::Started).is_err());
//! ```

mod book;
mod fair;
mod inventory;
mod scheduler;
mod state;

pub use book::{Book, Reservation};
pub use fair::{Cost, FairQueue, MAX_OVERTAKES};
pub use inventory::{Demand, Inventory, Lack, Resource};
pub use scheduler::{Arrival, Placed, Placement, QueueCaps, Queued, Scheduler, Unplaceable};
pub use state::{Event, IllegalStep, JobState, NoSuchState};
