//! What somebody has who computed a leaf: its values, as he committed to them, and A and B. With it he says
//! what there is to say, whether his values are right or not: he stands by what was computed.

use arch_matrix::commit::Hash;

use crate::{
    bytes::Bytes,
    compute,
    court::{Digester, Tile},
    factors::Factors,
    ground::{Ground, SIDE, Spot},
    message::{Proof, Shown},
    opened,
    reply::Own,
    statement::Statement,
    task::Roots,
    tile_digest::TileDigest,
};

/// The numbers of a step, each row by row: 16 × 128, 128 × 16, and two times 16 × 16.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepNumbers {
    /// Of A.
    pub a: Vec<i64>,
    /// Of B.
    pub b: Vec<i64>,
    /// The sums before.
    pub before: Vec<i64>,
    /// The sums after.
    pub after: Vec<i64>,
}

/// Makes proofs.
pub trait StepProver {
    /// A proof of the step, or nothing while there is none. Dispute and stage are filled in by others.
    fn prove(&self, statement: &Statement, numbers: &StepNumbers) -> Option<Proof>;
}

/// A leaf's values, and what they come from.
#[derive(Clone, Copy)]
pub struct Holding<'a> {
    /// A and B around it.
    pub factors: &'a Factors,
    /// The values that were committed to, row by row, lowest byte first.
    pub leaf: &'a [u8],
    /// The way of the digests of its tiles to the root that was committed to, lowest first; empty where
    /// none was.
    pub marks_path: &'a [Hash],
    /// Makes digests.
    pub digester: &'a dyn Digester,
    /// Makes proofs.
    pub prover: &'a dyn StepProver,
}

/// Stands where there is no digest: nobody takes it for one, since whoever asks looks first whether all
/// were there.
const NONE: TileDigest = TileDigest::from_bytes([0; 32]);

impl std::fmt::Debug for Holding<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Holding").field("factors", self.factors).finish_non_exhaustive()
    }
}

impl Holding<'_> {
    /// Whether the values are what A and B give over this stretch of the depth.
    #[must_use]
    pub fn is_right(&self, ground: &Ground) -> bool {
        self.is_right_in(ground, |_| true)
    }

    /// The same, looking only at tiles in which somebody else's values differ: where they do not, both
    /// are right or wrong.
    #[must_use]
    pub fn is_right_where_it_differs_from(&self, ground: &Ground, other: &[u8]) -> bool {
        let (own, other) = (opened::tiles(ground, self.leaf), opened::tiles(ground, other));
        let of = |tiles: &Option<Vec<Vec<i64>>>, tile: usize| tiles.as_ref()?.get(tile).cloned();
        self.is_right_in(ground, |tile| of(&own, tile) != of(&other, tile))
    }

    fn is_right_in(&self, ground: &Ground, looks: impl Fn(usize) -> bool) -> bool {
        let computed = |tile| self.computed(ground, tile).pop();
        opened::tiles(ground, self.leaf).is_some_and(|tiles| {
            let mut looked = (0..).zip(&tiles).filter(|(tile, _)| looks(*tile));
            looked.all(|(tile, sums)| computed(tile).as_ref() == Some(sums))
        })
    }

    /// The sums of a tile after each step, from A and B.
    fn computed(&self, ground: &Ground, tile: usize) -> Vec<Vec<i64>> {
        let mut sums = zeros();
        let steps = (0..ground.steps()).map_while(|step| {
            let [a, b] = self.factors.tiles(ground, Spot { tile, step })?;
            sums = compute::step(&sums, &a, &b)?;
            Some(sums.clone())
        });
        steps.collect()
    }

    fn digest(&self, ground: &Ground, tile: Tile, numbers: &[i64]) -> TileDigest {
        self.digester.digest(ground.format, tile, numbers).unwrap_or(NONE)
    }

    fn before(&self, ground: &Ground, spot: Spot) -> Option<Vec<i64>> {
        match spot.step.checked_sub(1) {
            None => Some(zeros()),
            Some(before) => self.computed(ground, spot.tile).get(before).cloned(),
        }
    }
}

fn zeros() -> Vec<i64> {
    vec![0; usize::try_from(SIDE.saturating_mul(SIDE)).unwrap_or_default()]
}

