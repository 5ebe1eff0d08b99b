//! Digests of tiles: arithmetic alone, bounded by what a request may have, and done by the main process, on
//! as many threads as there are processors.
//! No key is needed for them, so that the manifest is not asked.

use std::{io, thread};

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
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let share = ask.tiles.len().div_ceil(threads).max(1);
    let some = &|tiles: &[TileNumbers]| -> Vec<Result<String, String>> {
        tiles.iter().map(|tile| digest(shape, tile)).collect()
    };
    let digests: Vec<_> = thread::scope(|scope| {
        let begin =
            |tiles| (tiles, thread::Builder::new().spawn_scoped(scope, move || some(tiles)));
        let shares: Vec<_> = ask.tiles.chunks(share).map(begin).collect();
        // Where there is no thread to be had, it is done here.
        let end = |(tiles, thread): (_, io::Result<thread::ScopedJoinHandle<'_, _>>)| {
            thread.ok().and_then(|thread| thread.join().ok()).unwrap_or_else(|| some(tiles))
        };
        shares.into_iter().flat_map(end).collect()
    });
    let refused = |(place, digest): (usize, Result<String, String>)| {
        digest.map_err(|why| Refused::new(codes::PROVER_REQUEST, format!("tile {place} {why}")))
    };
    let digests = digests.into_iter().enumerate().map(refused).collect::<Result<_, _>>()?;
    Ok(FromProver::Digests { request: ask.request, digests })
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
