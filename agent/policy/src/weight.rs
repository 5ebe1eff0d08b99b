//! How much of a busy node one owner gets beside the others.

use std::num::NonZeroU32;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The greatest weight.
pub const MAX_WEIGHT: u32 = 1_000;

/// A share beside other owners' shares: 2 gets twice as much as 1. From 1 to 1,000, default 1.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(try_from = "u32", into = "u32")]
pub struct Weight(NonZeroU32);

impl Weight {
    /// A weight, if it is from 1 to 1,000.
    #[must_use]
    pub fn new(value: u32) -> Option<Self> {
        NonZeroU32::new(value).filter(|value| value.get() <= MAX_WEIGHT).map(Self)
    }

    /// The number.
    #[must_use]
    pub fn value(self) -> u32 {
        self.0.get()
    }
}

impl Default for Weight {
    fn default() -> Self {
        Self(NonZeroU32::MIN)
    }
}

impl TryFrom<u32> for Weight {
    type Error = &'static str;

    fn try_from(value: u32) -> Result<Self, Self::Error> {
        Self::new(value).ok_or("a weight is from 1 to 1000")
    }
}

impl From<Weight> for u32 {
    fn from(weight: Weight) -> Self {
        weight.value()
    }
}
