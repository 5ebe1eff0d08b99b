//! `wasi:io/streams`: what is written is done at once, and what is read is never waited for.

use wasmtime::component::{Linker, LinkerInstance, Resource, ResourceType};

use super::types::{ErrorCode, InStream, IoError, OutStream, Pollable, StreamError};
use super::{gate, push, versioned};
use crate::wasm::guest::Guest;
use crate::wasm::vfs::fault::Fault;
use crate::wasm::vfs::length;
use crate::wasm::vfs::open::Opened;

/// Most bytes in one reading, and what `check-write` allows.
const CHUNK: u64 = 1 << 20;

type Answer<T> = wasmtime::Result<Result<T, StreamError>>;

pub(super) fn link(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    let mut streams = linker.instance(&versioned("wasi:io/streams"))?;
    input(&mut streams)?;
    output(&mut streams)
}

fn input(streams: &mut LinkerInstance<'_, Guest>) -> wasmtime::Result<()> {
    streams.resource("input-stream", ResourceType::host::<InStream>(), |mut store, rep| {
        let guest = store.data_mut();
        if let InStream::File(file, _) = guest.resources.delete(Resource::new_own(rep))? {
            guest.vfs.close(Opened::File(file));
        }
        Ok(())
    })?;
    for name in ["read", "blocking-read"] {
        let name = format!("[method]input-stream.{name}");
        streams.func_wrap(&name, |store, (it, many): (Resource<InStream>, u64)| {
            gate(store, |guest| read(guest, &it, many))
        })?;
    }
    for name in ["skip", "blocking-skip"] {
        let name = format!("[method]input-stream.{name}");
        streams.func_wrap(&name, |store, (it, many): (Resource<InStream>, u64)| {
            gate(store, |guest| Ok(read(guest, &it, many)?.map(|bytes| length(&bytes))))
        })?;
    }
    streams.func_wrap("[method]input-stream.subscribe", |store, (_,): (Resource<InStream>,)| {
        gate(store, |guest| push(&mut guest.resources, Pollable(0)))
    })
}

fn output(streams: &mut LinkerInstance<'_, Guest>) -> wasmtime::Result<()> {
    type This = Resource<OutStream>;
    streams.resource("output-stream", ResourceType::host::<OutStream>(), |mut store, rep| {
        let guest = store.data_mut();
        match guest.resources.delete(Resource::new_own(rep))? {
            OutStream::Print(_) => {}
            OutStream::File(file, _) | OutStream::Append(file) => {
                guest.vfs.close(Opened::File(file));
            }
        }
        Ok(())
    })?;
    streams.func_wrap("[method]output-stream.check-write", |store, (_,): (This,)| {
        gate(store, |_| Ok(Ok::<u64, StreamError>(CHUNK)))
    })?;
    for name in ["write", "blocking-write-and-flush"] {
        let name = format!("[method]output-stream.{name}");
        streams.func_wrap(&name, |store, (it, bytes): (This, Vec<u8>)| {
            gate(store, |guest| write(guest, &it, &bytes))
        })?;
    }
    for name in ["write-zeroes", "blocking-write-zeroes-and-flush"] {
        let name = format!("[method]output-stream.{name}");
        streams.func_wrap(&name, |store, (it, many): (This, u64)| {
            gate(store, |guest| zeroes(guest, &it, many))
        })?;
    }
    for name in ["flush", "blocking-flush"] {
        let name = format!("[method]output-stream.{name}");
        streams.func_wrap(&name, |store, (_,): (This,)| {
            gate(store, |_| Ok(Ok::<(), StreamError>(())))
        })?;
    }
    for name in ["splice", "blocking-splice"] {
        let name = format!("[method]output-stream.{name}");
        streams.func_wrap(&name, |store, (to, from, many): (This, Resource<InStream>, u64)| {
            gate(store, |guest| splice(guest, &to, &from, many))
        })?;
    }
    streams.func_wrap("[method]output-stream.subscribe", |store, (_,): (This,)| {
        gate(store, |guest| push(&mut guest.resources, Pollable(0)))
    })
}

fn read(guest: &mut Guest, it: &Resource<InStream>, many: u64) -> Answer<Vec<u8>> {
    let Guest { resources, vfs, .. } = guest;
    let (bytes, moved) = match resources.get(it)? {
        InStream::Empty => return Ok(Err(StreamError::Closed)),
        InStream::File(file, offset) => {
            let size = match vfs.size(file) {
                Ok(size) => size,
                Err(fault) => return failed(guest, fault),
            };
            let room = many.min(CHUNK).min(size.saturating_sub(*offset));
            let mut bytes = vec![0; usize::try_from(room)?];
            match vfs.read_at(file, &mut bytes, *offset) {
                Ok(got) => bytes.truncate(got),
                Err(fault) => return failed(guest, fault),
            }
            let moved = offset.saturating_add(length(&bytes));
            (bytes, moved)
        }
    };
    if bytes.is_empty() && many > 0 {
        return Ok(Err(StreamError::Closed));
    }
    if let InStream::File(_, offset) = resources.get_mut(it)? {
        *offset = moved;
    }
    Ok(Ok(bytes))
}

fn write(guest: &mut Guest, it: &Resource<OutStream>, bytes: &[u8]) -> Answer<()> {
    let Guest { resources, vfs, .. } = guest;
    let done = match resources.get_mut(it)? {
        OutStream::Print(stream) => vfs.print(*stream, bytes).map_err(Fault::from),
        OutStream::File(file, offset) => {
            let done = vfs.write_at(file, bytes, *offset);
            *offset = offset.saturating_add(length(bytes));
            done
        }
        OutStream::Append(file) => match vfs.size(file) {
            Ok(end) => vfs.write_at(file, bytes, end),
            Err(fault) => Err(fault),
        },
    };
    match done {
        Ok(()) => Ok(Ok(())),
        Err(fault) => failed(guest, fault),
    }
}

fn zeroes(guest: &mut Guest, it: &Resource<OutStream>, many: u64) -> Answer<()> {
    if many > CHUNK {
        return Err(
            crate::wasm::stop::Stop::Misuse("more was written than check-write allows").into()
        );
    }
    let bytes = vec![0; usize::try_from(many)?];
    write(guest, it, &bytes)
}

fn splice(
    guest: &mut Guest,
    to: &Resource<OutStream>,
    from: &Resource<InStream>,
    many: u64,
) -> Answer<u64> {
    let bytes = match read(guest, from, many)? {
        Ok(bytes) => bytes,
        Err(error) => return Ok(Err(error)),
    };
    Ok(write(guest, to, &bytes)?.map(|()| length(&bytes)))
}

fn failed<T>(guest: &mut Guest, fault: Fault) -> Answer<T> {
    match fault {
        Fault::Stop(stop) => Err(stop.into()),
        Fault::Errno(errno) => {
            let error = push(&mut guest.resources, IoError(ErrorCode::from(errno)))?;
            Ok(Err(StreamError::Failed(error)))
        }
    }
}
