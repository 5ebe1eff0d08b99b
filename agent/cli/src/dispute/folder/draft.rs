//! A folder that appears whole or not at all.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, RenameFlags, renameat_with};

use crate::answer::Stop;
use crate::fresh;

/// A folder on its way. Dropped before it has its place, it is gone.
#[derive(Debug)]
pub(crate) struct Draft {
    place: PathBuf,
    out: PathBuf,
    done: bool,
}

impl Draft {
    /// Begins one beside where it will be; refuses where something is already.
    pub(crate) fn begin(out: &Path) -> Result<Self, Stop> {
        fresh::absent(out)?;
        let Some(stem) = out.file_name() else {
            return Err(Stop::usage(
                format!("{} is no name of a folder", out.display()),
                "name a new one",
            ));
        };
        let mut name = OsString::from(".");
        name.push(stem);
        name.push(format!(".{}", std::process::id()));
        let place = out.with_file_name(name);
        std::fs::create_dir(&place).map_err(|error| unwritable(&place, &error))?;
        Ok(Self { place, out: out.to_path_buf(), done: false })
    }

    /// Writes a file; folders on its way are made.
    pub(crate) fn put(&self, name: &str, bytes: &[u8]) -> Result<(), Stop> {
        let path = self.place.join(name);
        let folder = path.parent().unwrap_or(&self.place);
        std::fs::create_dir_all(folder).map_err(|error| unwritable(folder, &error))?;
        arch_files::write_whole(&path, bytes, 0o644).map_err(Stop::file)
    }

    /// Gives it its name, unless that was taken meanwhile.
    pub(crate) fn finish(mut self) -> Result<(), Stop> {
        renameat_with(CWD, &self.place, CWD, &self.out, RenameFlags::NOREPLACE)
            .map_err(|error| unwritable(&self.out, &error.into()))?;
        self.done = true;
        Ok(())
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.done {
            // Best effort: what stays has a name that nobody takes for the folder.
            let _nobody_cares = std::fs::remove_dir_all(&self.place);
        }
    }
}

fn unwritable(path: &Path, error: &std::io::Error) -> Stop {
    Stop::could_not(
        format!("{} cannot be written: {error}", path.display()),
        "choose a folder that you may write to",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_there_whole_or_not_at_all_and_never_over_another() {
        let place = tempfile::tempdir().unwrap();
        let out = place.path().join("taken");
        drop(Draft::begin(&out).map(|draft| draft.put("a/b", b"half")).unwrap());
        assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 0);
        let draft = Draft::begin(&out).unwrap();
        draft.put("a/b", b"whole").unwrap();
        std::fs::create_dir(&out).unwrap();
        assert!(draft.finish().is_err(), "somebody else was quicker");
        assert!(Draft::begin(&out).is_err());
        std::fs::remove_dir(&out).unwrap();
        let draft = Draft::begin(&out).unwrap();
        draft.put("a/b", b"whole").unwrap();
        draft.finish().unwrap();
        assert_eq!(std::fs::read(out.join("a/b")).unwrap(), b"whole");
        assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 1);
    }
}
