//! The agent's archive, read by digest.

use std::path::Path;

use arch_archive::Archive;
use arch_identity::Digest;

use crate::answer::Stop;

/// The most bytes of one object that this program shows.
const LARGEST: u64 = 256 * 1024 * 1024;

/// The bytes of that digest, checked.
pub(crate) fn read(folder: &Path, digest: &str) -> Result<Vec<u8>, Stop> {
    let digest: Digest = digest.parse().map_err(|_no_digest| {
        Stop::could_not(format!("`{digest}` is no digest"), "look at the ledger's entry")
    })?;
    Archive::open(folder)
        .and_then(|archive| archive.get(&digest, LARGEST))
        .map_err(|error| error.problem().into())
}
