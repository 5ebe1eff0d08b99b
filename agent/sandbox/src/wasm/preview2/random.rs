//! `wasi:random`: streams drawn from the job's seed.

use wasmtime::component::Linker;

use super::{gate, versioned};
use crate::wasm::chance::Chance;
use crate::wasm::guest::Guest;
use crate::wasm::meter::Meter;

pub(super) fn link(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    let mut random = linker.instance(&versioned("wasi:random/random"))?;
    random.func_wrap("get-random-bytes", |store, (many,): (u64,)| {
        gate(store, |guest| bytes(&mut guest.chance, guest.vfs.meter(), many))
    })?;
    random.func_wrap("get-random-u64", |store, ()| gate(store, |g| Ok(g.chance.number())))?;

    let mut insecure = linker.instance(&versioned("wasi:random/insecure"))?;
    insecure.func_wrap("get-insecure-random-bytes", |store, (many,): (u64,)| {
        gate(store, |guest| bytes(&mut guest.insecure, guest.vfs.meter(), many))
    })?;
    insecure.func_wrap("get-insecure-random-u64", |store, ()| {
        gate(store, |guest| Ok(guest.insecure.number()))
    })?;

    let mut seed = linker.instance(&versioned("wasi:random/insecure-seed"))?;
    seed.func_wrap("insecure-seed", |store, ()| {
        gate(store, |g| Ok((g.insecure_seed.number(), g.insecure_seed.number())))
    })
}

// The bytes exist twice for a moment, here and in the guest: ours count as the guest's.
fn bytes(chance: &mut Chance, meter: &Meter, many: u64) -> wasmtime::Result<Vec<u8>> {
    let _held = meter.hold(many)?;
    let mut bytes = vec![0; usize::try_from(many)?];
    chance.fill(&mut bytes);
    Ok(bytes)
}
