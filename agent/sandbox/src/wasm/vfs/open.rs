//! Opening files and folders.

use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;

use rustix::fs::{Mode, OFlags};

use super::denied::Denial;
use super::fault::{Errno, Fault};
use super::mounts::{Access, Backing};
use super::own::Share;
use super::path::{GuestPath, Walked};
use super::stat::Kind;
use super::tree::NodeId;
use super::{OPEN_MAX, Spot, Vfs, real};
use crate::wasm::meter::Held;
use crate::wasm::stop::Stop;

/// What the guest wants of an opening.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Wish {
    pub(crate) read: bool,
    pub(crate) write: bool,
    pub(crate) create: bool,
    pub(crate) exclusive: bool,
    pub(crate) truncate: bool,
    pub(crate) folder: bool,
}

/// What was opened.
#[derive(Debug)]
pub(crate) enum Opened {
    /// A folder is known by its path.
    Folder(GuestPath),
    /// A file.
    File(File),
}

/// An open file. Give it back with [`Vfs::close`].
#[derive(Debug)]
pub(crate) struct File {
    pub(crate) path: GuestPath,
    pub(crate) readable: bool,
    pub(crate) writable: bool,
    pub(super) content: Content,
}

/// Where an open file's bytes are.
#[derive(Debug, Clone)]
pub(super) enum Content {
    /// An input, read where it lies.
    Input(Arc<OwnedFd>, u64),
    /// A file in `/out`.
    Tree(NodeId),
    /// A file under a read grant, read whole when it was opened.
    Snapshot(Arc<Snapshot>),
    /// A file under a write grant.
    Real(Arc<OwnedFd>),
}

/// The bytes of a file as they were when it was opened.
#[derive(Debug)]
pub(super) struct Snapshot {
    pub(super) bytes: Vec<u8>,
    _held: Held,
}

/// Where an open real file came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// This call made it.
    Made,
    /// It was there.
    Found,
}

impl Wish {
    fn changes(self) -> bool {
        self.write || self.create || self.truncate
    }
}

impl Vfs {
    /// Opens `relative` below the folder `base`.
    pub(crate) fn open(
        &mut self,
        base: &GuestPath,
        relative: &str,
        wish: Wish,
    ) -> Result<Opened, Fault> {
        let Walked { path, folder } = self.walk(base, relative)?;
        let wish = Wish { folder: wish.folder || folder, ..wish };
        if self.open >= OPEN_MAX {
            return Err(Errno::TooManyOpen.into());
        }
        let opened = match self.spot(&path)? {
            Spot::Leading => self.open_folder(path, wish)?,
            Spot::Input(name) => self.open_input(path, &name, wish)?,
            Spot::Output(rest) => self.open_output(path, &rest, wish)?,
            Spot::Real(root, Access::Read, rest) => self.open_read(path, &root, &rest, wish)?,
            Spot::Real(root, access, rest) => {
                self.open_write(path, (&root, access), &rest, wish)?
            }
            Spot::RealFile(fd, access) => self.open_single(path, fd, access, wish)?,
        };
        self.open = self.open.saturating_add(1);
        Ok(opened)
    }

    /// A second handle on an open file.
    pub(crate) fn duplicate(&mut self, file: &File) -> Result<File, Fault> {
        if self.open >= OPEN_MAX {
            return Err(Errno::TooManyOpen.into());
        }
        if let Content::Tree(id) = file.content {
            self.tree.open(id)?;
        }
        self.open = self.open.saturating_add(1);
        let File { path, readable, writable, content } = file;
        Ok(File {
            path: path.clone(),
            readable: *readable,
            writable: *writable,
            content: content.clone(),
        })
    }

    /// Gives an opening back.
    pub(crate) fn close(&mut self, opened: Opened) {
        self.open = self.open.saturating_sub(1);
        if let Opened::File(File { content: Content::Tree(id), .. }) = opened {
            let freed = self.tree.close(id);
            self.output.give_back(freed);
        }
    }

