//! Digests of tiles and proofs of steps, as this program's circuits have them, under the keys that a list
//! of commitments believes.

use std::cell::RefCell;
use std::collections::BTreeSet;

use arch_circuits::{
    Circuit,
    groth16::{Groth16Proof, VerifyingKey},
    registry::{Entry, KeyKind, ProofFile, Registry, Status, hex},
    tile::{self, TileStatement},
};
use arch_dispute::{
    Agreed, Believed, Digester, Proof, ProofCheck, ProofKey, Statement, Tile, TileDigest,
};
use arch_identity::Digest;
use arch_matrix::{CarrierKind, Format};

/// The circuit for numbers that are held in this way.
pub(crate) fn circuit(format: Format) -> Option<Circuit> {
    match format.carrier() {
        CarrierKind::I8 => Some(Circuit::Tile),
        CarrierKind::I16 => Some(Circuit::TileWide),
        CarrierKind::F32 => None,
    }
}

/// Digests that proofs are about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Poseidon2;

impl Digester for Poseidon2 {
    fn digest(&self, format: Format, tile: Tile, numbers: &[i64]) -> Option<TileDigest> {
        let tile = match tile {
            Tile::A => tile::Tile::A,
            Tile::B => tile::Tile::B,
            Tile::Sums => tile::Tile::Sums,
        };
        circuit(format)?.tile_shape()?.digest(tile, numbers).ok().map(TileDigest::from_bytes)
    }
}

/// What is proved, in the circuit's numbers.
pub(crate) fn stated(statement: &Statement, after: TileDigest) -> Option<TileStatement> {
    let digests = [statement.a(), statement.b(), statement.before(), after];
    TileStatement::of(statement.place(), digests.each_ref().map(TileDigest::as_bytes))
}

/// Checks proofs under the keys that were agreed upon, whatever was revoked since.
#[derive(Debug)]
pub(crate) struct Keys<'a> {
    registry: &'a Registry,
    agreed: &'a Agreed,
    /// Keys that proofs name, that are agreed upon, and that nobody has here.
    unknown: RefCell<BTreeSet<Digest>>,
}

impl<'a> Keys<'a> {
    pub(crate) fn new(registry: &'a Registry, agreed: &'a Agreed) -> Self {
        Self { registry, agreed, unknown: RefCell::default() }
    }

    /// Keys without which a proof could not be checked. While there are any, nobody can tell.
    pub(crate) fn unknown(&self) -> Vec<Digest> {
        self.unknown.borrow().iter().copied().collect()
    }

    /// The keys of a circuit that are agreed upon and lie here, with their entries.
    pub(crate) fn believed(
        &self,
        circuit: &str,
    ) -> impl Iterator<Item = (&'a ProofKey, &'a Entry)> {
        let (registry, agreed) = (self.registry, self.agreed);
        let named = agreed.keys.iter().filter(move |key| key.circuit == circuit);
        named.filter_map(move |key| {
            let entry = registry.find(&key.circuit, Some(key.version))?;
            let own = entry.key.as_ref()?;
            let believed = own.kind == KeyKind::Ceremony || agreed.dev_keys;
            (own.vk_sha256 == key.key.hex() && believed).then_some((key, entry))
        })
    }

    /// The key to check a proof with: agreed upon, and of the circuit that proves such steps.
    fn key(&self, statement: &Statement, proof: &Proof) -> Option<(u32, VerifyingKey)> {
        let circuit = circuit(statement.format()).filter(|own| own.id() == proof.circuit)?;
        let agreed = |key: &&ProofKey| key.circuit == proof.circuit && key.key == proof.key;
        let agreed = self.agreed.keys.iter().find(agreed)?;
        let entry = self.registry.find(&agreed.circuit, Some(agreed.version));
        let lies_here =
            |entry: &&Entry| entry.key.as_ref().is_some_and(|own| own.vk_sha256 == proof.key.hex());
        let Some(entry) = entry.filter(lies_here) else {
            self.unknown.borrow_mut().insert(proof.key);
            return None;
        };
        let own = entry.key.as_ref()?;
        if own.kind != KeyKind::Ceremony && !self.agreed.dev_keys {
            return None;
        }
        // Read anew: a registry gives no key that is revoked, and here it counts as it did then.
        let publics = circuit.public_names().len();
        let read = VerifyingKey::read(&hex::read(&own.vk)?, publics).ok();
        let read = read.filter(|read| read.sha256() == *proof.key.as_bytes())?;
        Some((agreed.version, read))
    }

    /// The proof as a file of its own, with what it proves, and its key; none if it does not hold.
    pub(crate) fn file(
        &self,
        statement: &Statement,
        proof: &Proof,
    ) -> Option<(ProofFile, VerifyingKey)> {
        let (version, key) = self.key(statement, proof)?;
        let publics = stated(statement, proof.after)?.publics();
        let points = proof.proof.0.as_slice().try_into().ok()?;
        let points = Groth16Proof::read(points).ok()?;
        let holds = key.verify(&publics, &points);
        let file = ProofFile::new(&proof.circuit, version, &key, &publics, points);
        holds.then_some((file, key))
    }

    /// Whether the key that something was believed under is revoked by now.
    pub(crate) fn is_revoked(&self, believed: &Believed) -> bool {
        self.registry.entries().any(|entry| {
            let named = self.agreed.keys.iter().any(|key| {
                let version = (&key.circuit, key.version) == (&entry.id, entry.version);
                version && key.key == believed.key
            });
            let own = entry.key.as_ref().is_some_and(|key| key.vk_sha256 == believed.key.hex());
            entry.status == Status::Revoked && (named || own)
        })
    }
}

impl ProofCheck for Keys<'_> {
    fn holds(&self, statement: &Statement, proof: &Proof) -> bool {
        self.file(statement, proof).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_go_by_how_numbers_are_held_and_floats_have_none() {
        let sums = vec![7; 256];
        let digest = |format: &str| Poseidon2.digest(format.parse().unwrap(), Tile::Sums, &sums);
        assert_eq!(digest("i8"), digest("q7"));
        assert_eq!(digest("i16"), digest("q7/i16"));
        assert!(digest("i8").is_some() && digest("i16").is_some());
        assert_eq!(digest("f32s"), None);
        let short = Poseidon2.digest(Format::I8, Tile::Sums, &sums[1..]);
        let wide = Poseidon2.digest(Format::I8, Tile::A, &vec![128; 16 * 128]);
        assert_eq!((short, wide), (None, None), "no such tile");
    }
}
