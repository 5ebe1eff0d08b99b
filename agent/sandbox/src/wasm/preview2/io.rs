//! `wasi:io/error` and `wasi:io/poll`.

use wasmtime::component::{Linker, Resource, ResourceType};

use super::types::{IoError, Pollable};
use super::{gate, versioned};
use crate::wasm::guest::Guest;
use crate::wasm::stop::Stop;

pub(super) fn link(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    let mut error = linker.instance(&versioned("wasi:io/error"))?;
    error.resource("error", ResourceType::host::<IoError>(), |mut store, rep| {
        store.data_mut().resources.delete(Resource::<IoError>::new_own(rep))?;
        Ok(())
    })?;
    error.func_wrap("[method]error.to-debug-string", |store, (it,): (Resource<IoError>,)| {
        gate(store, |guest| Ok(format!("{:?}", guest.resources.get(&it)?.0)))
    })?;

    let mut poll = linker.instance(&versioned("wasi:io/poll"))?;
    poll.resource("pollable", ResourceType::host::<Pollable>(), |mut store, rep| {
        store.data_mut().resources.delete(Resource::<Pollable>::new_own(rep))?;
        Ok(())
    })?;
    poll.func_wrap("[method]pollable.ready", |store, (it,): (Resource<Pollable>,)| {
        gate(store, |guest| Ok(guest.resources.get(&it)?.0 <= guest.clock.now()))
    })?;
    poll.func_wrap("[method]pollable.block", |store, (it,): (Resource<Pollable>,)| {
        gate(store, |guest| {
            let moment = guest.resources.get(&it)?.0;
            guest.clock.sleep_until(moment);
            Ok(())
        })
        .map(|((),)| ())
    })?;
    poll.func_wrap("poll", |store, (list,): (Vec<Resource<Pollable>>,)| {
        gate(store, |guest| ready(guest, &list))
    })
}

// The numbers of those that are ready; if none is, after a sleep until the first.
fn ready(guest: &mut Guest, list: &[Resource<Pollable>]) -> wasmtime::Result<Vec<u32>> {
    // The interface says that this traps.
    if list.is_empty() {
        return Err(Stop::Misuse("poll of no pollable").into());
    }
    // Each is looked at: a long list is as good as that many calls.
    guest.calls.spend(u64::try_from(list.len())?)?;
    let mut moments = Vec::new();
    for pollable in list {
        moments.push(guest.resources.get(pollable)?.0);
    }
    guest.clock.sleep_until(moments.iter().copied().min().unwrap_or(0));
    let now = guest.clock.now();
    let awake = (0_u32..).zip(&moments).filter(|(_, moment)| **moment <= now);
    Ok(awake.map(|(n, _)| n).collect())
}
