//! Looking at files and listing folders.

use std::collections::BTreeMap;
use std::os::fd::{AsFd, BorrowedFd};

use rustix::fs::{Mode, OFlags};

use super::denied::Denial;
use super::fault::{Errno, Fault};
use super::mounts::Backing;
use super::open::{File, Opened};
use super::path::{GuestPath, Walked};
use super::stat::{Entry, Kind, Listing, Stat};
use super::{Spot, Vfs, real};

/// Context of the inode numbers, which come from the guest path.
const INODE: &str = "arch.network v1 wasm guest inode number";

impl Vfs {
    /// The facts of `relative` below `base`. With `follow`, a link is refused instead of shown.
    pub(crate) fn stat(
        &mut self,
        base: &GuestPath,
        relative: &str,
        follow: bool,
    ) -> Result<Stat, Fault> {
        let Walked { path, folder } = self.walk(base, relative)?;
        let (kind, size) = self.look(&path)?;
        if folder && kind != Kind::Folder {
            return Err(Errno::NotFolder.into());
        }
        if follow && kind == Kind::Symlink {
            return Err(self.deny(Denial::Symlink, path.as_str()));
        }
        Ok(self.facts(&path, kind, size))
    }

    /// The facts of an open folder.
    pub(crate) fn stat_folder(&mut self, path: &GuestPath) -> Stat {
        self.facts(path, Kind::Folder, 0)
    }

    /// The facts of an open file.
    pub(crate) fn stat_file(&mut self, file: &File) -> Result<Stat, Fault> {
        let size = self.size(file)?;
        Ok(self.facts(&file.path, Kind::File, size))
    }

    /// The facts of what was opened.
    pub(crate) fn stat_opened(&mut self, opened: &Opened) -> Result<Stat, Fault> {
        match opened {
            Opened::Folder(path) => Ok(self.stat_folder(path)),
            Opened::File(file) => self.stat_file(file),
        }
    }

    /// The number of the file at `path`.
    pub(crate) fn inode(path: &GuestPath) -> u64 {
        path.number(INODE)
    }

    /// Entries of a folder, sorted by the bytes of their names, without `.` and `..`.
    // KNOWN GAP: a listing and a size that is only looked at are not noted in `reads`; a replay over
    // a folder with other names can differ without a line that says so.
    pub(crate) fn list(&mut self, path: &GuestPath) -> Result<Listing, Fault> {
        let mut kinds: BTreeMap<String, Kind> = match self.spot(path)? {
            Spot::Leading => BTreeMap::new(),
            Spot::Input(rest) if rest.is_empty() => self.inputs(path),
            Spot::Input(_) | Spot::RealFile(..) => return Err(Errno::NotFolder.into()),
            Spot::Output(rest) => {
                self.tree.list(&rest)?.into_iter().map(|e| (e.name, e.kind)).collect()
            }
            Spot::Real(root, _, rest) => self.list_real(path, root.as_fd(), &rest)?,
        };
        for (name, kind) in self.mounts.below(path) {
            kinds.insert(name.to_owned(), kind);
        }
        let cost = kinds.keys().map(|name| real::cost(name.as_bytes())).sum();
        let held = self.meter.hold(cost)?;
        let entries = kinds.into_iter().map(|(name, kind)| Entry { name, kind }).collect();
        Ok(Listing { entries, held })
    }

    fn look(&mut self, path: &GuestPath) -> Result<(Kind, u64), Fault> {
        match self.spot(path)? {
            Spot::Leading => Ok((Kind::Folder, 0)),
            Spot::Input(rest) if rest.is_empty() => Ok((Kind::Folder, 0)),
            Spot::Input(rest) => self.look_input(path, &rest),
            Spot::Output(rest) => Ok(self.tree.look(self.tree.find(&rest)?)?),
            Spot::Real(root, _, rest) => {
                let looked = real::look_at(root.as_fd(), &rest);
                self.real(path, looked).map(|facts| (facts.kind, facts.size))
            }
            Spot::RealFile(fd, _) => {
                let looked = real::look(fd.as_fd());
                self.real(path, looked).map(|facts| (facts.kind, facts.size))
            }
        }
    }

    fn look_input(&self, path: &GuestPath, rest: &str) -> Result<(Kind, u64), Fault> {
        let Some(Backing::Inputs(inputs)) = self.backing(path) else {
            return Err(Errno::NoEntry.into());
        };
        let top = rest.split('/').next().unwrap_or(rest);
        match inputs.get(top) {
            Some(input) if top == rest => Ok((Kind::File, input.size)),
            Some(_) => Err(Errno::NotFolder.into()),
            None => Err(Errno::NoEntry.into()),
        }
    }

    fn inputs(&self, path: &GuestPath) -> BTreeMap<String, Kind> {
        match self.backing(path) {
            Some(Backing::Inputs(inputs)) => {
                inputs.keys().map(|name| (name.clone(), Kind::File)).collect()
            }
            _ => BTreeMap::new(),
        }
    }

    fn backing<'a>(&'a self, path: &'a GuestPath) -> Option<&'a Backing> {
        self.mounts.deciding(path).map(|(mount, _)| &mount.backing)
    }

    fn list_real(
        &mut self,
        path: &GuestPath,
        root: BorrowedFd<'_>,
        rest: &str,
    ) -> Result<BTreeMap<String, Kind>, Fault> {
        let opened = real::open(root, rest, OFlags::RDONLY | OFlags::DIRECTORY, Mode::empty());
        let folder = self.real(path, opened)?;
        let listed = real::list(folder.as_fd(), self.meter.left());
        let mut kinds = BTreeMap::new();
        for (name, kind) in self.real(path, listed)? {
            // The guest's interfaces only know UTF-8 names: others are left out, and that is told.
            let Ok(name) = String::from_utf8(name) else {
                self.denied.note(Denial::Name, path.as_str());
                continue;
            };
            let kind = match kind {
                Some(kind) => kind,
                None => match real::look_at(folder.as_fd(), &name) {
                    Ok(facts) => facts.kind,
                    Err(_) => continue, // gone since the kernel named it
                },
            };
            kinds.insert(name, kind);
        }
        Ok(kinds)
    }

    fn facts(&self, path: &GuestPath, kind: Kind, size: u64) -> Stat {
        let device = self.mounts.deciding(path).map_or(1, |(mount, _)| mount.device);
        Stat { kind, size, inode: Self::inode(path), device }
    }
}
