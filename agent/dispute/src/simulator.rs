//! Thousands of disputes, from a seed.

pub(crate) mod world;
