//! `archctl circuit list`

use arch_circuits::registry::{Entry, KeyKind, Status};
use serde::Serialize;

use crate::answer::{Answer, Outcome};
use crate::circuits::Manifest;
use crate::pins::{self, Pin, Pinning, Pins, PolicyTold};
use crate::places::Format;
use crate::say;

/// List the circuits with their status and kind of key; with a policy, also which are pinned
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    policy: Pinning,
    #[command(flatten)]
    manifest: Manifest,
    #[command(flatten)]
    format: Format,
}

#[derive(Serialize)]
struct Listed<'a> {
    schema: &'static str,
    circuits: Vec<&'a Entry>,
    /// Absent when no policy was given, as the pins are.
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<PolicyTold<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pins: Option<Vec<Pin<'a>>>,
}

impl Args {
    pub(crate) fn run(self) -> Outcome {
        let registry = self.manifest.open()?;
        let circuits: Vec<&Entry> = registry.entries().collect();
        let policy = self.policy.read()?;
        let pins = policy.as_ref().map(|policy| policy.beside(&registry));
        if self.format.json {
            let (schema, policy) = ("arch.circuit-list/v1", policy.as_ref().map(Pins::told));
            say::json(&Listed { schema, circuits, policy, pins })?;
            return Ok(Answer::Yes);
        }
        let line = |id: &str, version: &str, status: &str, key: &str, rows: &str, pin: &str| {
            let row = format!("{id:<22} {version:>7}  {status:<11} {key:<10} {rows:>7}  {pin}");
            say::data(row.trim_end())
        };
        let of = |entry: &Entry| pins.as_ref().map(|pins| pins::word(pins, entry));
        line("CIRCUIT", "VERSION", "STATUS", "KEY", "ROWS", pins.as_ref().map_or("", |_| "PIN"))?;
        for entry in circuits {
            let rows =
                entry.laid.as_ref().map_or_else(|| "-".to_owned(), |laid| laid.rows.to_string());
            let key = entry.key.as_ref().map_or("-", |key| kind(key.kind));
            let (version, pin) = (entry.version.to_string(), of(entry).unwrap_or_default());
            line(&entry.id, &version, status(entry.status), key, &rows, pin)?;
        }
        pins.iter().flatten().for_each(Pin::tell_if_unlisted);
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
