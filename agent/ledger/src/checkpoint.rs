//! Checkpoints, C2SP tlog-checkpoint, signed twice by the log itself.
//!
//! The text is three lines: origin, size, root in base64. Two signatures follow, in this order:
//!
//! 1. **Ed25519**, signature type 0x01 of c2sp.org/signed-note: over the text.
//! 2. **ML-DSA-44**, signature type 0x06 of c2sp.org/tlog-cosignature: what is signed is
//!    `cosigned_message` in the TLS presentation language,
//!    `"subtree/v1\n\0" ‖ u8 length ‖ cosigner name ‖ u64 time ‖ u8 length ‖ origin ‖ u64 start ‖
//!    u64 end ‖ root` with start 0 and end the size; what is written is `u64 time ‖ signature`.
//!    The log cosigns under its origin as key name (tlog-checkpoint: "logs SHOULD use ML-DSA-44
//!    cosignatures"). FIPS 204 with an empty context, deterministic.
//!
//! The cosignature's time is that of the newest entry, so that text and signatures follow from the
//! journal and the keys alone, and a checkpoint can be written anew byte for byte. Extension lines
//! are never written and are refused when read: the cosignature would not cover them.

use std::sync::Arc;

use arch_identity::{Algorithm, KeyKind, KeyPair, Timestamp};

use crate::error::LedgerError;
use crate::note::{Note, NoteError, NoteSignature, VerifierKey};
use crate::record::Record;
use crate::tree::{Hash, decimal};

/// What a log commits to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Name of the log.
    pub origin: String,
    /// Number of entries.
    pub size: u64,
    /// Root of the tree of that size.
    pub root: Hash,
}

/// A checkpoint whose signatures were checked. Made only by [`Checkpoint::verify`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedCheckpoint {
    checkpoint: Checkpoint,
    cosigned_at: Option<u64>,
}

impl VerifiedCheckpoint {
    /// What was signed.
    #[must_use]
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// When the ML-DSA-44 cosignature says it was made, in Unix seconds; `None` if none was asked for.
    #[must_use]
    pub fn cosigned_at(&self) -> Option<u64> {
        self.cosigned_at
    }
}

fn malformed(why: &'static str) -> NoteError {
    NoteError::Malformed { what: "checkpoint", why }
}

impl Checkpoint {
    /// The three lines that are signed.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, self.root.base64())
    }

    /// Reads the text of a note.
    ///
    /// # Errors
    /// [`NoteError::Malformed`].
    pub fn from_text(text: &str) -> Result<Self, NoteError> {
        let mut lines =
            text.strip_suffix('\n').ok_or(malformed("no newline at the end"))?.split('\n');
        let (origin, size, root) = (lines.next(), lines.next(), lines.next());
        let (Some(origin), Some(size), Some(root), None) = (origin, size, root, lines.next())
        else {
            return Err(malformed("not three lines"));
        };
        if origin.is_empty() {
            return Err(malformed("no origin"));
        }
        let size =
            decimal(size).filter(|n| i64::try_from(*n).is_ok()).ok_or(malformed("no size"))?;
        let root = Hash::from_base64(root).ok_or(malformed("no root"))?;
        Ok(Self { origin: origin.to_owned(), size, root })
    }

    /// Believes a signed checkpoint if *every* one of `keys` signed it; other signatures are ignored.
    ///
    /// The origin must be the name of the first key.
    ///
    /// # Errors
    /// [`NoteError`].
    pub fn verify(bytes: &[u8], keys: &[VerifierKey]) -> Result<VerifiedCheckpoint, NoteError> {
        let note = Note::parse(bytes)?;
        let checkpoint = Self::from_text(&note.text)?;
        let first = keys.first().ok_or(NoteError::NoKeys)?;
        if checkpoint.origin != first.name() {
            return Err(NoteError::OtherLog {
                expected: first.name().to_owned(),
                found: checkpoint.origin,
            });
        }
        let mut cosigned_at = None;
        for key in keys {
            let id = key.id();
            let mut signed = false;
            for line in note.signatures.iter().filter(|s| s.key_id == id && s.name == key.name()) {
                let time = checkpoint.check(&note.text, line, key);
                let time = time.ok_or_else(|| NoteError::BadSignature(key.name().to_owned()))?;
                signed = true;
                cosigned_at = cosigned_at.or(time);
            }
            if !signed {
                return Err(NoteError::Unsigned(key.name().to_owned()));
            }
        }
        Ok(VerifiedCheckpoint { checkpoint, cosigned_at })
    }

    /// `None` if the signature is wrong; else the time that it carries, if its type does.
    fn check(&self, text: &str, line: &NoteSignature, key: &VerifierKey) -> Option<Option<u64>> {
        match key.key().algorithm() {
            Algorithm::Ed25519 => {
                key.key().verify(text.as_bytes(), &line.bytes).ok().map(|()| None)
            }
            Algorithm::MlDsa44 => {
                let (time, signature) = line.bytes.split_first_chunk::<8>()?;
                let time = u64::from_be_bytes(*time);
                let message = self.cosigned_message(key.name(), time)?;
                key.key().verify(&message, signature).ok().map(|()| Some(time))
            }
        }
    }

    fn cosigned_message(&self, cosigner: &str, time: u64) -> Option<Vec<u8>> {
        i64::try_from(time).ok()?;
        let mut message = b"subtree/v1\n\0".to_vec();
        message.push(u8::try_from(cosigner.len()).ok()?);
        message.extend_from_slice(cosigner.as_bytes());
        message.extend_from_slice(&time.to_be_bytes());
        message.push(u8::try_from(self.origin.len()).ok()?);
        message.extend_from_slice(self.origin.as_bytes());
        message.extend_from_slice(&0_u64.to_be_bytes());
        message.extend_from_slice(&self.size.to_be_bytes());
        message.extend_from_slice(self.root.as_bytes());
        Some(message)
    }
}

