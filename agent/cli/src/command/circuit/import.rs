//! `archctl circuit import`

use std::path::{Path, PathBuf};

use arch_circuits::{
    Circuit,
    iden3::{Contribution, Zkey, read_zkey},
    registry::{Entry, Transcript, hex},
};
use arch_identity::Digest;
use arch_problem::{Problem, codes};
use serde::Serialize;

use crate::answer::{Answer, Outcome, Stop};
use crate::circuits::{self, Manifest, refused};
use crate::places::Format;
use crate::{fresh, say};

/// The longest `.zkey` file that is read.
const LARGEST: u64 = 1 << 31;

/// How many people must have contributed.
const FEWEST: usize = 3;

/// Take in the key that a ceremony made, as a new version of its circuit
///
/// The rows in the file must be the circuit's, its points in their groups, its last contribution a
/// beacon after three by people. Run `snarkjs zkey verify` with the powers of tau first: only that shows
/// that the contributions follow from each other. docs/CIRCUITS.md tells the whole ceremony.
#[derive(Debug, clap::Args)]
#[command(after_help = "Exit codes: 0 taken in, 1 refused, 3 could not tell")]
pub(crate) struct Args {
    /// The circuit that it is for
    #[arg(value_name = "CIRCUIT")]
    id: String,
    /// The file that the last contribution left
    #[arg(long, value_name = "FILE")]
    zkey: PathBuf,
    /// A new folder for the manifest and the key to prove with
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    #[command(flatten)]
    manifest: Manifest,
    #[command(flatten)]
    format: Format,
}

#[derive(Serialize)]
struct Imported<'a> {
    schema: &'static str,
    circuit: &'a Entry,
    manifest: PathBuf,
    key: PathBuf,
}

impl Args {
    pub(crate) fn run(self) -> Outcome {
        let registry = self.manifest.open()?;
        let known = circuits::entry(&registry, &self.id, None)?;
        let revoked = || {
            refused(Problem::new(
                codes::CIRCUIT_REVOKED,
                format!("`{}` has no rows any more", self.id),
            ))
        };
        let circuit = Circuit::of_id(&known.id).ok_or_else(revoked)?;
        fresh::absent(&self.out)?;
        let file = arch_files::read(&self.zkey, LARGEST).map_err(Stop::file)?;
        say::talk("reading the key: every point is checked, which may take a minute");
        let Zkey { key, contributions } = read_zkey(&file, circuit.system()).map_err(|error| {
            let what = format!("{}: {error}", self.zkey.display());
            refused(Problem::new(codes::KEY_REFUSED, what))
        })?;
        enough(&contributions)?;
        let version =
            registry.entries().filter(|entry| entry.id == self.id).map(|e| e.version).max();
        let version = version.unwrap_or(0).saturating_add(1);
        let entry = Entry::of(circuit, version, &key, Some(transcript(&contributions, &file)));

        std::fs::create_dir_all(&self.out).map_err(|error| unwritable(&self.out, &error))?;
        let pk =
            entry.key.as_ref().map_or_else(String::new, |key| circuits::file_name(&key.pk_sha256));
        let (manifest, pk) = (self.out.join("manifest.json"), self.out.join(pk));
        arch_files::write_whole(&pk, &key.to_bytes(), 0o644).map_err(Stop::file)?;
        // Last: who sees the manifest finds the key.
        let text = registry.rotated(entry.clone());
        arch_files::write_whole(&manifest, text.as_bytes(), 0o644).map_err(Stop::file)?;
        if self.format.json {
            let schema = "arch.circuit-imported/v1";
            say::json(&Imported { schema, circuit: &entry, manifest, key: pk })?;
            return Ok(Answer::Yes);
        }
        let vk = entry.key.as_ref().map_or("", |key| &key.vk_sha256);
        say::data(&format!("{} version {version}, vk sha256 {vk}", entry.id))?;
        say::talk(&format!("wrote {} and {}", manifest.display(), pk.display()));
        say::talk(
            "pin the key in the policy by its SHA-256; proofs by the version before are still checked",
        );
        Ok(Answer::Yes)
    }
}

fn enough(contributions: &[Contribution]) -> Result<(), Stop> {
    let people = contributions.iter().filter(|contribution| !contribution.beacon).count();
    let ends_with_a_beacon = contributions.last().is_some_and(|last| last.beacon);
    if people >= FEWEST && ends_with_a_beacon {
        return Ok(());
    }
    let end = if ends_with_a_beacon { "a beacon" } else { "no beacon" };
    let what = format!("{people} of {FEWEST} contributions by people, and {end} at the end");
    Err(refused(Problem::new(codes::TOO_FEW_CONTRIBUTIONS, what)))
}

fn transcript(contributions: &[Contribution], file: &[u8]) -> Transcript {
    let name = |contribution: &Contribution| contribution.name.clone().unwrap_or_default();
    Transcript {
        contributors: contributions.iter().map(name).collect(),
        digests: contributions.iter().map(|c| hex::write(&c.transcript)).collect(),
        zkey_sha256: hex::write(Digest::of(file).as_bytes()),
    }
}

fn unwritable(path: &Path, error: &std::io::Error) -> Stop {
    let what = format!("{} cannot be made: {error}", path.display());
    Stop::could_not(what, "choose a folder that you may write to")
}
