//! What a job needs and what it may touch.

use arch_problem::codes;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Fault, Grant,
    quantity::{ByteSize, Cpu, Duration, GpuCount, Watts},
};

/// What a job reserves at most; each is a limit while it runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Resources {
    /// CPUs.
    pub cpu: Cpu,
    /// Memory of the guest, in bytes.
    pub memory: ByteSize,
    /// Whole GPUs. Default 0.
    #[serde(default, skip_serializing_if = "none_at_all")]
    pub gpu: GpuCount,
    /// Power, in watts. Default: not limited by the job.
    #[serde(default, rename = "powerBudgetW", skip_serializing_if = "Option::is_none")]
    pub power_budget: Option<Watts>,
    /// Time from start to end, in seconds on the wall.
    pub timeout: Duration,
    /// Instructions of the guest. Default: the node's choice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub fuel: Option<u64>,
}

fn none_at_all(count: &GpuCount) -> bool {
    count.count() == 0
}

impl Resources {
    pub(crate) fn check(&self) -> Result<(), Fault> {
        let zero = [
            ("cpu", self.cpu.millicores() == 0),
            ("memory", self.memory.bytes() == 0),
            ("timeout", self.timeout.seconds() == 0),
            ("fuel", self.fuel == Some(0)),
        ];
        match zero.into_iter().find(|(_, is_zero)| *is_zero) {
            Some((field, _)) => {
                let at = format!("/spec/resources/{field}");
                Err(Fault::new(at, codes::BAD_VALUE, format!("a job needs some `{field}`")))
            }
            None => Ok(()),
        }
    }
}

/// What a job may touch outside its sandbox; nothing unless listed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Capabilities {
    /// `egress:PORT` grants.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub net: Vec<Grant>,
    /// `read:/path` and `write:/path` grants.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fs: Vec<Grant>,
}

/// More requests than this are one request for a folder above.
const MOST: usize = 64;

impl Capabilities {
    /// All grants with their JSON pointers below the object at `base`, such as
    /// `/spec/capabilities`.
    pub fn with_pointers<'a>(&'a self, base: &'a str) -> impl Iterator<Item = (String, &'a Grant)> {
        let list = move |name: &'static str, grants: &'a [Grant]| {
            grants.iter().enumerate().map(move |(i, grant)| (format!("{base}/{name}/{i}"), grant))
        };
        list("net", &self.net).chain(list("fs", &self.fs))
    }

    /// Whether nothing is asked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.net.is_empty() && self.fs.is_empty()
    }

    /// That each grant stands in its list, for any document that has such an object at `base`.
    ///
    /// # Errors
    /// A [`Fault`] at the grant that stands in the other's list.
    pub fn check(&self, base: &str) -> Result<(), Fault> {
        for (name, grants) in [("net", &self.net), ("fs", &self.fs)] {
            if grants.len() > MOST {
                let text =
                    format!("`{name}` lists {} grants, at most {MOST} are read", grants.len());
                return Err(Fault::new(format!("{base}/{name}"), codes::BAD_VALUE, text));
            }
            if let Some(i) = grants.iter().position(|grant| grant.is_net() != (name == "net")) {
                let text = "`egress:` grants stand under `net`, `read:` and `write:` under `fs`";
                return Err(Fault::new(format!("{base}/{name}/{i}"), codes::BAD_VALUE, text));
            }
        }
        Ok(())
    }
}
