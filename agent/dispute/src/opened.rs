//! Values that were opened, held against what was committed to, as numbers of tiles.

use std::ops::Range;

use arch_matrix::{
    CarrierKind, Element, Format,
    commit::{Hash, LEAF, LeafAt, climb, count, leaf_hash},
};

use crate::{
    ground::{Ground, SIDE, STEP},
    message::InputLeaf,
};

/// What numbers are of.
#[derive(Debug, Clone, Copy)]
enum Of {
    Inputs,
    Sums,
}

/// The numbers that stand in `bytes`; `None` where they are floats.
fn numbers(format: Format, of: Of, bytes: &[u8]) -> Option<Vec<i64>> {
    Some(match (format.carrier(), of) {
        (CarrierKind::I8, Of::Inputs) => <i8 as Element>::read(bytes).map(i64::from).collect(),
        (CarrierKind::I8, Of::Sums) => <i32 as Element>::read(bytes).map(i64::from).collect(),
        (CarrierKind::I16, Of::Inputs) => <i16 as Element>::read(bytes).map(i64::from).collect(),
        (CarrierKind::I16, Of::Sums) => <i64 as Element>::read(bytes).collect(),
        (CarrierKind::F32, _) => return None,
    })
}

/// How many bytes `values` numbers have.
fn length(format: Format, of: Of, values: u64) -> Option<usize> {
    let kind = format.carrier();
    let each = match of {
        Of::Inputs => kind.bytes(),
        Of::Sums => kind.sum_bytes(),
    };
    usize::try_from(values.checked_mul(each)?).ok()
}

fn values(at: &LeafAt) -> u64 {
    u64::from(at.rows).saturating_mul(at.columns.into())
}

/// The tiles of a leaf of C, if its values are those that were committed to.
pub(crate) fn leaf(ground: &Ground, hash: Hash, bytes: &[u8]) -> Option<Vec<Vec<i64>>> {
    let tiles = tiles(ground, bytes)?;
    (leaf_hash(ground.format, &ground.at, bytes) == hash).then_some(tiles)
}

/// The sums of the tiles of a leaf of C, 16 × 16 each, from its values, row by row, lowest byte first.
/// `None` if there are not as many values, or they are floats.
#[must_use]
pub fn tiles(ground: &Ground, bytes: &[u8]) -> Option<Vec<Vec<i64>>> {
    if length(ground.format, Of::Sums, values(&ground.at)) != Some(bytes.len()) {
        return None;
    }
    let all = numbers(ground.format, Of::Sums, bytes)?;
    let whole = Piece { rows: 0..ground.at.rows, columns: 0..ground.at.columns };
    (0..ground.tiles())
        .map(|tile| {
            let [rows, columns] = ground.within_leaf(tile)?;
            let mut filled = Filled::new(Piece { rows, columns }, SIDE, SIDE);
            filled.take(&whole, &all);
            Some(filled.numbers)
        })
        .collect()
}

/// 16 × 16 sums.
pub(crate) fn sums(format: Format, bytes: &[u8]) -> Option<Vec<i64>> {
    let fits = length(format, Of::Sums, u64::from(SIDE).checked_mul(SIDE.into())?);
    (fits == Some(bytes.len())).then(|| numbers(format, Of::Sums, bytes))?
}

/// Sums as they are shown; `None` if one has no room in the format.
pub(crate) fn written(format: Format, sums: &[i64]) -> Option<Vec<u8>> {
    let mut bytes = vec![0; length(format, Of::Sums, u64::try_from(sums.len()).ok()?)?];
    match format.carrier() {
        CarrierKind::I8 => {
            let sums: Result<Vec<i32>, _> = sums.iter().map(|sum| i32::try_from(*sum)).collect();
            Element::write(&sums.ok()?, &mut bytes);
        }
        CarrierKind::I16 => Element::write(sums, &mut bytes),
        CarrierKind::F32 => return None,
    }
    Some(bytes)
}

/// Rows and columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) rows: Range<u32>,
    pub(crate) columns: Range<u32>,
}

/// An input of which a tile is looked at.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    /// Rows and columns of the input.
    whole: (u32, u32),
    piece: Piece,
    /// The tile's own rows and columns.
    size: (u32, u32),
}

impl Wanted {
    /// The tile of A of a step.
    pub(crate) fn of_a(ground: &Ground, rows: Range<u32>, depth: Range<u32>) -> Self {
        let [height, length, _] = ground.sides;
        let piece = Piece { rows, columns: depth };
        Self { whole: (height, length), piece, size: (SIDE, STEP) }
    }