    fn open_folder(&mut self, path: GuestPath, wish: Wish) -> Result<Opened, Fault> {
        if wish.create && wish.exclusive {
            return Err(Errno::Exists.into());
        }
        if wish.write || wish.truncate {
            return Err(Errno::IsFolder.into());
        }
        Ok(Opened::Folder(path))
    }

    fn open_input(&mut self, path: GuestPath, name: &str, wish: Wish) -> Result<Opened, Fault> {
        if name.is_empty() {
            return self.open_folder(path, wish);
        }
        if wish.changes() {
            return Err(self.deny(Denial::Write, path.as_str()));
        }
        let Some((mount, _)) = self.mounts.deciding(&path) else {
            return Err(Errno::NoEntry.into());
        };
        let Backing::Inputs(inputs) = &mount.backing else { return Err(Errno::NoEntry.into()) };
        let top = name.split('/').next().unwrap_or(name);
        match inputs.get(top) {
            None => Err(Errno::NoEntry.into()),
            Some(_) if wish.folder || top != name => Err(Errno::NotFolder.into()),
            Some(input) => {
                let content = Content::Input(input.file.clone(), input.size);
                Ok(Opened::File(File { path, readable: wish.read, writable: false, content }))
            }
        }
    }

    fn open_output(&mut self, path: GuestPath, rest: &str, wish: Wish) -> Result<Opened, Fault> {
        let id = match self.tree.find(rest) {
            Ok(_) if wish.create && wish.exclusive => return Err(Errno::Exists.into()),
            Ok(id) if self.tree.look(id)?.0 == Kind::Folder => {
                return self.open_folder(path, wish);
            }
            Ok(_) if wish.folder => return Err(Errno::NotFolder.into()),
            Ok(id) => id,
            Err(Errno::NoEntry) if wish.create && !wish.folder => {
                if !self.tree.has_room() {
                    return Err(Stop::OutputCap.into());
                }
                self.tree.make_file(rest)?
            }
            Err(errno) => return Err(errno.into()),
        };
        self.tree.open(id)?;
        let Wish { read: readable, write: writable, .. } = wish;
        let file = File { path, readable, writable, content: Content::Tree(id) };
        if wish.truncate {
            let freed = self.tree.bytes_mut(id).map(std::mem::take)?;
            self.output.give_back(super::length(&freed));
        }
        Ok(Opened::File(file))
    }

    fn open_read(
        &mut self,
        path: GuestPath,
        root: &OwnedFd,
        rest: &str,
        wish: Wish,
    ) -> Result<Opened, Fault> {
        let looked = real::look_at(root.as_fd(), rest);
        let kind = match self.real(&path, looked) {
            Err(Fault::Errno(Errno::NoEntry)) if wish.create => {
                return Err(self.deny(Denial::Write, path.as_str()));
            }
            other => other?.kind,
        };
        match kind {
            Kind::Folder => return self.open_folder(path, wish),
            Kind::Symlink => return Err(self.deny(Denial::Symlink, path.as_str())),
            Kind::Special => return Err(self.deny(Denial::Special, path.as_str())),
            Kind::File if wish.folder => return Err(Errno::NotFolder.into()),
            Kind::File if wish.changes() => return Err(self.deny(Denial::Write, path.as_str())),
            Kind::File => {}
        }
        let opened = real::open(root.as_fd(), rest, OFlags::RDONLY, Mode::empty());
        let fd = self.real(&path, opened)?;
        self.snapshot(path, &fd, wish)
    }

    // The whole file is read and hashed now, so that what the guest sees is what `reads` names.
    fn snapshot(&mut self, path: GuestPath, fd: &OwnedFd, wish: Wish) -> Result<Opened, Fault> {
        let looked = real::look(fd.as_fd());
        let facts = self.real(&path, looked)?;
        if facts.kind != Kind::File {
            return Err(self.deny(Denial::Special, path.as_str()));
        }
        self.read_bytes.spend(facts.size)?;
        let held = self.meter.hold(facts.size)?;
        let read = real::read_whole(fd.as_fd(), facts.size);
        let Some(bytes) = self.real(&path, read)? else {
            return Err(Stop::InputChanged(path.to_string()).into());
        };
        self.reads.note(&path, &bytes, &self.meter)?;
        let content = Content::Snapshot(Arc::new(Snapshot { bytes, _held: held }));
        Ok(Opened::File(File { path, readable: wish.read, writable: false, content }))
    }

