//! `archctl circuit export`

use std::path::PathBuf;

use arch_circuits::{Circuit, iden3};
use arch_problem::{Problem, codes};
use serde::Serialize;

use crate::answer::{Answer, Outcome};
use crate::circuits::{self, Manifest, refused};
use crate::places::Format;
use crate::{fresh, say};

/// Write a circuit for iden3's tools: rows, key to check with, key to prove with
///
/// `circuit.r1cs` is what a ceremony begins with; `verification_key.json` is what snarkjs checks proofs
/// with, and exports a contract from.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Its name, as `archctl circuit list` has it
    #[arg(value_name = "CIRCUIT")]
    id: String,
    /// Its version; without it, the one in use
    #[arg(long, value_name = "NUMBER")]
    version: Option<u32>,
    /// A new folder for the files
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Also write the key to prove with, as `circuit.zkey`
    #[arg(long)]
    zkey: bool,
    /// Where keys to prove with lie; a dev key is made if it does not
    #[arg(long, value_name = "DIR", requires = "zkey")]
    keys: Option<PathBuf>,
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
        let entry = circuits::entry(&registry, &self.id, self.version)?;
        let (Some(circuit), Some(key)) = (Circuit::of_id(&entry.id), registry.key(entry)) else {
            let what = format!("`{}` of version {} has no rows any more", entry.id, entry.version);
            return Err(refused(Problem::new(codes::CIRCUIT_REVOKED, what)));
        };
        fresh::absent(&self.out)?;
        let json = format!("{:#}\n", iden3::verifying_key_to_json(key));
        let mut files = vec![
            ("circuit.r1cs", iden3::write_r1cs(circuit.system())),
            ("verification_key.json", json.into_bytes()),
        ];
        if self.zkey {
            let key = circuits::proving_key(entry, self.keys.as_deref())?;
            files.push(("circuit.zkey", iden3::write_zkey(circuit.system(), &key)));
        }
        let written = circuits::write_files(&self.out, &files)?;
        if self.format.json {
            say::json(&Exported { schema: "arch.circuit-exported/v1", files: written })?;
        } else {
            written.iter().try_for_each(|path| say::data(&path.display().to_string()))?;
        }
        Ok(Answer::Yes)
    }
}
