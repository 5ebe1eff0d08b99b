//! One who computed the product, and says what he has, or something else.

use arch_dispute::{
    Bytes, Challenge, Commit, Digester, Ground, Message, Own, Proof, Resolver, Roots, SIDE, Says,
    Shown, Spot, Stand, Statement, Task, Tile, TileDigest,
};
use arch_identity::{Digest, SigningKey};
use arch_matrix::{
    Element, Format, Matrix,
    commit::{Commitment, Hash, LeafTree, leaf_hash, marks_hash},
};

use super::{CELL, TERMS, World, parts};

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
        let ground = &self.world.ground;
        let hash = leaf_hash(Format::I8, &ground.at, &self.leaf(ground));
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
