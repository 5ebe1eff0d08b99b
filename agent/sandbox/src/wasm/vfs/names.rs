//! Making, removing and renaming names; links are refused.

use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;

use rustix::fs::{AtFlags, Mode, OFlags};

use super::denied::Denial;
use super::fault::{Errno, Fault};
use super::mounts::Access;
use super::path::GuestPath;
use super::real::RealFault;
use super::{Spot, Vfs, real};
use crate::wasm::stop::Stop;

/// What to remove.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Remove {
    /// A file, or a link itself.
    File,
    /// An empty folder.
    Folder,
}

/// A place where names may be changed.
enum Changeable {
    Output(String),
    Real { root: Arc<OwnedFd>, parent: OwnedFd, name: String },
}

impl Vfs {
    /// Makes an empty folder.
    pub(crate) fn make_folder(&mut self, base: &GuestPath, relative: &str) -> Result<(), Fault> {
        let path = self.walk(base, relative)?.path;
        match self.changeable(&path)? {
            Changeable::Output(rest) => {
                if !self.tree.has_room() {
                    return Err(Stop::OutputCap.into());
                }
                Ok(self.tree.make_folder(&rest)?)
            }
            Changeable::Real { parent, name, .. } => {
                self.write_entries.spend(1)?;
                let mode = Mode::from_raw_mode(0o755);
                let made = real::again(|| rustix::fs::mkdirat(&parent, name.as_str(), mode));
                self.real(&path, made.map_err(Into::into))
            }
        }
    }

    /// Removes a name.
    pub(crate) fn remove(
        &mut self,
        base: &GuestPath,
        relative: &str,
        what: Remove,
    ) -> Result<(), Fault> {
        let walked = self.walk(base, relative)?;
        if walked.folder && what == Remove::File {
            return Err(Errno::NotFolder.into());
        }
        match (self.changeable(&walked.path)?, what) {
            (Changeable::Output(rest), Remove::Folder) => Ok(self.tree.remove_folder(&rest)?),
            (Changeable::Output(rest), Remove::File) => {
                let freed = self.tree.remove_file(&rest)?;
                self.output.give_back(freed);
                Ok(())
            }
            (Changeable::Real { parent, name, .. }, what) => {
                let flags =
                    if what == Remove::Folder { AtFlags::REMOVEDIR } else { AtFlags::empty() };
                if let Ok(facts) = real::look_at(parent.as_fd(), &name) {
                    self.own.removed(facts.id);
                }
                let gone = real::again(|| rustix::fs::unlinkat(&parent, name.as_str(), flags));
                self.real(&walked.path, gone.map_err(Into::into))
            }
        }
    }

    /// Renames within `/out` or within one granted folder.
    pub(crate) fn rename(
        &mut self,
        from: (&GuestPath, &str),
        to: (&GuestPath, &str),
    ) -> Result<(), Fault> {
        let from = self.walk(from.0, from.1)?.path;
        let to = self.walk(to.0, to.1)?.path;
        match (self.changeable(&from)?, self.changeable(&to)?) {
            (Changeable::Output(old), Changeable::Output(new)) => {
                let freed = self.tree.rename(&old, &new)?;
                self.output.give_back(freed);
                Ok(())
            }
            (
                Changeable::Real { root: one, parent, name },
                Changeable::Real { root: other, parent: new_parent, name: new_name },
            ) if Arc::ptr_eq(&one, &other) => {
                // What stands at the target loses its name there.
                if let Ok(facts) = real::look_at(new_parent.as_fd(), &new_name) {
                    self.own.removed(facts.id);
                }
                let moved = real::again(|| {
                    rustix::fs::renameat(&parent, name.as_str(), &new_parent, new_name.as_str())
                });
                self.real(&to, moved.map_err(Into::into))
            }
            _ => Err(Errno::CrossDevice.into()),
        }
    }

    /// Refuses to make a link of either sort, or to read one.
    pub(crate) fn refuse_link(&mut self, base: &GuestPath, relative: &str) -> Fault {
        match self.walk(base, relative) {
            Ok(walked) => self.deny(Denial::Link, walked.path.as_str()),
            Err(fault) => fault,
        }
    }

    fn changeable(&mut self, path: &GuestPath) -> Result<Changeable, Fault> {
        match self.spot(path)? {
            Spot::Input(_) | Spot::Real(_, Access::Read, _) | Spot::RealFile(_, Access::Read) => {
                Err(self.deny(Denial::Write, path.as_str()))
            }
            // A place that leads to a mount, or is one, stays where it is.
            _ if !self.mounts.below(path).is_empty() => Err(Errno::Busy.into()),
            Spot::Leading | Spot::RealFile(..) => Err(Errno::Busy.into()),
            Spot::Output(rest) => Ok(Changeable::Output(rest)),
            Spot::Real(root, _, rest) => {
                let (above, name) = rest.rsplit_once('/').unwrap_or(("", &rest));
                if name.is_empty() {
                    return Err(Errno::Busy.into());
                }
                let opened = folder(&root, above);
                let parent = self.real(path, opened)?;
                Ok(Changeable::Real { root, parent, name: name.to_owned() })
            }
        }
    }
}

fn folder(root: &OwnedFd, path: &str) -> Result<OwnedFd, RealFault> {
    real::open(root.as_fd(), path, OFlags::PATH | OFlags::DIRECTORY, Mode::empty())
}

#[cfg(test)]
mod tests {
    use super::super::open::Wish;
    use super::super::own::{FileId, Share};
    use super::super::{Caps, Mounts};
    use super::*;
    use crate::wasm::meter::Meter;
    use crate::wasm::{Access, Shared};

    #[test]
    fn a_file_that_a_rename_replaced_is_no_longer_the_runs_own() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().canonicalize().unwrap().to_str().unwrap().to_owned();
        let shared = [Shared { path: path.clone(), access: Access::Write }];
        let caps = Caps { output_bytes: 0, read_bytes: 0, write_bytes: 9, write_entries: 9 };
        let mounts = Mounts::open(&shared, Vec::new()).unwrap();
        let mut vfs = Vfs::new(mounts, caps, Meter::new(1 << 20));
        let base = GuestPath::absolute(&path).unwrap();
        let make = |vfs: &mut Vfs, name: &str| -> FileId {
            let wish = Wish { write: true, create: true, ..Wish::default() };
            let opened = vfs.open(&base, name, wish).unwrap();
            vfs.close(opened);
            let file = std::fs::File::open(format!("{path}/{name}")).unwrap();
            real::look(file.as_fd()).unwrap().id
        };
        let (moved, replaced) = (make(&mut vfs, "a"), make(&mut vfs, "b"));
        assert_eq!(vfs.own.share(replaced), Some(Share::Whole));
        vfs.rename((&base, "a"), (&base, "b")).unwrap();
        assert_eq!(vfs.own.share(replaced), None);
        assert_eq!(vfs.own.share(moved), Some(Share::Whole));
        // Another file of the same number, born at another time, is another file.
        let (seconds, nanos) = moved.birth;
        let later = FileId { birth: (seconds.saturating_add(1), nanos), ..moved };
        assert_eq!(vfs.own.share(later), None);
    }
}
