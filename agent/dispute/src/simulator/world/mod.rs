//! A product, two who computed a cell of it, and cheap stand-ins for digests and proofs.

pub mod player;
pub mod stand_ins;

use std::ops::Range;

use arch_dispute::{
    Bytes, Digester, Ground, InputLeaf, Roots, SIDE, STEP, Spot, Task, Terms, Tile, TileDigest,
};
use arch_identity::{Algorithm, Digest, SigningKey};
use arch_matrix::{
    Cell, Element, Format, Grid, Matrix, Part, Region, Shape, Splits,
    commit::{Commitment, LEAF, LeafAt, LeafTree},
    product,
};

pub const CELL: Cell = Cell { row: 0, column: 0 };

/// Judges' keys begin here.
pub const JUDGES: u8 = 100;

pub const TERMS: Terms = Terms { bond: 101, answer: 60, exchange: 30, proof: 90, verdict: 40 };

/// A and B, what comes out, and where two meet in it.
pub struct World {
    pub a: Matrix<i8>,
    pub b: Matrix<i8>,
    pub grid: Grid,
    pub c: Matrix<i32>,
    pub ground: Ground,
    pub leaf: u64,
    pub roots: Roots,
    pub task: Task,
    trees: [LeafTree; 2],
    /// The sums of each tile after each step.
    sums: Vec<Vec<Vec<i64>>>,
    digests: Vec<Vec<TileDigest>>,
    commitments: [Commitment; 2],
    cell: LeafTree,
    pub keys: [SigningKey; 2],
    pub judges: Vec<SigningKey>,
}

pub fn parts() -> [Part; 2] {
    [Part::Row { index: 0 }, Part::Column { index: 0 }]
}

pub fn key(number: u8) -> SigningKey {
    SigningKey::from_seed(Algorithm::Ed25519, &[number; 32])
}

fn numbers(seed: u64, count: u32) -> Vec<i8> {
    let mut state = seed | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3] as i8
    };
    (0..count).map(|_| next()).collect()
}

impl World {
    pub fn new(
        digester: &dyn Digester,
        seed: u64,
        [rows, depth, columns]: [u32; 3],
        leaf: u64,
    ) -> Self {
        let a = Matrix::new(rows, depth, numbers(seed, rows * depth)).unwrap();
        let b = Matrix::new(depth, columns, numbers(seed + 1, depth * columns)).unwrap();
        let shape = Shape::new(rows.into(), depth.into(), columns.into()).unwrap();
        let grid = Grid::new(shape, Splits::even(2)).unwrap();
        let c = product(&a, &b, &Region::whole(shape));
        let commitments = parts().map(|part| {
            let region = part.region(&grid).unwrap();
            let values = c.piece(&region.rows, &region.columns);
            Commitment::of(Format::I8, grid, part, &values).unwrap()
        });
        let ground = Ground::common(&commitments[0], &commitments[1], CELL, leaf).unwrap();
        let place = grid.cell(CELL);
        let cell = LeafTree::of_cell(Format::I8, &c, &place.rows, &place.columns);
        let trees = [
            LeafTree::of_cell(Format::I8, &a, &(0..rows), &(0..depth)),
            LeafTree::of_cell(Format::I8, &b, &(0..depth), &(0..columns)),
        ];
        let roots = Roots { a: trees[0].root(), b: trees[1].root() };
        let task = Task {
            job: Digest::of(&seed.to_le_bytes()),
            attempt: 1,
            entry: 7,
            leaf: Digest::of(b"the entry"),
        };
        let mut world = Self {
            a,
            b,
            grid,
            c,
            ground,
            leaf,
            roots,
            task,
            trees,
            commitments,
            cell,
            sums: vec![],
            digests: vec![],
            keys: [key(0), key(1)],
            judges: (JUDGES..JUDGES + 4).map(key).collect(),
        };
        world.sums = (0..world.ground.tiles()).map(|tile| world.sums_of(tile)).collect();
        let digest = |sums: &Vec<i64>| digester.digest(Format::I8, Tile::Sums, sums).unwrap();
        world.digests = world.sums.iter().map(|steps| steps.iter().map(digest).collect()).collect();
        world
    }

    fn sums_of(&self, tile: usize) -> Vec<Vec<i64>> {
        let [rows, columns] = self.ground.tile(tile).unwrap();
        let steps = 0..self.ground.steps();
        steps
            .map(|step| {
                let depth = 0..self.ground.step(step).unwrap().end;
                let region = Region { rows: rows.clone(), columns: columns.clone(), depth };
                let sums = product(&self.a, &self.b, &region);
                filled(&sums, &(0..sums.rows()), &(0..sums.columns()), (SIDE, SIDE))
            })
            .collect()
    }

    /// The numbers of the tiles of A and B of a step.
    pub fn inputs(&self, spot: Spot) -> [Vec<i64>; 2] {
        let [rows, columns] = self.ground.tile(spot.tile).unwrap();
        let depth = self.ground.step(spot.step).unwrap();
        [
            filled(&self.a, &rows, &depth, (SIDE, STEP)),
            filled(&self.b, &depth, &columns, (STEP, SIDE)),
        ]
    }

    /// The digests of the right values.
    pub fn right_marks(&self) -> Vec<TileDigest> {
        self.digests.iter().filter_map(|steps| steps.last().copied()).collect()
    }

    fn leaves(&self, which: usize, rows: &Range<u32>, columns: &Range<u32>) -> Vec<InputLeaf> {
        let matrix = [&self.a, &self.b][which];
        let span = |range: &Range<u32>| range.start / LEAF..range.end.div_ceil(LEAF);
        let mut all = vec![];
        for leaf_row in span(rows) {
            for leaf_column in span(columns) {
                let at = LeafAt { leaf_row, leaf_column, rows: 0, columns: 0 };
                let index = at.index(matrix.columns());
                let at = LeafAt::nth(matrix.rows(), matrix.columns(), index).unwrap();
                let values = matrix.piece(&at.row_range(), &at.column_range());
                let mut bytes = vec![0; values.values().len()];
                Element::write(values.values(), &mut bytes);
                let path = self.trees[which].path(index as usize).unwrap();
                all.push(InputLeaf { values: Bytes(bytes), path });
            }
        }
        all
    }
}

fn filled<T: Element + Into<i64>>(
    matrix: &Matrix<T>,
    rows: &Range<u32>,
    columns: &Range<u32>,
    (height, width): (u32, u32),
) -> Vec<i64> {
    let mut numbers = vec![0; (height * width) as usize];
    for (row, line) in rows.clone().zip(numbers.chunks_mut(width as usize)) {
        for (number, place) in matrix.row(row, columns).iter().zip(line) {
            *place = (*number).into();
        }
    }
    numbers
}
