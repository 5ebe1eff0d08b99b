//! What is known of digests and proofs so far. The crate of disputes asks while it plays a record, and
//! cannot wait; here it is told what is known, and what is not is noted, to be asked for. What came of the
//! playing is then worth nothing, and the record is played once more.

use std::{cell::RefCell, collections::BTreeMap};

use arch_dispute::{
    Agreed, Digester, Proof, ProofCheck, ProofKey, Resolver, Statement, StepNumbers, StepProver,
    Tile, TileDigest,
};
use arch_identity::Digest;
use arch_matrix::{CarrierKind, Format};
use arch_wire::{
    control::Bytes,
    prover::{TileKind, TileNumbers},
};

use super::docket::Docket;

/// The circuit that a product's steps are proved by, in the names of docs/CIRCUITS.md, and bytes of an
/// input and of a sum. None for floats.
pub(super) fn circuit(format: Format) -> Option<(&'static str, usize, usize)> {
    match format.carrier() {
        CarrierKind::I8 => Some(("arch-tile-fma-v1", 1, 4)),
        CarrierKind::I16 => Some(("arch-tile-fma-v1-i16", 2, 8)),
        CarrierKind::F32 => None,
    }
}

/// Answers that a prover gave, and questions that it has not heard.
#[derive(Debug)]
pub(super) struct Known {
    agreed: Agreed,
    format: Format,
    digests: BTreeMap<Digest, TileDigest>,
    /// Whether a proof holds, by statement and proof.
    checks: BTreeMap<Digest, bool>,
    /// Proofs that were made, by statement; none where there will be none.
    proofs: BTreeMap<Digest, Option<Proof>>,
    /// Whether none is made any more, since the step can be shown instead.
    given_up: bool,
    open: RefCell<Open>,
}

/// What is not known.
#[derive(Debug, Default)]
struct Open {
    tiles: BTreeMap<Digest, TileNumbers>,
    checks: BTreeMap<Digest, (Statement, Proof)>,
    proofs: BTreeMap<Digest, (Statement, StepNumbers)>,
}

/// One thing to be asked.
#[derive(Debug)]
pub(super) enum Question {
    /// Digests of tiles.
    Tiles(Vec<(Digest, TileNumbers)>),
    /// Whether a proof holds.
    Check(Digest, Box<(Statement, Proof)>),
    /// A proof.
    Prove(Digest, Box<(Statement, StepNumbers)>),
}

impl Known {
    /// Nothing is known of a job's disputes yet.
    pub(super) fn of(docket: &Docket) -> Self {
        Self {
            agreed: docket.agreed.clone(),
            format: docket.format,
            digests: BTreeMap::new(),
            checks: BTreeMap::new(),
            proofs: BTreeMap::new(),
            given_up: false,
            open: RefCell::default(),
        }
    }

    pub(super) fn agreed(&self) -> &Agreed {
        &self.agreed
    }

    pub(super) fn format(&self) -> Format {
        self.format
    }

    /// What is to be asked before anything counts, digests first.
    pub(super) fn question(&self) -> Option<Question> {
        let mut open = self.open.borrow_mut();
        if !open.tiles.is_empty() {
            return Some(Question::Tiles(std::mem::take(&mut open.tiles).into_iter().collect()));
        }
        if let Some((name, what)) = open.checks.pop_first() {
            return Some(Question::Check(name, Box::new(what)));
        }
        let (name, what) = open.proofs.pop_first()?;
        Some(Question::Prove(name, Box::new(what)))
    }

    pub(super) fn learn_digest(&mut self, name: Digest, digest: TileDigest) {
        self.digests.insert(name, digest);
    }

    pub(super) fn learn_check(&mut self, name: Digest, holds: bool) {
        self.checks.insert(name, holds);
    }

    pub(super) fn learn_proof(&mut self, name: Digest, proof: Option<Proof>) {
        self.proofs.insert(name, proof);
    }

    /// The key under which a proof is believed, if it names one that was agreed upon for this format.
    pub(super) fn believed(&self, proof: &Proof) -> Option<&ProofKey> {
        let (name, ..) = circuit(self.format)?;
        let is_it = |key: &&ProofKey| {
            key.circuit == name && key.circuit == proof.circuit && key.key == proof.key
        };
        self.agreed.keys.iter().find(is_it)
    }

