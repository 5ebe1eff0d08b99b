//! `wasi:random`: streams drawn from the job's seed.

use wasmtime::component::Linker;

use super::{gate, versioned};
use crate::wasm::chance::Chance;
use crate::wasm::guest::Guest;
use crate::wasm::stop::Stop;

/// Most random bytes in one call.
const BYTES_MAX: u64 = 16 << 20;

pub(super) fn link(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    let mut random = linker.instance(&versioned("wasi:random/random"))?;
    random.func_wrap("get-random-bytes", |store, (many,): (u64,)| {
        gate(store, |guest| bytes(&mut guest.chance, many))
    })?;
    random.func_wrap("get-random-u64", |store, ()| gate(store, |g| Ok(g.chance.number())))?;

    let mut insecure = linker.instance(&versioned("wasi:random/insecure"))?;
    insecure.func_wrap("get-insecure-random-bytes", |store, (many,): (u64,)| {
        gate(store, |guest| bytes(&mut guest.insecure, many))
    })?;
    insecure.func_wrap("get-insecure-random-u64", |store, ()| {
        gate(store, |guest| Ok(guest.insecure.number()))
    })?;

    let mut seed = linker.instance(&versioned("wasi:random/insecure-seed"))?;
    seed.func_wrap("insecure-seed", |store, ()| {
        gate(store, |g| Ok((g.insecure_seed.number(), g.insecure_seed.number())))
    })
}

fn bytes(chance: &mut Chance, many: u64) -> wasmtime::Result<Vec<u8>> {
    if many > BYTES_MAX {
        return Err(Stop::Misuse("too many random bytes in one call").into());
    }
    let mut bytes = vec![0; usize::try_from(many)?];
    chance.fill(&mut bytes);
    Ok(bytes)
}
