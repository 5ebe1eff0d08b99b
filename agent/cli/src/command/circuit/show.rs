//! `archctl circuit show`

use arch_circuits::registry::{Entry, Key, KeyKind, Laid};
use serde::Serialize;

use super::list::{kind, status};
use crate::answer::{Answer, Outcome, Stop};
use crate::circuits::{self, Manifest};
use crate::pins::{self, Pin, Pinning, Pins, PolicyTold};
use crate::places::Format;
use crate::say;

/// Show all that the manifest says of a circuit; with a policy, also whether its key is pinned
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Its name, as `archctl circuit list` has it
    #[arg(value_name = "CIRCUIT")]
    id: String,
    /// Its version; without it, the one in use
    #[arg(long, value_name = "NUMBER")]
    version: Option<u32>,
    #[command(flatten)]
    policy: Pinning,
    #[command(flatten)]
    manifest: Manifest,
    #[command(flatten)]
    format: Format,
}

#[derive(Serialize)]
struct Shown<'a> {
    schema: &'static str,
    circuit: &'a Entry,
    /// Absent when no policy was given, as the pins are.
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<PolicyTold<'a>>,
    /// Those of this circuit, in all versions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pins: Option<Vec<Pin<'a>>>,
}

impl Args {
    pub(crate) fn run(self) -> Outcome {
        let registry = self.manifest.open()?;
        let entry = circuits::entry(&registry, &self.id, self.version)?;
        let policy = self.policy.read()?;
        let mut pins = policy.as_ref().map(|policy| policy.beside(&registry));
        pins.iter_mut().for_each(|pins| pins.retain(|pin| pin.is_of(&entry.id)));
        if self.format.json {
            let (schema, policy) = ("arch.circuit-shown/v1", policy.as_ref().map(Pins::told));
            say::json(&Shown { schema, circuit: entry, policy, pins })?;
            return Ok(Answer::Yes);
        }
        line(
            "circuit",
            &format!("{}, version {}, {}", entry.id, entry.version, status(entry.status)),
        )?;
        line("says", &entry.about)?;
        if let Some(laid) = &entry.laid {
            show_rows(laid)?;
        }
        if let Some(key) = &entry.key {
            show_key(key)?;
        }
        if let (Some(policy), Some(pins)) = (&policy, pins) {
            line("pin", &format!("{} in {}", pins::word(&pins, entry), policy.told().words()))?;
            pins.iter().for_each(Pin::tell_if_unlisted);
        }
        Ok(Answer::Yes)
    }
}

fn line(name: &str, value: &str) -> Result<(), Stop> {
    say::data(&format!("{name:<10} {value}"))
}

fn show_rows(laid: &Laid) -> Result<(), Stop> {
    if let Some(steps) = &laid.steps {
        let sizes = format!("{} × {} × {}", steps.rows, steps.columns, steps.depth);
        line(
            "shape",
            &format!("{sizes}, numbers of {} bits, sums of {}", steps.input_bits, steps.sum_bits),
        )?;
    }
    line("publics", &laid.publics.join(", "))?;
    line("rows", &format!("{} over {} cells", laid.rows, laid.cells))?;
    line("hash", &laid.hash)?;
    line("r1cs", &format!("sha256 {}", laid.r1cs_sha256))
}

fn show_key(key: &Key) -> Result<(), Stop> {
    line("key", kind(key.kind))?;
    line("vk", &format!("sha256 {}", key.vk_sha256))?;
    line("pk", &format!("sha256 {}, {} bytes", key.pk_sha256, key.pk_bytes))?;
    match (&key.transcript, key.kind) {
        (Some(transcript), _) => {
            line("ceremony", &transcript.contributors.join(", "))?;
            line("zkey", &format!("sha256 {}", transcript.zkey_sha256))
        }
        (None, KeyKind::Dev) => {
            say::talk(
                "a dev key: its secret is known to everybody, who can forge any proof under it",
            );
            Ok(())
        }
        (None, KeyKind::Ceremony | KeyKind::Unverified) => Ok(()),
    }
}
