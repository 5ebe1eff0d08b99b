//! Bytes to the numbers of a circuit's cells.

use arch_circuits::{
    Assignment, Circuit, Fr,
    field::{self, from_bytes},
    fold::{FoldStatement, Output},
    tile::{Tile, TileShape, TileStatement, TileStep},
};

use super::NoProof;
use crate::job::Why;

/// The assignment for a statement of others and for bytes as [`arch_wire::prover::ProveRequest`] has them.
pub(super) fn assignment(
    circuit: Circuit,
    publics: &[Fr],
    witness: &[u8],
) -> Result<Assignment, NoProof> {
    let refused = |words: String| NoProof::new(Why::Statement, words);
    match (circuit.tile_shape(), publics) {
        (Some(shape), &[context, a, b, before, after]) => {
            let step = step(shape, witness).map_err(refused)?;
            let statement = TileStatement { context, a, b, before, after };
            let assignment = Assignment::of_tile(&statement, &step);
            assignment.ok_or_else(|| refused("it has no circuit of this shape".to_owned()))
        }
        (None, &[task, seed, length, digest]) => {
            let output = output(witness).map_err(refused)?;
            let statement = FoldStatement { task, seed, length, digest };
            Ok(Assignment::of_output(&statement, &output))
        }
        _ => Err(refused("there are more or fewer public numbers than the circuit has".to_owned())),
    }
}

fn step(shape: TileShape, witness: &[u8]) -> Result<TileStep, String> {
    let mut rest = witness;
    let mut tile = |tile: Tile, bits: usize| {
        let (rows, columns) = shape.sides(tile);
        let width = bits.div_ceil(8);
        let length = rows.saturating_mul(columns).saturating_mul(width);
        let (bytes, left) = rest.split_at_checked(length).ok_or("the tiles have too few bytes")?;
        rest = left;
        Ok::<_, String>(bytes.chunks(width).map(number).collect::<Vec<_>>())
    };
    let (input, sum) = (shape.inputs().bits(), shape.inputs().sum_bits());
    let (a, b) = (tile(Tile::A, input)?, tile(Tile::B, input)?);
    let (before, after) = (tile(Tile::Sums, sum)?, tile(Tile::Sums, sum)?);
    if !rest.is_empty() {
        return Err("the tiles have too many bytes".to_owned());
    }
    TileStep::new(shape, a, b, before, after).map_err(|error| error.to_string())
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

fn output(witness: &[u8]) -> Result<Output, String> {
    let (words, rest) = witness.as_chunks::<{ field::BYTES }>();
    if !rest.is_empty() {
        return Err("the last word has fewer than 32 bytes".to_owned());
    }
    let words = words.iter().map(from_bytes).collect::<Result<_, _>>();
    words
        .map_err(|error| error.to_string())
        .and_then(|words| Output::new(words).map_err(|error| error.to_string()))
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
    fn tiles_have_exactly_the_bytes_of_their_shape() {
        let shape = TileShape::I16_128;
        let length = 2 * (16 * 128 * 2) + 2 * (256 * 8);
        assert!(step(shape, &vec![0; length]).is_ok());
        assert!(step(shape, &vec![0; length - 1]).is_err());
        assert!(step(shape, &vec![0; length + 1]).is_err());
        assert!(step(shape, &[]).is_err());
    }

    #[test]
    fn words_are_whole_canonical_and_at_most_as_many_as_a_fold_has() {
        assert!(output(&[]).is_ok());
        assert!(output(&[1; 240 * 32]).is_ok());
        assert!(output(&[1; 241 * 32]).is_err());
        assert!(output(&[1; 31]).is_err());
        assert!(output(&[0xff; 32]).is_err());
    }
}
