//! C, one's own or another's, in a file: read a piece at a time, as leaves are hashed.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::path::Path;

use arch_dispute::{Commit, Digester as _, Tile, mark_tree, tiles_of_leaf};
use arch_kernels::stream::{self, ReadAt};
use arch_matrix::commit::{Commitment, Hash, LeafTree, leaf_hash, leaves};
use arch_matrix::file::Dtype;
use arch_matrix::{CarrierKind, Cell, Format, Grid, Part, Region};
use arch_problem::codes;

use super::court::Poseidon2;
use super::flaw::Flaw;
use crate::matrix_file::word;

/// The sums of a part, or of all of C, in a .npy file.
#[derive(Debug)]
pub(crate) struct Product {
    /// What it is called where something is wrong with it.
    name: String,
    file: File,
    format: Format,
    /// Where the first number stands in the file.
    offset: u64,
    /// Bytes of a number.
    width: u64,
    /// The row and the column of C that the file begins with.
    corner: (u32, u32),
    /// Columns of the file.
    columns: u32,
}

impl Product {
    /// Opens a file that has all of C, or the part alone.
    pub(crate) fn open(path: &Path, format: Format, grid: &Grid, part: Part) -> Result<Self, Flaw> {
        let file = File::open(path).map_err(|error| {
            let text = format!("{} cannot be read: {error}", path.display());
            Flaw::missing(codes::MATRIX_FILE, text)
        })?;
        Self::in_file((file, path.display().to_string()), format, grid, part)
    }

    /// The same, of a file that is open already.
    pub(crate) fn in_file(
        (file, name): (File, String),
        format: Format,
        grid: &Grid,
        part: Part,
    ) -> Result<Self, Flaw> {
        let wrong = |code, why: String| Flaw::wrong(code, format!("{name}: {why}"));
        let not_read = |error: &dyn std::fmt::Display| wrong(codes::MATRIX_FILE, error.to_string());
        let length = file.metadata().map_err(|error| not_read(&error))?.len();
        let stored = stream::stored(&file, length, None).map_err(|error| not_read(&error))?;
        let dtype = match format.carrier() {
            CarrierKind::I8 => Dtype::I32,
            CarrierKind::I16 => Dtype::I64,
            CarrierKind::F32 => {
                return Err(wrong(
                    codes::MATRIX_FILE,
                    "sums of floats are not disputed".to_owned(),
                ));
            }
        };
        if stored.dtype != dtype {
            let (have, need) = (word(stored.dtype), word(dtype));
            let why = format!("it holds numbers of type {have}, and sums of `{format}` are {need}");
            return Err(wrong(codes::MATRIX_FILE, why));
        }
        let none = || wrong(codes::MATRIX_SHAPE, "the product has no such part".to_owned());
        let region = part.region(grid).ok_or_else(none)?;
        let shape = grid.shape();
        let size = (stored.rows, stored.columns);
        let (rows, columns) = region.size();
        let corner = match size {
            size if size == (shape.rows().into(), shape.columns().into()) => (0, 0),
            size if size == (rows.into(), columns.into()) => {
                (region.rows.start, region.columns.start)
            }
            (have_rows, have_columns) => {
                let why = format!(
                    "it has {have_rows} × {have_columns} numbers; C has {} × {}, and the part {rows} × {columns}",
                    shape.rows(),
                    shape.columns()
                );
                return Err(wrong(codes::MATRIX_SHAPE, why));
            }
        };
        let columns = u32::try_from(stored.columns).unwrap_or(u32::MAX);
        let (offset, width) = (stored.offset, dtype.bytes());
        Ok(Self { name, file, format, offset, width, corner, columns })
    }

    /// What one says of a part of which the file has the sums.
    pub(crate) fn commitment(&self, grid: Grid, part: Part) -> Result<Commitment, Flaw> {
        let roots = part.cells(&grid).map(|cell| Ok(self.tree(&grid.cell(cell))?.root()));
        let roots = roots.collect::<Result<Vec<_>, Flaw>>()?;
        Commitment::from_roots(self.format, grid, part, roots)
            .map_err(|error| Flaw::wrong(codes::MATRIX_SHAPE, error.to_string()))
    }

    /// The hashes of the leaves of a cell.
    pub(crate) fn tree(&self, cell: &Region) -> Result<LeafTree, Flaw> {
        let (rows, columns) = cell.size();
        let (mut band, mut band_rows) = (Vec::new(), 0..0);
        let mut hashes = Vec::new();
        for at in leaves(rows, columns) {
            if at.row_range() != band_rows {
                band_rows = at.row_range();
                let rows = moved(&band_rows, cell.rows.start);
                band = self.piece(&rows, &cell.columns)?;
            }
            let own = at.column_range();
            let mut leaf = Vec::new();
            let (left, length) = (self.bytes(own.start), self.bytes(at.columns));
            for row in band.chunks(self.bytes(columns).max(1)) {
                let place = row.get(left..left.saturating_add(length));
                leaf.extend_from_slice(place.unwrap_or_default());
            }
            hashes.push(leaf_hash(self.format, &at, &leaf));
        }
        Ok(LeafTree::new(hashes))
    }

