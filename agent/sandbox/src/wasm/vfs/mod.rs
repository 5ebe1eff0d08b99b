//! The one deterministic file system that a guest sees, whichever interface it speaks.
//!
//! `/in` holds the inputs, `/out` takes the outputs, and each grant is at its own absolute path;
//! nothing else has a name. Listings are sorted, inode numbers come from paths, times are zero, and
//! links are never followed or made.

pub(crate) mod content;
pub(crate) mod denied;
pub(crate) mod fault;
pub(crate) mod mounts;
pub(crate) mod names;
pub(crate) mod open;
mod own;
pub(crate) mod path;
pub(crate) mod quota;
mod reads;
mod real;
pub(crate) mod stat;
mod tree;
mod view;

use std::collections::BTreeMap;
use std::os::fd::OwnedFd;
use std::sync::Arc;

use self::denied::{Denial, Denied};
use self::fault::{Errno, Fault};
use self::mounts::{Access, Backing, Mounts};
use self::own::Own;
use self::path::{BadPath, GuestPath, Walked};
use self::quota::Quota;
use self::reads::Reads;
use self::real::RealFault;
use self::tree::Tree;
use super::meter::Meter;
use super::stop::Stop;

/// Most files and folders open at one time.
const OPEN_MAX: u32 = 1024;

/// What the guest may use up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Caps {
    /// stdout, stderr and `/out` together, in bytes.
    pub(crate) output_bytes: u64,
    /// Bytes read through read grants.
    pub(crate) read_bytes: u64,
    /// Bytes written through write grants.
    pub(crate) write_bytes: u64,
    /// Files and folders made through write grants.
    pub(crate) write_entries: u64,
}

/// The file system of one run, with the two output streams, which share its cap.
#[derive(Debug)]
pub(crate) struct Vfs {
    mounts: Mounts,
    tree: Tree,
    stdout: Vec<u8>,
    stderr: Vec<u8>,
    reads: Reads,
    denied: Denied,
    output: Quota,
    read_bytes: Quota,
    write_bytes: Quota,
    write_entries: Quota,
    own: Own,
    /// What we hold for the guest in memory: files under read grants, listings.
    meter: Meter,
    open: u32,
}

/// One of the two streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stream {
    /// Data.
    Stdout,
    /// Talk.
    Stderr,
}

/// What a run leaves behind.
#[derive(Debug)]
pub(crate) struct Remains {
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: Vec<u8>,
    pub(crate) outputs: BTreeMap<String, Vec<u8>>,
    pub(crate) reads: Option<Vec<u8>>,
    pub(crate) denied: arch_wire::executor::Denied,
}

/// What decides over a path.
enum Spot {
    /// A folder that only leads to mounts.
    Leading,
    /// Below `/in`, or `/in` itself (`""`).
    Input(String),
    /// Below `/out`, or `/out` itself (`""`).
    Output(String),
    /// Below a granted folder, or that folder (`""`).
    Real(Arc<OwnedFd>, Access, String),
    /// A granted file.
    RealFile(Arc<OwnedFd>, Access),
}

impl Vfs {
    /// A fresh file system over what was opened.
    pub(crate) fn new(mounts: Mounts, caps: Caps, meter: Meter) -> Self {
        Self {
            mounts,
            tree: Tree::new(),
            stdout: Vec::new(),
            stderr: Vec::new(),
            reads: Reads::default(),
            denied: Denied::default(),
            output: Quota::new(caps.output_bytes, Stop::OutputCap),
            read_bytes: Quota::new(caps.read_bytes, Stop::ReadCap),
            write_bytes: Quota::new(caps.write_bytes, Stop::WriteCap),
            write_entries: Quota::new(caps.write_entries, Stop::WriteCap),
            own: Own::default(),
            meter,
            open: 0,
        }
    }

    /// The run's memory, of which the host takes its part.
    pub(crate) fn meter(&self) -> &Meter {
        &self.meter
    }

    /// Appends to a stream: as much as the cap allows, then the run ends.
    pub(crate) fn print(&mut self, stream: Stream, bytes: &[u8]) -> Result<(), Stop> {
        let room = usize::try_from(self.output.left()).unwrap_or(usize::MAX);
        let kept = bytes.get(..room).unwrap_or(bytes);
        match stream {
            Stream::Stdout => self.stdout.extend_from_slice(kept),
            Stream::Stderr => self.stderr.extend_from_slice(kept),
        }
        self.output.spend(length(kept))?;
        if kept.len() < bytes.len() { Err(self.output.exhaust()) } else { Ok(()) }
    }

    /// Follows the guest's `relative` path from `base`.
    pub(crate) fn walk(&mut self, base: &GuestPath, relative: &str) -> Result<Walked, Fault> {
        base.walk(relative).map_err(|bad| match bad {
            BadPath::Escape => self.deny(Denial::Escape, &format!("{base} + {relative}")),
            BadPath::Errno(errno) => errno.into(),
        })
    }

    /// Ends the file system and hands over what it holds.
    pub(crate) fn finish(self) -> Remains {
        Remains {
            stdout: self.stdout,
            stderr: self.stderr,
            outputs: self.tree.into_files(),
            reads: self.reads.lines(),
            denied: self.denied.tell(),
        }
    }

    /// Notes a denial and gives the answer that the guest gets.
    pub(crate) fn deny(&mut self, why: Denial, path: &str) -> Fault {
        self.denied.note(why, path);
        Fault::Errno(match why {
            Denial::Write => Errno::ReadOnly,
            Denial::Link => Errno::NotPermitted,
            Denial::Read | Denial::Special | Denial::SharedFile => Errno::Access,
            Denial::Escape | Denial::Outside | Denial::Symlink | Denial::Name => Errno::NotCapable,
        })
    }

    fn spot(&mut self, path: &GuestPath) -> Result<Spot, Fault> {
        let spot = match self.mounts.deciding(path) {
            Some((mount, rest)) => match &mount.backing {
                Backing::Inputs(_) => Spot::Input(rest.to_owned()),
                Backing::Outputs => Spot::Output(rest.to_owned()),
                Backing::Folder(fd, access) => Spot::Real(fd.clone(), *access, rest.to_owned()),
                Backing::File(fd, access) if rest.is_empty() => Spot::RealFile(fd.clone(), *access),
                Backing::File(..) => return Err(Errno::NotFolder.into()),
            },
            None if !self.mounts.below(path).is_empty() => Spot::Leading,
            None => return Err(self.deny(Denial::Outside, path.as_str())),
        };
        Ok(spot)
    }

    fn real<T>(&mut self, path: &GuestPath, result: Result<T, RealFault>) -> Result<T, Fault> {
        result.map_err(|fault| match fault {
            RealFault::Escape => self.deny(Denial::Symlink, path.as_str()),
            RealFault::Kernel => self.deny(Denial::Special, path.as_str()),
            RealFault::TooMuch => Stop::MemoryCap.into(),
            RealFault::Errno(errno) => errno.into(),
        })
    }
}

/// A length as the number that the caps count in.
pub(crate) fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}
