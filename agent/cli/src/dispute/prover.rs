//! Proofs of steps, made here.

use std::cell::RefCell;
use std::path::Path;

use arch_circuits::{
    field::to_bytes,
    groth16::prove,
    registry::{Entry, KeyKind, Status},
    tile::{TileStep, context},
    tile_numbers,
};
use arch_dispute::{Bytes, Proof, Statement, StepNumbers, StepProver, TileDigest};
use arch_identity::Digest;

use super::court::{Keys, circuit, stated};
use crate::answer::Stop;
use crate::{chance, circuits, say};

/// Makes a proof under a key that is agreed upon and that this machine has.
#[derive(Debug)]
pub(crate) struct Prover<'a> {
    believed: &'a Keys<'a>,
    /// Where keys to prove with lie.
    folder: Option<&'a Path>,
    /// Why there is no proof, if one was asked for.
    stopped: RefCell<Option<Stop>>,
}

impl<'a> Prover<'a> {
    pub(crate) fn new(believed: &'a Keys<'a>, folder: Option<&'a Path>) -> Self {
        Self { believed, folder, stopped: RefCell::default() }
    }

    /// Why there is none, if one was asked for.
    pub(crate) fn stopped(self) -> Option<Stop> {
        self.stopped.into_inner()
    }

    fn make(&self, statement: &Statement, numbers: &StepNumbers) -> Result<Proof, Stop> {
        let none = |what: &str| {
            Stop::could_not(
                what,
                "where the task allows `reveal`, give `--show` to show the step instead",
            )
        };
        let circuit = circuit(statement.format());
        let circuit = circuit.ok_or_else(|| none("no circuit proves steps of this format"))?;
        // A ceremony's before others; what only checks old proofs makes no new one.
        let mut usable: Vec<&Entry> = self
            .believed
            .believed(circuit.id())
            .map(|(_named, entry)| entry)
            .filter(|entry| entry.status == Status::Active)
            .collect();
        let ceremony =
            |entry: &&Entry| entry.key.as_ref().is_some_and(|key| key.kind == KeyKind::Ceremony);
        usable.sort_by_key(|entry| !ceremony(entry));
        let entry = usable.first();
        let entry = entry.ok_or_else(|| none("no key that is agreed upon proves anything here"))?;
        let key = circuits::proving_key(entry, self.folder)?;
        say::talk("making the proof");
        let StepNumbers { a, b, before, .. } = numbers.clone();
        let shape = circuit.tile_shape().ok_or_else(|| none("the circuit proves no steps"))?;
        let step = TileStep::compute(shape, a, b, before)
            .map_err(|error| none(&format!("the step has no proof: {error}")))?;
        let after = step.statement(context(statement.place())).after;
        let after = TileDigest::from_bytes(to_bytes(&after));
        let stated = stated(statement, after).ok_or_else(|| none("a digest is none"))?;
        let seed = chance::bytes::<32>()?;
        let proof = prove(circuit.system(), &key, &tile_numbers(&stated, &step), &seed)
            .map_err(|error| none(&format!("the step has no proof: {error}")))?;
        let own = Digest::from_bytes(key.verifying().sha256());
        Ok(Proof {
            // Dispute and stage are filled in by whoever asks.
            dispute: own,
            stage: own,
            circuit: circuit.id().to_owned(),
            key: own,
            after,
            proof: Bytes(proof.to_bytes().to_vec()),
        })
    }
}

impl StepProver for Prover<'_> {
    fn prove(&self, statement: &Statement, numbers: &StepNumbers) -> Option<Proof> {
        let made = self.make(statement, numbers);
        made.map_err(|stop| self.stopped.replace(Some(stop))).ok()
    }
}
