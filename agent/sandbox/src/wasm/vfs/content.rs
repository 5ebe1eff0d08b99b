//! The bytes of open files.

use std::os::fd::AsFd;

use super::fault::{Errno, Fault};
use super::open::{Content, File};
use super::{Vfs, length, real};

/// Offsets above this make no sense to the kernel either.
const OFFSET_MAX: u64 = i64::MAX.unsigned_abs();

impl Vfs {
    /// Reads at `offset` until `buffer` is full or the file ends; returns the bytes read.
    pub(crate) fn read_at(
        &mut self,
        file: &File,
        buffer: &mut [u8],
        offset: u64,
    ) -> Result<usize, Fault> {
        if !file.readable {
            return Err(Errno::BadDescriptor.into());
        }
        if offset > OFFSET_MAX {
            return Err(Errno::Invalid.into());
        }
        match &file.content {
            Content::Tree(id) => Ok(copy_at(self.tree.bytes(*id)?, buffer, offset)),
            Content::Snapshot(seen) => Ok(copy_at(&seen.bytes, buffer, offset)),
            Content::Input(fd, _) | Content::Real(fd) => {
                let read = real::read_at(fd.as_fd(), buffer, offset);
                self.real(&file.path, read)
            }
        }
    }

    /// Writes all of `bytes` at `offset`, or ends the run at the cap.
    pub(crate) fn write_at(&mut self, file: &File, bytes: &[u8], offset: u64) -> Result<(), Fault> {
        if !file.writable {
            return Err(Errno::BadDescriptor.into());
        }
        let end = offset.checked_add(length(bytes)).filter(|end| *end <= OFFSET_MAX);
        let end = end.ok_or(Errno::Invalid)?;
        if bytes.is_empty() {
            return Ok(());
        }
        let growth = end.saturating_sub(self.size(file)?);
        match &file.content {
            Content::Tree(id) => {
                self.output.spend(growth)?;
                if growth > 0 {
                    resize(self.tree.bytes_mut(*id)?, end)?;
                }
                let start = usize::try_from(offset).map_err(|_| Errno::Overflow)?;
                let room = self.tree.bytes_mut(*id)?.get_mut(start..).unwrap_or_default();
                room.get_mut(..bytes.len()).ok_or(Errno::Overflow)?.copy_from_slice(bytes);
                Ok(())
            }
            Content::Real(fd) => {
                // A hole costs what it makes the file grow by, not only what is written.
                self.write_bytes.spend(growth.max(length(bytes)))?;
                let written = real::write_at(fd.as_fd(), bytes, offset);
                self.real(&file.path, written)
            }
            Content::Input(..) | Content::Snapshot(_) => Err(Errno::BadDescriptor.into()),
        }
    }

    /// Makes a file longer (with zeros) or shorter.
    pub(crate) fn set_size(&mut self, file: &File, size: u64) -> Result<(), Fault> {
        if !file.writable {
            return Err(Errno::BadDescriptor.into());
        }
        if size > OFFSET_MAX {
            return Err(Errno::Invalid.into());
        }
        let before = self.size(file)?;
        let growth = size.saturating_sub(before);
        match &file.content {
            Content::Tree(id) => {
                self.output.spend(growth)?;
                resize(self.tree.bytes_mut(*id)?, size)?;
                self.output.give_back(before.saturating_sub(size));
                Ok(())
            }
            Content::Real(fd) => {
                self.write_bytes.spend(growth)?;
                let cut = real::again(|| rustix::fs::ftruncate(fd, size)).map_err(Into::into);
                self.real(&file.path, cut)
            }
            Content::Input(..) | Content::Snapshot(_) => Err(Errno::BadDescriptor.into()),
        }
    }

    /// Bytes in the file now.
    pub(crate) fn size(&mut self, file: &File) -> Result<u64, Fault> {
        match &file.content {
            Content::Input(_, size) => Ok(*size),
            Content::Tree(id) => Ok(self.tree.look(*id)?.1),
            Content::Snapshot(seen) => Ok(length(&seen.bytes)),
            Content::Real(fd) => {
                let looked = real::look(fd.as_fd());
                self.real(&file.path, looked).map(|facts| facts.size)
            }
        }
    }

    /// Brings a file of a write grant to the disk.
    pub(crate) fn sync(&mut self, file: &File) -> Result<(), Fault> {
        match &file.content {
            Content::Real(fd) => {
                let synced = real::again(|| rustix::fs::fsync(fd)).map_err(Into::into);
                self.real(&file.path, synced)
            }
            Content::Input(..) | Content::Tree(_) | Content::Snapshot(_) => Ok(()),
        }
    }
}

fn copy_at(bytes: &[u8], buffer: &mut [u8], offset: u64) -> usize {
    let start = usize::try_from(offset).unwrap_or(usize::MAX);
    let rest = bytes.get(start..).unwrap_or_default();
    let many = rest.len().min(buffer.len());
    if let (Some(to), Some(from)) = (buffer.get_mut(..many), rest.get(..many)) {
        to.copy_from_slice(from);
    }
    many
}

fn resize(bytes: &mut Vec<u8>, size: u64) -> Result<(), Errno> {
    let size = usize::try_from(size).map_err(|_| Errno::Overflow)?;
    bytes.try_reserve(size.saturating_sub(bytes.len())).map_err(|_| Errno::NoSpace)?;
    bytes.resize(size, 0);
    Ok(())
}
