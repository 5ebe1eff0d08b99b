//! Kind `Job`: work to run, exactly as its owner signed it.

mod matrix;
mod placement;
mod verify;

use std::collections::BTreeMap;

use arch_identity::Digest;
use arch_problem::codes;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use matrix::{MATRIX_OUTPUTS, MOST_SHARDS, MatrixSpec, Operand};
pub use placement::{Constraint, ConstraintValue, Op, Placement};
pub use verify::Verify;

use crate::{
    Address, ApiVersion, Capabilities, Document, Fault, Kind, Metadata, Resources, form::is_word,
    tree::escape,
};

/// A job's document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Job {
    /// `arch.network/v1`.
    pub api_version: ApiVersion,
    /// `Job`.
    pub kind: Kind,
    /// Who and when.
    pub metadata: Metadata,
    /// What to run.
    pub spec: JobSpec,
}

/// What to run, with what, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(transform = crate::schema::program_by_runtime)]
pub struct JobSpec {
    /// The program: `name@sha256:…`. For `wasm` the digest is that of the module; a job of runtime
    /// `matrix` has none, since its program is the node's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<Address>,
    /// What runs it.
    pub runtime: Runtime,
    /// The product to compute, for runtime `matrix` alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matrix: Option<MatrixSpec>,
    /// What it reserves.
    pub resources: Resources,
    /// What it may touch. Default: nothing.
    #[serde(default, skip_serializing_if = "Capabilities::is_empty")]
    pub capabilities: Capabilities,
    /// Arguments after the program's name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub args: Vec<String>,
    /// The whole environment; nothing is inherited.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub env: BTreeMap<String, String>,
    /// Whether a warm worker of the same owner may run it. Default `process`.
    #[serde(default, skip_serializing_if = "Isolation::is_process")]
    pub isolation: Isolation,
    /// What the guest's randomness is drawn from, 1 to 128 characters. Default: the job's digest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 128))]
    pub seed: Option<String>,
    /// Files that the guest sees as `/in/NAME`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub inputs: BTreeMap<String, Address>,
    /// Files that the guest writes as `/out/NAME`, or `stdout`; a digest is the expected one.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub outputs: BTreeMap<String, Address>,
    /// Where it may run.
    #[serde(default, skip_serializing_if = "Placement::is_empty")]
    pub placement: Placement,
    /// How its result is checked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verify: Option<Verify>,
    /// Digests of jobs that have to be done first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "crate::schema::digests")]
    pub after: Vec<Digest>,
}

/// What runs the image.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Runtime {
    /// A WebAssembly module or component.
    Wasm,
    /// A container image.
    Oci,
    /// An exact matrix product.
    Matrix,
}

impl Runtime {
    /// The runtime as it stands in documents.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Wasm => "wasm",
            Self::Oci => "oci",
            Self::Matrix => "matrix",
        }
    }
}

/// How far jobs of one owner are kept from each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Isolation {
    /// A fresh process for the job.
    #[default]
    Process,
    /// A warm worker that serves one owner.
    Shared,
}

impl Isolation {
    /// Whether it is the default.
    #[must_use]
    pub fn is_process(&self) -> bool {
        *self == Self::Process
    }
}

/// The most entries of `args`, `env`, `after` each.
const MOST: usize = 256;

/// The most entries of `inputs` and of `outputs`: each is a descriptor beside one message to the
/// executor, which the kernel caps.
pub const MOST_NAMED_FILES: usize = 200;

impl Job {
    /// Who answers for the job; empty only in a job that was not checked.
    #[must_use]
    pub fn owner(&self) -> &str {
        self.metadata.owner.as_deref().unwrap_or_default()
    }

    /// The 32 bytes that the guest's randomness is drawn from; `document` is the job's digest.
    #[must_use]
    pub fn seed(&self, document: Digest) -> Digest {
        match &self.spec.seed {
            Some(seed) => Digest::of(&[b"arch.seed/v1\0", seed.as_bytes()].concat()),
            None => Digest::of(&[b"arch.seed/v1 job\0".as_slice(), document.as_bytes()].concat()),
        }
    }
}

impl Document for Job {
    const KIND: Kind = Kind::Job;

    fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    fn check(&self) -> Result<(), Fault> {
        self.spec.check_program()?;
        self.spec.resources.check()?;
        self.spec.capabilities.check("/spec/capabilities")?;
        self.spec.check_counts()?;
        self.spec.check_names()?;
        self.spec.check_texts()?;
        self.spec.placement.check()?;
        if let Some(matrix) = self.spec.matrix() {
            matrix.check(&self.spec)?;
            matrix::check_the_rest(&self.spec)?;
        }
        self.spec.verify.as_ref().map_or(Ok(()), |verify| verify.check(&self.spec))
    }
}

