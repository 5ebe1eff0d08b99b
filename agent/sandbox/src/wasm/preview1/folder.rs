//! Names: opening, listing, making, removing.

use super::descriptors::{Handle, Slot};
use super::memory::after;
use super::{Answer, Call, abi};
use crate::wasm::vfs::Vfs;
use crate::wasm::vfs::fault::{Errno, Fault};
use crate::wasm::vfs::names::Remove;
use crate::wasm::vfs::open::{Opened, Wish};
use crate::wasm::vfs::path::GuestPath;
use crate::wasm::vfs::stat::{Entry, Kind, Listing};

/// Size of a `dirent` without its name.
const DIRENT: usize = 24;

#[expect(clippy::too_many_arguments, reason = "the signature is preview 1's")]
pub(super) fn open(
    call: &mut Call<'_>,
    fd: u32,
    _follow: u32,
    path: u32,
    length: u32,
    how: u32,
    base: u64,
    inheriting: u64,
    flags: u32,
    out: u32,
) -> Answer {
    let folder = call.guest.descriptors.folder(fd)?;
    let flags = u16::try_from(flags).ok().filter(|f| *f <= abi::ALL_FLAGS).ok_or(Errno::Invalid)?;
    let wish = Wish {
        read: base & abi::FD_READ != 0,
        write: base & abi::FD_WRITE != 0,
        create: how & abi::OPEN_CREATE != 0,
        exclusive: how & abi::OPEN_EXCLUSIVE != 0,
        truncate: how & abi::OPEN_TRUNCATE != 0,
        folder: how & abi::OPEN_FOLDER != 0,
    };
    call.memory.bytes(out, 4)?; // before anything happens
    // A folder is asked for with every right there is, writing included.
    let wish = if wish.folder { Wish { write: false, ..wish } } else { wish };
    let opened = call.guest.vfs.open(&folder, call.memory.text(path, length)?, wish)?;
    let slot = Slot::new(Handle::Opened(opened), flags, base & abi::ALL_RIGHTS, inheriting);
    match call.guest.descriptors.insert(slot) {
        Ok(fd) => Ok(call.memory.put_u32(out, fd)?),
        Err(slot) => {
            if let Handle::Opened(opened) = slot.handle {
                call.guest.vfs.close(opened);
            }
            Err(Errno::TooManyOpen.into())
        }
    }
}

pub(super) fn readdir(
    call: &mut Call<'_>,
    fd: u32,
    buffer: u32,
    length: u32,
    cookie: u64,
    out: u32,
) -> Answer {
    let path = call.guest.descriptors.folder(fd)?;
    let slot = call.guest.descriptors.slot(fd)?;
    let listing = match slot.listing.take() {
        Some(listing) if cookie != 0 => listing,
        _ => Box::new(with_dots(call.guest.vfs.list(&path)?)),
    };
    let start = usize::try_from(cookie).map_err(|_| Errno::Invalid)?;
    let room = call.memory.bytes_mut(buffer, length)?;
    let mut used = 0_usize;
    for (entry, next) in listing.entries.iter().zip(1_u64..).skip(start) {
        let rest = room.get_mut(used..).unwrap_or_default();
        let bytes = dirent(&path, entry, next)?;
        let kept = bytes.len().min(rest.len());
        if let (Some(to), Some(from)) = (rest.get_mut(..kept), bytes.get(..kept)) {
            to.copy_from_slice(from);
        }
        used = used.saturating_add(kept);
        if kept < bytes.len() {
            break;
        }
    }
    slot.listing = Some(listing);
    let used = u32::try_from(used).map_err(|_| Errno::Overflow)?;
    Ok(call.memory.put_u32(out, used)?)
}

fn with_dots(listing: Listing) -> Listing {
    let dot = |name: &str| Entry { name: name.to_owned(), kind: Kind::Folder };
    let entries = [dot("."), dot("..")].into_iter().chain(listing.entries).collect();
    Listing { entries, ..listing }
}