    /// The tile of B of a step.
    pub(crate) fn of_b(ground: &Ground, columns: Range<u32>, depth: Range<u32>) -> Self {
        let [_, length, width] = ground.sides;
        let piece = Piece { rows: depth, columns };
        Self { whole: (length, width), piece, size: (STEP, SIDE) }
    }

    /// The leaves that hold it, row by row, with their numbers.
    pub(crate) fn leaves(&self) -> Vec<(usize, LeafAt)> {
        let (rows, columns) = self.whole;
        let range = |range: &Range<u32>| {
            let first = range.start.checked_div(LEAF).unwrap_or_default();
            first..range.end.div_ceil(LEAF)
        };
        let across = range(&self.piece.columns);
        let all = range(&self.piece.rows)
            .flat_map(|leaf_row| across.clone().map(move |leaf_column| (leaf_row, leaf_column)));
        all.filter_map(|(leaf_row, leaf_column)| {
            let at = LeafAt { leaf_row, leaf_column, rows: 0, columns: 0 };
            let index = at.index(columns);
            Some((usize::try_from(index).ok()?, LeafAt::nth(rows, columns, index)?))
        })
        .collect()
    }

    /// Rows and columns of the tile in the input; fewer than its own at an edge.
    pub(crate) fn place(&self) -> (&Range<u32>, &Range<u32>) {
        (&self.piece.rows, &self.piece.columns)
    }

    /// Rows and columns of the input.
    pub(crate) fn whole(&self) -> (u32, u32) {
        self.whole
    }

    /// The tile's numbers, from those at its place.
    pub(crate) fn fill(&self, format: Format, bytes: &[u8]) -> Option<Vec<i64>> {
        let mut filled = Filled::new(self.piece.clone(), self.size.0, self.size.1);
        filled.take(&self.piece, &numbers(format, Of::Inputs, bytes)?);
        Some(filled.numbers)
    }

    /// The tile's numbers, if these are its leaves and each leads to the root.
    pub(crate) fn open(&self, format: Format, root: Hash, shown: &[InputLeaf]) -> Option<Vec<i64>> {
        let (rows, columns) = self.whole;
        let count = usize::try_from(count(rows, columns)).ok()?;
        let leaves = self.leaves();
        if leaves.len() != shown.len() {
            return None;
        }
        let mut filled = Filled::new(self.piece.clone(), self.size.0, self.size.1);
        for ((index, at), InputLeaf { values: bytes, path }) in leaves.iter().zip(shown) {
            let fits = length(format, Of::Inputs, values(at)) == Some(bytes.0.len());
            let hash = leaf_hash(format, at, &bytes.0);
            if !fits || climb(hash, *index, count, path) != Some(root) {
                return None;
            }
            let place = Piece { rows: at.row_range(), columns: at.column_range() };
            filled.take(&place, &numbers(format, Of::Inputs, &bytes.0)?);
        }
        Some(filled.numbers)
    }
}

/// The inputs of a step.
pub(crate) fn inputs(ground: &Ground, tile: usize, step: usize) -> Option<(Wanted, Wanted)> {
    let ([rows, columns], depth) = (ground.tile(tile)?, ground.step(step)?);
    let a = Wanted::of_a(ground, rows, depth.clone());
    Some((a, Wanted::of_b(ground, columns, depth)))
}

/// A tile that is put together, zeros where there is nothing.
struct Filled {
    piece: Piece,
    width: u32,
    numbers: Vec<i64>,
}

impl Filled {
    fn new(piece: Piece, height: u32, width: u32) -> Self {
        let length = usize::try_from(height.saturating_mul(width)).unwrap_or_default();
        Self { piece, width, numbers: vec![0; length] }
    }

    /// Takes over what a place of numbers, row by row, has of it.
    fn take(&mut self, place: &Piece, numbers: &[i64]) {
        let Self { piece, width, numbers: own } = self;
        let both = |one: &Range<u32>, other: &Range<u32>| {
            one.start.max(other.start)..one.end.min(other.end)
        };
        let (rows, columns) =
            (both(&piece.rows, &place.rows), both(&piece.columns, &place.columns));
        let theirs = place.columns.end.saturating_sub(place.columns.start);
        for row in rows {
            let from = stretch(place, theirs, row, &columns).and_then(|at| numbers.get(at));
            let to = stretch(piece, *width, row, &columns).and_then(|at| own.get_mut(at));
            if let (Some(from), Some(to)) = (from, to) {
                to.copy_from_slice(from);
            }
        }
    }
}

