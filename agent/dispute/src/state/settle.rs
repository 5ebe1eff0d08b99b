//! What was committed to is shown, or proved; whoever signed something else is at fault.

use arch_identity::Digest;

use super::{Dispute, Frame, Located, Rejected, Turn, exchange::Said};
use crate::{
    compute,
    court::Tile,
    fault::{Finding, Rule},
    ground::Spot,
    message::{InputLeaf, Opening, Proof, Resolver, Shown},
    opened,
    pair::{Pair, Side},
    statement::Statement,
    tile_digest::TileDigest,
};

/// All tiles agree though the leaves differ: both leaves are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwaitsLeaves {
    pub(crate) frame: Frame,
    said: Said<Vec<Option<TileDigest>>>,
}

impl AwaitsLeaves {
    pub(super) fn new(frame: Frame) -> Self {
        Self { frame, said: Said::nothing() }
    }

    pub(super) fn leaf(&self, turn: &Turn<'_>, opening: &Opening) -> Result<Dispute, Rejected> {
        let Shown::Leaf(bytes) = &opening.shows else { return Err(Rejected::OtherValues) };
        let case = &self.frame.case;
        let tiles = opened::leaf(&case.ground, *case.hashes.of(turn.side), &bytes.0);
        let digest =
            |tile: &Vec<i64>| turn.court.digester.digest(case.ground.format, Tile::Sums, tile);
        let marks = tiles.as_ref().map(|tiles| tiles.iter().map(digest).collect());
        let said = self.said.with(turn, marks.unwrap_or_default())?;
        if tiles.is_none() {
            return Ok(wrong_opening(&self.frame, turn, &said.messages()));
        }
        let Some(own) = said.both() else {
            let frame = self.frame.heard(turn.heard);
            return Ok(Dispute::AwaitsLeaves(Self { frame, said }));
        };
        // Both signed the same marks, those of the challenge.
        let signed: Vec<_> = case.marks.iter().copied().map(Some).collect();
        let finding =
            Finding::where_it_holds(&own, |own| *own != signed, Rule::WrongMarks, turn.heard);
        Ok(self.frame.decide(&said.messages(), turn.heard, finding))
    }

    pub(super) fn expired(&self) -> Dispute {
        self.said.expired(&self.frame)
    }

    pub(crate) fn has_said(&self, side: Side) -> bool {
        self.said.has(side)
    }
}

/// The digests of an input differ: it is asked for. One opening is enough, whoever gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwaitsInputs {
    pub(crate) frame: Frame,
    pub(crate) located: Located,
    pub(crate) tiles: Pair<[TileDigest; 2]>,
}

impl AwaitsInputs {
    /// Whether A is asked for, and whether B is.
    pub(crate) fn asked(&self) -> [bool; 2] {
        let Pair { challenger: [a, b], respondent: [other_a, other_b] } = self.tiles;
        [a != other_a, b != other_b]
    }

    pub(super) fn opening(&self, turn: &Turn<'_>, opening: &Opening) -> Result<Dispute, Rejected> {
        let (shown, before) = step(&opening.shows)?;
        let asked = self.asked();
        if before || shown.map(|leaves| !leaves.is_empty()) != asked {
            return Err(Rejected::OtherValues);
        }
        let Some(right) = open_tiles(&self.frame, turn, self.located.spot, shown) else {
            return Ok(wrong_opening(&self.frame, turn, &[turn.heard.0]));
        };
        let lied = |said: &[TileDigest; 2]| {
            said.iter().zip(&right).any(|(said, right)| {
                right.as_ref().is_some_and(|(digest, _)| digest.as_ref() != Some(said))
            })
        };
        let finding = Finding::where_it_holds(&self.tiles, lied, Rule::WrongTile, turn.heard);
        Ok(self.frame.decide(&[turn.heard.0], turn.heard, finding))
    }

    /// Whoever is honest opens: it costs him nothing, and it names the other.
    pub(super) fn expired(&self) -> Dispute {
        self.frame.silent(&[], Side::BOTH.into_iter(), Rule::Silent)
    }
}

/// The step's tiles are asked for. Either may show them; who challenged has to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwaitsReveal {
    pub(crate) frame: Frame,
    pub(crate) located: Located,
}

