//! A and B, as far as a dispute about one leaf of C needs them: two bands of numbers, and the hashes of all
//! leaves.

use std::ops::Range;

use arch_matrix::Format;
use arch_matrix::commit::{Hash, LEAF, LeafAt, LeafTree, leaf_hash, leaves};

use crate::{
    bytes::Bytes,
    ground::{Ground, Spot},
    message::InputLeaf,
    opened::{self, Wanted},
    task::Roots,
};

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Factor {
    /// Rows × depth.
    A,
    /// Depth × columns.
    B,
}

/// Gives numbers of A and B, as integers of the format.
pub trait Source {
    /// Why there are none.
    type Error;

    /// The numbers of a piece, row by row, each lowest byte first and as wide as the format says.
    ///
    /// # Errors
    /// Whatever reading gives.
    fn piece(
        &self,
        of: Factor,
        rows: &Range<u32>,
        columns: &Range<u32>,
    ) -> Result<Vec<u8>, Self::Error>;
}

/// A and B around a leaf of C.
#[derive(Debug, Clone)]
pub struct Factors {
    format: Format,
    a: OneFactor,
    b: OneFactor,
}

/// One of the two.
#[derive(Debug, Clone)]
pub struct OneFactor {
    /// Rows and columns of the whole.
    sides: (u32, u32),
    tree: LeafTree,
    /// What is kept of it, whole leaves.
    rows: Range<u32>,
    columns: Range<u32>,
    bytes: Vec<u8>,
    /// Bytes of a number.
    width: usize,
}

impl Factors {
    /// Reads what a dispute about this place can ask for. All of A and B is read once, to be hashed.
    ///
    /// # Errors
    /// Those of the source.
    pub fn load<S: Source>(ground: &Ground, source: &S) -> Result<Self, S::Error> {
        let one = |of| OneFactor::load(ground, source, of);
        Ok(Self::of(ground, one(Factor::A)?, one(Factor::B)?))
    }

    /// From both, which were loaded side by side.
    #[must_use]
    pub fn of(ground: &Ground, a: OneFactor, b: OneFactor) -> Self {
        Self { format: ground.format, a, b }
    }

    /// The roots of A and B.
    #[must_use]
    pub fn roots(&self) -> Roots {
        Roots { a: self.a.tree.root(), b: self.b.tree.root() }
    }

    /// The numbers of the tiles of A and of B of a step, filled up with zeros.
    #[must_use]
    pub fn tiles(&self, ground: &Ground, Spot { tile, step }: Spot) -> Option<[Vec<i64>; 2]> {
        let (a, b) = opened::inputs(ground, tile, step)?;
        Some([self.a.tile(self.format, &a)?, self.b.tile(self.format, &b)?])
    }

    /// The leaves of A and of B that hold those tiles, row by row.
    #[must_use]
    pub fn leaves(
        &self,
        ground: &Ground,
        Spot { tile, step }: Spot,
    ) -> Option<[Vec<InputLeaf>; 2]> {
        let (a, b) = opened::inputs(ground, tile, step)?;
        Some([self.a.leaves(&a)?, self.b.leaves(&b)?])
    }
}

impl OneFactor {
    /// Reads one of the two, as [`Factors::load`] does.
    ///
    /// # Errors
    /// Those of the source.
    pub fn load<S: Source>(ground: &Ground, source: &S, of: Factor) -> Result<Self, S::Error> {
        let [rows_of_a, length, columns_of_b] = ground.sides;
        let ((height, width), (rows, columns)) = match of {
            Factor::A => ((rows_of_a, length), (&ground.rows, &ground.depth)),
            Factor::B => ((length, columns_of_b), (&ground.depth, &ground.columns)),
        };
        let format = ground.format;
        let bytes = usize::try_from(format.carrier().bytes()).unwrap_or(usize::MAX);
        let hashes = hashes(source, of, format, (height, width), bytes)?;
        let (rows, columns) = (whole_leaves(rows, height), whole_leaves(columns, width));
        let kept = source.piece(of, &rows, &columns)?;
        let tree = LeafTree::new(hashes);
        Ok(Self { sides: (height, width), tree, rows, columns, bytes: kept, width: bytes })
    }

    /// The bytes of a piece of what is kept.
    fn cut(&self, rows: &Range<u32>, columns: &Range<u32>) -> Option<Vec<u8>> {
        let line = self.columns.len().checked_mul(self.width)?;
        let left = usize::try_from(columns.start.checked_sub(self.columns.start)?).ok()?;
        let (left, length) =
            (left.checked_mul(self.width)?, columns.len().checked_mul(self.width)?);
        let mut cut = Vec::with_capacity(length.checked_mul(rows.len())?);
        for row in rows.clone() {
            let row = usize::try_from(row.checked_sub(self.rows.start)?).ok()?;
            let from = row.checked_mul(line)?.checked_add(left)?;
            cut.extend_from_slice(self.bytes.get(from..from.checked_add(length)?)?);
        }
        Some(cut)
    }

    fn tile(&self, format: Format, wanted: &Wanted) -> Option<Vec<i64>> {
        let (rows, columns) = wanted.place();
        wanted.fill(format, &self.cut(rows, columns)?)
    }

    fn leaves(&self, wanted: &Wanted) -> Option<Vec<InputLeaf>> {
        let leaf = |(index, at): (usize, LeafAt)| {
            let values = Bytes(self.cut(&at.row_range(), &at.column_range())?);
            Some(InputLeaf { values, path: self.tree.path(index)? })
        };
        debug_assert_eq!(wanted.whole(), self.sides);
        wanted.leaves().into_iter().map(leaf).collect()
    }
}

/// The hashes of all leaves, a row of them after the other.
fn hashes<S: Source>(
    source: &S,
    of: Factor,
    format: Format,
    (height, width): (u32, u32),
    bytes: usize,
) -> Result<Vec<Hash>, S::Error> {
    let mut hashes = Vec::new();
    let mut band = (0, Vec::new());
    let mut leaf = Vec::new();
    for at in leaves(height, width) {
        let (rows, columns) = (at.row_range(), at.column_range());
        if columns.start == 0 {
            band = (rows.start, source.piece(of, &rows, &(0..width))?);
        }
        let line = usize::try_from(width).unwrap_or(usize::MAX).saturating_mul(bytes);
        let left = usize::try_from(columns.start).unwrap_or(usize::MAX).saturating_mul(bytes);
        let length = columns.len().saturating_mul(bytes);
        leaf.clear();
        for row in band.1.chunks(line.max(1)) {
            leaf.extend_from_slice(row.get(left..left.saturating_add(length)).unwrap_or_default());
        }
        hashes.push(leaf_hash(format, &at, &leaf));
    }
    Ok(hashes)
}

/// A range, as far as the leaves reach that hold it.
fn whole_leaves(range: &Range<u32>, side: u32) -> Range<u32> {
    let start = range.start.checked_div(LEAF).unwrap_or(0).saturating_mul(LEAF);
    start..range.end.div_ceil(LEAF).saturating_mul(LEAF).min(side)
}