impl JobSpec {
    /// The product to compute; there is one if and only if the runtime is `matrix`.
    #[must_use]
    pub fn matrix(&self) -> Option<&MatrixSpec> {
        self.matrix.as_ref()
    }

    /// How often the job is run in all, by workers that have to agree.
    #[must_use]
    pub fn redundancy(&self) -> u32 {
        self.verify.as_ref().map_or(1, |verify| verify.redundancy)
    }

    /// Whether what several shards of its product computed is compared.
    #[must_use]
    pub fn overlap(&self) -> bool {
        let verify = self.verify.clone().unwrap_or_default();
        self.matrix().is_some_and(|matrix| verify.overlap(matrix.shards))
    }

    /// Whether each shard of its product is checked by Freivalds' test.
    #[must_use]
    pub fn freivalds(&self) -> bool {
        self.matrix.is_some() && self.verify.clone().unwrap_or_default().freivalds()
    }

    /// A program by its digest, or a product: which of the two, the runtime says.
    fn check_program(&self) -> Result<(), Fault> {
        let is_matrix = self.runtime == Runtime::Matrix;
        let missing = |field: &str| {
            let text = format!("the field `{field}` is missing");
            Err(Fault::new("/spec", codes::MISSING_FIELD, text).on_key())
        };
        let surplus = |field: &str, why: String, help: String| {
            let at = format!("/spec/{field}");
            Err(Fault::new(at, codes::BAD_VALUE, why).on_key().help(help))
        };
        let runtime = self.runtime.name();
        match (&self.image, &self.matrix) {
            (None, _) if !is_matrix => missing("image"),
            (_, None) if is_matrix => missing("matrix"),
            (Some(_), _) if is_matrix => surplus(
                "image",
                "a job of runtime `matrix` runs the node's own program, not an `image`".to_owned(),
                "remove `image`, or write the runtime that runs it".to_owned(),
            ),
            (_, Some(_)) if !is_matrix => surplus(
                "matrix",
                format!("`matrix` is for jobs of runtime `matrix`, and this is `{runtime}`"),
                "remove `matrix`, or write `runtime: matrix` without an `image`".to_owned(),
            ),
            _ => Ok(()),
        }
    }

    fn check_counts(&self) -> Result<(), Fault> {
        let counts = [
            ("args", self.args.len(), MOST),
            ("env", self.env.len(), MOST),
            ("inputs", self.inputs.len(), MOST_NAMED_FILES),
            ("outputs", self.outputs.len(), MOST_NAMED_FILES),
            ("after", self.after.len(), MOST),
        ];
        match counts.into_iter().find(|(_, count, most)| count > most) {
            Some((field, count, most)) => {
                let text = format!("`{field}` has {count} entries, at most {most} are read");
                Err(Fault::new(format!("/spec/{field}"), codes::BAD_VALUE, text))
            }
            None => Ok(()),
        }
    }

    /// Inputs and outputs become file names, environment names become `NAME=value`.
    fn check_names(&self) -> Result<(), Fault> {
        let is_file = |name: &str| is_word(name, 128, b"._-") && name != "." && name != "..";
        for (field, map) in [("inputs", &self.inputs), ("outputs", &self.outputs)] {
            if let Some(name) = map.keys().find(|name| !is_file(name)) {
                let text = format!("`{name}` is no file name of `A-Z a-z 0-9 . _ -`");
                let at = format!("/spec/{field}/{}", escape(name));
                return Err(Fault::new(at, codes::BAD_VALUE, text).on_key());
            }
        }
        match self.env.keys().find(|name| !is_word(name, 128, b"_")) {
            Some(name) => {
                let text = format!("`{name}` is no environment name of `A-Z a-z 0-9 _`");
                let at = format!("/spec/env/{}", escape(name));
                Err(Fault::new(at, codes::BAD_VALUE, text).on_key())
            }
            None => Ok(()),
        }
    }

    fn check_texts(&self) -> Result<(), Fault> {
        match &self.seed {
            Some(seed) if !(1..=128).contains(&seed.len()) => {
                Err(Fault::new("/spec/seed", codes::BAD_VALUE, "a seed is 1 to 128 bytes long"))
            }
            _ => Ok(()),
        }
    }
}
