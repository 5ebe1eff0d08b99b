//! Inputs that are put into the archive without being held in memory: matrices can be long.

use std::{
    fs::File,
    io::{self, Seek as _},
};

use arch_identity::{Digest, DigestWriter};
use arch_problem::codes;

use super::{Stores, source::Wanted};
use crate::told::{Told, problem};

impl Wanted {
    /// Sees to it that the archive has the input, which then has this digest.
    pub(super) fn keep(&self, stores: &Stores, left: &mut u64) -> Told<Digest> {
        if let Some(digest) = self.digest
            && stores.shelf.is_kept(&digest)?
        {
            let (_, length) = stores.shelf.open_object(&digest)?;
            self.take_from(left, length, stores)?;
            return Ok(digest);
        }
        let (mut file, length) = self.open(stores)?;
        self.take_from(left, length, stores)?;
        if let Some(digest) = self.digest
            && hash(&mut file).map_err(|error| self.machine(&error))? != digest
        {
            return Err(self.differs(digest));
        }
        // Another length than was counted is refused by the archive.
        let found = stores.shelf.put_stream(&mut file, length)?;
        match self.digest {
            Some(digest) if digest != found => Err(self.differs(digest)),
            _ => Ok(found),
        }
    }

    fn machine(&self, error: &io::Error) -> Box<arch_problem::Problem> {
        problem(codes::FILE_MACHINE, format!("input `{}`: {error}", self.name))
    }
}

fn hash(file: &mut File) -> io::Result<Digest> {
    let mut digest = DigestWriter::new();
    io::copy(file, &mut digest)?;
    file.rewind()?;
    Ok(digest.finish())
}
