//! `archctl root new`

use std::path::{Path, PathBuf};

use arch_document::{NoHistory, SignedDocument};
use serde::Serialize;

use crate::answer::{Answer, Outcome, Stop};
use crate::passphrase::Existing;
use crate::places::Format;
use crate::roots::{Draft, Signer, Threshold};
use crate::{clock, fresh, keys, say, signing, trust};

const DAY: u64 = 24 * 3600;

/// Make a trust root: who may sign roots, policies and jobs, and how many of them must
///
/// A signer is written `[ID=]KEY`, where KEY is a key file, a `did:key:…`, or two of them joined
/// by `+` for a hybrid. The root is signed at once with every root signer's key file that is given;
/// the others run `archctl root sign`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The root's name
    #[arg(long, value_name = "NAME", default_value = "root")]
    name: String,
    /// Who answers for this root; may be given several times
    #[arg(long = "root", value_name = "SIGNER", required = true)]
    root: Vec<String>,
    /// Who may sign policies; may be given several times
    #[arg(long = "policy", value_name = "SIGNER", required = true)]
    policy: Vec<String>,
    /// Who may sign jobs; may be given several times
    #[arg(long = "jobs", value_name = "SIGNER", required = true)]
    jobs: Vec<String>,
    /// How many of a role must sign, such as `root=2`; 1 if not given
    #[arg(long = "threshold", value_name = "ROLE=NUMBER")]
    thresholds: Vec<Threshold>,
    /// How long it is valid, in days
    #[arg(long, value_name = "DAYS", default_value_t = 365)]
    days: u64,
    /// Where to write it; an existing file is never overwritten
    #[arg(long, value_name = "FILE", default_value = "root.yaml")]
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
    digest: String,
    signatures: usize,
    complete: bool,
}

impl Args {
    pub(crate) fn run(self) -> Outcome {
        fresh::absent(&self.out)?;
        let text = self.draft()?;
        let file = self.out.display().to_string();
        let mut signed = text.into_bytes();
        for path in key_files(&self.root) {
            signed = signing::add(&file, &signed, &keys::open(&path, &self.passphrase)?)?;
        }
        let document = SignedDocument::parse(&file, &signed)?;
        document.read::<arch_document::Root>()?;
        fresh::write(&self.out, &signed, 0o644)?;
        self.tell(document)
    }

    fn draft(&self) -> Result<String, Stop> {
        let mut draft = Draft::default();
        let roles = [("root", &self.root), ("policy", &self.policy), ("jobs", &self.jobs)];
        for (role, signers) in roles {
            for signer in signers {
                draft.add(role, &Signer::read(signer)?)?;
            }
        }
        self.thresholds.iter().try_for_each(|threshold| draft.require(threshold))?;
        let end = clock::now()?.plus(self.days.saturating_mul(DAY));
        draft.write(&self.name, 1, end)
    }

    fn tell(&self, document: SignedDocument) -> Outcome {
        let (digest, signatures) = (document.digest(), document.signatures().len());
        let complete = trust::is_complete(document, &NoHistory).is_ok();
        if self.format.json {
            let (schema, digest) = ("arch.root-made/v1", digest.to_string());
            say::json(&Made { schema, file: &self.out, digest, signatures, complete })?;
        } else {
            say::data(&digest.to_string())?;
            say::talk(&format!("wrote {}", self.out.display()));
        }
        if !complete {
            say::talk("not enough signatures yet; have the others run `archctl root sign`");
        }
        Ok(Answer::Yes)
    }
}

/// Those signers that are given as key files and can therefore sign now.
pub(super) fn key_files(signers: &[String]) -> Vec<PathBuf> {
    let named = signers.iter().map(|text| text.split_once('=').map_or(&**text, |(_id, key)| key));
    named.filter(|key| !key.starts_with("did:")).map(PathBuf::from).collect()
}