/// The name and the two keys with which a node signs its checkpoints.
#[derive(Debug, Clone)]
pub struct LogKeys {
    pair: Arc<KeyPair>,
    verifiers: [VerifierKey; 2],
}

impl LogKeys {
    /// Takes the log's origin and a hybrid pair of keys.
    ///
    /// `None` if the pair is not hybrid, or the origin is empty, longer than 255 bytes or holds
    /// white space, a control character or a plus.
    #[must_use]
    pub fn new(origin: &str, pair: impl Into<Arc<KeyPair>>) -> Option<Self> {
        let pair = pair.into();
        let [ed25519, ml_dsa] = pair.signers() else { return None };
        let verifier =
            |key: &arch_identity::SigningKey| VerifierKey::new(origin, key.public().clone());
        let verifiers = [verifier(ed25519)?, verifier(ml_dsa)?];
        (pair.kind() == KeyKind::Hybrid).then_some(Self { pair, verifiers })
    }

    /// Name of the log.
    #[must_use]
    pub fn origin(&self) -> &str {
        self.verifiers.first().map_or("", VerifierKey::name)
    }

    /// The node's keys, for what else it signs.
    #[must_use]
    pub fn pair(&self) -> &Arc<KeyPair> {
        &self.pair
    }

    /// The public halves, Ed25519 first: what others need to believe the checkpoints.
    #[must_use]
    pub fn verifiers(&self) -> &[VerifierKey] {
        &self.verifiers
    }

    /// The node's name: did:key of its Ed25519 key.
    #[must_use]
    pub fn node(&self) -> String {
        self.verifiers.first().map_or_else(String::new, |key| key.key().did())
    }

    /// Whether a ledger that begins with this record is one of these keys.
    ///
    /// # Errors
    /// [`LedgerError::OtherKeys`] if not, [`LedgerError::Damaged`] if none begins like this.
    pub fn began(&self, first: &Record) -> Result<(), LedgerError> {
        let Record::Opened { origin, vkeys, .. } = first else {
            return Err(LedgerError::damaged(0, 8, "the first entry is not `opened`"));
        };
        let ours = self.verifiers().iter().map(ToString::to_string);
        if origin == self.origin() && ours.eq(vkeys.iter().cloned()) {
            return Ok(());
        }
        Err(LedgerError::OtherKeys { origin: origin.clone() })
    }

