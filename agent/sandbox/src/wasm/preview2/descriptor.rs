//! `wasi:filesystem/types.descriptor`: open files and folders.

use wasmtime::StoreContextMut;
use wasmtime::component::{Linker, LinkerInstance, Resource, ResourceType};

use super::types::{
    Advice, Descriptor, DescriptorFlags, DescriptorStat, DescriptorType, EPOCH, EntryStream,
    ErrorCode, InStream, MetadataHash, NewTimestamp, OpenFlags, OutStream, PathFlags,
};
use super::{Failure, file_gate, filesystem, gate, push, versioned};
use crate::wasm::guest::Guest;
use crate::wasm::vfs::length;
use crate::wasm::vfs::names::Remove;
use crate::wasm::vfs::open::{File, Opened, Wish};
use crate::wasm::vfs::path::GuestPath;
use crate::wasm::vfs::stat::Stat;

/// Most bytes in one reading.
const CHUNK: u64 = 1 << 20;

type This = Resource<Descriptor>;

pub(super) fn link(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    let mut types = linker.instance(&versioned("wasi:filesystem/types"))?;
    types.resource("descriptor", ResourceType::host::<Descriptor>(), |mut store, rep| {
        let guest = store.data_mut();
        let gone: Descriptor = guest.resources.delete(Resource::new_own(rep))?;
        guest.vfs.close(gone.opened);
        Ok(())
    })?;
    streams(&mut types)?;
    contents(&mut types)?;
    facts(&mut types)?;
    names(&mut types)?;
    links(&mut types)?;
    filesystem::link_types(&mut types)
}

fn streams(types: &mut LinkerInstance<'_, Guest>) -> wasmtime::Result<()> {
    types.func_wrap("[method]descriptor.read-via-stream", |store, (it, at): (This, u64)| {
        file_gate(store, |guest| {
            let file = duplicate(guest, &it, |file| file.readable)?;
            Ok(push(&mut guest.resources, InStream::File(file, at))?)
        })
    })?;
    types.func_wrap("[method]descriptor.write-via-stream", |store, (it, at): (This, u64)| {
        file_gate(store, |guest| {
            let file = duplicate(guest, &it, |file| file.writable)?;
            Ok(push(&mut guest.resources, OutStream::File(file, at))?)
        })
    })?;
    types.func_wrap("[method]descriptor.append-via-stream", |store, (it,): (This,)| {
        file_gate(store, |guest| {
            let file = duplicate(guest, &it, |file| file.writable)?;
            Ok(push(&mut guest.resources, OutStream::Append(file))?)
        })
    })?;
    types.func_wrap("[method]descriptor.read-directory", |store, (it,): (This,)| {
        file_gate(store, |guest| {
            let listing = guest.vfs.list(&folder(guest, &it)?)?;
            Ok(push(&mut guest.resources, EntryStream::from(listing))?)
        })
    })
}

fn contents(types: &mut LinkerInstance<'_, Guest>) -> wasmtime::Result<()> {
    types.func_wrap("[method]descriptor.read", |store, (it, many, at): (This, u64, u64)| {
        file_gate(store, |Guest { resources, vfs, .. }| {
            let file = file(&resources.get(&it)?.opened)?;
            let room = many.min(CHUNK).min(vfs.size(file)?.saturating_sub(at));
            let mut bytes = vec![0; usize::try_from(room).map_err(|_| ErrorCode::Overflow)?];
            let got = vfs.read_at(file, &mut bytes, at)?;
            bytes.truncate(got);
            let end = at.saturating_add(length(&bytes)) >= vfs.size(file)?;
            Ok((bytes, end))
        })
    })?;
    types.func_wrap(
        "[method]descriptor.write",
        |store, (it, bytes, at): (This, Vec<u8>, u64)| {
            file_gate(store, |Guest { resources, vfs, .. }| {
                vfs.write_at(file(&resources.get(&it)?.opened)?, &bytes, at)?;
                Ok(length(&bytes))
            })
        },
    )?;
    types.func_wrap("[method]descriptor.set-size", |store, (it, size): (This, u64)| {
        file_gate(store, |Guest { resources, vfs, .. }| {
            Ok(vfs.set_size(file(&resources.get(&it)?.opened)?, size)?)
        })
    })?;
    for name in ["sync", "sync-data"] {
        let name = format!("[method]descriptor.{name}");
        types.func_wrap(&name, |store, (it,): (This,)| {
            file_gate(store, |Guest { resources, vfs, .. }| match &resources.get(&it)?.opened {
                Opened::File(file) => Ok(vfs.sync(file)?),
                Opened::Folder(_) => Ok(()),
            })
        })?;
    }
    types.func_wrap(
        "[method]descriptor.advise",
        |store, (it, _, _, _): (This, u64, u64, Advice)| {
            file_gate(store, |guest| Ok(file(&guest.resources.get(&it)?.opened).map(drop)?))
        },
    )
}

