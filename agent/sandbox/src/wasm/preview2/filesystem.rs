//! `wasi:filesystem/preopens`, and the rest of `types` beside the descriptor: entries and errors.

use wasmtime::component::{Linker, Resource, ResourceType};

use super::types::{Descriptor, DescriptorFlags, DirectoryEntry, EntryStream, ErrorCode, IoError};
use super::{file_gate, gate, push, versioned};
use crate::wasm::guest::Guest;
use crate::wasm::vfs::open::Opened;
use crate::wasm::vfs::path::GuestPath;

pub(super) fn link(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    let mut preopens = linker.instance(&versioned("wasi:filesystem/preopens"))?;
    preopens.func_wrap("get-directories", |store, ()| {
        gate(store, |guest| {
            let flags = DescriptorFlags::READ | DescriptorFlags::MUTATE;
            let opened = Opened::Folder(GuestPath::default());
            let root = push(&mut guest.resources, Descriptor { opened, flags })?;
            Ok(vec![(root, "/".to_owned())])
        })
    })
}

/// Adds what belongs to `wasi:filesystem/types` without being a method of the descriptor.
pub(super) fn link_types(
    types: &mut wasmtime::component::LinkerInstance<'_, Guest>,
) -> wasmtime::Result<()> {
    let kind = ResourceType::host::<EntryStream>();
    types.resource("directory-entry-stream", kind, |mut store, rep| {
        store.data_mut().resources.delete(Resource::<EntryStream>::new_own(rep))?;
        Ok(())
    })?;
    types.func_wrap(
        "[method]directory-entry-stream.read-directory-entry",
        |store, (it,): (Resource<EntryStream>,)| {
            file_gate(store, |guest| {
                let next = guest.resources.get_mut(&it)?.entries.next();
                Ok(next.map(|e| DirectoryEntry { kind: e.kind.into(), name: e.name }))
            })
        },
    )?;
    types.func_wrap("filesystem-error-code", |store, (error,): (Resource<IoError>,)| {
        gate(store, |guest| Ok(Some::<ErrorCode>(guest.resources.get(&error)?.0)))
    })
}
