//! Reading, writing and moving within open files and streams.

use super::descriptors::{Handle, Slot};
use super::{Answer, Call, abi};
use crate::wasm::vfs::fault::{Errno, Fault};
use crate::wasm::vfs::open::Opened;

pub(super) fn read(call: &mut Call<'_>, fd: u32, list: u32, count: u32, out: u32) -> Answer {
    let slot = call.guest.descriptors.slot(fd)?;
    let done = match &slot.handle {
        Handle::Stdin => {
            call.memory.vectors(list, count)?;
            0
        }
        Handle::Out(_) => return Err(Errno::BadDescriptor.into()),
        Handle::Opened(_) => {
            let start = slot.offset;
            let done = fill(call, fd, list, count, start)?;
            call.guest.descriptors.slot(fd)?.offset = start.saturating_add(u64::from(done));
            done
        }
    };
    Ok(call.memory.put_u32(out, done)?)
}

pub(super) fn pread(
    call: &mut Call<'_>,
    fd: u32,
    list: u32,
    count: u32,
    offset: u64,
    out: u32,
) -> Answer {
    let done = fill(call, fd, list, count, offset)?;
    Ok(call.memory.put_u32(out, done)?)
}

pub(super) fn write(call: &mut Call<'_>, fd: u32, list: u32, count: u32, out: u32) -> Answer {
    let slot = call.guest.descriptors.slot(fd)?;
    let done = match &slot.handle {
        Handle::Stdin => return Err(Errno::BadDescriptor.into()),
        Handle::Out(stream) => {
            let stream = *stream;
            let mut done = 0_u32;
            for (address, length) in call.memory.vectors(list, count)? {
                call.guest.vfs.print(stream, call.memory.bytes(address, length)?)?;
                done = done.saturating_add(length);
            }
            done
        }
        Handle::Opened(Opened::Folder(_)) => return Err(Errno::BadDescriptor.into()),
        Handle::Opened(Opened::File(file)) => {
            let end = slot.flags & abi::APPEND != 0;
            let start = if end { call.guest.vfs.size(file)? } else { slot.offset };
            let done = drain(call, fd, list, count, start)?;
            call.guest.descriptors.slot(fd)?.offset = start.saturating_add(u64::from(done));
            done
        }
    };
    Ok(call.memory.put_u32(out, done)?)
}

pub(super) fn pwrite(
    call: &mut Call<'_>,
    fd: u32,
    list: u32,
    count: u32,
    offset: u64,
    out: u32,
) -> Answer {
    let done = drain(call, fd, list, count, offset)?;
    Ok(call.memory.put_u32(out, done)?)
}

// From the file at `offset` into the guest's buffers, until one is not filled.
fn fill(
    call: &mut Call<'_>,
    fd: u32,
    list: u32,
    count: u32,
    mut offset: u64,
) -> Result<u32, Fault> {
    let (file, _, _) = call.guest.descriptors.file(fd)?;
    let mut done = 0_u32;
    for (address, length) in call.memory.vectors(list, count)? {
        let buffer = call.memory.bytes_mut(address, length)?;
        let got = call.guest.vfs.read_at(file, buffer, offset)?;
        let got = u32::try_from(got).map_err(|_| Errno::Overflow)?;
        done = done.saturating_add(got);
        offset = offset.saturating_add(u64::from(got));
        if got < length {
            break;
        }
    }
    Ok(done)
}

fn drain(
    call: &mut Call<'_>,
    fd: u32,
    list: u32,
    count: u32,
    mut offset: u64,
) -> Result<u32, Fault> {
    let (file, _, _) = call.guest.descriptors.file(fd)?;
    let mut done = 0_u32;
    for (address, length) in call.memory.vectors(list, count)? {
        call.guest.vfs.write_at(file, call.memory.bytes(address, length)?, offset)?;
        done = done.saturating_add(length);
        offset = offset.saturating_add(u64::from(length));
    }
    Ok(done)
}

pub(super) fn seek(call: &mut Call<'_>, fd: u32, offset: i64, whence: u32, out: u32) -> Answer {
    let (file, position, _) = call.guest.descriptors.file(fd).map_err(folder_has_no_offset)?;
    let start = match whence {
        0 => 0,
        1 => *position,
        2 => call.guest.vfs.size(file)?,
        _ => return Err(Errno::Invalid.into()),
    };
    let new = start.checked_add_signed(offset).ok_or(Errno::Invalid)?;
    if i64::try_from(new).is_err() {
        return Err(Errno::Invalid.into());
    }
    *position = new;
    Ok(call.memory.put_u64(out, new)?)
}

pub(super) fn tell(call: &mut Call<'_>, fd: u32, out: u32) -> Answer {
    let (_, position, _) = call.guest.descriptors.file(fd).map_err(folder_has_no_offset)?;
    Ok(call.memory.put_u64(out, *position)?)
}

fn folder_has_no_offset(errno: Errno) -> Errno {
    if errno == Errno::IsFolder { Errno::BadDescriptor } else { errno }
}

pub(super) fn set_size(call: &mut Call<'_>, fd: u32, size: u64) -> Answer {
    let (file, _, _) = call.guest.descriptors.file(fd)?;
    call.guest.vfs.set_size(file, size)
}

pub(super) fn advise(call: &mut Call<'_>, fd: u32, _: u64, _: u64, advice: u32) -> Answer {
    call.guest.descriptors.file(fd)?;
    if advice > 5 { Err(Errno::Invalid.into()) } else { Ok(()) }
}

pub(super) fn allocate(call: &mut Call<'_>, fd: u32, _: u64, _: u64) -> Answer {
    call.guest.descriptors.file(fd)?;
    Err(Errno::NotSupported.into())
}

pub(super) fn sync(call: &mut Call<'_>, fd: u32) -> Answer {
    match &call.guest.descriptors.slot(fd)?.handle {
        Handle::Opened(Opened::File(file)) => call.guest.vfs.sync(file),
        _ => Ok(()),
    }
}

pub(super) fn close(call: &mut Call<'_>, fd: u32) -> Answer {
    let slot = call.guest.descriptors.remove(fd)?;
    give_back(call, slot);
    Ok(())
}

pub(super) fn renumber(call: &mut Call<'_>, from: u32, to: u32) -> Answer {
    if let Some(slot) = call.guest.descriptors.renumber(from, to)? {
        give_back(call, slot);
    }
    Ok(())
}

fn give_back(call: &mut Call<'_>, slot: Slot) {
    if let Handle::Opened(opened) = slot.handle {
        call.guest.vfs.close(opened);
    }
}
