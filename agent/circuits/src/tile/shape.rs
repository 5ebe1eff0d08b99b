//! The sizes of a step, and how numbers are put into words of the field.

use ark_bn254::Fr;
use ark_ff::Zero as _;

use super::{Tile, TileError};
use crate::field::power_of_two;

/// Bits that a word of the field surely has room for.
const WORD: usize = 252;

/// The most that a side may be.
const MOST: usize = 4096;

/// What A and B hold; sums are of the type that [`crate::tile`] adds them up in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Inputs {
    /// Numbers of 8 bits, sums of 32.
    I8,
    /// Numbers of 16 bits, sums of 64.
    I16,
}

/// The sizes of a step and the width of its numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TileShape {
    pub(super) rows: usize,
    pub(super) columns: usize,
    pub(super) depth: usize,
    pub(super) inputs: Inputs,
}

impl Inputs {
    /// Bits of a number of A or B.
    #[must_use]
    pub fn bits(self) -> usize {
        match self {
            Self::I8 => 8,
            Self::I16 => 16,
        }
    }

    /// Bits of a sum.
    #[must_use]
    pub fn sum_bits(self) -> usize {
        match self {
            Self::I8 => 32,
            Self::I16 => 64,
        }
    }

    /// Numbers of A or B in a word.
    pub(super) fn in_a_word(self) -> usize {
        match self {
            Self::I8 => 31,
            Self::I16 => 15,
        }
    }

    /// Sums in a word. Each has a lane that is wider than itself, so that no step from sums that are
    /// in range can run over into the next lane: 36 bits for sums of 32, 84 for sums of 64.
    pub(super) fn sums_in_a_word(self) -> usize {
        match self {
            Self::I8 => 7,
            Self::I16 => 3,
        }
    }

    /// Bits of the lane of a sum.
    pub(super) fn lane(self) -> usize {
        match self {
            Self::I8 => WORD / 7,
            Self::I16 => WORD / 3,
        }
    }
}

impl TileShape {
    /// 16 × 16 sums over a depth of 128, of numbers of 8 bits.
    pub const I8_128: Self = Self { rows: 16, columns: 16, depth: 128, inputs: Inputs::I8 };

    /// The same over a depth of 256.
    pub const I8_256: Self = Self { depth: 256, ..Self::I8_128 };

    /// 16 × 16 sums over a depth of 128, of numbers of 16 bits.
    pub const I16_128: Self = Self { inputs: Inputs::I16, ..Self::I8_128 };

    /// Any other; none if a side is 0 or more than 4,096.
    #[must_use]
    pub fn new(rows: usize, columns: usize, depth: usize, inputs: Inputs) -> Option<Self> {
        let sides = [rows, columns, depth];
        let good = sides.into_iter().all(|side| (1..=MOST).contains(&side));
        good.then_some(Self { rows, columns, depth, inputs })
    }

    /// Rows of A and of the sums.
    #[must_use]
    pub fn rows(self) -> usize {
        self.rows
    }

    /// Columns of B and of the sums.
    #[must_use]
    pub fn columns(self) -> usize {
        self.columns
    }

    /// Columns of A and rows of B.
    #[must_use]
    pub fn depth(self) -> usize {
        self.depth
    }

    /// The width of the numbers.
    #[must_use]
    pub fn inputs(self) -> Inputs {
        self.inputs
    }

    /// Rows and columns of a tile.
    #[must_use]
    pub fn sides(self, tile: Tile) -> (usize, usize) {
        match tile {
            Tile::A => (self.rows, self.depth),
            Tile::B => (self.depth, self.columns),
            Tile::Sums => (self.rows, self.columns),
        }
    }

    pub(super) fn bits(self, tile: Tile) -> usize {
        match tile {
            Tile::A | Tile::B => self.inputs.bits(),
            Tile::Sums => self.inputs.sum_bits(),
        }
    }

    /// Bits that a number has in a word.
    pub(super) fn lane(self, tile: Tile) -> usize {
        match tile {
            Tile::A | Tile::B => self.inputs.bits(),
            Tile::Sums => self.inputs.lane(),
        }
    }

    pub(super) fn check(self, tile: Tile, numbers: &[i64]) -> Result<(), TileError> {
        let (rows, columns) = self.sides(tile);
        let need = rows.saturating_mul(columns);
        if numbers.len() != need {
            return Err(TileError::Length { have: numbers.len(), need });
        }
        numbers.iter().enumerate().try_for_each(|(place, number)| {
            self.in_range(tile, place, i128::from(*number)).map(drop)
        })
    }

