//! The exact product that a job of runtime `matrix` asks for.

use arch_identity::Digest;
use arch_matrix::{Format, MAX_PARTS, PlanError, Shape, Splits, plan::Order};
use arch_problem::codes;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::JobSpec;
use crate::{Fault, Isolation, flaw::shortened, tree::escape};

/// `C = A·B`, exactly.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MatrixSpec {
    /// The left matrix.
    pub a: Operand,
    /// The right matrix; it has as many rows as A has columns.
    pub b: Operand,
    /// How numbers are held and added up: `i8`, `i16`, `q7` or `q7/i16`, or with a scale for each
    /// factor `q9*q5` or `q9*q5/i16`.
    #[schemars(schema_with = "crate::schema::matrix_format")]
    pub format: Format,
    /// How many executors share the product: 1, or a multiple of 3, of 6 with mirrors. Default 1.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    #[schemars(range(min = 1, max = 192))]
    pub shards: u32,
    /// Whether each shard has a second one that does the same work: it stands in for one that fails,
    /// and of two that do not, the results must be equal to the bit. Twice the work. Default false.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub mirrors: bool,
    /// Into how many parts each side is cut when it is shared. Default: three, or as many as there
    /// are shards of a role, mirrors not counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "crate::schema::matrix_splits")]
    pub splits: Option<Splits>,
}

/// A matrix in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Operand {
    /// The name of the file under `spec.inputs`.
    pub input: String,
    /// The tensor of a safetensors file. Default: the file is a `.npy`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 256))]
    pub tensor: Option<String>,
}

/// What a job of runtime `matrix` may write: the product as `.npy`, and two JSON files.
pub const MATRIX_OUTPUTS: [&str; 3] = ["product", "commitments", "audit"];

/// Shards go by roles: rows, columns, depth.
const ROLES: u32 = 3;

/// As many nodes of each role as a side may have parts.
pub const MOST_SHARDS: u32 = MAX_PARTS.saturating_mul(ROLES);

/// The longest name of a tensor, in bytes.
const LONGEST_TENSOR: usize = 256;

fn one() -> u32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_one(shards: &u32) -> bool {
    *shards == 1
}

impl MatrixSpec {
    /// Whether more than one executor works on it, by a plan.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        self.shards > 1
    }

    /// What the plan of a shared product is made from. Who gets what follows from the digest of the
    /// job's document, which nobody could choose after it was signed.
    #[must_use]
    pub fn order(&self, shape: Shape, document: Digest) -> Order {
        Order {
            shape,
            nodes: self.shards,
            splits: self.splits,
            mirrors: self.mirrors,
            seed: *document.as_bytes(),
        }
    }

    /// Rules within `spec.matrix`, and that its operands are inputs of the job.
    pub(super) fn check(&self, spec: &JobSpec) -> Result<(), Fault> {
        self.a.check("/spec/matrix/a", spec)?;
        self.b.check("/spec/matrix/b", spec)?;
        self.check_format()?;
        self.check_shards()?;
        self.splits.map_or(Ok(()), |splits| self.check_splits(splits))
    }

    fn check_format(&self) -> Result<(), Fault> {
        if self.format != Format::F32Strict {
            return Ok(());
        }
        let text = "`f32s` is for machines whose floats were certified, and none was yet";
        Err(bad("/spec/matrix/format", text).help(
            "write `i8` or `i16` for integers, or `q<s>` for floats, such as `q7` or `q9*q5`",
        ))
    }

    /// Shards come by so many at a time.
    fn step(&self) -> u32 {
        if self.mirrors { ROLES.saturating_mul(2) } else { ROLES }
    }

    fn check_shards(&self) -> Result<(), Fault> {
        const AT: &str = "/spec/matrix/shards";
        let (nodes, step) = (self.shards, self.step());
        let over = nodes.checked_rem(step).unwrap_or_default();
        if nodes > MOST_SHARDS {
            let text = format!("{nodes} shards are too many; there are at most {MOST_SHARDS}");
            return Err(bad(AT, text).help(format!("write `shards: {MOST_SHARDS}` or less")));
        }
        if nodes == 1 && self.mirrors {
            let text = "a product that is computed in one has no shards that could have mirrors";
            return Err(bad("/spec/matrix/mirrors", text)
                .help(format!("write `shards: {step}` or more, or remove `mirrors`")));
        }
        if nodes == 1 || (nodes > 0 && over == 0) {
            return Ok(());
        }
        let near = nodes.saturating_sub(over).max(step);
        let error = PlanError::Count { nodes, step, near };
        if self.mirrors {
            return Err(bad(AT, error.to_string()).help(format!(
                "each of three roles has a node and its mirror: write `shards: {near}`, or remove `mirrors`"
            )));
        }
        Err(bad(AT, error.to_string())
            .help(format!("write `shards: {near}`, or leave it out to have it computed in one")))
    }

    fn check_splits(&self, splits: Splits) -> Result<(), Fault> {
        const AT: &str = "/spec/matrix/splits";
        if !self.is_shared() {
            let text = "`splits` cuts a product for several shards, and this one has one";
            return Err(bad(AT, text).on_key().help("remove it, or write `shards: 3` or more"));
        }
        let sides = [("rows", splits.rows), ("columns", splits.columns), ("depth", splits.depth)];
        let triples = self.shards.checked_div(self.step()).unwrap_or_default();
        for (side, parts) in sides {
            let text = match parts {
                0 | 1 => PlanError::OnePart.to_string(),
                _ if parts > MAX_PARTS => {
                    format!("a side is cut into at most {MAX_PARTS} parts, this is {parts}")
                }
                _ if parts < triples => PlanError::TooManyNodes { triples, parts }.to_string(),
                _ => continue,
            };
            let least = triples.max(2);
            return Err(bad(format!("{AT}/{side}"), text)
                .help(format!("write a number from {least} to {MAX_PARTS}")));
        }
        Ok(())
    }
}

