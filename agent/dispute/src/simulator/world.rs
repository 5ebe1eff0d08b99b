//! A product, two who computed a cell of it, and cheap stand-ins for digests and proofs.
//!
//! A digest is SHA-256 of a tile's numbers; a proof is a note that somebody has shown the numbers of a
//! step, kept by the one who checks proofs. Both do what the real ones do, and hide nothing.

use std::{cell::RefCell, collections::BTreeSet, ops::Range};

use arch_dispute::{
    Bytes, Challenge, Commit, Digester, Ground, InputLeaf, Message, Own, Proof, ProofCheck,
    Resolver, Roots, SIDE, STEP, Says, Shown, Spot, Stand, Statement, Task, Terms, Tile,
    TileDigest,
};
use arch_identity::{Algorithm, Digest, SigningKey};
use arch_matrix::{
    Cell, Element, Format, Grid, Matrix, Part, Region, Shape, Splits,
    commit::{Commitment, Hash, LEAF, LeafAt, LeafTree, marks_hash},
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

/// A wrong value of C, and the step that it comes in with.
#[derive(Debug, Clone, Copy)]
pub struct Lie {
    pub tile: usize,
    pub at: usize,
    pub by: i32,
    pub step: usize,
}

/// What somebody committed to beside the values: nothing, or digests of tiles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Marked {
    /// Nothing.
    OnDispute,
    /// The digests of his own values.
    Own,
    /// The digests of the right values, whatever his own are.
    Right,
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

/// One of the two.
pub struct Player<'w> {
    pub world: &'w World,
    pub digester: &'w dyn Digester,
    pub prover: &'w dyn Prover,
    pub key: &'w SigningKey,
    pub part: usize,
    pub lie: Option<Lie>,
    pub marked: Marked,
}

/// Who makes proofs for a player.
pub trait Prover {
    fn prove(&self, statement: &Statement, tiles: [Vec<i64>; 3], after: &[i64]) -> Option<Proof>;
}

impl Player<'_> {
    /// The sums of a tile after each step, as the player says.
    fn sums(&self, tile: usize, step: usize) -> Vec<i64> {
        let mut sums = self.world.sums[tile][step].clone();
        if let Some(lie) = self.lie.filter(|lie| lie.tile == tile && lie.step <= step) {
            sums[lie.at] += i64::from(lie.by);
        }
        sums
    }

    fn digest(&self, tile: usize, step: usize) -> TileDigest {
        match self.lie.filter(|lie| lie.tile == tile && lie.step <= step) {
            None => self.world.digests[tile][step],
            Some(_) => {
                let sums = self.sums(tile, step);
                self.digester.digest(Format::I8, Tile::Sums, &sums).unwrap()
            }
        }
    }

    /// The leaf as it committed to it.
    pub fn values(&self) -> Matrix<i32> {
        let ground = &self.world.ground;
        let mut values = self.world.c.piece(&ground.rows, &ground.columns);
        if let Some(lie) = self.lie {
            let [rows, columns] = ground.within_leaf(lie.tile).unwrap();
            let (row, column) = (lie.at as u32 / SIDE, lie.at as u32 % SIDE);
            let column = columns.start + column;
            values.row_mut(rows.start + row, &(column..column + 1))[0] += lie.by;
        }
        values
    }

    fn tree(&self) -> LeafTree {
        let mut leaves = self.world.cell.leaves().to_vec();
        let hash = arch_matrix::commit::leaf_hash(
            Format::I8,
            &self.world.ground.at,
            &self.leaf(&self.world.ground),
        );
        leaves[self.world.leaf as usize] = hash;
        LeafTree::new(leaves)
    }

    pub fn commitment(&self) -> Commitment {
        let (grid, part) = (self.world.grid, parts()[self.part]);
        let honest = &self.world.commitments[self.part];
        let own = self.tree().root();
        let root = |cell| if cell == CELL { own } else { honest.cell(cell).unwrap() };
        let roots = part.cells(&grid).map(root).collect();
        Commitment::from_roots(Format::I8, grid, part, roots).unwrap()
    }

    /// The tree over the marks of the cell's leaves; all leaves but one have none here.
    fn mark_tree(&self) -> LeafTree {
        let mut leaves = vec![marks_hash([]); self.world.cell.leaves().len()];
        let marks = self.marks(&self.world.ground);
        leaves[self.world.leaf as usize] = marks_hash(marks.iter().map(TileDigest::as_bytes));
        LeafTree::new(leaves)
    }

    fn mark_roots(&self) -> Vec<Hash> {
        let part = parts()[self.part];
        let root = |cell| if cell == CELL { self.mark_tree().root() } else { marks_hash([]) };
        match self.marked {
            Marked::OnDispute => vec![],
            Marked::Own | Marked::Right => part.cells(&self.world.grid).map(root).collect(),
        }
    }

    pub fn commit(&self) -> Message {
        let Task { job, attempt, .. } = self.world.task;
        let (commitment, marks) = (self.commitment(), self.mark_roots());
        let says = Says::Commit(Commit { job, attempt, commitment, marks });
        Message::new(self.key.public().clone(), says, None)
    }

    pub fn stand(&self, commit: Digest) -> Stand {
        let (tree, leaf) = (self.tree(), self.world.leaf as usize);
        Stand { commit, hash: tree.leaves()[leaf], path: tree.path(leaf).unwrap() }
    }

    pub fn challenge(&self, stands: [Stand; 2], resolver: Resolver) -> Challenge {
        let [challenger, respondent] = stands;
        Challenge {
            task: self.world.task,
            cell: CELL,
            leaf: self.world.leaf,
            challenger,
            respondent,
            marks: self.marks(&self.world.ground),
            marks_path: self.marks_path(),
            inputs: self.world.roots,
            resolver,
            terms: TERMS,
        }
    }
}

