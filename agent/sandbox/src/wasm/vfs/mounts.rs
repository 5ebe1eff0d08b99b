//! Which part of the guest's namespace comes from where, and the opening of all that is real.

use std::collections::BTreeMap;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;

use rustix::fs::{Mode, OFlags};

use super::path::{GuestPath, NAME_MAX};
use super::real;
use super::stat::Kind;

/// Context of the device numbers, which come from the mount's path.
const DEVICE: &str = "arch.network v1 wasm guest device number";

/// What grants let the guest do at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Read files and list folders; each file read is noted with its digest.
    Read,
    /// Write files and list folders; only files that this run made can be read back.
    Write,
    /// Both. A file is noted with its digest if it is read before this run writes to it.
    ReadWrite,
}

impl Access {
    /// Whether others' files may be read.
    #[must_use]
    pub fn reads(self) -> bool {
        matches!(self, Self::Read | Self::ReadWrite)
    }

    /// Whether anything may be changed.
    #[must_use]
    pub fn writes(self) -> bool {
        matches!(self, Self::Write | Self::ReadWrite)
    }

    fn and(self, other: Self) -> Self {
        if self == other { self } else { Self::ReadWrite }
    }
}

/// A file or folder of the node, seen by the guest at the same absolute path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shared {
    /// Absolute and in normal form.
    pub path: String,
    /// What the guest may do there.
    pub access: Access,
}

/// Why a grant or an input cannot be shown to the guest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotShared {
    /// Not absolute, not in normal form, or inside `/in` or `/out`.
    #[error("`{0}` is not a path that can be granted")]
    BadPath(String),
    /// It cannot be opened without following a link, or not at all.
    #[error("`{0}` is not a file or folder that can be opened without following a link")]
    CannotOpen(String),
    /// An input's name is no single clean name, or comes twice.
    #[error("`{0}` is not a usable input name")]
    BadInput(String),
}

/// One input: its name in `/in`, its size and an open file, ideally a sealed memfd.
#[derive(Debug)]
pub struct Input {
    /// One clean name.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// Open for reading.
    pub file: OwnedFd,
}

/// One part of the namespace.
#[derive(Debug)]
pub(crate) struct Mount {
    pub(crate) at: GuestPath,
    pub(crate) device: u64,
    pub(crate) backing: Backing,
}

/// Where a mount's files are.
#[derive(Debug)]
pub(crate) enum Backing {
    /// `/in`.
    Inputs(BTreeMap<String, InputFile>),
    /// `/out`.
    Outputs,
    /// A granted folder.
    Folder(Arc<OwnedFd>, Access),
    /// A granted single file.
    File(Arc<OwnedFd>, Access),
}

/// An input that is mounted.
#[derive(Debug, Clone)]
pub(crate) struct InputFile {
    pub(crate) size: u64,
    pub(crate) file: Arc<OwnedFd>,
}

/// Everything a guest will see, opened. Call before the file rules of the worker close the door.
#[derive(Debug)]
pub struct Mounts {
    all: Vec<Mount>,
}

impl Mounts {
    /// Opens every granted path and takes the inputs.
    pub fn open(shared: &[Shared], inputs: Vec<Input>) -> Result<Self, NotShared> {
        let mut all = vec![
            mount("/in", Backing::Inputs(input_files(inputs)?))?,
            mount("/out", Backing::Outputs)?,
        ];
        let mut widest: BTreeMap<&str, Access> = BTreeMap::new();
        for one in shared {
            let access = widest.entry(&one.path).or_insert(one.access);
            *access = access.and(one.access);
        }
        for (path, access) in widest {
            all.push(grant(path, access)?);
        }
        Ok(Self { all })
    }

    /// The open granted files and folders, for the worker's file rules.
    pub fn roots(&self) -> impl Iterator<Item = (BorrowedFd<'_>, Access)> {
        self.all.iter().filter_map(|mount| match &mount.backing {
            Backing::Folder(fd, access) | Backing::File(fd, access) => Some((fd.as_fd(), *access)),
            Backing::Inputs(_) | Backing::Outputs => None,
        })
    }

    /// The mount that decides over `path`, the deepest one, and the path within it.
    pub(crate) fn deciding<'a>(&'a self, path: &'a GuestPath) -> Option<(&'a Mount, &'a str)> {
        let covering = self.all.iter().filter_map(|m| Some((m, m.at.relative(path)?)));
        covering.min_by_key(|(_, rest)| rest.len())
    }

    /// Names right below `path` that lead to mounts, with what stands there.
    pub(crate) fn below(&self, path: &GuestPath) -> BTreeMap<&str, Kind> {
        let mut names = BTreeMap::new();
        for mount in &self.all {
            let Some(rest) = path.relative(&mount.at).filter(|rest| !rest.is_empty()) else {
                continue;
            };
            match (rest.split_once('/'), &mount.backing) {
                (None, Backing::File(..)) => drop(names.entry(rest).or_insert(Kind::File)),
                (None, _) => drop(names.insert(rest, Kind::Folder)),
                (Some((name, _)), _) => drop(names.insert(name, Kind::Folder)),
            }
        }
        names
    }
}

fn mount(at: &str, backing: Backing) -> Result<Mount, NotShared> {
    let at = GuestPath::absolute(at).ok_or_else(|| NotShared::BadPath(at.to_owned()))?;
    Ok(Mount { device: at.number(DEVICE), at, backing })
}

fn input_files(inputs: Vec<Input>) -> Result<BTreeMap<String, InputFile>, NotShared> {
    let mut files = BTreeMap::new();
    for Input { name, size, file } in inputs {
        let dots = matches!(name.as_str(), "" | "." | "..");
        let taken = files.contains_key(&name);
        if dots || taken || name.len() > NAME_MAX || name.contains(['/', '\0']) {
            return Err(NotShared::BadInput(name));
        }
        files.insert(name, InputFile { size, file: Arc::new(file) });
    }
    Ok(files)
}

fn grant(path: &str, access: Access) -> Result<Mount, NotShared> {
    let bad = || NotShared::BadPath(path.to_owned());
    let at = GuestPath::absolute(path).ok_or_else(bad)?;
    let ours = ["/in", "/out"].iter().filter_map(|ours| GuestPath::absolute(ours));
    if ours.into_iter().any(|ours| ours.relative(&at).is_some()) {
        return Err(bad());
    }
    mount(path, open_root(path, access).ok_or_else(|| NotShared::CannotOpen(path.to_owned()))?)
}

// Links are not followed on the way to a grant either: what the policy's reader sees is what opens.
fn open_root(path: &str, access: Access) -> Option<Backing> {
    let root = real::root().ok()?;
    let path = path.strip_prefix('/')?;
    let open = |flags| real::open(root.as_fd(), path, flags, Mode::empty()).ok();
    match real::look_at(root.as_fd(), path).ok()?.kind {
        Kind::Folder => {
            Some(Backing::Folder(Arc::new(open(OFlags::RDONLY | OFlags::DIRECTORY)?), access))
        }
        Kind::File => {
            let flags = if access.writes() { OFlags::RDWR } else { OFlags::RDONLY };
            let fd = open(flags)?;
            let facts = real::look(fd.as_fd()).ok()?;
            let sole = access == Access::Read || facts.names == 1;
            (facts.kind == Kind::File && sole).then(|| Backing::File(Arc::new(fd), access))
        }
        Kind::Symlink | Kind::Special => None,
    }
}
