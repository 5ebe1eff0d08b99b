//! Keys to prove with: files named by their digest.

use std::path::Path;

use arch_circuits::{
    System,
    groth16::{ProvingKey, dev_key},
};
use arch_files::{FileError, read, write_whole};
use arch_identity::Digest;
use arch_wire::prover::Stage;

use super::NoProof;
use crate::job::Why;

/// The longest key that is read.
const LONGEST: u64 = 1 << 28;

/// The key of this digest. A dev key that is not there is made, if that is allowed, and read back like
/// any other; a ceremony's key never is.
pub(super) fn key(
    folder: &Path,
    sha256: &str,
    system: &System,
    may_make: bool,
    tell: &mut dyn FnMut(Stage) -> Result<(), NoProof>,
) -> Result<ProvingKey, NoProof> {
    let path = folder.join(format!("{sha256}.pk"));
    let pinned: Digest = format!("sha256:{sha256}")
        .parse()
        .map_err(|_any| NoProof::new(Why::Key, "the manifest names no digest"))?;
    let mut bytes = read(&path, LONGEST);
    if may_make && matches!(bytes, Err(FileError::Absent { .. })) {
        tell(Stage::MakingKey)?;
        make(&path, pinned, system)?;
        bytes = read(&path, LONGEST);
    }
    tell(Stage::ReadingKey)?;
    let bytes = bytes.map_err(|error| NoProof::new(Why::Key, error))?;
    ProvingKey::read_pinned(&bytes, pinned.as_bytes(), system)
        .map_err(|error| NoProof::new(Why::Key, format!("`{}`: {error}", path.display())))
}

fn make(path: &Path, pinned: Digest, system: &System) -> Result<(), NoProof> {
    let key = dev_key(system).ok_or_else(|| NoProof::new(Why::Key, "it is too large for a key"))?;
    let bytes = key.to_bytes();
    if Digest::of(&bytes) != pinned {
        return Err(NoProof::new(Why::Key, "its dev key is not the one that the manifest pins"));
    }
    write_whole(path, &bytes, 0o644).map_err(|error| NoProof::new(Why::Key, error))
}