    /// Whether a step may be shown in place of a proof.
    pub(super) fn may_show(&self) -> bool {
        self.agreed.resolvers.contains(&Resolver::Reveal)
    }

    /// Whether there is a proof that will never be made.
    pub(super) fn has_no_proof(&self) -> bool {
        self.given_up || self.newest().is_none() || self.proofs.values().any(Option::is_none)
    }

    /// Asks for no proof any more, if the step may be shown instead, and that is new.
    pub(super) fn gives_up_proofs(&mut self) -> bool {
        let gives_up = self.may_show() && !self.given_up;
        self.given_up |= gives_up;
        gives_up
    }

    /// The key that proofs of ours are made for: the newest.
    pub(super) fn newest(&self) -> Option<&ProofKey> {
        let (name, ..) = circuit(self.format)?;
        let ours = self.agreed.keys.iter().filter(|key| key.circuit == name);
        ours.max_by_key(|key| key.version)
    }
}

impl Digester for Known {
    fn digest(&self, format: Format, tile: Tile, numbers: &[i64]) -> Option<TileDigest> {
        let (_, input, sum) = circuit(format)?;
        let (tile, width) = match tile {
            Tile::A => (TileKind::A, input),
            Tile::B => (TileKind::B, input),
            Tile::Sums => (TileKind::Sums, sum),
        };
        // A number that has no room in the format has no digest, whoever is asked.
        let bytes = written(numbers, width)?;
        let name = Digest::of(&[format!("{format} {tile:?} ").as_bytes(), &bytes].concat());
        let known = self.digests.get(&name).copied();
        if known.is_none() {
            let numbers = TileNumbers { tile, numbers: Bytes(bytes) };
            self.open.borrow_mut().tiles.insert(name, numbers);
        }
        known
    }
}

impl ProofCheck for Known {
    fn holds(&self, statement: &Statement, proof: &Proof) -> bool {
        if self.believed(proof).is_none() || statement.format() != self.format {
            return false;
        }
        let said = [proof.key.as_bytes().as_slice(), proof.after.as_bytes(), &proof.proof.0];
        let name = named(statement, &said.concat());
        match self.checks.get(&name) {
            Some(holds) => *holds,
            None => {
                let what = (statement.clone(), proof.clone());
                self.open.borrow_mut().checks.insert(name, what);
                false
            }
        }
    }
}

impl StepProver for Known {
    fn prove(&self, statement: &Statement, numbers: &StepNumbers) -> Option<Proof> {
        if self.given_up || self.newest().is_none() {
            return None;
        }
        let name = named(statement, b"");
        match self.proofs.get(&name) {
            Some(proof) => proof.clone(),
            None => {
                let what = (statement.clone(), numbers.clone());
                self.open.borrow_mut().proofs.insert(name, what);
                None
            }
        }
    }
}

/// A statement's name here.
fn named(statement: &Statement, with: &[u8]) -> Digest {
    let digests = [statement.a(), statement.b(), statement.before()];
    let mut all = statement.place().to_vec();
    digests.iter().for_each(|digest| all.extend_from_slice(digest.as_bytes()));
    all.extend_from_slice(with);
    Digest::of(&all)
}

/// Numbers as a prover takes them: lowest byte first, so many bytes each. None if one has no room.
pub(super) fn written(numbers: &[i64], width: usize) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(numbers.len().saturating_mul(width));
    for number in numbers {
        let all = number.to_le_bytes();
        let (kept, rest) = all.split_at_checked(width)?;
        let sign = kept.last().map_or(0, |high| if *high >= 0x80 { 0xff } else { 0 });
        if rest.iter().any(|byte| *byte != sign) {
            return None;
        }
        bytes.extend_from_slice(kept);
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_lowest_byte_first_and_only_where_they_have_room() {
        assert_eq!(written(&[1, -1, 127, -128], 1), Some(vec![1, 0xff, 0x7f, 0x80]));
        assert_eq!(written(&[-2, 513], 4), Some(vec![0xfe, 0xff, 0xff, 0xff, 1, 2, 0, 0]));
        assert_eq!(written(&[i64::MIN], 8), Some(i64::MIN.to_le_bytes().to_vec()));
        for (number, width) in [(128, 1), (-129, 1), (1 << 31, 4), (-(1 << 31) - 1, 4)] {
            assert_eq!(written(&[number], width), None, "{number} in {width}");
        }
    }
}
