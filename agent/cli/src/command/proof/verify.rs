//! `archctl proof verify`

use std::path::{Path, PathBuf};

use arch_circuits::{
    field::to_decimal,
    iden3::{proof_from_json, publics_from_json},
    registry::{Entry, NoEvidence, ProofFile, Registry, Terms, Trust, hex},
};
use arch_policy::PinnedKey;
use arch_problem::{Problem, codes};
use serde::Serialize;
use serde_json::Value;

use crate::answer::{Answer, Outcome, Stop, refusal_as_json};
use crate::circuits::{self, Manifest, refused};
use crate::command::circuit::kind;
use crate::pins::{Pinning, PolicyTold};
use crate::places::Format;
use crate::say;

/// The longest proof that is read; one has some hundred bytes.
const LARGEST: u64 = 64 * 1024;

const SCHEMA: &str = "arch.proof-verify/v1";

/// Check a proof; needs no node, no ledger and no network
///
/// FILE is JSON of schema `arch.proof/v1`, or the `proof.json` of snarkjs; that one does not say what it
/// is of, so `--public` and `--circuit` do. A dev key, under which anybody can forge, is not enough
/// unless you say that it is. With `--policy` the policy says it, and which keys are believed at all: one
/// that its signers signed, in its time.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Exit codes: 0 the proof holds, 1 it does not or is refused, 3 could not tell"
)]
pub(crate) struct Args {
    /// The proof
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The public numbers of a proof by snarkjs: its `public.json`
    #[arg(long, value_name = "FILE", requires = "circuit")]
    public: Option<PathBuf>,
    /// The circuit of a proof by snarkjs
    #[arg(long, value_name = "CIRCUIT", requires = "public")]
    circuit: Option<String>,
    /// Its version; without it, the one in use
    #[arg(long, value_name = "NUMBER", requires = "circuit")]
    version: Option<u32>,
    /// The SHA-256 that the circuit's key must have; beside a policy, the same that it pins
    #[arg(long, value_name = "HEX")]
    pin: Option<String>,
    /// Also believe a key that anybody can forge with, or whose ceremony nobody verified: for trying
    /// things out
    #[arg(long, conflicts_with = "policy")]
    allow_dev_keys: bool,
    #[command(flatten)]
    policy: Pinning,
    #[command(flatten)]
    manifest: Manifest,
    #[command(flatten)]
    format: Format,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Verified<'a> {
    schema: &'static str,
    ok: bool,
    circuit: &'a str,
    version: u32,
    says: &'a str,
    vk_sha256: String,
    key: &'a str,
    statement: String,
    publics: Vec<Public<'a>>,
    /// Absent when no policy was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<PolicyTold<'a>>,
}

#[derive(Serialize)]
struct Public<'a> {
    name: &'a str,
    value: String,
}

impl Args {
    pub(crate) fn run(self) -> Outcome {
        let outcome = self.verify();
        refusal_as_json(outcome, self.format.json, SCHEMA)
    }

    fn verify(&self) -> Outcome {
        let registry = self.manifest.open()?;
        let (given, pins) = (self.pin()?, self.policy.read()?);
        let proof = self.proof(&registry)?;
        let Some(pins) = &pins else {
            let terms = Terms { trust: self.trust(given)?, dev_keys: self.allow_dev_keys };
            let entry = registry.evidence(&proof, &terms);
            let entry = entry.map_err(|why| refused(no_evidence(&self.file, &why)))?;
            return self.tell(entry, &proof, None);
        };
        let key = pins.key(proof.circuit(), proof.version())?;
        agree(given, &key).map_err(|problem| pins.refused(*problem))?;
        let trust = Trust::Pinned(*key.digest().as_bytes());
        let terms = Terms { trust, dev_keys: key.allows_dev_keys() };
        let entry = registry.evidence(&proof, &terms).map_err(|why| {
            let at = match &why {
                NoEvidence::NotPinned => key.place(),
                NoEvidence::DevKey | NoEvidence::Unverified => key.permission(),
                _ => None,
            };
            pins.refused(Problem { at: at.cloned(), ..no_evidence(&self.file, &why) })
        })?;
        self.tell(entry, &proof, Some(pins.told()))
    }

    /// Without a policy. Whoever can write a manifest can put any key into it: one that was given needs a
    /// pin.
    fn trust(&self, given: Option<[u8; 32]>) -> Result<Trust, Stop> {
        match given {
            Some(pin) => Ok(Trust::Pinned(pin)),
            None if self.manifest.is_given() && !self.allow_dev_keys => {
                let help = "give the SHA-256 of its key, as you have it from elsewhere, with `--pin`, or \
                            the policy that pins it with `--policy`";
                Err(Stop::usage("a key of a manifest that was given is not trusted", help))
            }
            None => Ok(Trust::Manifest),
        }
    }

