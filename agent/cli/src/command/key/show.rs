//! `archctl key show`

use std::path::PathBuf;

use serde::Serialize;

use crate::answer::{Answer, Outcome};
use crate::places::Format;
use crate::{keys, say};

/// Print the public keys of a key file; needs no passphrase
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The key file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    format: Format,
}

#[derive(Serialize)]
struct Shown {
    schema: &'static str,
    file: PathBuf,
    kind: String,
    sealed: bool,
    keys: Vec<Key>,
}

#[derive(Serialize)]
struct Key {
    algorithm: String,
    did: String,
    /// What thresholds count.
    material: String,
}

impl Args {
    pub(crate) fn run(self) -> Outcome {
        let (kind, public, sealed) = keys::public(&self.file)?;
        let keys: Vec<Key> = public
            .iter()
            .map(|key| Key {
                algorithm: key.algorithm().to_string(),
                did: key.did(),
                material: key.material().to_string(),
            })
            .collect();
        if self.format.json {
            let schema = "arch.key-shown/v1";
            say::json(&Shown { schema, file: self.file, kind: kind.to_string(), sealed, keys })?;
        } else {
            keys.iter().try_for_each(|key| say::data(&key.did))?;
            let kept = if sealed { "sealed with a passphrase" } else { "plain" };
            say::talk(&format!("{kind}, {kept}"));
        }
        Ok(Answer::Yes)
    }
}
