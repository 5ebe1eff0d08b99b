//! An older checkpoint, held against what a ledger says now.

use std::path::Path;

use arch_ledger::{Checkpoint, ConsistencyProof, Note, ReceiptError, VerifierKey};
use arch_problem::{Code, Problem, codes};

use crate::answer::Stop;
use crate::render::Sources;

/// The most bytes of a checkpoint or a consistency proof.
const LARGEST: u64 = 128 * 1024;

/// A checkpoint that somebody kept, signed by all of `keys`.
pub(super) fn older(path: &Path, keys: &[VerifierKey]) -> Result<Checkpoint, Stop> {
    let bytes = arch_files::read(path, LARGEST).map_err(Stop::file)?;
    let place = path.display();
    let verified = Checkpoint::verify(&bytes, keys)
        .map_err(|error| refused(error.code(), format!("{place}: {error}")))?;
    Ok(verified.checkpoint().clone())
}

/// A proof from a file; nothing of it is checked yet.
pub(super) fn proof(path: &Path) -> Result<ConsistencyProof, Stop> {
    let bytes = arch_files::read(path, LARGEST).map_err(Stop::file)?;
    let place = path.display();
    String::from_utf8_lossy(&bytes)
        .parse()
        .map_err(|error: arch_ledger::NoteError| refused(error.code(), format!("{place}: {error}")))
}

/// The newer checkpoint that the proof leads to, its signatures not checked.
pub(super) fn newer(proof: &ConsistencyProof) -> Result<Checkpoint, Stop> {
    let note = Note::parse(proof.checkpoint.as_bytes());
    let read = note.and_then(|note| Checkpoint::from_text(&note.text));
    read.map_err(|error| refused(error.code(), error.to_string()))
}

/// Why the newer tree does not extend the older one, as a code and in words.
pub(super) fn broken(
    proof: &ConsistencyProof,
    old: &Checkpoint,
    keys: &[VerifierKey],
) -> Option<(Code, String)> {
    match proof.verify(old, keys) {
        Ok(_) => None,
        Err(ReceiptError::Proof(error)) => {
            let size = old.size;
            let text = format!("it did not append to the checkpoint of {size} entries: {error}");
            Some((codes::LEDGER_FORKED, text))
        }
        Err(error) => Some((error.code(), error.to_string())),
    }
}

/// The same, as a refusal.
pub(super) fn require(
    proof: &ConsistencyProof,
    old: &Checkpoint,
    keys: &[VerifierKey],
) -> Result<(), Stop> {
    broken(proof, old, keys).map_or(Ok(()), |(code, text)| Err(refused(code, text)))
}

fn refused(code: Code, text: String) -> Stop {
    Stop::refused(Problem::new(code, text), Sources::default())
}
