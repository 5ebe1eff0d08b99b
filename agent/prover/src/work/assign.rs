//! Bytes to the numbers of a circuit's cells.

use arch_circuits::{
    Assignment, Circuit, Fr,
    field::{self, from_bytes},
    fold::{FoldStatement, Output},
    tile::{Tile, TileShape, TileStatement, TileStep},
};

use super::NoProof;
use crate::{
    job::Why,
    numbers::{length, numbers},
};

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
    let mut tile = |tile: Tile| {
        let few = "the tiles have too few bytes";
        let (bytes, left) = rest.split_at_checked(length(shape, tile)).ok_or(few)?;
        rest = left;
        numbers(shape, tile, bytes).ok_or(few)
    };
    let (a, b) = (tile(Tile::A)?, tile(Tile::B)?);
    let (before, after) = (tile(Tile::Sums)?, tile(Tile::Sums)?);
    if !rest.is_empty() {
        return Err("the tiles have too many bytes".to_owned());
    }
    TileStep::new(shape, a, b, before, after).map_err(|error| error.to_string())
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