fn facts(types: &mut LinkerInstance<'_, Guest>) -> wasmtime::Result<()> {
    types.func_wrap("[method]descriptor.get-flags", |store, (it,): (This,)| {
        file_gate(store, |guest| Ok(guest.resources.get(&it)?.flags))
    })?;
    types.func_wrap("[method]descriptor.get-type", |store, (it,): (This,)| {
        file_gate(store, |guest| {
            Ok(match guest.resources.get(&it)?.opened {
                Opened::Folder(_) => DescriptorType::Directory,
                Opened::File(_) => DescriptorType::RegularFile,
            })
        })
    })?;
    types.func_wrap("[method]descriptor.stat", |store, (it,): (This,)| {
        file_gate(store, |guest| stat(guest, &it).map(|stat| told(&stat)))
    })?;
    types.func_wrap("[method]descriptor.metadata-hash", |store, (it,): (This,)| {
        file_gate(store, |guest| stat(guest, &it).map(|stat| hash(&stat)))
    })?;
    types.func_wrap(
        "[method]descriptor.stat-at",
        |store, (it, flags, path): (This, PathFlags, String)| {
            file_gate(store, |guest| stat_at(guest, &it, flags, &path).map(|stat| told(&stat)))
        },
    )?;
    types.func_wrap(
        "[method]descriptor.metadata-hash-at",
        |store, (it, flags, path): (This, PathFlags, String)| {
            file_gate(store, |guest| stat_at(guest, &it, flags, &path).map(|stat| hash(&stat)))
        },
    )?;
    types.func_wrap("[method]descriptor.is-same-object", |store, (one, two): (This, This)| {
        gate(store, |Guest { resources, .. }| {
            let place = |opened: &Opened| match opened {
                Opened::Folder(path) => (path.clone(), true),
                Opened::File(file) => (file.path.clone(), false),
            };
            Ok(place(&resources.get(&one)?.opened) == place(&resources.get(&two)?.opened))
        })
    })?;
    // Times are zero and stay so; asking for others is no error.
    types.func_wrap(
        "[method]descriptor.set-times",
        |store, (it, _, _): (This, NewTimestamp, NewTimestamp)| {
            file_gate(store, |guest| Ok(guest.resources.get(&it).map(drop)?))
        },
    )?;
    types.func_wrap(
        "[method]descriptor.set-times-at",
        |store, (it, flags, path, _, _): (This, PathFlags, String, NewTimestamp, NewTimestamp)| {
            file_gate(store, |guest| stat_at(guest, &it, flags, &path).map(drop))
        },
    )
}

fn names(types: &mut LinkerInstance<'_, Guest>) -> wasmtime::Result<()> {
    types.func_wrap(
        "[method]descriptor.open-at",
        |store: StoreContextMut<'_, Guest>,
         (it, _, path, open, flags): (This, PathFlags, String, OpenFlags, DescriptorFlags)| {
            file_gate(store, |guest| open_at(guest, &it, &path, open, flags))
        },
    )?;
    types.func_wrap(
        "[method]descriptor.create-directory-at",
        |store, (it, path): (This, String)| {
            file_gate(store, |guest| Ok(guest.vfs.make_folder(&folder(guest, &it)?, &path)?))
        },
    )?;
    for (name, what) in [("remove-directory-at", Remove::Folder), ("unlink-file-at", Remove::File)]
    {
        let name = format!("[method]descriptor.{name}");
        types.func_wrap(&name, move |store, (it, path): (This, String)| {
            file_gate(store, |guest| Ok(guest.vfs.remove(&folder(guest, &it)?, &path, what)?))
        })?;
    }
    types.func_wrap(
        "[method]descriptor.rename-at",
        |store, (it, old, other, new): (This, String, This, String)| {
            file_gate(store, |guest| {
                let (from, to) = (folder(guest, &it)?, folder(guest, &other)?);
                Ok(guest.vfs.rename((&from, &old), (&to, &new))?)
            })
        },
    )
}