    /// Signs; `time` is that of the newest entry.
    pub(crate) fn sign(&self, size: u64, root: Hash, time: Timestamp) -> String {
        let checkpoint = Checkpoint { origin: self.origin().to_owned(), size, root };
        let (text, time) = (checkpoint.text(), time.unix().unsigned_abs());
        let line = |(key, signer): (&VerifierKey, &arch_identity::SigningKey)| {
            let bytes = match key.key().algorithm() {
                Algorithm::Ed25519 => signer.sign(text.as_bytes()),
                Algorithm::MlDsa44 => {
                    let message = checkpoint.cosigned_message(key.name(), time).unwrap_or_default();
                    [&time.to_be_bytes(), signer.sign(&message).as_slice()].concat()
                }
            };
            NoteSignature { name: key.name().to_owned(), key_id: key.id(), bytes }
        };
        let signatures = self.verifiers.iter().zip(self.pair.signers()).map(line).collect();
        Note { text: text.clone(), signatures }.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> LogKeys {
        LogKeys::new("example.org/node", KeyPair::from_seed(KeyKind::Hybrid, &[7; 32])).unwrap()
    }

    fn signed() -> String {
        keys().sign(5, Hash::leaf(b"x"), "2026-11-23T12:00:00Z".parse().unwrap())
    }

    #[test]
    fn both_signatures_are_needed_and_both_hold() {
        let verified = Checkpoint::verify(signed().as_bytes(), keys().verifiers()).unwrap();
        assert_eq!(verified.checkpoint().size, 5);
        assert_eq!(verified.cosigned_at(), Some(1_795_435_200));
        let note = Note::parse(signed().as_bytes()).unwrap();
        for missing in 0..2 {
            let mut note = note.clone();
            note.signatures.remove(missing);
            let found = Checkpoint::verify(note.to_string().as_bytes(), keys().verifiers());
            assert_eq!(found, Err(NoteError::Unsigned("example.org/node".into())));
        }
        assert_eq!(Checkpoint::verify(signed().as_bytes(), &[]), Err(NoteError::NoKeys));
    }

    #[test]
    fn signing_is_a_function_of_the_tree_and_the_keys() {
        assert_eq!(signed(), signed());
    }

    #[test]
    fn a_strangers_signature_is_ignored_but_does_not_count() {
        let stranger =
            LogKeys::new("example.org/node", KeyPair::from_seed(KeyKind::Hybrid, &[8; 32]))
                .unwrap();
        assert!(Checkpoint::verify(signed().as_bytes(), stranger.verifiers()).is_err());
        let mut note = Note::parse(signed().as_bytes()).unwrap();
        let theirs = stranger.sign(5, Hash::leaf(b"x"), "2026-11-23T12:00:00Z".parse().unwrap());
        note.signatures.extend(Note::parse(theirs.as_bytes()).unwrap().signatures);
        assert!(Checkpoint::verify(note.to_string().as_bytes(), keys().verifiers()).is_ok());
    }

    #[test]
    fn no_byte_of_a_checkpoint_can_change() {
        let (text, keys) = (signed().into_bytes(), keys());
        for at in 0..text.len() {
            let mut changed = text.clone();
            changed[at] ^= 1;
            assert!(Checkpoint::verify(&changed, keys.verifiers()).is_err(), "byte {at}");
        }
    }

    #[test]
    fn odd_texts_are_no_checkpoints() {
        let good = Checkpoint { origin: "o".into(), size: 5, root: Hash::ZERO }.text();
        assert!(Checkpoint::from_text(&good).is_ok());
        let bad = [
            good.replace("5\n", "05\n"),
            good.replace("5\n", "-5\n"),
            good.replace("5\n", "+5\n"),
            good.replace("5\n", "9223372036854775808\n"),
            good.replace("o\n", "\n"),
            format!("{good}extension\n"),
            good.replace("AA=", "AB="),
            good.trim_end().to_owned(),
        ];
        for text in bad {
            assert!(Checkpoint::from_text(&text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_log_needs_a_hybrid_key_and_a_speakable_name() {
        assert!(LogKeys::new("x", KeyPair::from_seed(KeyKind::Ed25519, &[7; 32])).is_none());
        for origin in ["", "a b", "a+b", "a\nb", &"x".repeat(256)] {
            assert!(LogKeys::new(origin, KeyPair::from_seed(KeyKind::Hybrid, &[7; 32])).is_none());
        }
    }
}
