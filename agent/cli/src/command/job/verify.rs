//! `archctl job verify`

use std::path::PathBuf;

use arch_document::{History, Job, NoHistory, TrustRoot};
use serde::Serialize;

use crate::answer::{Answer, Outcome, Stop, refusal_as_json};
use crate::ledger_folder::{Known, LedgerFolder};
use crate::node_settings::NodeSettings;
use crate::places::Format;
use crate::{documents, say, trust};

/// Say whether a job is well formed and signed by enough of the right people, now
#[derive(Debug, clap::Args)]
#[command(
    group = clap::ArgGroup::new("trusted").required(true),
    after_help = "Exit codes: 0 yes, 1 no and why, 3 could not tell"
)]
pub(crate) struct Args {
    /// The signed job
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Believe this trust root
    #[arg(long, value_name = "FILE", group = "trusted")]
    root: Option<PathBuf>,
    /// Believe the root of this agent's configuration folder
    #[arg(long, value_name = "DIR", group = "trusted")]
    config: Option<PathBuf>,
    /// Folder with the agent's ledger and its revocations in force, to go with `--config`
    #[arg(long, value_name = "DIR", requires = "config")]
    state: Option<PathBuf>,
    #[command(flatten)]
    format: Format,
}

const SCHEMA: &str = "arch.job-verify/v1";

#[derive(Serialize)]
struct Checked {
    schema: &'static str,
    ok: bool,
    digest: String,
    name: String,
    owner: String,
    roles: Vec<String>,
    signers: Vec<String>,
}

impl Args {
    pub(crate) fn run(self) -> Outcome {
        let json = self.format.json;
        refusal_as_json(self.check(), json, SCHEMA)
    }

    fn check(self) -> Outcome {
        let document = documents::read(&self.file)?;
        let root = self.root()?;
        let moment = trust::moment(None)?;
        let sources = trust::sources(&root, &document);
        let verified = root
            .verify::<Job>(document, &moment, &NoHistory)
            .map_err(|refusal| Stop::refused(refusal.problem, sources))?;
        let checked = Checked {
            schema: SCHEMA,
            ok: true,
            digest: verified.document().digest().to_string(),
            name: verified.get().metadata.name.clone(),
            owner: verified.get().owner().to_owned(),
            roles: verified.roles().iter().map(|role| role.role.clone()).collect(),
            signers: verified.signers().to_vec(),
        };
        if self.format.json {
            say::json(&checked)?;
        } else {
            say::data(&format!(
                "ok: job `{}` of {} {}",
                checked.name, checked.owner, checked.digest
            ))?;
            say::data(&format!(
                "signed by {} for role {}",
                checked.signers.join(", "),
                checked.roles.join(", ")
            ))?;
        }
        Ok(Answer::Yes)
    }

    fn root(&self) -> Result<TrustRoot, Stop> {
        match (&self.root, &self.config) {
            (Some(path), _) => trust::alone(path),
            (None, Some(config)) => {
                let pin = NodeSettings::load(config)?.trust_root;
                let state = self.state.as_deref();
                let known = state.map(LedgerFolder::known_below).transpose()?;
                let moment = trust::moment(known.as_ref().and_then(Known::newest_time))?;
                let history: &dyn History = match &known {
                    Some(known) => known,
                    None => &NoHistory,
                };
                trust::in_force(config, state, pin, &moment, history)
            }
            (None, None) => {
                Err(Stop::usage("no trust root", "give `--root FILE` or `--config DIR`"))
            }
        }
    }
}
