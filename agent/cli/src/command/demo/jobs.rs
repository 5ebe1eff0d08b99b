//! The example jobs, filled in for this machine and this minute.

use std::path::Path;

use arch_identity::{Digest, KeyPair};
use serde_json::{Value, json};

use super::documents::signed;
use crate::answer::Stop;
use crate::{chance, clock, documents, yaml_text};

const HOUR: u64 = 3600;

/// A job of manifests/examples with its module.
#[derive(Debug, Clone, Copy)]
pub(super) struct Example {
    pub(super) name: &'static str,
    manifest: &'static str,
    pub(super) module: &'static [u8],
}

/// One example by its file name, embedded so that the installed program has it with it.
macro_rules! example {
    ($name:literal) => {
        Example {
            name: $name,
            manifest: include_str!(concat!("../../../../../manifests/examples/", $name, ".yaml")),
            module: include_bytes!(concat!("../../../../../manifests/examples/", $name, ".wasm")),
        }
    };
}

pub(super) const AUDIT: Example = example!("dependency-audit");
pub(super) const INDEX: Example = example!("text-index");
pub(super) const CHECKSUMS: Example = example!("checksums");
pub(super) const ALL: [Example; 3] = [AUDIT, INDEX, CHECKSUMS];

/// A job that nobody has signed yet.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    value: Value,
}

impl Draft {
    /// The example with its own digest of the module, valid from now for an hour, never seen before.
    pub(super) fn of(example: Example) -> Result<Self, Stop> {
        let document = documents::parse(example.name, example.manifest.as_bytes())?;
        let value = serde_json::from_slice(document.body())
            .map_err(|error| Stop::could_not(format!("{}: {error}", example.name), "tell us"))?;
        let now = clock::now()?;
        let digest = Digest::of(example.module);
        Ok(Self { value }
            .set(&["metadata", "nonce"], json!(chance::nonce()?))
            .set(&["metadata", "notBefore"], json!(now.minus(60).to_string()))
            .set(&["metadata", "notAfter"], json!(now.plus(HOUR).to_string()))
            .set(&["metadata", "audience"], json!(["*"]))
            // A machine that is busy with other things still gets there.
            .set(&["spec", "resources", "timeout"], json!("20m"))
            .set(&["spec", "image"], json!(format!("{}@{digest}", example.name))))
    }

    pub(super) fn named(self, name: &str) -> Self {
        self.set(&["metadata", "name"], json!(name))
    }

    /// Reads one folder: its grant, and its path as first argument before `words`.
    pub(super) fn reading(self, folder: &Path, words: &[&str]) -> Self {
        let path = folder.display().to_string();
        let mut args = vec![json!(path)];
        args.extend(words.iter().map(|word| json!(word)));
        self.set(&["spec", "args"], Value::Array(args))
            .set(&["spec", "capabilities"], json!({ "fs": [format!("read:{path}")] }))
    }

    /// One input, pinned by its digest.
    pub(super) fn input(self, name: &str, file: &Path, bytes: &[u8]) -> Self {
        let address = format!("file://{}@{}", file.display(), Digest::of(bytes));
        self.set(&["spec", "inputs"], json!({ name: address }))
    }

    /// Also asks for something of the network.
    pub(super) fn asking_for(self, grants: &[&str]) -> Self {
        self.set(&["spec", "capabilities", "net"], json!(grants))
    }

    /// Puts a value at a path of names; maps on the way are made.
    fn set(mut self, path: &[&str], value: Value) -> Self {
        let mut place = &mut self.value;
        for name in path {
            if !place.is_object() {
                *place = json!({});
            }
            let Some(map) = place.as_object_mut() else { return self };
            place = map.entry((*name).to_owned()).or_insert(Value::Null);
        }
        *place = value;
        self
    }

    /// The signed file and its digest.
    pub(super) fn sign(&self, file: &str, keys: &KeyPair) -> Result<SignedJob, Stop> {
        let text = yaml_text::write(&self.value).into_bytes();
        let text = signed(file, text, std::slice::from_ref(keys))?;
        let digest = documents::parse(file, &text)?.digest();
        Ok(SignedJob { file: file.to_owned(), text, digest })
    }
}

/// A file to drop.
#[derive(Debug, Clone)]
pub(super) struct SignedJob {
    pub(super) file: String,
    pub(super) text: Vec<u8>,
    pub(super) digest: Digest,
}

impl SignedJob {
    /// The same signatures over other words, as somebody on the way might try.
    pub(super) fn tampered(self, file: &str, from: &str, to: &str) -> Result<Self, Stop> {
        let text = String::from_utf8_lossy(&self.text).replacen(from, to, 1).into_bytes();
        let digest = documents::parse(file, &text)?.digest();
        if digest == self.digest {
            return Err(Stop::could_not(format!("`{from}` is not in the manifest"), "tell us"));
        }
        Ok(Self { file: file.to_owned(), text, digest })
    }
}

#[cfg(test)]
mod tests {
    use arch_document::{Document, Job};
    use arch_identity::{KeyKind, KeyPair};

    use super::*;

    #[test]
    fn every_example_is_a_job_when_it_is_filled_in() {
        let keys = KeyPair::from_seed(KeyKind::Ed25519, &[1; 32]);
        for example in ALL {
            let draft = Draft::of(example).unwrap().reading(Path::new("/usr/share"), &["word"]);
            let job = draft.asking_for(&["egress:25"]).sign("x.yaml", &keys).unwrap();
            let document = documents::parse("x.yaml", &job.text).unwrap();
            let read: Job = document.read().unwrap_or_else(|problem| panic!("{problem}"));
            read.check().unwrap();
            assert_eq!(read.spec.image.unwrap().digest(), Some(Digest::of(example.module)));
        }
    }

    #[test]
    fn two_drafts_of_one_example_are_two_jobs() {
        let keys = KeyPair::from_seed(KeyKind::Ed25519, &[1; 32]);
        let sign = || Draft::of(AUDIT).unwrap().sign("x.yaml", &keys).unwrap().digest;
        assert_ne!(sign(), sign());
    }
}