    fn open_write(
        &mut self,
        path: GuestPath,
        (root, access): (&OwnedFd, Access),
        rest: &str,
        wish: Wish,
    ) -> Result<Opened, Fault> {
        let looked = real::look_at(root.as_fd(), rest);
        let flags = if wish.write || wish.truncate { OFlags::RDWR } else { OFlags::RDONLY };
        let kind = match self.real(&path, looked) {
            Err(Fault::Errno(Errno::NoEntry)) if wish.create && !wish.folder => {
                self.write_entries.spend(1)?;
                let made = OFlags::RDWR | OFlags::CREATE | OFlags::EXCL;
                let opened = real::open(root.as_fd(), rest, made, Mode::from_raw_mode(0o644));
                let fd = self.real(&path, opened)?;
                return self.open_real(path, (Arc::new(fd), access), wish, Origin::Made);
            }
            other => other?.kind,
        };
        match kind {
            _ if wish.create && wish.exclusive => Err(Errno::Exists.into()),
            Kind::Folder => self.open_folder(path, wish),
            Kind::Symlink => Err(self.deny(Denial::Symlink, path.as_str())),
            Kind::Special => Err(self.deny(Denial::Special, path.as_str())),
            Kind::File if wish.folder => Err(Errno::NotFolder.into()),
            Kind::File => {
                let opened = real::open(root.as_fd(), rest, flags, Mode::empty());
                let fd = self.real(&path, opened)?;
                self.open_real(path, (Arc::new(fd), access), wish, Origin::Found)
            }
        }
    }

    fn open_real(
        &mut self,
        path: GuestPath,
        (fd, access): (Arc<OwnedFd>, Access),
        wish: Wish,
        origin: Origin,
    ) -> Result<Opened, Fault> {
        let looked = real::look(fd.as_fd());
        let facts = self.real(&path, looked)?;
        if facts.kind != Kind::File {
            return Err(self.deny(Denial::Special, path.as_str()));
        }
        // A hard link in the folder may be a file outside it.
        if (wish.write || wish.truncate) && facts.names > 1 {
            return Err(self.deny(Denial::SharedFile, path.as_str()));
        }
        if wish.truncate {
            let cut = real::again(|| rustix::fs::ftruncate(&fd, 0)).map_err(Into::into);
            self.real(&path, cut)?;
        }
        if origin == Origin::Made || wish.truncate {
            self.own.made(facts.id);
        } else if wish.read && self.own.share(facts.id) != Some(Share::Whole) {
            if !access.reads() {
                return Err(self.deny(Denial::Read, path.as_str()));
            }
            if self.own.share(facts.id).is_none() {
                let seen = self.snapshot(path.clone(), &fd, wish)?;
                if !wish.write {
                    return Ok(seen);
                }
            }
        }
        if wish.write {
            self.own.written(facts.id);
        }
        let Wish { read: readable, write: writable, .. } = wish;
        Ok(Opened::File(File { path, readable, writable, content: Content::Real(fd) }))
    }

    fn open_single(
        &mut self,
        path: GuestPath,
        fd: Arc<OwnedFd>,
        access: Access,
        wish: Wish,
    ) -> Result<Opened, Fault> {
        match access {
            _ if wish.folder => Err(Errno::NotFolder.into()),
            _ if wish.create && wish.exclusive => Err(Errno::Exists.into()),
            Access::Read if wish.changes() => Err(self.deny(Denial::Write, path.as_str())),
            Access::Read => self.snapshot(path, &fd, wish),
            Access::Write | Access::ReadWrite => {
                self.open_real(path, (fd, access), wish, Origin::Found)
            }
        }
    }
}
