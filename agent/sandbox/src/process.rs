//! Children: made by fork from a process with one thread, bound to it, counted when they end.

mod alarm;
mod child;
mod descriptors;
mod fork;
mod inherited;
mod memory;
mod signals;
mod wait;

pub use alarm::Alarm;
pub use child::{Child, End, Rusage};
pub use descriptors::{close_except, null};
pub use fork::{OneThread, Threads};
pub use inherited::inherited;
pub(crate) use memory::end_without_memory;
pub use memory::{Allocator, OUT_OF_MEMORY};
pub use signals::ignore_file_size;