fn links(types: &mut LinkerInstance<'_, Guest>) -> wasmtime::Result<()> {
    types.func_wrap(
        "[method]descriptor.link-at",
        |store, (_, _, _, to, name): (This, PathFlags, String, This, String)| {
            file_gate(store, |guest| Err::<(), _>(refuse_link(guest, &to, &name)))
        },
    )?;
    types.func_wrap(
        "[method]descriptor.symlink-at",
        |store, (it, _, name): (This, String, String)| {
            file_gate(store, |guest| Err::<(), _>(refuse_link(guest, &it, &name)))
        },
    )?;
    types.func_wrap("[method]descriptor.readlink-at", |store, (it, path): (This, String)| {
        file_gate(store, |guest| Err::<String, _>(refuse_link(guest, &it, &path)))
    })
}

fn open_at(
    guest: &mut Guest,
    it: &This,
    path: &str,
    open: OpenFlags,
    flags: DescriptorFlags,
) -> Result<This, Failure> {
    let has = |flag| open & flag == flag;
    let wants = |flag| flags & flag == flag;
    let folder_only = has(OpenFlags::DIRECTORY);
    let wish = Wish {
        read: wants(DescriptorFlags::READ),
        write: wants(DescriptorFlags::WRITE) && !folder_only,
        create: has(OpenFlags::CREATE),
        exclusive: has(OpenFlags::EXCLUSIVE),
        truncate: has(OpenFlags::TRUNCATE),
        folder: folder_only,
    };
    let opened = guest.vfs.open(&folder(guest, it)?, path, wish)?;
    Ok(push(&mut guest.resources, Descriptor { opened, flags })?)
}

fn file(opened: &Opened) -> Result<&File, ErrorCode> {
    match opened {
        Opened::File(file) => Ok(file),
        Opened::Folder(_) => Err(ErrorCode::IsDirectory),
    }
}

fn folder(guest: &Guest, it: &This) -> Result<GuestPath, Failure> {
    match &guest.resources.get(it)?.opened {
        Opened::Folder(path) => Ok(path.clone()),
        Opened::File(_) => Err(ErrorCode::NotDirectory.into()),
    }
}

fn duplicate(guest: &mut Guest, it: &This, may: fn(&File) -> bool) -> Result<File, Failure> {
    let Guest { resources, vfs, .. } = guest;
    let file = file(&resources.get(it)?.opened)?;
    if !may(file) {
        return Err(ErrorCode::BadDescriptor.into());
    }
    Ok(vfs.duplicate(file)?)
}

fn stat(guest: &mut Guest, it: &This) -> Result<Stat, Failure> {
    Ok(guest.vfs.stat_opened(&guest.resources.get(it)?.opened)?)
}

fn stat_at(guest: &mut Guest, it: &This, flags: PathFlags, path: &str) -> Result<Stat, Failure> {
    let follow = flags & PathFlags::FOLLOW == PathFlags::FOLLOW;
    Ok(guest.vfs.stat(&folder(guest, it)?, path, follow)?)
}

fn refuse_link(guest: &mut Guest, it: &This, path: &str) -> Failure {
    match folder(guest, it) {
        Ok(folder) => guest.vfs.refuse_link(&folder, path).into(),
        Err(failure) => failure,
    }
}

fn told(stat: &Stat) -> DescriptorStat {
    DescriptorStat {
        kind: stat.kind.into(),
        link_count: 1,
        size: stat.size,
        accessed: Some(EPOCH),
        modified: Some(EPOCH),
        changed: Some(EPOCH),
    }
}

fn hash(stat: &Stat) -> MetadataHash {
    MetadataHash { lower: stat.inode, upper: stat.device }
}
