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
    // Not `Archive::open`: that begins by taking away what it believes a killed agent left, and this
    // agent may be alive.
    let archive = Archive::to_read(folder);
    archive.get(&digest, LARGEST).map_err(|error| error.problem().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_leaves_what_the_agent_is_writing_alone() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("archive");
        let digest = Archive::open(&folder).unwrap().put(b"hello").unwrap();
        let under_way = folder.join("sha256/.17-0.new");
        std::fs::write(&under_way, b"half of it").unwrap();
        assert_eq!(read(&folder, &digest.to_string()).unwrap(), b"hello");
        assert!(under_way.exists());
    }
}
