//! One side of a matrix, cut into parts.

use std::ops::Range;

/// The most parts of a side. Whoever hands out a product looks at each of its blocks.
pub const MAX_PARTS: u32 = 64;

/// A side of `total` positions in `parts` parts; the first `total mod parts` have one more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Cut {
    total: u32,
    parts: u32,
}

/// A side that cannot be cut like that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a side of {total} cannot be cut into {parts} parts; there are 1 to {MAX_PARTS}, each with a position"
)]
pub struct CutError {
    total: u32,
    parts: u32,
}

impl Cut {
    /// Cuts.
    ///
    /// # Errors
    /// [`CutError`] for no parts, for more parts than positions, and for more than [`MAX_PARTS`].
    pub fn new(total: u32, parts: u32) -> Result<Self, CutError> {
        match parts == 0 || parts > total.min(MAX_PARTS) {
            true => Err(CutError { total, parts }),
            false => Ok(Self { total, parts }),
        }
    }

    /// In one piece; a side of a [`crate::Shape`] is never empty.
    pub(crate) fn whole(total: u32) -> Self {
        Self { total, parts: 1 }
    }

    /// How many parts there are.
    #[must_use]
    pub fn parts(&self) -> u32 {
        self.parts
    }

    /// The positions of a part; empty if there is no such part.
    #[must_use]
    pub fn part(&self, index: u32) -> Range<u32> {
        match index < self.parts {
            true => self.start(index)..self.start(index.saturating_add(1)),
            false => self.total..self.total,
        }
    }

    #[expect(
        clippy::arithmetic_side_effects,
        reason = "parts is not 0, and index ≤ parts ≤ total: no product exceeds total"
    )]
    fn start(&self, index: u32) -> u32 {
        index * (self.total / self.parts) + index.min(self.total % self.parts)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_first_parts_have_one_more() {
        let cut = Cut::new(11, 3).unwrap();
        assert_eq!([0, 1, 2, 3].map(|part| cut.part(part)), [0..4, 4..8, 8..11, 11..11]);
    }

    #[test]
    fn no_part_is_empty() {
        assert!(Cut::new(2, 3).is_err() && Cut::new(2, 0).is_err() && Cut::new(2, 2).is_ok());
        assert!(Cut::new(100, 64).is_ok() && Cut::new(100, 65).is_err());
    }

    proptest! {
        #[test]
        fn the_parts_follow_each_other_and_differ_by_one_at_most(
            total in 1_u32..=crate::MAX_SIDE, wanted in 1_u32..40,
        ) {
            let cut = Cut::new(total, wanted.min(total)).unwrap();
            let mut end = 0;
            for index in 0..cut.parts() {
                let part = cut.part(index);
                prop_assert_eq!(part.start, end);
                prop_assert!(part.len() as u32 - total / cut.parts() <= 1);
                end = part.end;
            }
            prop_assert_eq!(end, total);
        }
    }
}
