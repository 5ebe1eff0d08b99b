//! Signing a document in its file: the one thing that `root sign`, `policy sign` and `job sign` do.

use std::path::{Path, PathBuf};

use arch_document::{Kind, SignedDocument, signing};
use serde::Serialize;

use crate::answer::{Answer, Outcome, Stop};
use crate::passphrase::Existing;
use crate::places::Format;
use crate::render::Sources;
use crate::{documents, fresh, keys, say};

/// What to sign, with which keys, and where to put it.
#[derive(Debug, clap::Args)]
pub(crate) struct Signing {
    /// The document
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Key file to sign with; may be given several times
    #[arg(long = "key", value_name = "KEYFILE", required = true)]
    keys: Vec<PathBuf>,
    /// Write to a new file instead of adding the signatures to the document's own
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Write a DSSE envelope, which tools that know nothing of us can check; needs `--out`
    #[arg(long, requires = "out")]
    dsse: bool,
    #[command(flatten)]
    passphrase: Existing,
    #[command(flatten)]
    format: Format,
}

#[derive(Serialize)]
struct Signed {
    schema: &'static str,
    file: PathBuf,
    kind: String,
    digest: String,
    signatures: Vec<String>,
}

impl Signing {
    /// Signs a document of one of these kinds. `sound` checks its content first: a signature under
    /// a document that can never be accepted helps nobody.
    pub(crate) fn run(
        self,
        kinds: &[Kind],
        sound: impl FnOnce(&SignedDocument) -> Result<(), Stop>,
    ) -> Outcome {
        let document = documents::read(&self.file)?;
        if !kinds.contains(&document.kind()) {
            let command = command_for(document.kind());
            let what = format!("{} is a {}", self.file.display(), document.kind());
            return Err(Stop::usage(what, format!("sign it with `archctl {command}`")));
        }
        sound(&document)?;
        let signed = self.sign(&document)?;
        self.keep(&signed)?;
        self.tell(signed)
    }

    fn sign(&self, document: &SignedDocument) -> Result<SignedDocument, Stop> {
        let mut text = document.source().to_vec();
        for path in &self.keys {
            let pair = keys::open(path, &self.passphrase)?;
            text = add(document.file(), &text, &pair)?;
        }
        SignedDocument::parse(document.file(), &text).map_err(Stop::from)
    }

    fn keep(&self, signed: &SignedDocument) -> Result<(), Stop> {
        let envelope = signed.to_envelope();
        let bytes = if self.dsse { envelope.as_bytes() } else { signed.source() };
        match &self.out {
            Some(out) => fresh::write(out, bytes, 0o644),
            None => replace(&self.file, bytes),
        }
    }

    fn tell(self, signed: SignedDocument) -> Outcome {
        let file = self.out.unwrap_or(self.file);
        let signatures: Vec<String> =
            signed.signatures().iter().filter_map(|entry| Some(entry.by()?.did())).collect();
        let digest = signed.digest().to_string();
        if self.format.json {
            let (schema, kind) = ("arch.signed/v1", signed.kind().to_string());
            say::json(&Signed { schema, file, kind, digest, signatures })?;
        } else {
            say::data(&digest)?;
            say::talk(&format!("{} signatures in {}", signatures.len(), file.display()));
        }
        Ok(Answer::Yes)
    }
}

/// Adds the signatures of one key file to a document's text.
pub(crate) fn add(file: &str, text: &[u8], pair: &arch_identity::KeyPair) -> Result<Vec<u8>, Stop> {
    signing::sign(file, text, pair)
        .map(String::into_bytes)
        .map_err(|problem| Stop::refused(*problem, Sources::default().with(file, text)))
}

/// The owner's file keeps its mode.
fn replace(path: &Path, bytes: &[u8]) -> Result<(), Stop> {
    use std::os::unix::fs::PermissionsExt;
    let mode = path.metadata().map_or(0o644, |found| found.permissions().mode() & 0o777);
    arch_files::write_whole(path, bytes, mode).map_err(Stop::file)
}

fn command_for(kind: Kind) -> &'static str {
    match kind {
        Kind::Root | Kind::Revocation => "root sign",
        Kind::Policy => "policy sign",
        _ => "job sign",
    }
}