    fn pin(&self) -> Result<Option<[u8; 32]>, Stop> {
        let Some(text) = &self.pin else { return Ok(None) };
        let digits = text.strip_prefix("sha256:").unwrap_or(text);
        let bytes = hex::read(digits).and_then(|bytes| bytes.try_into().ok());
        let wrong =
            || Stop::usage("`--pin` is no SHA-256", "write its 64 digits, without capitals");
        bytes.map(Some).ok_or_else(wrong)
    }

    fn proof(&self, registry: &Registry) -> Result<ProofFile, Stop> {
        let bytes = arch_files::read(&self.file, LARGEST).map_err(Stop::file)?;
        let (Some(public), Some(circuit)) = (&self.public, &self.circuit) else {
            return ProofFile::read(&bytes).map_err(|error| not_a_proof(&self.file, &error));
        };
        let entry = circuits::entry(registry, circuit, self.version)?;
        let Some(key) = registry.key(entry) else {
            let (id, version, about) = (entry.id.clone(), entry.version, entry.about.clone());
            let why = NoEvidence::Revoked { id, version, about };
            return Err(refused(no_evidence(&self.file, &why)));
        };
        let proof = proof_from_json(&json(&self.file, &bytes)?);
        let proof = proof.map_err(|error| not_a_proof(&self.file, &error))?;
        let numbers = arch_files::read(public, LARGEST).map_err(Stop::file)?;
        let numbers = publics_from_json(&json(public, &numbers)?);
        let numbers = numbers.map_err(|error| not_a_proof(public, &error))?;
        Ok(ProofFile::new(&entry.id, entry.version, key, &numbers, proof))
    }

    fn tell(&self, entry: &Entry, proof: &ProofFile, policy: Option<PolicyTold>) -> Outcome {
        let names = entry.laid.iter().flat_map(|laid| &laid.publics);
        let publics: Vec<Public> = names
            .zip(proof.publics())
            .map(|(name, number)| Public { name, value: to_decimal(number) })
            .collect();
        let key = entry.key.as_ref().map_or("dev", |key| kind(key.kind));
        let vk_sha256 = hex::write(&proof.vk_sha256());
        let statement = hex::write(&proof.statement_id());
        if self.format.json {
            let (circuit, version, says) = (&*entry.id, entry.version, &*entry.about);
            let schema = SCHEMA;
            say::json(&Verified {
                schema,
                ok: true,
                circuit,
                version,
                says,
                vk_sha256,
                key,
                statement,
                publics,
                policy,
            })?;
            return Ok(Answer::Yes);
        }
        say::data(&format!("ok: {} version {}, key sha256 {vk_sha256}", entry.id, entry.version))?;
        say::data(&format!("proved: {}", entry.about))?;
        publics
            .iter()
            .try_for_each(|public| say::data(&format!("{:<12} {}", public.name, public.value)))?;
        say::data(&format!("{:<12} {statement}", "statement"))?;
        if let Some(policy) = policy {
            say::data(&format!("{:<12} {}", "pinned by", policy.words()))?;
        }
        if key == "dev" {
            say::talk("the key is a dev key: anybody could have made this proof of anything");
        }
        Ok(Answer::Yes)
    }
}

fn json(path: &Path, bytes: &[u8]) -> Result<Value, Stop> {
    serde_json::from_slice(bytes).map_err(|error| not_a_proof(path, &error))
}

/// A file that nothing can be read into.
pub(super) fn not_a_proof(path: &Path, error: &dyn std::fmt::Display) -> Stop {
    refused(Problem::new(codes::NOT_A_PROOF, format!("{}: {error}", path.display())))
}

/// A pin that was given beside a policy is a second opinion, not another one.
fn agree(given: Option<[u8; 32]>, key: &PinnedKey) -> Result<(), Box<Problem>> {
    let pinned = key.digest();
    if given.is_none_or(|given| given == *pinned.as_bytes()) {
        return Ok(());
    }
    let message = format!("`--pin` is not the key that the policy pins, {pinned}");
    let at = key.place().cloned();
    Err(Box::new(Problem { at, ..Problem::new(codes::PINS_DISAGREE, message) }))
}

fn no_evidence(path: &Path, why: &NoEvidence) -> Problem {
    let code = match why {
        NoEvidence::Unknown(..) => codes::UNKNOWN_CIRCUIT,
        NoEvidence::Revoked { .. } => codes::CIRCUIT_REVOKED,
        NoEvidence::OtherKey(_) => codes::OTHER_KEY,
        NoEvidence::NotPinned => codes::KEY_NOT_PINNED,
        NoEvidence::DevKey => codes::DEV_KEY,
        NoEvidence::Unverified => codes::KEY_UNVERIFIED,
        _ => codes::PROOF_DOES_NOT_VERIFY,
    };
    Problem::new(code, format!("{}: {why}", path.display()))
}