    /// The tree over the digests of a cell's tiles, where they are committed to. It takes some
    /// milliseconds a leaf.
    pub(crate) fn mark_tree(&self, commitment: &Commitment, cell: Cell) -> Result<LeafTree, Flaw> {
        mark_tree(commitment, cell, |ground, _| {
            let leaf = self.piece(&ground.rows, &ground.columns)?;
            let tiles = tiles_of_leaf(ground, &leaf).unwrap_or_default();
            let digest = |sums: &Vec<i64>| Poseidon2.digest(self.format, Tile::Sums, sums);
            let none = || Flaw::wrong(codes::MATRIX_FILE, "a sum is beyond what can be proved");
            tiles.iter().map(digest).collect::<Option<Vec<_>>>().ok_or_else(none)
        })
    }

    /// The way of a leaf's digests to the root that somebody committed to with this product; empty where
    /// he committed to none.
    pub(crate) fn marks_path(
        &self,
        commit: &Commit,
        cell: Cell,
        leaf: u64,
    ) -> Result<Vec<Hash>, Flaw> {
        if commit.marks.is_empty() {
            return Ok(Vec::new());
        }
        let path = self
            .mark_tree(&commit.commitment, cell)?
            .path(usize::try_from(leaf).unwrap_or(usize::MAX));
        path.ok_or_else(|| Flaw::wrong(codes::MATRIX_SHAPE, "the product has no such leaf"))
    }

    /// The bytes of a piece, by rows and columns of C.
    pub(crate) fn piece(&self, rows: &Range<u32>, columns: &Range<u32>) -> Result<Vec<u8>, Flaw> {
        let length = self.bytes(columns.end.saturating_sub(columns.start));
        let mut bytes = vec![0; length.saturating_mul(rows.len())];
        for (row, place) in rows.clone().zip(bytes.chunks_mut(length.max(1))) {
            let from = self.place(row, columns.start).ok_or(io::ErrorKind::UnexpectedEof.into());
            from.and_then(|from| self.file.read_at(from, place)).map_err(|error: io::Error| {
                let text = format!("{} cannot be read: {error}", self.name);
                Flaw::missing(codes::MATRIX_FILE, text)
            })?;
        }
        Ok(bytes)
    }

    fn bytes(&self, columns: u32) -> usize {
        let bytes = u64::from(columns).saturating_mul(self.width);
        usize::try_from(bytes).unwrap_or(usize::MAX)
    }

    fn place(&self, row: u32, column: u32) -> Option<u64> {
        let (row, column) = (row.checked_sub(self.corner.0)?, column.checked_sub(self.corner.1)?);
        let number = u64::from(row).checked_mul(self.columns.into())?.checked_add(column.into())?;
        number.checked_mul(self.width)?.checked_add(self.offset)
    }
}

fn moved(range: &Range<u32>, by: u32) -> Range<u32> {
    range.start.saturating_add(by)..range.end.saturating_add(by)
}

#[cfg(test)]
mod tests {
    use arch_matrix::file::npy;
    use arch_matrix::{Element, Matrix, Shape, Splits};

    use super::*;

    #[test]
    fn a_file_of_all_of_c_and_one_of_the_part_give_what_the_definition_gives() {
        let place = tempfile::tempdir().unwrap();
        let shape = Shape::new(150, 9, 140).unwrap();
        let grid = Grid::new(shape, Splits::even(2)).unwrap();
        let c = Matrix::new(150, 140, (0..150 * 140).collect::<Vec<i64>>()).unwrap();
        let path = place.path().join("c.npy");
        let write = |c: &Matrix<i64>| {
            let mut bytes = npy::header(Dtype::I64, c.rows(), c.columns());
            let mut values = vec![0; c.values().len() * 8];
            i64::write(c.values(), &mut values);
            bytes.extend(values);
            std::fs::write(&path, bytes).unwrap();
        };
        for part in [Part::Row { index: 1 }, Part::Column { index: 1 }] {
            let region = part.region(&grid).unwrap();
            let own = c.piece(&region.rows, &region.columns);
            let defined = Commitment::of(Format::I16, grid, part, &own).unwrap();
            for values in [&c, &own] {
                write(values);
                let product = Product::open(&path, Format::I16, &grid, part).unwrap();
                assert_eq!(product.commitment(grid, part).unwrap(), defined);
            }
        }
        let part = Part::Row { index: 1 };
        assert!(Product::open(&path, Format::I8, &grid, part).is_err(), "of another type");
        write(&c.piece(&(0..3), &(0..140)));
        assert!(Product::open(&path, Format::I16, &grid, part).is_err(), "of another size");
    }
}
