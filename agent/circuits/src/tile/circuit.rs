//! The rows of a step.
//!
//! 1. *Inputs.* Each number of A and B is eight or sixteen cells that are 0 or 1, so that a word has one
//!    reading; the words are hashed and the digests are the public ones.
//! 2. *Sums.* Words of sums are cells without bits. They need none: a word is never taken apart. A step
//!    adds to the lanes of a word what the product adds to its sums, and as no lane can run over from
//!    sums in range (a test of [`super::shape`] says so), the word after is the one word for the sums
//!    after, given the word before.
//! 3. *Challenge.* ρ and τ come from a hash of the five public numbers, so that nobody knew them when he
//!    chose the tiles.
//! 4. *Product.* With `D` the words after less the words before, word g of row i, and `B̂[k][g]` the
//!    numbers of B in the lanes of word g (a sum of bits; no row):
//!
//! ```text
//!    Σᵢ ρⁱ Σ_g τ^g D[i][g]  =  Σ_k (Σᵢ ρⁱ A[i][k]) · (Σ_g τ^g B̂[k][g])
//! ```
//!
//!    Both sides are polynomials in ρ and τ of degree `rows - 1` and `words - 1`; if they differ in one
//!    coefficient, they agree at random points with a chance below `(rows + words)/r < 2^-248`
//!    (Freivalds 1977; Schwartz–Zippel). Equal coefficients are `D[i][g] = Σ_k A[i][k]·B̂[k][g]`, which is
//!    the step, lane by lane.

use ark_bn254::Fr;

use super::{Tile, TileShape, TileStatement, TileStep, Tiles, leaf};
use crate::{
    builder::{Builder, Wire},
    field::power_of_two,
    poseidon2,
};

/// Lays a step and its statement over `b`. The digests of the tiles are computed from the tiles; that
/// they are those of the statement is a matter of rows.
pub(crate) fn lay<B: Builder>(b: &mut B, statement: &TileStatement, step: &TileStep) {
    let TileStep { shape, tiles: Tiles { a, b: right, before, after } } = step;
    let publics = statement.publics().map(|number| b.public(number));
    let [_, public_a, public_b, public_before, public_after] = &publics;
    let a = inputs(b, *shape, Tile::A, a, public_a);
    let right = inputs(b, *shape, Tile::B, right, public_b);
    let before = sums(b, *shape, before, public_before);
    let after = sums(b, *shape, after, public_after);
    let (rho, tau) = challenge(b, *shape, &publics);
    let left = growth(b, *shape, &before, &after, &rho, &tau);
    let product = product(b, *shape, &a, &right, &rho, &tau);
    b.require_equal(&left, &product);
}

/// The numbers of a tile of A or B as sums of bits, bound to its digest.
fn inputs<B: Builder>(
    b: &mut B,
    shape: TileShape,
    tile: Tile,
    numbers: &[i64],
    digest: &B::Wire,
) -> Vec<B::Wire> {
    let bits = shape.bits(tile);
    let half = 1_i64.checked_shl(u32::try_from(bits).unwrap_or(1).saturating_sub(1)).unwrap_or(0);
    let offset = B::Wire::constant(Fr::from(half));
    let mut wires = Vec::with_capacity(numbers.len());
    let mut words = Vec::new();
    for word in numbers.chunks(shape.inputs.in_a_word()) {
        let mut sum = B::Wire::nothing();
        for (place, number) in word.iter().enumerate() {
            // From 0 on: the tile was checked to be in range.
            let raised = u64::try_from(number.saturating_add(half)).unwrap_or(0);
            let cells = b.bits(raised, bits);
            let raised = scaled_sum::<B>(&cells, 1);
            sum = sum.plus(&raised.times(power_of_two(bits.saturating_mul(place))));
            wires.push(raised.minus(&offset));
        }
        words.push(b.copy(&sum));
    }
    bind(b, shape, tile, &words, digest);
    wires
}

/// The words of a tile of sums, bound to its digest.
fn sums<B: Builder>(
    b: &mut B,
    shape: TileShape,
    numbers: &[i64],
    digest: &B::Wire,
) -> Vec<B::Wire> {
    let words: Vec<B::Wire> =
        shape.sum_words(numbers).into_iter().map(|word| b.cell(word)).collect();
    bind(b, shape, Tile::Sums, &words, digest);
    words
}

fn bind<B: Builder>(b: &mut B, shape: TileShape, tile: Tile, words: &[B::Wire], digest: &B::Wire) {
    let [computed, _] = poseidon2::sponge(b, leaf::tag(shape, tile), words);
    b.require_equal(&computed, digest);
}

fn challenge<B: Builder>(b: &mut B, shape: TileShape, publics: &[B::Wire]) -> (B::Wire, B::Wire) {
    let TileShape { rows, columns, depth, inputs } = shape;
    let tag = poseidon2::tag(&format!("challenge {rows}x{columns}x{depth} i{}", inputs.bits()));
    let [rho, tau] = poseidon2::sponge(b, tag, publics);
    (b.copy(&rho), b.copy(&tau))
}

