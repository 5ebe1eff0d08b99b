//! `wasi:clocks`: the virtual clock.

use wasmtime::component::Linker;

use super::types::{Datetime, EPOCH, Pollable};
use super::{gate, push, versioned};
use crate::wasm::clock::TICK;
use crate::wasm::guest::Guest;

pub(super) fn link(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    let mut wall = linker.instance(&versioned("wasi:clocks/wall-clock"))?;
    wall.func_wrap("now", |store, ()| gate(store, |_| Ok(EPOCH)))?;
    wall.func_wrap("resolution", |store, ()| {
        gate(store, |_| Ok(Datetime { seconds: 1, nanoseconds: 0 }))
    })?;

    let mut monotonic = linker.instance(&versioned("wasi:clocks/monotonic-clock"))?;
    monotonic.func_wrap("now", |store, ()| gate(store, |guest| Ok(guest.clock.read())))?;
    monotonic.func_wrap("resolution", |store, ()| gate(store, |_| Ok(TICK)))?;
    monotonic.func_wrap("subscribe-instant", |store, (when,): (u64,)| {
        gate(store, |guest| push(&mut guest.resources, Pollable(when)))
    })?;
    monotonic.func_wrap("subscribe-duration", |store, (span,): (u64,)| {
        gate(store, |guest| {
            let when = guest.clock.now().saturating_add(span);
            push(&mut guest.resources, Pollable(when))
        })
    })
}
