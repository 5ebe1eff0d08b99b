//! The example jobs, filled in for this machine and this minute.

use std::path::Path;

use arch_identity::{Digest, KeyPair};
use serde_json::{Value, json};

use super::documents::signed;
use super::factors::{Factor, Factors};
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

/// The product of two matrices: a job without a module.
const PRODUCT: &str = include_str!("../../../../../manifests/examples/matrix.yaml");

pub(super) const ALL: [Example; 3] = [AUDIT, INDEX, CHECKSUMS];

/// A job that nobody has signed yet.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    value: Value,
}

impl Draft {
    /// The example with its own digest of the module, valid from now for an hour, never seen before.
    pub(super) fn of(example: Example) -> Result<Self, Stop> {
        let digest = Digest::of(example.module);
        Ok(Self::fresh(example.name, example.manifest)?
            .set(&["spec", "image"], json!(format!("{}@{digest}", example.name))))
    }

    /// The product of two matrices, shared by so many shards.
    pub(super) fn product(factors: &Factors, shards: u32) -> Result<Self, Stop> {
        let input = |Factor { file, bytes }: &Factor| address(file, bytes);
        let inputs = json!({ "left": input(&factors.a), "right": input(&factors.b) });
        let spec = json!({
            "a": { "input": "left" }, "b": { "input": "right" }, "format": "i8", "shards": shards,
        });
        Ok(Self::fresh("matrix", PRODUCT)?
            .set(&["spec", "inputs"], inputs)
            .set(&["spec", "matrix"], spec))
    }

    /// An example that begins now.
    fn fresh(name: &str, manifest: &str) -> Result<Self, Stop> {
        let document = documents::parse(name, manifest.as_bytes())?;
        let value = serde_json::from_slice(document.body())
            .map_err(|error| Stop::could_not(format!("{name}: {error}"), "tell us"))?;
        let now = clock::now()?;
        Ok(Self { value }
            .set(&["metadata", "nonce"], json!(chance::nonce()?))
            .set(&["metadata", "notBefore"], json!(now.minus(60).to_string()))
            .set(&["metadata", "notAfter"], json!(now.plus(HOUR).to_string()))
            .set(&["metadata", "audience"], json!(["*"]))
            // A machine that is busy with other things still gets there.
            .set(&["spec", "resources", "timeout"], json!("20m")))
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
        self.set(&["spec", "inputs"], json!({ name: address(file, bytes) }))
    }

    /// Only when another job has completed.
    pub(super) fn after(self, job: Digest) -> Self {
        self.set(&["spec", "after"], json!([job.to_string()]))
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

/// A file as jobs name it.
fn address(file: &Path, bytes: &[u8]) -> String {
    format!("file://{}@{}", file.display(), Digest::of(bytes))
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
    fn a_product_is_a_job_that_names_both_matrices_and_its_shards() {
        let keys = KeyPair::from_seed(KeyKind::Ed25519, &[1; 32]);
        let folder = super::super::folder::Folder::make(None).unwrap();
        let factors = Factors::make(&folder).unwrap();
        let draft = Draft::product(&factors, 9).unwrap().after(Digest::of(b"x"));
        let document = documents::parse("x", &draft.sign("x", &keys).unwrap().text).unwrap();
        let read: Job = document.read().unwrap_or_else(|problem| panic!("{problem}"));
        read.check().unwrap();
        assert_eq!(read.spec.matrix().unwrap().shards, 9);
        assert_eq!(read.spec.after, [Digest::of(b"x")]);
    }

    #[test]
    fn two_drafts_of_one_example_are_two_jobs() {
        let keys = KeyPair::from_seed(KeyKind::Ed25519, &[1; 32]);
        let sign = || Draft::of(AUDIT).unwrap().sign("x.yaml", &keys).unwrap().digest;
        assert_ne!(sign(), sign());
    }
}
