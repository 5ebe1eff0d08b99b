//! One step of a product: `after = before + A·B` for a tile of sums and a stretch of depth.
//!
//! The statement has five public numbers: the context, which ties the proof to one place in one
//! dispute, and the digests of the four tiles. What a proof of it says, and what it does not, stands in
//! docs/CIRCUITS.md; the rows are in [`circuit`].

mod circuit;
mod leaf;
mod shape;

use ark_bn254::Fr;
use ark_ff::PrimeField as _;
use sha2::{Digest as _, Sha256};

use crate::field::{BYTES, from_bytes, to_bytes};

pub(crate) use circuit::lay;
pub use shape::{Inputs, TileShape};

/// The numbers of a step, all row by row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TileStep {
    shape: TileShape,
    tiles: Tiles,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Tiles {
    a: Vec<i64>,
    b: Vec<i64>,
    before: Vec<i64>,
    after: Vec<i64>,
}

/// Which tile is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tile {
    /// Rows × depth.
    A,
    /// Depth × columns.
    B,
    /// Sums, rows × columns; before and after a step alike.
    Sums,
}

/// Numbers that are no tiles of this shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TileError {
    /// Not as many numbers as the tile has places.
    #[error("a tile of {need} numbers was given {have}")]
    Length {
        /// Numbers that were given.
        have: usize,
        /// Places that there are.
        need: usize,
    },
    /// A number that the format does not have.
    #[error("{number} at place {place} is no number of {bits} bits")]
    Range {
        /// Where it stands, from 0, row by row.
        place: usize,
        /// What stands there.
        number: i128,
        /// How many bits there are.
        bits: usize,
    },
}

/// What is stated about a step, in public.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TileStatement {
    /// Ties the proof to one place, see [`context`].
    pub context: Fr,
    /// The digest of the tile of A.
    pub a: Fr,
    /// The digest of the tile of B.
    pub b: Fr,
    /// The digest of the sums before the step.
    pub before: Fr,
    /// The digest of the sums after it.
    pub after: Fr,
}

impl TileStep {
    /// Takes tiles of A, B and the sums before and after. Whether the sums are right is for the proof
    /// to say.
    ///
    /// # Errors
    /// [`TileError`] for a length or a number that the shape does not have.
    pub fn new(
        shape: TileShape,
        a: Vec<i64>,
        b: Vec<i64>,
        before: Vec<i64>,
        after: Vec<i64>,
    ) -> Result<Self, TileError> {
        shape.check(Tile::A, &a)?;
        shape.check(Tile::B, &b)?;
        shape.check(Tile::Sums, &before)?;
        shape.check(Tile::Sums, &after)?;
        Ok(Self { shape, tiles: Tiles { a, b, before, after } })
    }

    /// Takes tiles of A, B and the sums before, and adds up the sums after.
    ///
    /// # Errors
    /// [`TileError`] as in [`TileStep::new`], and where a sum has no room in the format.
    pub fn compute(
        shape: TileShape,
        a: Vec<i64>,
        b: Vec<i64>,
        before: Vec<i64>,
    ) -> Result<Self, TileError> {
        shape.check(Tile::A, &a)?;
        shape.check(Tile::B, &b)?;
        shape.check(Tile::Sums, &before)?;
        let after = shape.add_product(&a, &b, &before)?;
        Ok(Self { shape, tiles: Tiles { a, b, before, after } })
    }

    /// All zeros.
    pub(crate) fn zero(shape: TileShape) -> Self {
        let [a, b, before] = [Tile::A, Tile::B, Tile::Sums].map(|tile| {
            let (rows, columns) = shape.sides(tile);
            vec![0; rows.saturating_mul(columns)]
        });
        Self { shape, tiles: Tiles { a, b, after: before.clone(), before } }
    }

    /// Its sizes.
    #[must_use]
    pub fn shape(&self) -> TileShape {
        self.shape
    }

    /// A, B, the sums before and the sums after.
    #[must_use]
    pub fn tiles(&self) -> [&[i64]; 4] {
        let Tiles { a, b, before, after } = &self.tiles;
        [a, b, before, after]
    }

    /// The sums after the step, row by row.
    #[must_use]
    pub fn after(&self) -> &[i64] {
        &self.tiles.after
    }

    /// The statement that these tiles belong to. A prover is told the statement by others; this is for
    /// those who state something.
    #[must_use]
    pub fn statement(&self, context: Fr) -> TileStatement {
        let Tiles { a, b, before, after } = &self.tiles;
        let digest = |tile, numbers: &[i64]| leaf::digest(self.shape, tile, numbers);
        TileStatement {
            context,
            a: digest(Tile::A, a),
            b: digest(Tile::B, b),
            before: digest(Tile::Sums, before),
            after: digest(Tile::Sums, after),
        }
    }
}

impl TileShape {
    /// The digest of one tile, as it stands in statements.
    ///
    /// # Errors
    /// [`TileError`] for numbers that are no such tile.
    pub fn leaf(self, tile: Tile, numbers: &[i64]) -> Result<Fr, TileError> {
        self.check(tile, numbers)?;
        Ok(leaf::digest(self, tile, numbers))
    }

    /// The same, as messages have it.
    ///
    /// # Errors
    /// [`TileError`], likewise.
    pub fn digest(self, tile: Tile, numbers: &[i64]) -> Result<[u8; BYTES], TileError> {
        self.leaf(tile, numbers).map(|leaf| to_bytes(&leaf))
    }
}

impl TileStatement {
    /// What is stated of a place about digests as messages have them: of A, B, and the sums before and
    /// after. None if one of them is no number of the field.
    #[must_use]
    pub fn of(place: &[u8], digests: [&[u8; BYTES]; 4]) -> Option<Self> {
        let [a, b, before, after] = digests.map(|digest| from_bytes(digest).ok());
        Some(Self { context: context(place), a: a?, b: b?, before: before?, after: after? })
    }

    /// The public numbers, in the circuit's order.
    #[must_use]
    pub fn publics(&self) -> [Fr; 5] {
        [self.context, self.a, self.b, self.before, self.after]
    }
}

/// The number that stands for a place in a dispute: the first 31 bytes, lowest first, of the SHA-256 of
/// `arch-network.v1 tile context\n` and what describes the place.
#[must_use]
pub fn context(place: &[u8]) -> Fr {
    let digest = Sha256::new().chain_update("arch-network.v1 tile context\n").chain_update(place);
    Fr::from_le_bytes_mod_order(digest.finalize().get(..31).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_of_a_places_digests_is_that_of_its_tiles_and_none_of_what_is_no_number() {
        let shape = TileShape::new(1, 1, 2, Inputs::I8).unwrap();
        let step = TileStep::compute(shape, vec![2, 3], vec![4, -5], vec![7]).unwrap();
        let tiles = [Tile::A, Tile::B, Tile::Sums, Tile::Sums].into_iter().zip(step.tiles());
        let digests: Vec<[u8; BYTES]> =
            tiles.map(|(tile, numbers)| shape.digest(tile, numbers).unwrap()).collect();
        let [a, b, before, after] = &digests[..] else { panic!() };
        let stated = TileStatement::of(b"a place", [a, b, before, after]);
        assert_eq!(stated, Some(step.statement(context(b"a place"))));
        let none = [0xff; BYTES];
        assert_eq!(TileStatement::of(b"a place", [a, b, &none, after]), None);
    }
}