impl Own for Holding<'_> {
    fn inputs(&self) -> Roots {
        self.factors.roots()
    }

    fn marks(&self, ground: &Ground) -> Vec<TileDigest> {
        let tiles = opened::tiles(ground, self.leaf).unwrap_or_default();
        tiles.iter().map(|sums| self.digest(ground, Tile::Sums, sums)).collect()
    }

    fn marks_path(&self) -> Vec<Hash> {
        self.marks_path.to_vec()
    }

    /// The last one is that of the values that were committed to, whatever A and B give.
    fn steps(&self, ground: &Ground, tile: usize) -> Vec<TileDigest> {
        let own = opened::tiles(ground, self.leaf).and_then(|tiles| tiles.get(tile).cloned());
        let mut sums = self.computed(ground, tile);
        if let (Some(last), Some(own)) = (sums.last_mut(), own) {
            *last = own;
        }
        sums.iter().map(|sums| self.digest(ground, Tile::Sums, sums)).collect()
    }

    fn tiles(&self, ground: &Ground, spot: Spot) -> [TileDigest; 2] {
        let [a, b] = self.factors.tiles(ground, spot).unwrap_or_default();
        [self.digest(ground, Tile::A, &a), self.digest(ground, Tile::B, &b)]
    }

    fn leaf(&self, _: &Ground) -> Vec<u8> {
        self.leaf.to_vec()
    }

    fn show(&self, ground: &Ground, spot: Spot, [a, b]: [bool; 2], before: bool) -> Shown {
        let [of_a, of_b] = self.factors.leaves(ground, spot).unwrap_or_default();
        let sums = before.then(|| self.before(ground, spot)).flatten();
        Shown::Step {
            a: if a { of_a } else { Vec::new() },
            b: if b { of_b } else { Vec::new() },
            before: sums.and_then(|sums| opened::written(ground.format, &sums)).map(Bytes),
        }
    }

    fn prove(&self, statement: &Statement, ground: &Ground, spot: Spot) -> Option<Proof> {
        let [a, b] = self.factors.tiles(ground, spot)?;
        let before = self.before(ground, spot)?;
        let after = compute::step(&before, &a, &b)?;
        self.prover.prove(statement, &StepNumbers { a, b, before, after })
    }
}

#[cfg(test)]
mod tests {
    use std::{convert::Infallible, ops::Range};

    use arch_matrix::Element as _;

    use super::*;
    use crate::{
        Factor, Source,
        simulator::world::{
            World,
            player::{Lie, Marked, Player},
            stand_ins::StandIns,
        },
    };

    struct Numbers<'w>(&'w World);

    impl Source for Numbers<'_> {
        type Error = Infallible;

        fn piece(
            &self,
            of: Factor,
            rows: &Range<u32>,
            columns: &Range<u32>,
        ) -> Result<Vec<u8>, Infallible> {
            let matrix = if of == Factor::A { &self.0.a } else { &self.0.b };
            let piece = matrix.piece(rows, columns);
            let mut bytes = vec![0; piece.values().len()];
            i8::write(piece.values(), &mut bytes);
            Ok(bytes)
        }
    }

    struct NoProofs;

    impl StepProver for NoProofs {
        fn prove(&self, _: &Statement, _: &StepNumbers) -> Option<Proof> {
            None
        }
    }

    #[test]
    fn who_of_two_is_right_is_told_from_the_tiles_in_which_they_differ() {
        let stand_ins = StandIns::default();
        let world = World::new(&stand_ins, 5, [41, 300, 38], 0);
        let factors = Factors::load(&world.ground, &Numbers(&world)).unwrap();
        let leaf = |lie| {
            let (digester, prover, key) = (&stand_ins, &stand_ins, &world.keys[0]);
            let marked = Marked::OnDispute;
            Player { world: &world, digester, prover, key, part: 0, lie, marked }
                .leaf(&world.ground)
        };
        let lie = |tile| leaf(Some(Lie { tile, at: 0, by: 1, step: 1 }));
        let (right, first, second) = (leaf(None), lie(0), lie(1));
        // Wrong in both tiles: the first is wrong in the same way.
        let mut both = second.clone();
        both[..4].copy_from_slice(&first[..4]);
        let all = [&right, &first, &second, &both].map(|leaf| Holding {
            factors: &factors,
            leaf,
            marks_path: &[],
            digester: &stand_ins,
            prover: &NoProofs,
        });
        let better = |one: usize, other: usize| {
            all[one].is_right_where_it_differs_from(&world.ground, all[other].leaf)
        };
        assert_eq!(
            all.each_ref().map(|own| own.is_right(&world.ground)),
            [true, false, false, false]
        );
        assert!(better(0, 1) && !better(1, 0));
        assert!(better(1, 3) && !better(3, 1));
        assert!(!better(1, 2) && !better(2, 1));
        let short = Holding { leaf: &right[1..], ..all[0] };
        assert!(!short.is_right_where_it_differs_from(&world.ground, &right));
    }
}