// `dirent`: cookie of the next entry, inode, length of the name, type, then the name.
fn dirent(folder: &GuestPath, entry: &Entry, next: u64) -> Result<Vec<u8>, Fault> {
    let inode = match entry.name.as_str() {
        "." => Vfs::inode(folder),
        ".." => Vfs::inode(&folder.parent()),
        name => Vfs::inode(&folder.join(name)),
    };
    let length = u32::try_from(entry.name.len()).map_err(|_| Errno::Overflow)?;
    let mut bytes = Vec::with_capacity(DIRENT.saturating_add(entry.name.len()));
    bytes.extend(next.to_le_bytes());
    bytes.extend(inode.to_le_bytes());
    bytes.extend(length.to_le_bytes());
    bytes.extend([abi::filetype(entry.kind), 0, 0, 0]);
    bytes.extend(entry.name.as_bytes());
    Ok(bytes)
}

pub(super) fn create(call: &mut Call<'_>, fd: u32, path: u32, length: u32) -> Answer {
    let folder = call.guest.descriptors.folder(fd)?;
    call.guest.vfs.make_folder(&folder, call.memory.text(path, length)?)
}

pub(super) fn remove(call: &mut Call<'_>, fd: u32, path: u32, length: u32) -> Answer {
    let folder = call.guest.descriptors.folder(fd)?;
    call.guest.vfs.remove(&folder, call.memory.text(path, length)?, Remove::Folder)
}

pub(super) fn unlink(call: &mut Call<'_>, fd: u32, path: u32, length: u32) -> Answer {
    let folder = call.guest.descriptors.folder(fd)?;
    call.guest.vfs.remove(&folder, call.memory.text(path, length)?, Remove::File)
}

pub(super) fn rename(
    call: &mut Call<'_>,
    fd: u32,
    path: u32,
    length: u32,
    to: u32,
    name: u32,
    name_length: u32,
) -> Answer {
    let from = call.guest.descriptors.folder(fd)?;
    let to = call.guest.descriptors.folder(to)?;
    let old = call.memory.text(path, length)?;
    let new = call.memory.text(name, name_length)?;
    call.guest.vfs.rename((&from, old), (&to, new))
}

#[expect(clippy::too_many_arguments, reason = "the signature is preview 1's")]
pub(super) fn hard_link(
    call: &mut Call<'_>,
    fd: u32,
    _follow: u32,
    path: u32,
    length: u32,
    to: u32,
    name: u32,
    name_length: u32,
) -> Answer {
    let from = call.guest.descriptors.folder(fd)?;
    let to = call.guest.descriptors.folder(to)?;
    call.guest.vfs.walk(&from, call.memory.text(path, length)?)?;
    Err(call.guest.vfs.refuse_link(&to, call.memory.text(name, name_length)?))
}

pub(super) fn symlink(
    call: &mut Call<'_>,
    _text: u32,
    _text_length: u32,
    fd: u32,
    path: u32,
    length: u32,
) -> Answer {
    let folder = call.guest.descriptors.folder(fd)?;
    Err(call.guest.vfs.refuse_link(&folder, call.memory.text(path, length)?))
}

// A link's text is the node's business. What is no link has none either.
pub(super) fn readlink(
    call: &mut Call<'_>,
    fd: u32,
    path: u32,
    length: u32,
    _buffer: u32,
    _room: u32,
    _out: u32,
) -> Answer {
    let folder = call.guest.descriptors.folder(fd)?;
    let text = call.memory.text(path, length)?;
    match call.guest.vfs.stat(&folder, text, false)?.kind {
        Kind::Symlink => Err(call.guest.vfs.refuse_link(&folder, text)),
        _ => Err(Errno::Invalid.into()),
    }
}

/// The address `count` subscriptions or events of `size` bytes after `start`.
pub(super) fn nth(start: u32, count: u32, size: u32) -> Result<u32, Errno> {
    after(start, count.checked_mul(size).ok_or(Errno::BadAddress)?)
}

/// Whether a descriptor is a folder.
pub(super) fn is_folder(handle: &Handle) -> bool {
    matches!(handle, Handle::Opened(Opened::Folder(_)))
}