impl Own for Player<'_> {
    fn inputs(&self) -> Roots {
        self.world.roots
    }

    fn marks(&self, ground: &Ground) -> Vec<TileDigest> {
        match self.marked {
            Marked::Right => self.world.right_marks(),
            Marked::OnDispute | Marked::Own => {
                (0..ground.tiles()).map(|tile| self.digest(tile, ground.steps() - 1)).collect()
            }
        }
    }

    fn marks_path(&self) -> Vec<Hash> {
        match self.marked {
            Marked::OnDispute => vec![],
            Marked::Own | Marked::Right => self.mark_tree().path(self.world.leaf as usize).unwrap(),
        }
    }

    fn steps(&self, ground: &Ground, tile: usize) -> Vec<TileDigest> {
        (0..ground.steps()).map(|step| self.digest(tile, step)).collect()
    }

    fn tiles(&self, _: &Ground, spot: Spot) -> [TileDigest; 2] {
        let [a, b] = self.world.inputs(spot);
        let digest =
            |tile, numbers: &[i64]| self.digester.digest(Format::I8, tile, numbers).unwrap();
        [digest(Tile::A, &a), digest(Tile::B, &b)]
    }

    fn leaf(&self, _: &Ground) -> Vec<u8> {
        let values = self.values();
        let mut bytes = vec![0; values.values().len() * 4];
        Element::write(values.values(), &mut bytes);
        bytes
    }

    fn show(&self, ground: &Ground, spot: Spot, [a, b]: [bool; 2], before: bool) -> Shown {
        let [rows, columns] = ground.tile(spot.tile).unwrap();
        let depth = ground.step(spot.step).unwrap();
        let before = before.then(|| {
            let sums: Vec<i32> =
                self.sums(spot.tile, spot.step - 1).iter().map(|sum| *sum as i32).collect();
            let mut bytes = vec![0; 1024];
            Element::write(&sums, &mut bytes);
            Bytes(bytes)
        });
        Shown::Step {
            a: if a { self.world.leaves(0, &rows, &depth) } else { vec![] },
            b: if b { self.world.leaves(1, &depth, &columns) } else { vec![] },
            before,
        }
    }

    fn prove(&self, statement: &Statement, _: &Ground, spot: Spot) -> Option<Proof> {
        let [a, b] = self.world.inputs(spot);
        let before = match spot.step {
            0 => vec![0; 256],
            step => self.sums(spot.tile, step - 1),
        };
        let mut after = before.clone();
        for (place, sum) in after.iter_mut().enumerate() {
            let (row, column) = (place / 16, place % 16);
            *sum += (0..128).map(|k| a[row * 128 + k] * b[k * 16 + column]).sum::<i64>();
        }
        self.prover.prove(statement, [a, b, before], &after)
    }
}

/// Digests and proofs that cost nothing.
#[derive(Default)]
pub struct StandIns {
    shown: RefCell<BTreeSet<Digest>>,
}

impl StandIns {
    fn name(statement: &Statement, after: TileDigest) -> Digest {
        let (a, b, before) = (statement.a(), statement.b(), statement.before());
        let digests = [a, b, before, after].map(|digest| *digest.as_bytes()).concat();
        Digest::of(&[statement.place(), &digests].concat())
    }
}

impl Digester for StandIns {
    fn digest(&self, format: Format, tile: Tile, numbers: &[i64]) -> Option<TileDigest> {
        let mut bytes = format!("{format} {tile:?} ").into_bytes();
        numbers.iter().for_each(|number| bytes.extend_from_slice(&(*number as i32).to_le_bytes()));
        Some(TileDigest::from_bytes(*Digest::of(&bytes).as_bytes()))
    }
}

impl Prover for StandIns {
    fn prove(&self, statement: &Statement, tiles: [Vec<i64>; 3], after: &[i64]) -> Option<Proof> {
        let digest = |tile, numbers: &[i64]| self.digest(Format::I8, tile, numbers);
        let [a, b, before] = tiles;
        let own = [digest(Tile::A, &a), digest(Tile::B, &b), digest(Tile::Sums, &before)];
        if own != [statement.a(), statement.b(), statement.before()].map(Some) {
            return None;
        }
        let after = digest(Tile::Sums, after)?;
        let name = Self::name(statement, after);
        self.shown.borrow_mut().insert(name);
        let dispute = name;
        Some(Proof {
            dispute,
            stage: dispute,
            circuit: "stand-in".into(),
            key: dispute,
            after,
            proof: Bytes(name.as_bytes().to_vec()),
        })
    }
}

impl ProofCheck for StandIns {
    fn holds(&self, statement: &Statement, proof: &Proof) -> bool {
        let name = Self::name(statement, proof.after);
        proof.proof.0 == name.as_bytes() && self.shown.borrow().contains(&name)
    }
}
