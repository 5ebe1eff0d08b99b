//! Where one input comes from.

use std::{
    collections::BTreeMap,
    fs::File,
    path::{Path, PathBuf},
};

use arch_document::{Grant, GrantPath};
use arch_identity::Digest;
use arch_policy::Admitted;
use arch_problem::{Problem, codes};

use super::{Stores, private};
use crate::told::{Told, problem};

/// One input of a job.
#[derive(Debug)]
pub(super) struct Wanted {
    /// Its name below `/in`.
    pub(super) name: String,
    /// Its place in the document.
    pub(super) pointer: String,
    /// Its address without the digest.
    address: String,
    /// The digest it must have.
    pub(super) digest: Option<Digest>,
    /// Whether a read grant covers the file that an unpinned address names.
    granted: bool,
}

/// The inputs of a job, in the order of their names.
pub(super) fn wanted(admitted: &Admitted) -> Vec<Wanted> {
    let inputs = admitted.job().get().spec.inputs.iter();
    let one = |(name, address): (&String, &arch_document::Address)| Wanted {
        name: name.clone(),
        pointer: format!("/spec/inputs/{name}"),
        granted: path_of(address.name())
            .is_some_and(|path| admitted.grants().iter().any(|grant| covers(grant, &path))),
        address: address.name().to_owned(),
        digest: address.digest(),
    };
    inputs.map(one).collect()
}

fn covers(grant: &Grant, path: &Path) -> bool {
    let asked = path.to_str().and_then(|path| path.parse::<GrantPath>().ok());
    asked.is_some_and(|asked| grant.covers(&Grant::Read(asked)))
}

/// The path of a `file:///` address.
fn path_of(address: &str) -> Option<PathBuf> {
    // What is percent-encoded would have two readings; such files are not named this way.
    let path = address.strip_prefix("file://").filter(|path| !path.contains('%'))?;
    path.parse::<GrantPath>().ok()?;
    Some(PathBuf::from(path))
}

impl Wanted {
    /// The same, with the digest that it had when the job was accepted, if it names none.
    pub(super) fn pinned(self, accepted_with: &BTreeMap<String, Digest>) -> Self {
        let digest = self.digest.or_else(|| accepted_with.get(&self.name).copied());
        Self { digest, ..self }
    }

    /// The bytes, checked against the digest.
    pub(super) fn fetch(&self, stores: &Stores, left: &mut u64) -> Told<Vec<u8>> {
        let bytes = match self.digest.map(|digest| stores.shelf.get(&digest, *left)) {
            Some(Ok(bytes)) => bytes,
            // It is not there, or a crash has cut it short before anybody was told that it is kept.
            Some(Err(problem))
                if ![codes::NOT_ARCHIVED, codes::ARCHIVE_DAMAGED].contains(&problem.code) =>
            {
                return Err(problem);
            }
            _ => self.file(stores, *left)?,
        };
        let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.take_from(left, size, stores)?;
        Ok(bytes)
    }

    fn file(&self, stores: &Stores, left: u64) -> Told<Vec<u8>> {
        let path = self.path(stores)?;
        let bytes = arch_files::read_without_links(&path, left)
            .map_err(|error| self.unreadable(stores, error))?;
        match self.digest {
            Some(digest) if Digest::of(&bytes) != digest => Err(self.differs(digest)),
            _ => Ok(bytes),
        }
    }

    /// The file, open, and its length.
    pub(super) fn open(&self, stores: &Stores) -> Told<(File, u64)> {
        let path = self.path(stores)?;
        arch_files::open_without_links(&path).map_err(|error| self.unreadable(stores, error))
    }

    /// Where the file lies, if the job may have it.
    fn path(&self, stores: &Stores) -> Told<PathBuf> {
        let Some(path) = path_of(&self.address) else {
            let text = format!(
                "input `{}` is not in the archive, and `{}` is not fetched",
                self.name, self.address
            );
            return Err(problem(codes::INPUT_OUT_OF_REACH, text));
        };
        if private::is_own(stores, &path) || (self.digest.is_none() && !self.granted) {
            let text = format!("input `{}` is a file that the job has no right to read", self.name);
            return Err(problem(codes::INPUT_OUT_OF_REACH, text));
        }
        Ok(path)
    }

    fn unreadable(&self, stores: &Stores, error: arch_files::FileError) -> Box<Problem> {
        match error {
            arch_files::FileError::TooLarge { .. } => self.too_large(stores),
            // Out of descriptors or memory: nothing is said about the input.
            error @ arch_files::FileError::Machine { .. } => Box::new(error.problem()),
            error => problem(codes::INPUT_ABSENT, format!("input `{}`: {error}", self.name)),
        }
    }

    /// Its digest is not told: whoever pins it is given the file, with no right to read it.
    pub(super) fn differs(&self, digest: Digest) -> Box<Problem> {
        let text = format!("input `{}` has another digest than {digest}", self.name);
        problem(codes::INPUT_DIFFERS, text)
    }

    /// Counts its bytes towards what all inputs of a job may have.
    pub(super) fn take_from(&self, left: &mut u64, size: u64, stores: &Stores) -> Told<()> {
        *left = left.checked_sub(size).ok_or_else(|| self.too_large(stores))?;
        Ok(())
    }

    fn too_large(&self, stores: &Stores) -> Box<Problem> {
        let text = format!("with `{}` the inputs are over {}", self.name, stores.most_input);
        problem(codes::INPUT_TOO_LARGE, text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_absolute_paths_are_files() {
        assert_eq!(path_of("file:///srv/a b"), Some(PathBuf::from("/srv/a b")));
        for address in [
            "file://srv/a",
            "file:///srv/../etc",
            "file:///a%2e",
            "http://a/b",
            "/srv/a",
            "file:///",
        ] {
            assert!(path_of(address).is_none() || address == "file:///", "{address}");
        }
    }

    #[test]
    fn a_read_grant_covers_what_is_below_it() {
        let grant: Grant = "read:/srv".parse().unwrap();
        assert!(covers(&grant, Path::new("/srv/a")));
        assert!(!covers(&grant, Path::new("/etc/a")));
        assert!(!covers(&"write:/srv".parse().unwrap(), Path::new("/srv/a")));
    }
}