impl Operand {
    fn check(&self, at: &str, spec: &JobSpec) -> Result<(), Fault> {
        if !spec.inputs.contains_key(&self.input) {
            let text = format!("`{}` is not among the job's `inputs`", shortened(&self.input));
            let names: Vec<String> =
                spec.inputs.keys().take(8).map(|name| format!("`{name}`")).collect();
            let help = match names.is_empty() {
                true => "name the file under `inputs`, by its digest".to_owned(),
                false => format!("name one of {}, or add it there", names.join(", ")),
            };
            return Err(bad(format!("{at}/input"), text).help(help));
        }
        match &self.tensor {
            Some(name) if !(1..=LONGEST_TENSOR).contains(&name.len()) => {
                let text = format!("a tensor's name is 1 to {LONGEST_TENSOR} bytes long");
                Err(bad(format!("{at}/tensor"), text))
            }
            _ => Ok(()),
        }
    }
}

/// What belongs to a guest, and there is none: nobody would act on these fields, and a signer may
/// believe in them.
pub(super) fn check_the_rest(spec: &JobSpec) -> Result<(), Fault> {
    let without = [
        ("args", !spec.args.is_empty()),
        ("env", !spec.env.is_empty()),
        ("seed", spec.seed.is_some()),
        ("isolation", spec.isolation != Isolation::Process),
        ("capabilities", !spec.capabilities.is_empty()),
        ("resources/fuel", spec.resources.fuel.is_some()),
    ];
    if let Some((field, _)) = without.into_iter().find(|(_, is_there)| *is_there) {
        let name = field.rsplit('/').next().unwrap_or(field);
        let text = format!("a job of runtime `matrix` runs no guest, so `{name}` means nothing");
        return Err(bad(format!("/spec/{field}"), text).on_key().help(format!("remove `{name}`")));
    }
    check_outputs(spec)
}

fn check_outputs(spec: &JobSpec) -> Result<(), Fault> {
    let unknown = |name: &&String| !MATRIX_OUTPUTS.contains(&name.as_str());
    if let Some(name) = spec.outputs.keys().find(unknown) {
        let text = format!("a job of runtime `matrix` writes no output `{}`", shortened(name));
        return Err(bad(format!("/spec/outputs/{}", escape(name)), text)
            .on_key()
            .help("the outputs are `product`, `commitments` and `audit`"));
    }
    if spec.outputs.contains_key("product") {
        return Ok(());
    }
    let at = if spec.outputs.is_empty() { "/spec" } else { "/spec/outputs" };
    let text = "the output `product` is missing";
    Err(Fault::new(at, codes::MISSING_FIELD, text)
        .on_key()
        .help("add `product: \"archive:product.npy\"` under `outputs`"))
}

fn bad(at: impl Into<String>, text: impl Into<String>) -> Fault {
    Fault::new(at, codes::BAD_VALUE, text)
}
