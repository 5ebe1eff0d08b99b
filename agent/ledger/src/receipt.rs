//! Receipts: C2SP tlog-proof v1, a proof that one entry is in the log, checkable without the log.
//!
//! Source: c2sp.org/tlog-proof. Lines: `c2sp.org/tlog-proof@v1`, perhaps `extra <base64>`,
//! `index <n>`, the audit path one hash a line, an empty line, the signed checkpoint.

use std::{fmt, str::FromStr};

use arch_problem::Code;
use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::checkpoint::{Checkpoint, VerifiedCheckpoint};
use crate::note::{NoteError, VerifierKey};
use crate::proof::{MAX_PATH, ProofError, verify_inclusion};
use crate::tree::{Hash, decimal};

const FIRST_LINE: &str = "c2sp.org/tlog-proof@v1\n";
const MAX_RECEIPT: usize = 512 * 1024;

/// A receipt that nobody has checked yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Not covered by any signature; never written by this agent.
    pub extra: Option<Vec<u8>>,
    /// Index of the entry.
    pub index: u64,
    /// Audit path, from the leaf's sibling up.
    pub path: Vec<Hash>,
    /// The signed checkpoint, as text.
    pub checkpoint: String,
}

/// Why a receipt proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReceiptError {
    /// The text is no receipt, or its checkpoint is not believed.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The path does not lead from the entry to the checkpoint's root.
    #[error(transparent)]
    Proof(#[from] ProofError),
}

impl ReceiptError {
    /// The catalogue's code.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::Note(error) => error.code(),
            Self::Proof(error) => error.code(),
        }
    }
}

impl Receipt {
    /// Checks that the entry of these bytes is in the log of these keys, all of which must have signed.
    ///
    /// # Errors
    /// [`ReceiptError`].
    pub fn verify(
        &self,
        entry: &[u8],
        keys: &[VerifierKey],
    ) -> Result<VerifiedCheckpoint, ReceiptError> {
        let verified = Checkpoint::verify(self.checkpoint.as_bytes(), keys)?;
        let Checkpoint { size, root, .. } = *verified.checkpoint();
        verify_inclusion(Hash::leaf(entry), self.index, size, &self.path, root)?;
        Ok(verified)
    }
}

impl fmt::Display for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(FIRST_LINE)?;
        if let Some(extra) = &self.extra {
            writeln!(f, "extra {}", STANDARD.encode(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        self.path.iter().try_for_each(|hash| writeln!(f, "{}", hash.base64()))?;
        write!(f, "\n{}", self.checkpoint)
    }
}

impl FromStr for Receipt {
    type Err = NoteError;

    fn from_str(text: &str) -> Result<Self, NoteError> {
        let bad = |why| NoteError::Malformed { what: "tlog-proof", why };
        if text.len() > MAX_RECEIPT {
            return Err(bad("too long"));
        }
        let rest = text.strip_prefix(FIRST_LINE).ok_or(bad("another first line"))?;
        let (head, checkpoint) = rest.split_once("\n\n").ok_or(bad("no checkpoint"))?;
        let mut lines = head.split('\n').peekable();
        let extra = match lines.peek().and_then(|line| line.strip_prefix("extra ")) {
            Some(encoded) => {
                lines.next();
                Some(STANDARD.decode(encoded).map_err(|_| bad("extra data that is not base64"))?)
            }
            None => None,
        };
        let index = lines.next().and_then(|line| line.strip_prefix("index "));
        let index = index.and_then(decimal).ok_or(bad("no index"))?;
        let path: Option<Vec<Hash>> =
            lines.take(MAX_PATH.saturating_add(1)).map(Hash::from_base64).collect();
        let path = path
            .filter(|path| path.len() <= MAX_PATH)
            .ok_or(bad("a path that is no list of hashes"))?;
        Ok(Self { extra, index, path, checkpoint: checkpoint.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use arch_identity::{KeyKind, KeyPair};

    use super::*;
    use crate::checkpoint::LogKeys;

    fn keys() -> LogKeys {
        LogKeys::new("example.org/node", KeyPair::from_seed(KeyKind::Hybrid, &[7; 32])).unwrap()
    }

    fn receipt() -> Receipt {
        let (left, right) = (Hash::leaf(b"left"), Hash::leaf(b"right"));
        let checkpoint =
            keys().sign(2, Hash::node(left, right), "2026-11-23T12:00:00Z".parse().unwrap());
        Receipt { extra: None, index: 1, path: vec![left], checkpoint }
    }

    #[test]
    fn a_receipt_reads_back_and_proves_its_entry_only() {
        let text = receipt().to_string();
        assert!(text.starts_with("c2sp.org/tlog-proof@v1\nindex 1\n"), "{text}");
        let read: Receipt = text.parse().unwrap();
        assert_eq!(read, receipt());
        assert!(read.verify(b"right", keys().verifiers()).is_ok());
        assert!(read.verify(b"left", keys().verifiers()).is_err());
        assert!(Receipt { index: 0, ..read }.verify(b"right", keys().verifiers()).is_err());
    }

    #[test]
    fn extra_data_is_kept_apart() {
        let with = Receipt { extra: Some(b"more".to_vec()), ..receipt() };
        assert_eq!(with.to_string().parse(), Ok(with));
    }

    #[test]
    fn no_byte_of_a_receipt_can_change() {
        let (text, keys) = (receipt().to_string().into_bytes(), keys());
        for at in 0..text.len() {
            let mut changed = text.clone();
            changed[at] ^= 1;
            let read =
                String::from_utf8(changed).ok().and_then(|text| text.parse::<Receipt>().ok());
            let proved = read.is_some_and(|read| read.verify(b"right", keys.verifiers()).is_ok());
            assert!(!proved, "byte {at}");
        }
    }

    #[test]
    fn malformed_receipts_are_refused() {
        let good = receipt().to_string();
        let hash = Hash::ZERO.base64();
        let bad = [
            good.replace("@v1", "@v2"),
            good.replace("index 1", "index 01"),
            good.replace("index 1", "index -1"),
            good.replace("index 1\n", ""),
            good.replace("index 1", &format!("index 1{}", format!("\n{hash}").repeat(65))),
            good.replace("index 1", "extra !\nindex 1"),
            good.replacen("\n\n", "\n", 2),
            String::new(),
        ];
        for text in bad {
            assert!(text.parse::<Receipt>().is_err(), "{text}");
        }
    }
}
