//! Bytes to the numbers of a tile, as [`arch_wire::prover`] has them.

use arch_circuits::tile::{Tile, TileShape};

/// Bytes of a tile of this shape.
pub(crate) fn length(shape: TileShape, tile: Tile) -> usize {
    let (rows, columns) = shape.sides(tile);
    rows.saturating_mul(columns).saturating_mul(width(shape, tile))
}

/// The tile's numbers, if there are as many bytes as it has.
pub(crate) fn numbers(shape: TileShape, tile: Tile, bytes: &[u8]) -> Option<Vec<i64>> {
    let whole = bytes.len() == length(shape, tile);
    whole.then(|| bytes.chunks(width(shape, tile)).map(number).collect())
}

/// Bytes of one number.
fn width(shape: TileShape, tile: Tile) -> usize {
    let bits = match tile {
        Tile::A | Tile::B => shape.inputs().bits(),
        Tile::Sums => shape.inputs().sum_bits(),
    };
    bits.div_ceil(8)
}

/// Lowest byte first, the highest bit for the sign.
fn number(bytes: &[u8]) -> i64 {
    let negative = bytes.last().is_some_and(|byte| *byte >= 0x80);
    let mut all = if negative { [0xff; 8] } else { [0; 8] };
    for (place, byte) in all.iter_mut().zip(bytes) {
        *place = *byte;
    }
    i64::from_le_bytes(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_lowest_byte_first_with_their_sign() {
        for (bytes, read) in [
            (&[0x7f][..], 127),
            (&[0x80], -128),
            (&[0x00, 0x80], -32_768),
            (&[0xfe, 0xff, 0xff, 0xff], -2),
            (&[1, 2, 0, 0], 513),
            (&[0, 0, 0, 0, 0, 0, 0, 0x80], i64::MIN),
        ] {
            assert_eq!(number(bytes), read);
        }
    }

    #[test]
    fn a_tile_has_exactly_the_bytes_of_its_shape() {
        for (shape, lengths) in [
            (TileShape::I8_128, [2_048, 2_048, 1_024]),
            (TileShape::I8_256, [4_096, 4_096, 1_024]),
            (TileShape::I16_128, [4_096, 4_096, 2_048]),
        ] {
            for (tile, bytes) in [Tile::A, Tile::B, Tile::Sums].into_iter().zip(lengths) {
                let (rows, columns) = shape.sides(tile);
                let read = numbers(shape, tile, &vec![0xff; bytes]);
                assert_eq!(read, Some(vec![-1; rows * columns]));
                for other in [0, bytes - 1, bytes + 1, 2 * bytes] {
                    assert_eq!(numbers(shape, tile, &vec![0; other]), None);
                }
            }
        }
    }
}
