//! `archctl key generate`

use std::path::PathBuf;

use arch_identity::{KeyKind, KeyPair, keyfile};
use serde::Serialize;
use zeroize::Zeroizing;

use crate::answer::{Answer, Outcome, Stop};
use crate::passphrase::{self, Passphrase};
use crate::{chance, fresh, say};

/// Make a key pair and keep it under a passphrase
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// `ed25519`, `ml-dsa-44`, or `hybrid` (one of each, both must sign)
    #[arg(long, default_value = "ed25519", value_name = "KIND")]
    kind: KeyKind,
    /// Where to write the key file; an existing file is never overwritten
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    passphrase: passphrase::New,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Made {
    schema: &'static str,
    kind: String,
    file: PathBuf,
    sealed: bool,
    keys: Vec<String>,
}

impl Args {
    pub(crate) fn run(self) -> Outcome {
        fresh::absent(&self.out)?;
        let passphrase = self.passphrase.ask()?;
        let pair = KeyPair::from_seed(self.kind, &*chance::bytes::<32>()?);
        let text = written(&pair, passphrase.as_ref())?;
        fresh::write(&self.out, text.as_bytes(), 0o600)?;
        self.tell(&pair, passphrase.is_some())
    }

    fn tell(self, pair: &KeyPair, sealed: bool) -> Outcome {
        let keys: Vec<String> = pair.public().iter().map(ToString::to_string).collect();
        if self.json {
            let schema = "arch.key-made/v1";
            say::json(&Made { schema, kind: self.kind.to_string(), file: self.out, sealed, keys })?;
        } else {
            keys.iter().try_for_each(|key| say::data(key))?;
            say::talk(&format!("wrote {}", self.out.display()));
        }
        Ok(Answer::Yes)
    }
}

fn written(pair: &KeyPair, passphrase: Option<&Passphrase>) -> Result<Zeroizing<String>, Stop> {
    let Some(passphrase) = passphrase else {
        return Ok(Zeroizing::new(keyfile::write_plain(pair)));
    };
    let (salt, nonce) = (chance::bytes::<16>()?, chance::bytes::<24>()?);
    keyfile::seal(pair, passphrase.as_bytes(), *salt, *nonce)
        .map(Zeroizing::new)
        .map_err(|error| Stop::from(arch_problem::Problem::new(error.code(), error.to_string())))
}
