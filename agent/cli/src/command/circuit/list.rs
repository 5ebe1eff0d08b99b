//! `archctl circuit list`

use arch_circuits::registry::{Entry, KeyKind, Status};
use serde::Serialize;

use crate::answer::{Answer, Outcome};
use crate::circuits::Manifest;
use crate::places::Format;
use crate::say;

/// List the circuits with their status and kind of key
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    manifest: Manifest,
    #[command(flatten)]
    format: Format,
}

#[derive(Serialize)]
struct Listed<'a> {
    schema: &'static str,
    circuits: Vec<&'a Entry>,
}

impl Args {
    pub(crate) fn run(self) -> Outcome {
        let registry = self.manifest.open()?;
        let circuits: Vec<&Entry> = registry.entries().collect();
        if self.format.json {
            say::json(&Listed { schema: "arch.circuit-list/v1", circuits })?;
            return Ok(Answer::Yes);
        }
        let line = |id: &str, version: &str, status: &str, key: &str, rows: &str| {
            say::data(&format!("{id:<22} {version:>7}  {status:<11} {key:<10} {rows:>7}"))
        };
        line("CIRCUIT", "VERSION", "STATUS", "KEY", "ROWS")?;
        for entry in circuits {
            let rows =
                entry.laid.as_ref().map_or_else(|| "-".to_owned(), |laid| laid.rows.to_string());
            let key = entry.key.as_ref().map_or("-", |key| kind(key.kind));
            line(&entry.id, &entry.version.to_string(), status(entry.status), key, &rows)?;
        }
        Ok(Answer::Yes)
    }
}

/// The manifest's word.
pub(super) fn status(status: Status) -> &'static str {
    match status {
        Status::Active => "active",
        Status::VerifyOnly => "verify-only",
        Status::Revoked => "revoked",
    }
}

/// Likewise.
pub(crate) fn kind(kind: KeyKind) -> &'static str {
    match kind {
        KeyKind::Dev => "dev",
        KeyKind::Ceremony => "ceremony",
        KeyKind::Unverified => "unverified",
    }
}
