//! How a job's result is checked by more than one run.

use arch_problem::codes;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{JobSpec, Runtime};
use crate::{Fault, Grant, Isolation};

/// How the result is checked. What fits the runtime is on unless it is switched off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Verify {
    /// How often a `wasm` job is run in all, in separate workers that have to agree, 1 to 9.
    /// Default 1.
    #[serde(default = "once", skip_serializing_if = "is_once")]
    #[schemars(range(min = 1, max = 9))]
    pub redundancy: u32,
    /// Whether what several shards of a `matrix` job computed is compared. Default: if there are
    /// several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overlap: Option<bool>,
    /// Whether each shard of a `matrix` job is checked by Freivalds' test. Default true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub freivalds: Option<bool>,
}

impl Default for Verify {
    fn default() -> Self {
        Self { redundancy: once(), overlap: None, freivalds: None }
    }
}

fn once() -> u32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_once(redundancy: &u32) -> bool {
    *redundancy == once()
}

impl Verify {
    /// Whether what several of `shards` computed is compared.
    #[must_use]
    pub fn overlap(&self, shards: u32) -> bool {
        self.overlap.unwrap_or(shards > 1)
    }

    /// Whether each shard is checked by Freivalds' test.
    #[must_use]
    pub fn freivalds(&self) -> bool {
        self.freivalds.unwrap_or(true)
    }

    pub(super) fn check(&self, spec: &JobSpec) -> Result<(), Fault> {
        self.check_redundancy(spec)?;
        for (field, value) in [("overlap", self.overlap), ("freivalds", self.freivalds)] {
            if value.is_some() && spec.runtime != Runtime::Matrix {
                let text = format!("`{field}` checks matrix products, and this job makes none");
                return Err(bad(field, text).on_key().help(format!("remove `{field}`")));
            }
        }
        let shared = spec.matrix().is_some_and(super::MatrixSpec::is_shared);
        if self.overlap == Some(true) && !shared {
            let text = "nothing overlaps in a product that is computed in one";
            return Err(bad("overlap", text).help("remove it, or write `shards: 3` or more"));
        }
        Ok(())
    }

    /// Only what leaves no trace but its outputs may be done more than once.
    fn check_redundancy(&self, spec: &JobSpec) -> Result<(), Fault> {
        let times = self.redundancy;
        if !(1..=9).contains(&times) {
            let text = format!("`redundancy` is {times}, it may be 1 to 9");
            return Err(bad("redundancy", text));
        }
        if times == 1 {
            return Ok(());
        }
        if spec.runtime != Runtime::Wasm {
            let text = format!(
                "jobs of runtime `{}` are not run again to be compared",
                spec.runtime.name()
            );
            let help = match spec.runtime {
                Runtime::Matrix => "remove it; `overlap` and `freivalds` check a product",
                _ => "remove it; only wasm jobs give the same bytes every time",
            };
            return Err(bad("redundancy", text).help(help));
        }
        if let Some(grant) = spec.capabilities.acts().next() {
            let text = format!("each of {times} runs would use `{grant}`, and act {times} times");
            return Err(bad("redundancy", text)
                .help("remove `redundancy`, or have the job write to its outputs alone"));
        }
        if spec.isolation != Isolation::Process {
            let text = "runs that check each other need separate workers, not a shared one";
            return Err(
                bad("redundancy", text).help("write `isolation: process`, or remove `redundancy`")
            );
        }
        Ok(())
    }
}

impl crate::Capabilities {
    /// What is asked for that reaches beyond the job's outputs.
    fn acts(&self) -> impl Iterator<Item = &Grant> {
        self.net.iter().chain(&self.fs).filter(|grant| !matches!(grant, Grant::Read(_)))
    }
}

fn bad(field: &str, text: impl Into<String>) -> Fault {
    Fault::new(format!("/spec/verify/{field}"), codes::BAD_VALUE, text)
}
