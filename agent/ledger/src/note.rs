//! Signed notes and verifier keys, C2SP signed-note v1.
//!
//! Source: c2sp.org/signed-note. A note is text that ends in a newline, an empty line, and
//! signature lines `— <name> <base64(key id ‖ signature)>`. The key id is the first four bytes of
//! `SHA-256(name ‖ "\n" ‖ type ‖ public key)`, big endian; a verifier key is written
//! `<name>+<key id as 8 hex>+<base64(type ‖ public key)>`.

use std::{fmt, str::FromStr};

use arch_identity::{Algorithm, PublicKey};
use arch_problem::{Code, codes};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest as _, Sha256};

/// Sixteen signatures must be accepted (C2SP); an ML-DSA-44 one takes about 3.3 kB.
const MAX_SIGNATURES: usize = 64;
const MAX_NOTE: usize = 256 * 1024;

/// Text with signatures that nobody has checked yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The signed text, with its last newline.
    pub text: String,
    /// The signature lines in their order.
    pub signatures: Vec<NoteSignature>,
}

/// One signature line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteSignature {
    /// Key name.
    pub name: String,
    /// A hint which of the name's keys signed.
    pub key_id: u32,
    /// Signature as the type defines it, without the key id.
    pub bytes: Vec<u8>,
}

/// Why a text is no note, checkpoint, receipt or verifier key, or why it is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoteError {
    /// The form is wrong.
    #[error("not a {what}: {why}")]
    Malformed {
        /// What it should have been.
        what: &'static str,
        /// Where it falls short.
        why: &'static str,
    },
    /// A key that must have signed did not.
    #[error("no signature by `{0}`")]
    Unsigned(String),
    /// A key's signature is wrong.
    #[error("the signature by `{0}` is not valid")]
    BadSignature(String),
    /// Nobody was named whose signature would count.
    #[error("no verifier key was given")]
    NoKeys,
    /// The checkpoint is of another log.
    #[error("the checkpoint is of `{found}`, not of `{expected}`")]
    OtherLog {
        /// Origin expected.
        expected: String,
        /// Origin found.
        found: String,
    },
}

impl NoteError {
    /// The catalogue's code.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::Malformed { .. } => codes::RECEIPT_MALFORMED,
            _ => codes::CHECKPOINT_UNVERIFIED,
        }
    }
}

fn malformed(why: &'static str) -> NoteError {
    NoteError::Malformed { what: "signed note", why }
}

impl Note {
    /// Reads a note; checks its form, not its signatures.
    ///
    /// # Errors
    /// [`NoteError::Malformed`].
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        if bytes.len() > MAX_NOTE {
            return Err(malformed("too long"));
        }
        let note = std::str::from_utf8(bytes).map_err(|_| malformed("not UTF-8"))?;
        if note.bytes().any(|b| b < 0x20 && b != b'\n') {
            return Err(malformed("control character"));
        }
        let blank = note.rfind("\n\n").ok_or(malformed("no empty line before the signatures"))?;
        let (text, rest) = note.split_at(blank.saturating_add(1));
        let lines = rest.strip_prefix('\n').and_then(|lines| lines.strip_suffix('\n'));
        let lines = lines.ok_or(malformed("no newline at the end"))?;
        let signatures: Vec<_> = lines
            .split('\n')
            .take(MAX_SIGNATURES.saturating_add(1))
            .map(NoteSignature::parse)
            .collect::<Result<_, _>>()?;
        if signatures.len() > MAX_SIGNATURES {
            return Err(malformed("too many signatures"));
        }
        Ok(Self { text: text.to_owned(), signatures })
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|signature| writeln!(f, "{signature}"))
    }
}

impl NoteSignature {
    fn parse(line: &str) -> Result<Self, NoteError> {
        let rest =
            line.strip_prefix("\u{2014} ").ok_or(malformed("a signature line without dash"))?;
        let (name, encoded) =
            rest.split_once(' ').ok_or(malformed("a signature line without name"))?;
        if !is_key_name(name) {
            return Err(malformed("a key name with space or plus"));
        }
        let bytes =
            STANDARD.decode(encoded).map_err(|_| malformed("a signature that is not base64"))?;
        let (id, signature) =
            bytes.split_first_chunk::<4>().ok_or(malformed("a signature too short"))?;
        if signature.is_empty() {
            return Err(malformed("a signature too short"));
        }
        Ok(Self {
            name: name.to_owned(),
            key_id: u32::from_be_bytes(*id),
            bytes: signature.to_vec(),
        })
    }
}

impl fmt::Display for NoteSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [&self.key_id.to_be_bytes(), self.bytes.as_slice()].concat();
        write!(f, "\u{2014} {} {}", self.name, STANDARD.encode(bytes))
    }
}

