//! `archctl proof export`

use std::path::PathBuf;

use arch_circuits::{groth16::VerifyingKey, iden3, registry::ProofFile, solidity};
use arch_problem::{Problem, codes};
use serde::Serialize;

use super::verify::not_a_proof;
use crate::answer::{Answer, Outcome, Stop};
use crate::circuits::{self, Manifest, refused};
use crate::places::Format;
use crate::{fresh, say};

/// The longest proof that is read; one has some hundred bytes.
const LARGEST: u64 = 64 * 1024;

/// Write a proof for snarkjs and for a contract
///
/// `snarkjs groth16 verify verification_key.json public.json proof.json` checks it; `calldata.txt` is
/// what the contract that snarkjs exports is called with. The proof is not checked here.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The proof, of schema `arch.proof/v1`
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// A new folder for the files
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    #[command(flatten)]
    manifest: Manifest,
    #[command(flatten)]
    format: Format,
}

#[derive(Serialize)]
struct Exported {
    schema: &'static str,
    files: Vec<PathBuf>,
}

impl Args {
    pub(crate) fn run(self) -> Outcome {
        let registry = self.manifest.open()?;
        let bytes = arch_files::read(&self.file, LARGEST).map_err(Stop::file)?;
        let proof = ProofFile::read(&bytes).map_err(|error| not_a_proof(&self.file, &error))?;
        let entry = circuits::entry(&registry, proof.circuit(), Some(proof.version()))?;
        let revoked = || {
            let what = format!("`{}` of version {} has no key any more", entry.id, entry.version);
            refused(Problem::new(codes::CIRCUIT_REVOKED, what))
        };
        let key = registry.key(entry).ok_or_else(revoked)?;
        fresh::absent(&self.out)?;
        let files = files(&proof, key);
        let written = circuits::write_files(&self.out, &files)?;
        if self.format.json {
            say::json(&Exported { schema: "arch.proof-exported/v1", files: written })?;
        } else {
            written.iter().try_for_each(|path| say::data(&path.display().to_string()))?;
        }
        Ok(Answer::Yes)
    }
}

/// What snarkjs and a contract take, each with the name of its file.
pub(crate) fn files(proof: &ProofFile, key: &VerifyingKey) -> [(&'static str, Vec<u8>); 4] {
    let json = |value| format!("{value:#}\n").into_bytes();
    let calldata = solidity::calldata_text(proof.proof(), proof.publics());
    [
        ("proof.json", json(iden3::proof_to_json(proof.proof()))),
        ("public.json", json(iden3::publics_to_json(proof.publics()))),
        ("verification_key.json", json(iden3::verifying_key_to_json(key))),
        ("calldata.txt", format!("{calldata}\n").into_bytes()),
    ]
}