    /// The number, if the tile's format has it.
    fn in_range(self, tile: Tile, place: usize, number: i128) -> Result<i64, TileError> {
        let bits = self.bits(tile);
        let most = i64::MAX >> u32::try_from(64_usize.saturating_sub(bits)).unwrap_or(0).min(63);
        let refused = TileError::Range { place, number, bits };
        i64::try_from(number).ok().filter(|number| (!most..=most).contains(number)).ok_or(refused)
    }

    /// `before + A·B`, of tiles that were checked.
    pub(super) fn add_product(
        self,
        a: &[i64],
        b: &[i64],
        before: &[i64],
    ) -> Result<Vec<i64>, TileError> {
        let rows = a.chunks(self.depth).flat_map(|row| std::iter::repeat_n(row, self.columns));
        let places = rows.zip((0..self.columns).cycle()).zip(before).enumerate();
        let sums = places.map(|(place, ((row, column), before))| {
            let column = b.iter().skip(column).step_by(self.columns);
            // At most 4,096 products of 30 bits and a sum of 64.
            let products = row.iter().zip(column).map(|(a, b)| i128::from(a.saturating_mul(*b)));
            let sum = products.fold(i128::from(*before), i128::saturating_add);
            self.in_range(Tile::Sums, place, sum)
        });
        sums.collect()
    }

    /// The words of a tile of A or B: numbers one after the other, 31 or 15 to a word.
    pub(super) fn input_words(self, numbers: &[i64]) -> Vec<Fr> {
        let bits = self.inputs.bits();
        numbers.chunks(self.inputs.in_a_word()).map(|word| packed(word, bits, bits)).collect()
    }

    /// The words of a tile of sums: 7 or 3 to a word, and no word goes over the end of a row.
    pub(super) fn sum_words(self, numbers: &[i64]) -> Vec<Fr> {
        let rows = numbers.chunks(self.columns);
        let words = rows.flat_map(|row| row.chunks(self.inputs.sums_in_a_word()));
        words.map(|word| packed(word, self.inputs.lane(), self.inputs.lane())).collect()
    }
}

/// `Σ (number + 2^(bits-1))·2^(lane·place)`: each lane is a number from 0 on.
fn packed(numbers: &[i64], lane: usize, bits: usize) -> Fr {
    let offset = power_of_two(bits.saturating_sub(1));
    let step = power_of_two(lane);
    // From the last one down.
    numbers.iter().rev().fold(Fr::zero(), |word, number| word * step + Fr::from(*number) + offset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_other_widths_or_lengths_are_refused_with_their_place() {
        let shape = TileShape::new(1, 2, 2, Inputs::I8).unwrap();
        assert_eq!(shape.check(Tile::A, &[1]), Err(TileError::Length { have: 1, need: 2 }));
        for (tile, good, bad) in [
            (Tile::A, [-128, 127], [[0, 128], [0, -129]]),
            (Tile::Sums, [i64::from(i32::MIN), i64::from(i32::MAX)], [[0, 1 << 31], [0, i64::MIN]]),
        ] {
            assert_eq!(shape.check(tile, &good), Ok(()));
            for bad in bad {
                let told = shape.check(tile, &bad).unwrap_err();
                assert!(
                    matches!(told, TileError::Range { place: 1, number, .. } if number == i128::from(bad[1]))
                );
            }
        }
        let wide = TileShape::new(1, 2, 2, Inputs::I16).unwrap();
        assert_eq!(wide.check(Tile::Sums, &[i64::MIN, i64::MAX]), Ok(()));
    }

    #[test]
    fn a_word_has_its_numbers_from_the_lowest_bits_on() {
        assert_eq!(packed(&[-128, 127, 0], 8, 8), Fr::from(0x80_ff_00_u64));
    }

    #[test]
    fn no_step_from_sums_in_range_leaves_its_lane() {
        for shape in [TileShape::I8_128, TileShape::I8_256, TileShape::I16_128] {
            let half = 1_u128 << (shape.inputs.bits() - 1);
            let step = u128::try_from(shape.depth).unwrap() * half * half;
            let most = (1_u128 << (shape.inputs.sum_bits() - 1)) + step;
            assert!(most < 1 << (shape.inputs.lane() - 1), "{shape:?}");
            assert!(shape.inputs.lane() * shape.inputs.sums_in_a_word() <= WORD);
            assert!(shape.inputs.bits() * shape.inputs.in_a_word() <= WORD);
        }
    }
}
