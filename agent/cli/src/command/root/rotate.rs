//! `archctl root rotate`

use std::path::{Path, PathBuf};

use arch_document::{Root, SignedDocument};
use serde::Serialize;

use crate::answer::{Answer, Outcome, Stop};
use crate::passphrase::Existing;
use crate::places::Format;
use crate::roots::{Draft, Signer, Threshold};
use crate::{clock, documents, fresh, keys, say, signing, trust};

const DAY: u64 = 24 * 3600;

/// Make the next version of a root, signed by the old signers and the new ones
///
/// The agent takes it in only if the threshold of the old version and that of the new one have
/// both signed.
#[derive(Debug, clap::Args)]
#[command(after_help = "Exit codes: 0 both thresholds have signed, 1 somebody still has to")]
pub(crate) struct Args {
    /// The root in force
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Let a signer sign for a role, written `ROLE=[ID=]KEY`
    #[arg(long, value_name = "ROLE=SIGNER")]
    add: Vec<String>,
    /// Take a key out, by its id
    #[arg(long, value_name = "ID")]
    remove: Vec<String>,
    /// How many of a role must sign, such as `root=2`
    #[arg(long = "threshold", value_name = "ROLE=NUMBER")]
    thresholds: Vec<Threshold>,
    /// Key file to sign with, of the old or the new signers; may be given several times
    #[arg(long = "key", value_name = "KEYFILE", required = true)]
    keys: Vec<PathBuf>,
    /// How long the next version is valid, in days
    #[arg(long, value_name = "DAYS", default_value_t = 365)]
    days: u64,
    /// Where to write it; an existing file is never overwritten
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    passphrase: Existing,
    #[command(flatten)]
    format: Format,
}

#[derive(Serialize)]
struct Made<'a> {
    schema: &'static str,
    file: &'a Path,
    version: u64,
    digest: String,
    complete: bool,
}

impl Args {
    pub(crate) fn run(self) -> Outcome {
        fresh::absent(&self.out)?;
        let old = documents::read(&self.file)?;
        let root: Root = old.read().map_err(|problem| documents::refused(&old, *problem))?;
        let version = root.metadata.version.unwrap_or_default().saturating_add(1);
        let end = clock::now()?.plus(self.days.saturating_mul(DAY));
        let text = self.draft(&root)?.write(&root.metadata.name, version, end)?;
        let file = self.out.display().to_string();
        let mut signed = text.into_bytes();
        for path in &self.keys {
            signed = signing::add(&file, &signed, &keys::open(path, &self.passphrase)?)?;
        }
        let next = SignedDocument::parse(&file, &signed)?;
        next.read::<Root>().map_err(|problem| documents::refused(&next, *problem))?;
        fresh::write(&self.out, &signed, 0o644)?;
        self.tell(old, next, version)
    }

    fn draft(&self, root: &Root) -> Result<Draft, Stop> {
        let mut draft = Draft::of(root);
        self.remove.iter().try_for_each(|id| draft.remove(id))?;
        for text in &self.add {
            let (role, signer) = text.split_once('=').ok_or_else(|| {
                Stop::usage(format!("`{text}` names no role"), "write `--add ROLE=SIGNER`")
            })?;
            draft.add(role, &Signer::read(signer)?)?;
        }
        self.thresholds.iter().try_for_each(|threshold| draft.require(threshold))?;
        Ok(draft)
    }

    fn tell(&self, old: SignedDocument, next: SignedDocument, version: u64) -> Outcome {
        let digest = next.digest();
        let steps = trust::step(old, next);
        if self.format.json {
            say::json(&Made {
                schema: "arch.root-rotated/v1",
                file: &self.out,
                version,
                digest: digest.to_string(),
                complete: steps.is_ok(),
            })?;
        } else {
            say::data(&digest.to_string())?;
            say::talk(&format!("wrote version {version} to {}", self.out.display()));
        }
        match steps {
            Ok(()) => Ok(Answer::Yes),
            Err(stop) => {
                let _code = stop.tell();
                Ok(Answer::No)
            }
        }
    }
}