impl AwaitsReveal {
    pub(super) fn opening(&self, turn: &Turn<'_>, opening: &Opening) -> Result<Dispute, Rejected> {
        let (shown, has_before) = step(&opening.shows)?;
        let first = self.located.spot.step == 0;
        if has_before == first || shown.iter().any(|leaves| leaves.is_empty()) {
            return Err(Rejected::OtherValues);
        }
        let format = self.frame.case.ground.format;
        let digest = |sums: &[i64]| turn.court.digester.digest(format, Tile::Sums, sums);
        let wrong = || Ok(wrong_opening(&self.frame, turn, &[turn.heard.0]));
        let before = match &opening.shows {
            Shown::Step { before: Some(before), .. } => opened::sums(format, &before.0),
            _ => Some(vec![0; 256]),
        };
        let Some(before) = before.filter(|sums| digest(sums) == Some(self.located.before)) else {
            return wrong();
        };
        let Some([Some((_, a)), Some((_, b))]) =
            open_tiles(&self.frame, turn, self.located.spot, shown)
        else {
            return wrong();
        };
        // Sums without room have no digest: then nobody signed the right one.
        let right = compute::step(&before, &a, &b).and_then(|after| digest(&after));
        let lied = |said: &TileDigest| Some(*said) != right;
        let finding =
            Finding::where_it_holds(&self.located.after, lied, Rule::Computed, turn.heard);
        Ok(self.frame.decide(&[turn.heard.0], turn.heard, finding))
    }

    pub(super) fn expired(&self) -> Dispute {
        self.frame.silent(&[], [Side::Challenger].into_iter(), Rule::NotShown)
    }
}

/// A proof of the step is asked for. Either may give it; who challenged has to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwaitsProof {
    pub(crate) frame: Frame,
    pub(crate) located: Located,
    pub(crate) statement: Statement,
}

impl AwaitsProof {
    /// A proof that does not hold is no fault: whether one does depends on keys that are believed, and
    /// a prover that fails must not cost more than its time.
    pub(super) fn proof(&self, turn: &Turn<'_>, proof: &Proof) -> Result<Dispute, Rejected> {
        if !turn.court.proofs.holds(&self.statement, proof) {
            return Err(Rejected::NothingProved);
        }
        let lied = |said: &TileDigest| *said != proof.after;
        let finding = Finding::where_it_holds(&self.located.after, lied, Rule::Proved, turn.heard)
            .under(&proof.circuit, proof.key);
        Ok(self.frame.decide(&[turn.heard.0], turn.heard, finding))
    }

    /// Whose prover fails him may show the tiles instead, where the task allows that as well.
    pub(super) fn opening(&self, turn: &Turn<'_>, opening: &Opening) -> Result<Dispute, Rejected> {
        if !turn.court.facts.allows(Resolver::Reveal) {
            return Err(Rejected::OutOfTurn);
        }
        let Self { frame, located, .. } = self;
        AwaitsReveal { frame: frame.clone(), located: *located }.opening(turn, opening)
    }

    pub(super) fn expired(&self) -> Dispute {
        self.frame.silent(&[], [Side::Challenger].into_iter(), Rule::NotShown)
    }

    /// What is to be proved.
    #[must_use]
    pub fn statement(&self) -> &Statement {
        &self.statement
    }

    /// Which step of which tile, and who says what comes out of it.
    #[must_use]
    pub fn located(&self) -> &Located {
        &self.located
    }
}

/// The inputs that are shown, A's and B's, and whether sums are.
fn step(shown: &Shown) -> Result<([&[InputLeaf]; 2], bool), Rejected> {
    match shown {
        Shown::Step { a, b, before } => Ok(([a.as_slice(), b.as_slice()], before.is_some())),
        Shown::Leaf(_) => Err(Rejected::OtherValues),
    }
}

/// A tile with its digest.
type Opened = Option<(Option<TileDigest>, Vec<i64>)>;

/// The tiles of A and B that are shown; nothing if one is not what was committed to.
fn open_tiles(
    frame: &Frame,
    turn: &Turn<'_>,
    Spot { tile, step }: Spot,
    [a, b]: [&[InputLeaf]; 2],
) -> Option<[Opened; 2]> {
    let case = &frame.case;
    let format = case.ground.format;
    let (wanted_a, wanted_b) = opened::inputs(&case.ground, tile, step)?;
    let digest = |kind, numbers: &[i64]| turn.court.digester.digest(format, kind, numbers);
    let open = |wanted: &opened::Wanted, root, leaves: &[InputLeaf], kind| match leaves {
        [] => Some(None),
        leaves => {
            let numbers = wanted.open(format, root, leaves)?;
            Some(Some((digest(kind, &numbers), numbers)))
        }
    };
    Some([open(&wanted_a, case.inputs.a, a, Tile::A)?, open(&wanted_b, case.inputs.b, b, Tile::B)?])
}

fn wrong_opening(frame: &Frame, turn: &Turn<'_>, said: &[Digest]) -> Dispute {
    let finding = Finding::of([turn.side].into_iter(), Rule::WrongOpening, turn.heard);
    frame.decide(said, turn.heard, finding)
}
