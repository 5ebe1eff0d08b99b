//! Consistency proofs as text: that a newer tree only appended to an older one, checkable without the
//! log.
//!
//! The form is the request body of c2sp.org/tlog-witness `add-checkpoint`, so what is printed here can
//! be sent to a witness as it is: `old <size>`, the proof one hash a line, an empty line, the newer
//! signed checkpoint.

use std::{fmt, str::FromStr};

use crate::checkpoint::{Checkpoint, VerifiedCheckpoint};
use crate::note::{NoteError, VerifierKey};
use crate::proof::{MAX_PATH, verify_consistency};
use crate::receipt::ReceiptError;
use crate::tree::{Hash, decimal};

const MAX_TEXT: usize = 64 * 1024;

/// A consistency proof that nobody has checked yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsistencyProof {
    /// Size of the older tree.
    pub old: u64,
    /// PROOF of RFC 6962 §2.1.2.
    pub path: Vec<Hash>,
    /// The newer signed checkpoint, as text.
    pub checkpoint: String,
}

impl ConsistencyProof {
    /// Checks that the newer checkpoint is signed by all of `keys` and that its tree only appended to
    /// that of `old`. Whether `old` was signed is for whoever kept it to know, or to ask
    /// [`Checkpoint::verify`].
    ///
    /// # Errors
    /// [`ReceiptError`].
    pub fn verify(
        &self,
        old: &Checkpoint,
        keys: &[VerifierKey],
    ) -> Result<VerifiedCheckpoint, ReceiptError> {
        let verified = Checkpoint::verify(self.checkpoint.as_bytes(), keys)?;
        let Checkpoint { origin, size, root } = verified.checkpoint();
        if *origin != old.origin {
            return Err(NoteError::OtherLog {
                expected: old.origin.clone(),
                found: origin.clone(),
            }
            .into());
        }
        // A proof from another size would be no proof from this one, even where the hashes hold.
        if self.old != old.size {
            return Err(bad("it begins at another size than the older checkpoint").into());
        }
        verify_consistency(old.size, old.root, *size, *root, &self.path)?;
        Ok(verified)
    }
}

fn bad(why: &'static str) -> NoteError {
    NoteError::Malformed { what: "consistency proof", why }
}

impl fmt::Display for ConsistencyProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "old {}", self.old)?;
        self.path.iter().try_for_each(|hash| writeln!(f, "{}", hash.base64()))?;
        write!(f, "\n{}", self.checkpoint)
    }
}

impl FromStr for ConsistencyProof {
    type Err = NoteError;

    fn from_str(text: &str) -> Result<Self, NoteError> {
        if text.len() > MAX_TEXT {
            return Err(bad("too long"));
        }
        let (head, checkpoint) = text.split_once("\n\n").ok_or(bad("no checkpoint"))?;
        let mut lines = head.split('\n');
        let old = lines.next().and_then(|line| line.strip_prefix("old ")).and_then(decimal);
        let old = old.ok_or(bad("no older size"))?;
        let path: Option<Vec<Hash>> =
            lines.take(MAX_PATH.saturating_add(1)).map(Hash::from_base64).collect();
        let path = path
            .filter(|path| path.len() <= MAX_PATH)
            .ok_or(bad("a proof that is no list of hashes"))?;
        Ok(Self { old, path, checkpoint: checkpoint.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::MemFs;
    use crate::tests::world::*;
    use crate::{Reader, ReceiptError};

    /// The checkpoint of 3 entries, and a ledger that went on to 8.
    fn grown() -> (Checkpoint, MemFs) {
        let fs = ledger_of(2);
        let old = Reader::new(fs.clone()).checkpoint().unwrap().1;
        let (mut ledger, _) = open(&fs).unwrap();
        ledger.append(noon(), &(10..15).map(refused).collect::<Vec<_>>()).unwrap();
        drop(ledger);
        (old, fs)
    }

    #[test]
    fn a_proof_reads_back_and_holds_for_its_older_tree_only() {
        let (old, fs) = grown();
        let text = Reader::new(fs).consistency_proof(3).unwrap().to_string();
        assert!(text.starts_with("old 3\n"), "{text}");
        let proof: ConsistencyProof = text.parse().unwrap();
        assert_eq!(proof.to_string(), text);
        let verified = proof.verify(&old, keys().verifiers()).unwrap();
        assert_eq!(verified.checkpoint().size, 8);
        for other in [
            Checkpoint { root: Hash::leaf(b"x"), ..old.clone() },
            Checkpoint { size: 2, ..old.clone() },
            Checkpoint { size: 0, root: Hash::empty_root(), ..old.clone() },
            Checkpoint { origin: "example.org/other".into(), ..old.clone() },
        ] {
            assert!(proof.verify(&other, keys().verifiers()).is_err(), "{other:?}");
        }
        assert!(proof.verify(&old, log_keys(8).verifiers()).is_err());
    }

    #[test]
    fn a_log_that_told_another_history_before_is_not_consistent() {
        let (old, _) = grown();
        let forked = MemFs::default();
        let (mut ledger, _) = open(&forked).unwrap();
        ledger.append(noon(), &(20..27).map(refused).collect::<Vec<_>>()).unwrap();
        drop(ledger);
        assert_eq!(verified(&forked).size, 8, "whole in itself, and signed by the same keys");
        let proof = Reader::new(forked).consistency_proof(3).unwrap();
        let found = proof.verify(&old, keys().verifiers());
        assert!(matches!(found, Err(ReceiptError::Proof(_))), "{found:?}");
    }

    #[test]
    fn no_byte_of_a_proof_can_change() {
        let (old, fs) = grown();
        let text = Reader::new(fs).consistency_proof(3).unwrap().to_string().into_bytes();
        for at in 0..text.len() {
            let mut changed = text.clone();
            changed[at] ^= 1;
            let read = String::from_utf8(changed).ok().and_then(|t| t.parse().ok());
            let holds =
                read.is_some_and(|p: ConsistencyProof| p.verify(&old, keys().verifiers()).is_ok());
            assert!(!holds, "byte {at}");
        }
    }

    #[test]
    fn malformed_proofs_are_refused() {
        let (_, fs) = grown();
        let good = Reader::new(fs).consistency_proof(3).unwrap().to_string();
        let hash = format!("old 3{}", format!("\n{}", Hash::ZERO.base64()).repeat(65));
        for text in [
            good.replace("old 3", "old 03"),
            good.replace("old 3", "old -3"),
            good.replace("old 3\n", ""),
            good.replace("old 3", &hash),
            good.replacen("\n\n", "\n", 2),
            String::new(),
        ] {
            assert!(text.parse::<ConsistencyProof>().is_err(), "{text}");
        }
    }
}
