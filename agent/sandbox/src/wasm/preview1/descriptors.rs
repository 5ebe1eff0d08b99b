//! The guest's small numbers: 0, 1, 2, the root folder at 3, and what it opens.

use crate::wasm::vfs::Stream;
use crate::wasm::vfs::fault::Errno;
use crate::wasm::vfs::open::{File, Opened};
use crate::wasm::vfs::path::GuestPath;
use crate::wasm::vfs::stat::Listing;

use super::abi;

/// Highest number a guest can hold.
const NUMBERS_MAX: usize = 2048;
/// The only folder that is open from the start: the guest's `/`.
pub(crate) const PREOPEN: u32 = 3;

/// What a number stands for.
#[derive(Debug)]
pub(crate) enum Handle {
    /// Always at its end.
    Stdin,
    /// stdout or stderr.
    Out(Stream),
    /// A folder or a file; the root folder is `Opened::Folder` too.
    Opened(Opened),
}

/// One open descriptor.
#[derive(Debug)]
pub(crate) struct Slot {
    pub(crate) handle: Handle,
    pub(crate) offset: u64,
    pub(crate) flags: u16,
    pub(crate) base: u64,
    pub(crate) inheriting: u64,
    /// The listing that `fd_readdir` walks through.
    pub(crate) listing: Option<Box<Listing>>,
}

impl Slot {
    /// A slot at the start of what it stands for.
    pub(crate) fn new(handle: Handle, flags: u16, base: u64, inheriting: u64) -> Self {
        Self { handle, offset: 0, flags, base, inheriting, listing: None }
    }
}

/// The table from numbers to slots.
#[derive(Debug)]
pub(crate) struct Descriptors {
    slots: Vec<Option<Slot>>,
}

impl Descriptors {
    /// The table a guest starts with.
    pub(crate) fn new() -> Self {
        let stream = |handle| Some(Slot::new(handle, 0, abi::STREAM_RIGHTS, 0));
        let root = Handle::Opened(Opened::Folder(GuestPath::default()));
        Self {
            slots: vec![
                stream(Handle::Stdin),
                stream(Handle::Out(Stream::Stdout)),
                stream(Handle::Out(Stream::Stderr)),
                Some(Slot::new(root, 0, abi::ALL_RIGHTS, abi::ALL_RIGHTS)),
            ],
        }
    }

    /// The slot of a number.
    pub(crate) fn slot(&mut self, fd: u32) -> Result<&mut Slot, Errno> {
        let at = usize::try_from(fd).map_err(|_| Errno::BadDescriptor)?;
        self.slots.get_mut(at).and_then(Option::as_mut).ok_or(Errno::BadDescriptor)
    }

    /// The file and its slot's offset and flags.
    pub(crate) fn file(&mut self, fd: u32) -> Result<(&File, &mut u64, u16), Errno> {
        match self.slot(fd)? {
            Slot { handle: Handle::Opened(Opened::File(file)), offset, flags, .. } => {
                Ok((file, offset, *flags))
            }
            Slot { handle: Handle::Opened(Opened::Folder(_)), .. } => Err(Errno::IsFolder),
            _ => Err(Errno::NoSeek),
        }
    }

    /// The path of an open folder.
    pub(crate) fn folder(&mut self, fd: u32) -> Result<GuestPath, Errno> {
        match &self.slot(fd)?.handle {
            Handle::Opened(Opened::Folder(path)) => Ok(path.clone()),
            _ => Err(Errno::NotFolder),
        }
    }

    /// Gives a slot the lowest free number; hands it back when there is none.
    pub(crate) fn insert(&mut self, slot: Slot) -> Result<u32, Slot> {
        let at = self.slots.iter().position(Option::is_none).unwrap_or(self.slots.len());
        let (Ok(fd), true) = (u32::try_from(at), at < NUMBERS_MAX) else { return Err(slot) };
        match self.slots.get_mut(at) {
            Some(place) => *place = Some(slot),
            None => self.slots.push(Some(slot)),
        }
        Ok(fd)
    }

    /// Frees a number.
    pub(crate) fn remove(&mut self, fd: u32) -> Result<Slot, Errno> {
        let at = usize::try_from(fd).map_err(|_| Errno::BadDescriptor)?;
        self.slots.get_mut(at).and_then(Option::take).ok_or(Errno::BadDescriptor)
    }

    /// Moves `from` onto `to`, which must be open; returns what was there.
    pub(crate) fn renumber(&mut self, from: u32, to: u32) -> Result<Option<Slot>, Errno> {
        self.slot(to)?;
        if from == to {
            return self.slot(from).map(|_| None);
        }
        let moved = self.remove(from)?;
        Ok(Some(std::mem::replace(self.slot(to)?, moved)))
    }
}
