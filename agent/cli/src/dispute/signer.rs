//! Who says something, and where the message goes.

use std::path::{Path, PathBuf};

use arch_dispute::{Heard, Message, Says, seal};
use arch_document::Nonce;
use arch_identity::{KeyPair, PublicKey, SigningKey};
use arch_problem::{Problem, codes};

use super::sources;
use super::words::short;
use crate::answer::{Answer, Outcome, Stop};
use crate::circuits::refused;
use crate::passphrase::Existing;
use crate::{chance, fresh, keys, say};

/// With which key, and where to put the message.
#[derive(Debug, clap::Args)]
pub(crate) struct Signer {
    /// Key file to sign with; of a hybrid one, the key that is asked for signs
    #[arg(long = "key", value_name = "KEYFILE")]
    key: PathBuf,
    #[command(flatten)]
    passphrase: Existing,
    /// Write the message to a new file instead of printing it
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// A key file, open.
#[derive(Debug)]
pub(crate) struct Hand {
    pair: KeyPair,
    out: Option<PathBuf>,
}

impl Signer {
    /// The key file, whose public half needs no passphrase.
    pub(crate) fn path(&self) -> &Path {
        &self.key
    }

    pub(crate) fn open(self) -> Result<Hand, Stop> {
        if let Some(out) = &self.out {
            fresh::absent(out)?;
        }
        let pair = keys::open(&self.key, &self.passphrase)?;
        Ok(Hand { pair, out: self.out })
    }
}

impl Hand {
    /// The one of the pair's keys that somebody is.
    pub(crate) fn key_of(&self, is: impl Fn(&PublicKey) -> bool) -> Option<&SigningKey> {
        self.pair.signers().iter().find(|key| is(key.public()))
    }

    /// The first one: who speaks for the first time.
    pub(crate) fn first(&self) -> Result<&SigningKey, Stop> {
        let none =
            || Stop::could_not("the key file has no key", "make one with `archctl key generate`");
        self.pair.signers().first().ok_or_else(none)
    }

    /// Signs, and writes or prints the message.
    pub(crate) fn say(&self, key: &SigningKey, says: Says) -> Outcome {
        self.put(&Signed::new(key, says)?)
    }

    /// Writes or prints a message.
    pub(crate) fn put(&self, Signed { text, heard }: &Signed) -> Outcome {
        let digest = heard.digest();
        match &self.out {
            Some(out) => {
                fresh::write(out, text.as_bytes(), 0o644)?;
                say::data(&digest.to_string())?;
                say::talk(&format!("wrote {}", out.display()));
            }
            None => {
                say::data(text)?;
                say::talk(&format!("message {}", short(&digest)));
            }
        }
        Ok(Answer::Yes)
    }
}

/// A message as a file, and as everybody will read it.
#[derive(Debug)]
pub(crate) struct Signed {
    text: String,
    pub(crate) heard: Heard,
}

impl Signed {
    /// Signs. A challenge takes chance with it.
    pub(crate) fn new(key: &SigningKey, says: Says) -> Result<Self, Stop> {
        let nonce: Option<Nonce> = match says {
            Says::Challenge(_) => {
                let no_nonce = |_| Stop::could_not("chance gave no nonce", "tell us");
                Some(chance::nonce()?.parse().map_err(no_nonce)?)
            }
            _ => None,
        };
        let message = Message::new(key.public().clone(), says, nonce);
        let text = seal(&message, key)
            .map_err(|why| refused(Problem::new(codes::DISPUTE_MESSAGE, why.to_string())))?;
        let (_, heard) = sources::read("message", text.as_bytes())?;
        Ok(Self { text, heard })
    }
}
