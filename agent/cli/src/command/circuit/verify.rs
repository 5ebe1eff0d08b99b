//! `archctl circuit verify`

use std::path::PathBuf;

use arch_circuits::registry::{BadManifest, Entry, Registry, Status};
use serde::Serialize;

use crate::answer::{Answer, Outcome, Stop};
use crate::circuits::{self, Manifest};
use crate::places::Format;
use crate::say;

/// Lay the rows of circuits down and check them and their keys
///
/// The key to check with is read strictly: its points are in their groups, and it is not one that
/// anybody could forge with. Whether those who made it forgot their parts no check can see.
#[derive(Debug, clap::Args)]
#[command(after_help = "Exit codes: 0 all of it is so, 1 something is not, 3 could not tell")]
pub(crate) struct Args {
    /// Its name; without it, all that are not revoked
    #[arg(value_name = "CIRCUIT")]
    id: Option<String>,
    /// Its version; without it, the one in use
    #[arg(long, value_name = "NUMBER", requires = "id")]
    version: Option<u32>,
    /// Also check the keys to prove with: those in this folder, dev keys by making them anew
    #[arg(long, value_name = "DIR")]
    keys: Option<PathBuf>,
    #[command(flatten)]
    manifest: Manifest,
    #[command(flatten)]
    format: Format,
}

#[derive(Serialize)]
struct Verified<'a> {
    schema: &'static str,
    ok: bool,
    circuits: Vec<One<'a>>,
}

#[derive(Serialize)]
struct One<'a> {
    id: &'a str,
    version: u32,
    ok: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
}

impl Args {
    pub(crate) fn run(self) -> Outcome {
        let registry = self.manifest.open()?;
        let wanted: Vec<&Entry> = match &self.id {
            Some(id) => vec![circuits::entry(&registry, id, self.version)?],
            None => registry.entries().filter(|entry| entry.status != Status::Revoked).collect(),
        };
        let mut found = Vec::new();
        for entry in wanted {
            let message = self.fault(&registry, entry)?.map(|error| error.to_string());
            let one = One { id: &entry.id, version: entry.version, ok: message.is_none(), message };
            if !self.format.json {
                tell(&one)?;
            }
            found.push(one);
        }
        let ok = found.iter().all(|one| one.ok);
        if self.format.json {
            say::json(&Verified { schema: "arch.circuit-verify/v1", ok, circuits: found })?;
        }
        Ok(Answer::from_truth(ok))
    }

    fn fault(&self, registry: &Registry, entry: &Entry) -> Result<Option<BadManifest>, Stop> {
        if let Err(error) = registry.check_rows(entry) {
            return Ok(Some(error));
        }
        if self.keys.is_some() {
            circuits::proving_key(entry, self.keys.as_deref())?;
        }
        Ok(None)
    }
}

fn tell(one: &One) -> Result<(), Stop> {
    match &one.message {
        None => say::data(&format!("ok    {} version {}", one.id, one.version)),
        Some(message) => say::data(&format!("WRONG {} version {}: {message}", one.id, one.version)),
    }
}