/// Where the columns of a row stand among numbers of lines of `width` that begin at a piece's corner.
fn stretch(piece: &Piece, width: u32, row: u32, columns: &Range<u32>) -> Option<Range<usize>> {
    let line = row.checked_sub(piece.rows.start)?.checked_mul(width)?;
    let start = line.checked_add(columns.start.checked_sub(piece.columns.start)?)?;
    let length = columns.end.checked_sub(columns.start)?;
    let start = usize::try_from(start).ok()?;
    Some(start..start.checked_add(usize::try_from(length).ok()?)?)
}

#[cfg(test)]
mod tests {
    use arch_matrix::{Matrix, commit::LeafTree};

    use super::*;
    use crate::bytes::Bytes;

    fn shown<S: Element>(
        format: Format,
        matrix: &Matrix<S>,
        wanted: &Wanted,
    ) -> (Hash, Vec<InputLeaf>) {
        let whole = (0..matrix.rows(), 0..matrix.columns());
        let tree = LeafTree::of_cell(format, matrix, &whole.0, &whole.1);
        let leaf = |(index, at): (usize, LeafAt)| {
            let values = matrix.piece(&at.row_range(), &at.column_range());
            let mut bytes = vec![0; at.bytes::<S>()];
            S::write(values.values(), &mut bytes);
            InputLeaf { values: Bytes(bytes), path: tree.path(index).unwrap() }
        };
        (tree.root(), wanted.leaves().into_iter().map(leaf).collect())
    }

    /// A cell that begins in the middle of a leaf of A, and sums that begin in the middle of the depth.
    #[test]
    fn a_tile_across_six_leaves_of_wide_numbers_is_put_together_and_nothing_else_is() {
        let numbers = (0..200 * 300).map(|n| (n % 40_009 - 20_000) as i16).collect();
        let a = Matrix::new(200, 300, numbers).unwrap();
        let piece = Piece { rows: 58..74, columns: 120..248 };
        let wanted = Wanted { whole: (200, 300), piece: piece.clone(), size: (SIDE, STEP) };
        let (root, leaves) = shown(Format::I16, &a, &wanted);
        assert_eq!(leaves.len(), 6);
        let right: Vec<i64> =
            a.piece(&piece.rows, &piece.columns).values().iter().map(|n| i64::from(*n)).collect();
        assert_eq!(wanted.open(Format::I16, root, &leaves), Some(right));
        for change in 0..6 {
            let (mut leaves, mut format, mut root) = (leaves.clone(), Format::I16, root);
            match change {
                0 => drop(leaves.pop()),
                1 => leaves.swap(0, 3),
                2 => leaves[4].values.0[0] ^= 1,
                3 => leaves[4].path.swap(0, 1),
                4 => format = Format::I8,
                _ => root = leaves[0].path[0],
            }
            assert_eq!(wanted.open(format, root, &leaves), None, "{change}");
        }
    }

    #[test]
    fn tiles_at_the_edge_of_a_matrix_are_filled_up_with_zeros() {
        let b = Matrix::new(5, 9, (1..=45_i8).collect()).unwrap();
        let piece = Piece { rows: 0..5, columns: 2..9 };
        let wanted = Wanted { whole: (5, 9), piece, size: (STEP, SIDE) };
        let (root, leaves) = shown(Format::I8, &b, &wanted);
        let tile = wanted.open(Format::I8, root, &leaves).unwrap();
        assert_eq!((tile.len(), tile[0], tile[6], tile[7], tile[16]), (2048, 3, 9, 0, 12));
        assert_eq!(tile.iter().filter(|n| **n != 0).count(), 35);
    }

    #[test]
    fn a_leaf_of_wide_sums_opens_into_its_tiles() {
        let c = Matrix::new(20, 18, (0..360).map(|n| i64::from(n) << 40).collect()).unwrap();
        let tree = LeafTree::of_cell(Format::I16, &c, &(0..20), &(0..18));
        let ground = Ground {
            format: Format::I16,
            at: LeafAt::nth(20, 18, 0).unwrap(),
            rows: 0..20,
            columns: 0..18,
            depth: 0..5,
            sides: [20, 5, 18],
        };
        let mut bytes = vec![0; 20 * 18 * 8];
        i64::write(c.values(), &mut bytes);
        let tiles = leaf(&ground, tree.root(), &bytes).unwrap();
        assert_eq!((tiles.len(), tiles[3][0], tiles[3][2]), (4, (16 * 18 + 16) << 40, 0));
        bytes[7] ^= 1;
        assert_eq!(leaf(&ground, tree.root(), &bytes), None);
        assert_eq!(sums(Format::I16, &[0; 2048]).map(|all| all.len()), Some(256));
        assert_eq!(
            (sums(Format::I16, &[0; 1024]), sums(Format::F32Strict, &[0; 1024])),
            (None, None)
        );
    }
}