/// Not empty, no white space, no plus, no control character.
pub(crate) fn is_key_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c.is_control() || c == '+')
}

/// A key whose signatures on checkpoints count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    key: PublicKey,
}

impl VerifierKey {
    /// Names a key. `None` for a name that a note cannot carry.
    ///
    /// Ed25519 keys sign the note itself (type 0x01), ML-DSA-44 keys give cosignatures (0x06).
    #[must_use]
    pub fn new(name: &str, key: PublicKey) -> Option<Self> {
        (is_key_name(name) && name.len() < 256).then(|| Self { name: name.to_owned(), key })
    }

    /// Key name; for a log's own keys its origin.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The key itself.
    #[must_use]
    pub fn key(&self) -> &PublicKey {
        &self.key
    }

    /// The hint that stands before each of its signatures.
    #[must_use]
    pub fn id(&self) -> u32 {
        let hasher = Sha256::new()
            .chain_update(&self.name)
            .chain_update(b"\n")
            .chain_update(self.material());
        let hash: [u8; 32] = hasher.finalize().into();
        hash.first_chunk::<4>().map_or(0, |id| u32::from_be_bytes(*id))
    }

    /// Signature type byte and public key.
    fn material(&self) -> Vec<u8> {
        let kind = match self.key.algorithm() {
            Algorithm::Ed25519 => 0x01,
            Algorithm::MlDsa44 => 0x06,
        };
        [&[kind], self.key.bytes()].concat()
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{:08x}+{}", self.name, self.id(), STANDARD.encode(self.material()))
    }
}

impl FromStr for VerifierKey {
    type Err = NoteError;

    fn from_str(text: &str) -> Result<Self, NoteError> {
        let bad = |why| NoteError::Malformed { what: "verifier key", why };
        if text.len() > 4096 {
            return Err(bad("too long"));
        }
        let mut parts = text.splitn(3, '+');
        let (name, id, material) = (parts.next(), parts.next(), parts.next());
        let (Some(name), Some(id), Some(material)) = (name, id, material) else {
            return Err(bad("not three parts joined by plus"));
        };
        let material = STANDARD.decode(material).map_err(|_| bad("the key is not base64"))?;
        let (algorithm, bytes) = match material.split_first() {
            Some((0x01, bytes)) => (Algorithm::Ed25519, bytes),
            Some((0x06, bytes)) => (Algorithm::MlDsa44, bytes),
            _ => return Err(bad("a signature type other than 0x01 and 0x06")),
        };
        let key = PublicKey::from_bytes(algorithm, bytes).map_err(|_| bad("no such public key"))?;
        let found = Self::new(name, key).ok_or(bad("the name has a space or is too long"))?;
        if format!("{:08x}", found.id()) != id {
            return Err(bad("the key id does not belong to name and key"));
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: &str = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\
        \u{2014} example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n\
        \u{2014} witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n";

    #[test]
    fn the_example_of_the_specification_reads_and_writes_back() {
        let note = Note::parse(EXAMPLE.as_bytes()).unwrap();
        assert_eq!(note.signatures.len(), 2);
        assert_eq!(note.signatures[0].key_id, 0x033d_e0ae);
        assert_eq!(note.to_string(), EXAMPLE);
    }

    #[test]
    fn the_verifier_key_of_gos_checksum_database_reads() {
        // The public key that every Go tool carries.
        let text = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";
        let key: VerifierKey = text.parse().unwrap();
        assert_eq!((key.name(), key.id()), ("sum.golang.org", 0x033d_e0ae));
        assert_eq!(key.to_string(), text);
        for bad in [
            text.replace("033d", "033e"),
            text.replace("org+", "com+"),
            text.replace("+Ac", "+Bs"),
            String::new(),
        ] {
            assert!(bad.parse::<VerifierKey>().is_err(), "{bad}");
        }
    }

    #[test]
    fn malformed_notes_are_refused() {
        let bad = [
            EXAMPLE.replace("\n\n", "\n"),
            EXAMPLE.trim_end().to_owned(),
            EXAMPLE.replace('\u{2014}', "-"),
            EXAMPLE.replace("Az3g", "Az 3g"),
            EXAMPLE.replace("2085", "20\t85"),
            EXAMPLE.replace("\u{2014} witness.example.com/w1", "\u{2014} witness+1"),
            EXAMPLE.replace("qnA==", "qnA="),
            format!("{EXAMPLE}\n"),
            "a\n\n\u{2014} x AAAAAA==\n".to_owned(),
            "a\n\n".to_owned(),
            String::new(),
            format!("a\n\n{}", "\u{2014} x AAAAAAA=\n".repeat(65)),
        ];
        for note in bad {
            assert!(Note::parse(note.as_bytes()).is_err(), "{note}");
        }
        assert!(Note::parse(&[0xff, b'\n', b'\n']).is_err());
    }
}
