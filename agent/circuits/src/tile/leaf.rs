//! The digest of a tile.

use ark_bn254::Fr;

use super::{Tile, TileShape};
use crate::poseidon2;

/// Of numbers that were checked to be such a tile.
pub(super) fn digest(shape: TileShape, tile: Tile, numbers: &[i64]) -> Fr {
    let words = match tile {
        Tile::A | Tile::B => shape.input_words(numbers),
        Tile::Sums => shape.sum_words(numbers),
    };
    let [digest, _] = poseidon2::hash(tag(shape, tile), &words);
    digest
}

/// `tile A 16x128 i8 lane 8` and the like: what it is, its sides, its width, and that of a number in a word. Its place in the matrix is for
/// the tree above it to tell.
pub(super) fn tag(shape: TileShape, tile: Tile) -> Fr {
    let (rows, columns) = shape.sides(tile);
    let name = match tile {
        Tile::A => "A",
        Tile::B => "B",
        Tile::Sums => "C",
    };
    let (bits, lane) = (shape.bits(tile), shape.lane(tile));
    poseidon2::tag(&format!("tile {name} {rows}x{columns} i{bits} lane {lane}"))
}
