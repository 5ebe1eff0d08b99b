//! What goes wrong around a job: processes that are killed at the worst moment, an executor that
//! lies, a clock that jumps, a disk that is full, more work than a day brings. Every job ends once.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests may be blunt"
)]

#[cfg(test)]
mod by_files;
#[cfg(test)]
mod clocks;
#[cfg(test)]
mod disputes;
#[cfg(test)]
mod eager;
#[cfg(test)]
mod endurance;
#[cfg(test)]
mod flood;
#[cfg(test)]
mod full_disk;
#[cfg(test)]
mod judges;
#[cfg(test)]
mod kills;
#[cfg(test)]
mod left;
#[cfg(test)]
mod liars;
#[cfg(test)]
mod lying_shards;
#[cfg(test)]
mod mirrors;
#[cfg(test)]
mod order;
#[cfg(test)]
mod points;
#[cfg(test)]
mod products;
#[cfg(test)]
mod provers;
#[cfg(test)]
mod redundancy;
