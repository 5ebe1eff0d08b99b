//! The real binary over a real socket: what it runs, what it refuses, and that it leaves nothing.

#[cfg(test)]
#[path = "executor/agent.rs"]
mod agent;
#[cfg(test)]
#[path = "executor/cache.rs"]
mod cache;
#[cfg(test)]
#[path = "executor/cgroups.rs"]
mod cgroups;
#[cfg(test)]
#[path = "executor/confinement.rs"]
mod confinement;
#[cfg(test)]
#[path = "executor/death.rs"]
mod death;
#[cfg(test)]
#[path = "executor/files.rs"]
mod files;
#[cfg(test)]
#[path = "executor/frames.rs"]
mod frames;
#[cfg(test)]
#[path = "executor/guests.rs"]
mod guests;
#[cfg(test)]
#[path = "executor/limits.rs"]
mod limits;
#[cfg(test)]
#[path = "executor/products.rs"]
mod products;
#[cfg(test)]
#[path = "executor/shared.rs"]
mod shared;
