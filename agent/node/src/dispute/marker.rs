//! Digests of the tiles of whole leaves, for whoever commits to them together with the values.

use arch_dispute::{Ground, TileDigest, tiles_of_leaf};
use arch_matrix::Format;
use arch_problem::codes;
use arch_wire::{
    control::Bytes,
    prover::{TileKind, TileNumbers},
};

use super::{
    agreed::agreed,
    asks::PATIENCE,
    known::{circuit, written},
};
use crate::{
    node::Node,
    prover_client::{ProverClient, ProverError},
    told::{Told, problem},
};

/// Where digests of tiles are committed to, somebody has to be there who makes them: a product waits for
/// him before it is begun.
///
/// # Errors
/// When nobody is.
pub(crate) fn require_prover(node: &Node) -> Told<()> {
    let authority = node.authority();
    let agreed = agreed(authority.believed()?.policy());
    match agreed.is_none_or(|agreed| agreed.marks.is_lazy()) {
        true => Ok(()),
        false => node.prover.is_there().map_err(away),
    }
}

/// A line to the prover, held while marks are made.
#[derive(Debug)]
pub(crate) struct Marker {
    client: ProverClient,
    circuit: &'static str,
    sum_bytes: usize,
}

impl Marker {
    /// Calls the prover. Blocks.
    ///
    /// # Errors
    /// When it is not there, or there are no digests of such numbers.
    pub(crate) fn call(node: &Node, format: Format) -> Told<Self> {
        let none = || problem(codes::PROVER_CIRCUIT, format!("{format} has no digests of tiles"));
        let (circuit, _, sum_bytes) = circuit(format).ok_or_else(none)?;
        let client = node.prover.call(PATIENCE).map_err(away)?;
        Ok(Self { client, circuit, sum_bytes })
    }

    /// The marks of a leaf, from its values, row by row, lowest byte first. Blocks.
    ///
    /// # Errors
    /// When the prover is lost, or these are not the leaf's values.
    pub(crate) fn marks(&mut self, ground: &Ground, values: &[u8]) -> Told<Vec<TileDigest>> {
        let none = || problem(codes::FILE_MACHINE, "a leaf has not as many values as it should");
        let tile = |sums: Vec<i64>| -> Option<TileNumbers> {
            let numbers = Bytes(written(&sums, self.sum_bytes)?);
            Some(TileNumbers { tile: TileKind::Sums, numbers })
        };
        let tiles = tiles_of_leaf(ground, values).ok_or_else(none)?;
        let tiles = tiles.into_iter().map(tile).collect::<Option<Vec<_>>>().ok_or_else(none)?;
        let digests = self.client.digest(self.circuit, tiles).map_err(away)?;
        Ok(digests.into_iter().map(TileDigest::from_bytes).collect())
    }
}

fn away(error: ProverError) -> Box<arch_problem::Problem> {
    problem(codes::PROVER_ABSENT, error.to_string())
}