/// `Σᵢ ρⁱ Σ_g τ^g (after - before)[i][g]`
fn growth<B: Builder>(
    b: &mut B,
    shape: TileShape,
    before: &[B::Wire],
    after: &[B::Wire],
    rho: &B::Wire,
    tau: &B::Wire,
) -> B::Wire {
    let words: Vec<B::Wire> =
        after.iter().zip(before).map(|(after, before)| after.minus(before)).collect();
    let in_a_row = shape.columns.div_ceil(shape.inputs.sums_in_a_word());
    let rows: Vec<B::Wire> = words.chunks(in_a_row).map(|row| horner(b, row, tau)).collect();
    horner(b, &rows, rho)
}

/// `Σ_k (Σᵢ ρⁱ A[i][k]) · (Σ_g τ^g B̂[k][g])`
fn product<B: Builder>(
    b: &mut B,
    shape: TileShape,
    a: &[B::Wire],
    right: &[B::Wire],
    rho: &B::Wire,
    tau: &B::Wire,
) -> B::Wire {
    let rows_of_b = right.chunks(shape.columns);
    rows_of_b.enumerate().fold(B::Wire::nothing(), |sum, (k, row)| {
        let column: Vec<B::Wire> = a.iter().skip(k).step_by(shape.depth).cloned().collect();
        let lanes = row.chunks(shape.inputs.sums_in_a_word());
        let words: Vec<B::Wire> =
            lanes.map(|numbers| scaled_sum::<B>(numbers, shape.inputs.lane())).collect();
        let (left, right) = (horner(b, &column, rho), horner(b, &words, tau));
        sum.plus(&b.product(&left, &right))
    })
}

/// `Σ wires[i]·2^(i·shift)`, without a row.
fn scaled_sum<B: Builder>(wires: &[B::Wire], shift: usize) -> B::Wire {
    wires.iter().enumerate().fold(B::Wire::nothing(), |sum, (place, wire)| {
        sum.plus(&wire.times(power_of_two(shift.saturating_mul(place))))
    })
}

/// `Σ wires[i]·xⁱ`, a row for each but the last.
fn horner<B: Builder>(b: &mut B, wires: &[B::Wire], x: &B::Wire) -> B::Wire {
    let Some((last, rest)) = wires.split_last() else { return B::Wire::nothing() };
    rest.iter().rev().fold(last.clone(), |sum, wire| b.multiply_add(&sum, x, wire))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{builder::Numbers, tile::Inputs};

    #[test]
    fn the_challenge_depends_on_every_public_number_and_on_the_shape() {
        let shape = TileShape::new(2, 9, 5, Inputs::I8).unwrap();
        let drawn = |shape, publics: &[Fr; 5]| challenge(&mut Numbers::new(), shape, publics);
        let publics = [1_u64, 2, 3, 4, 5].map(Fr::from);
        let (rho, tau) = drawn(shape, &publics);
        assert_ne!(rho, tau);
        for place in 0..5 {
            let mut others = publics;
            others[place] += Fr::from(1);
            let (other_rho, other_tau) = drawn(shape, &others);
            assert!(rho != other_rho && tau != other_tau, "public {place}");
        }
        for other in [(2, 9, 6, Inputs::I8), (2, 9, 5, Inputs::I16)] {
            let (rows, columns, depth, inputs) = other;
            let other = TileShape::new(rows, columns, depth, inputs).unwrap();
            assert_ne!(drawn(other, &publics).0, rho);
        }
    }

    #[test]
    fn tiles_of_equal_words_and_sides_have_digests_of_their_own() {
        let leaf =
            |inputs, tile| TileShape::new(3, 3, 3, inputs).unwrap().leaf(tile, &[0; 9]).unwrap();
        let all = [(Inputs::I8, Tile::A), (Inputs::I8, Tile::B), (Inputs::I8, Tile::Sums)];
        let all = [all, all.map(|(_, tile)| (Inputs::I16, tile))].concat();
        let digests: std::collections::BTreeSet<Fr> =
            all.iter().map(|(inputs, tile)| leaf(*inputs, *tile)).collect();
        assert_eq!(digests.len(), 6);
    }

    /// What the page on circuits says of sums without room: there is a solution, and it says nothing of
    /// any tile.
    #[test]
    fn a_step_out_of_range_has_a_digest_that_no_tile_has() {
        let shape = TileShape::new(1, 2, 1, Inputs::I8).unwrap();
        let full = i64::from(i32::MAX);
        let beyond = TileStep {
            shape,
            tiles: Tiles {
                a: vec![1],
                b: vec![1, 0],
                before: vec![full, 0],
                after: vec![full + 1, 0],
            },
        };
        let statement = beyond.statement(Fr::from(1));
        let numbers = crate::tile_numbers(&statement, &beyond);
        assert_eq!(crate::tile_system(shape).check(&numbers), Ok(()));
        assert!(shape.leaf(Tile::Sums, &[full + 1, 0]).is_err(), "no tile has it");
        let wrapped = shape.leaf(Tile::Sums, &[i64::from(i32::MIN), 0]).unwrap();
        assert_ne!(wrapped, statement.after);
    }
}
