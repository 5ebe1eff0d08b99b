//! `archctl circuit import`

use std::path::{Path, PathBuf};
use std::process::Command;

use arch_circuits::{
    Circuit,
    iden3::{Contribution, Zkey, read_zkey, write_r1cs},
    registry::{Entry, KeyKind, Transcript, hex},
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

/// Take in the key that a ceremony made, as a new version of its circuit
///
/// The rows in the file must be the circuit's, its points in their groups, its last contribution a
/// beacon after three by people. With `--powers`, `snarkjs zkey verify` has to find that it follows from
/// the powers of tau and that each contribution follows from the one before; without it the key is taken
/// in as `unverified`, which is worth no more than a dev key. docs/CIRCUITS.md tells the whole ceremony.
#[derive(Debug, clap::Args)]
#[command(after_help = "Exit codes: 0 taken in, 1 refused, 3 could not tell")]
pub(crate) struct Args {
    /// The circuit that it is for
    #[arg(value_name = "CIRCUIT")]
    id: String,
    /// The file that the last contribution left
    #[arg(long, value_name = "FILE")]
    zkey: PathBuf,
    /// The powers of tau that the ceremony began with
    #[arg(long, value_name = "FILE")]
    powers: Option<PathBuf>,
    /// The program that verifies the ceremony
    #[arg(long, value_name = "PROGRAM", default_value = "snarkjs", requires = "powers")]
    snarkjs: PathBuf,
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
        let kind = match &self.powers {
            Some(powers) => self.verify(circuit, powers)?,
            None => KeyKind::Unverified,
        };
        let transcript = transcript(&contributions, &file);
        let entry = Entry::of(circuit, version, kind, &key, Some(transcript));

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
        if kind == KeyKind::Unverified {
            say::talk(
                "nobody verified the ceremony: take it in with `--powers` before you trust it",
            );
        }
        Ok(Answer::Yes)
    }
}

impl Args {
    /// Has snarkjs verify the ceremony, which knows how contributions follow from each other.
    fn verify(&self, circuit: Circuit, powers: &Path) -> Result<KeyKind, Stop> {
        say::talk("verifying the ceremony; this takes minutes");
        let rows = self.out.with_extension("r1cs");
        fresh::write(&rows, &write_r1cs(circuit.system()), 0o600)?;
        let mut snarkjs = Command::new(&self.snarkjs);
        let said = snarkjs.args(["zkey", "verify"]).arg(&rows).arg(powers).arg(&self.zkey).output();
        let _nothing_left = std::fs::remove_file(&rows);
        let said = said.map_err(|error| {
            let what = format!("{} cannot be started: {error}", self.snarkjs.display());
            Stop::could_not(
                what,
                "install it with `npm install -g snarkjs`, or name it with `--snarkjs`",
            )
        })?;
        // Its exit code alone is not to be relied upon: some versions end with 0 whatever they found.
        let text = String::from_utf8_lossy(&said.stdout);
        if said.status.success() && text.contains("ZKey Ok!") {
            return Ok(KeyKind::Ceremony);
        }
        let last =
            text.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("nothing").to_owned();
        let what = format!("{}: snarkjs does not verify it: {last}", self.zkey.display());
        Err(refused(Problem::new(codes::KEY_REFUSED, what)))
    }
}

fn enough(contributions: &[Contribution]) -> Result<(), Stop> {
    let people = contributions.iter().filter(|contribution| !contribution.beacon).count();
    let ends_with_a_beacon = contributions.last().is_some_and(|last| last.beacon);
    if people >= Transcript::FEWEST && ends_with_a_beacon {
        return Ok(());
    }
    let end = if ends_with_a_beacon { "a beacon" } else { "no beacon" };
    let fewest = Transcript::FEWEST;
    let what = format!("{people} of {fewest} contributions by people, and {end} at the end");
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
