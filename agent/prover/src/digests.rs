//! Digests of tiles: arithmetic alone, bounded by what a request may have, and done by the main process.
//! No key is needed for them, so that the manifest is not asked.

use arch_circuits::{
    Circuit,
    field::to_bytes,
    tile::{Tile, TileShape},
};
use arch_problem::codes;
use arch_wire::prover::{DigestRequest, FromProver, TileKind, TileNumbers, digest_text};

use crate::{numbers, refused::Refused};

/// The digests that are asked for, in their order; all, or none.
pub(crate) fn answer(ask: &DigestRequest) -> Result<FromProver, Refused> {
    let shape = Circuit::of_id(&ask.circuit).and_then(Circuit::tile_shape).ok_or_else(|| {
        let about = format!("there is no circuit about tiles that is called `{}`", ask.circuit);
        Refused::new(codes::PROVER_CIRCUIT, about)
    })?;
    let all = ask.tiles.iter().enumerate();
    let digests = all.map(|(place, tile)| {
        digest(shape, tile)
            .map_err(|why| Refused::new(codes::PROVER_REQUEST, format!("tile {place} {why}")))
    });
    Ok(FromProver::Digests { request: ask.request, digests: digests.collect::<Result<_, _>>()? })
}

fn digest(shape: TileShape, asked: &TileNumbers) -> Result<String, String> {
    let tile = match asked.tile {
        TileKind::A => Tile::A,
        TileKind::B => Tile::B,
        TileKind::Sums => Tile::Sums,
    };
    let (have, need) = (asked.numbers.0.len(), numbers::length(shape, tile));
    let numbers = numbers::numbers(shape, tile, &asked.numbers.0)
        .ok_or_else(|| format!("has {have} bytes and not {need}"))?;
    let digest = shape.leaf(tile, &numbers).map_err(|error| format!("is none: {error}"))?;
    Ok(digest_text(to_bytes(&digest)))
}
