//! `archctl policy check`

use std::path::PathBuf;

use arch_document::{NoHistory, SignedDocument};
use arch_policy::Policy;
use serde::Serialize;

use crate::answer::{Answer, Outcome, Stop, refusal_as_json};
use crate::places::Format;
use crate::{documents, say, trust};

/// Say whether a policy is one; with a root also whether its signatures suffice
#[derive(Debug, clap::Args)]
#[command(after_help = "Exit codes: 0 yes, 1 no and why, 3 could not tell")]
pub(crate) struct Args {
    /// The policy
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Also check signatures and time against this trust root
    #[arg(long, value_name = "FILE")]
    root: Option<PathBuf>,
    #[command(flatten)]
    format: Format,
}

const SCHEMA: &str = "arch.policy-check/v1";

#[derive(Serialize)]
struct Checked {
    schema: &'static str,
    ok: bool,
    digest: String,
    name: String,
    version: Option<u64>,
    /// Absent when no root was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    signers: Option<Vec<String>>,
}

impl Args {
    pub(crate) fn run(self) -> Outcome {
        let json = self.format.json;
        refusal_as_json(self.check(), json, SCHEMA)
    }

    fn check(self) -> Outcome {
        let document = documents::read(&self.file)?;
        let policy: Policy =
            document.read().map_err(|problem| documents::refused(&document, *problem))?;
        let digest = document.digest().to_string();
        let signers = self.signers(document)?;
        let metadata = policy.metadata;
        let checked = Checked {
            schema: SCHEMA,
            ok: true,
            digest,
            name: metadata.name,
            version: metadata.version,
            signers,
        };
        self.tell(&checked)?;
        Ok(Answer::Yes)
    }

    /// Who signed, as far as a root believes them.
    fn signers(&self, document: SignedDocument) -> Result<Option<Vec<String>>, Stop> {
        let Some(path) = &self.root else {
            say::talk("signatures were not checked; give `--root FILE` for that");
            return Ok(None);
        };
        let root = trust::alone(path)?;
        let moment = trust::moment(None)?;
        root.verify::<Policy>(document, &moment, &NoHistory)
            .map(|verified| Some(verified.signers().to_vec()))
            .map_err(trust::refused)
    }

    fn tell(&self, checked: &Checked) -> Result<(), Stop> {
        if self.format.json {
            return say::json(checked);
        }
        let version = checked.version.unwrap_or_default();
        say::data(&format!("ok: policy `{}` version {version} {}", checked.name, checked.digest))?;
        let signers = checked.signers.iter().flatten();
        signers.into_iter().try_for_each(|signer| say::data(&format!("signed by {signer}")))
    }
}
