//! What is known of descriptors and files.

use super::descriptors::{Handle, PREOPEN};
use super::{Answer, Call, abi};
use crate::wasm::vfs::fault::Errno;
use crate::wasm::vfs::open::Opened;
use crate::wasm::vfs::stat::{Kind, Stat};

pub(super) fn fdstat_get(call: &mut Call<'_>, fd: u32, out: u32) -> Answer {
    let slot = call.guest.descriptors.slot(fd)?;
    let filetype = match &slot.handle {
        Handle::Stdin | Handle::Out(_) => abi::STREAM_TYPE,
        Handle::Opened(Opened::Folder(_)) => abi::filetype(Kind::Folder),
        Handle::Opened(Opened::File(_)) => abi::filetype(Kind::File),
    };
    let bytes = abi::fdstat(filetype, slot.flags, slot.base, slot.inheriting);
    Ok(call.memory.put(out, &bytes)?)
}

pub(super) fn fdstat_set_flags(call: &mut Call<'_>, fd: u32, flags: u32) -> Answer {
    let flags = u16::try_from(flags).ok().filter(|f| *f <= abi::ALL_FLAGS).ok_or(Errno::Invalid)?;
    call.guest.descriptors.slot(fd)?.flags = flags;
    Ok(())
}

// Rights can only be given up. They bind nothing here: what binds is the grant.
pub(super) fn fdstat_set_rights(
    call: &mut Call<'_>,
    fd: u32,
    base: u64,
    inheriting: u64,
) -> Answer {
    let slot = call.guest.descriptors.slot(fd)?;
    if base & !slot.base != 0 || inheriting & !slot.inheriting != 0 {
        return Err(Errno::NotCapable.into());
    }
    (slot.base, slot.inheriting) = (base, inheriting);
    Ok(())
}

pub(super) fn filestat_get(call: &mut Call<'_>, fd: u32, out: u32) -> Answer {
    let (stat, filetype) = match &call.guest.descriptors.slot(fd)?.handle {
        Handle::Opened(opened) => {
            let stat = call.guest.vfs.stat_opened(opened)?;
            (stat, abi::filetype(stat.kind))
        }
        Handle::Stdin | Handle::Out(_) => {
            let nothing = Stat { kind: Kind::Special, size: 0, inode: 0, device: 0 };
            (nothing, abi::STREAM_TYPE)
        }
    };
    Ok(call.memory.put(out, &abi::filestat(&stat, filetype))?)
}

pub(super) fn path_filestat_get(
    call: &mut Call<'_>,
    fd: u32,
    follow: u32,
    path: u32,
    length: u32,
    out: u32,
) -> Answer {
    let folder = call.guest.descriptors.folder(fd)?;
    let text = call.memory.text(path, length)?;
    let stat = call.guest.vfs.stat(&folder, text, follow & abi::FOLLOW != 0)?;
    Ok(call.memory.put(out, &abi::filestat(&stat, abi::filetype(stat.kind)))?)
}

// Times are zero and stay so; asking for others is no error, or every `cp -p` would fail.
pub(super) fn set_times(call: &mut Call<'_>, fd: u32, _: u64, _: u64, flags: u32) -> Answer {
    call.guest.descriptors.slot(fd)?;
    check_time_flags(flags)
}

#[expect(clippy::too_many_arguments, reason = "the signature is preview 1's")]
pub(super) fn path_set_times(
    call: &mut Call<'_>,
    fd: u32,
    follow: u32,
    path: u32,
    length: u32,
    _: u64,
    _: u64,
    flags: u32,
) -> Answer {
    let folder = call.guest.descriptors.folder(fd)?;
    let text = call.memory.text(path, length)?;
    call.guest.vfs.stat(&folder, text, follow & abi::FOLLOW != 0)?;
    check_time_flags(flags)
}

// `fstflags`: a time and "now" exclude each other, for atime (1, 2) and mtime (4, 8).
fn check_time_flags(flags: u32) -> Answer {
    let both = flags & 0b0011 == 0b0011 || flags & 0b1100 == 0b1100;
    if both || flags > 0b1111 { Err(Errno::Invalid.into()) } else { Ok(()) }
}

pub(super) fn prestat_get(call: &mut Call<'_>, fd: u32, out: u32) -> Answer {
    preopen(call, fd)?;
    // `prestat`: a folder (0) whose name has one byte.
    Ok(call.memory.put(out, &[0, 0, 0, 0, 1, 0, 0, 0])?)
}

pub(super) fn prestat_dir_name(call: &mut Call<'_>, fd: u32, text: u32, length: u32) -> Answer {
    preopen(call, fd)?;
    if length < 1 {
        return Err(Errno::NameTooLong.into());
    }
    Ok(call.memory.put(text, b"/")?)
}

fn preopen(call: &mut Call<'_>, fd: u32) -> Result<(), Errno> {
    let slot = call.guest.descriptors.slot(fd)?;
    let ours = fd == PREOPEN && super::folder::is_folder(&slot.handle);
    if ours { Ok(()) } else { Err(Errno::BadDescriptor) }
}
