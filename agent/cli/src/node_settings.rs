//! What the agent's settings say, as far as planning needs it. The agent itself reads them strictly;
//! here everything else in them is passed over.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use arch_document::quantity::{ByteSize, Cpu, GpuCount, Watts};
use arch_identity::Digest;
use arch_policy::Fact;
use arch_problem::{Problem, codes};
use arch_schedule::Inventory;
use serde::Deserialize;
use serde_json::Value;

use crate::answer::Stop;

const LARGEST: u64 = 65_536;

/// Settings that a plan rests upon.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct NodeSettings {
    pub(crate) trust_root: Option<Digest>,
    pub(crate) groups: BTreeSet<String>,
    pub(crate) facts: BTreeMap<String, Fact>,
    lend: Lend,
    jobs: Jobs,
    inputs: Inputs,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Lend {
    cpu: Option<Cpu>,
    memory: Option<ByteSize>,
    gpu: GpuCount,
    watts: Watts,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Jobs {
    modules: Option<std::path::PathBuf>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Inputs {
    max: Option<ByteSize>,
}

impl NodeSettings {
    /// node.yaml, and node.d/*.yaml in the order of their names laid over it.
    pub(crate) fn load(config: &Path) -> Result<Self, Stop> {
        let mut merged = read(&config.join("node.yaml"))?;
        let entries = std::fs::read_dir(config.join("node.d")).into_iter().flatten().flatten();
        let mut fragments: Vec<_> = entries.map(|entry| entry.path()).collect();
        fragments.retain(|path| is_fragment(path));
        fragments.sort();
        for fragment in fragments {
            merged = overlay(merged, read(&fragment)?);
        }
        let mut settings: Self = serde_json::from_value(merged)
            .map_err(|error| Problem::new(codes::SETTINGS_FORM, error.to_string()))?;
        for (key, word) in
            [("node.arch", std::env::consts::ARCH), ("node.os", std::env::consts::OS)]
        {
            settings.facts.entry(key.to_owned()).or_insert(Fact::Text(word.to_owned()));
        }
        Ok(settings)
    }

    /// What the node lends: as set, else measured here as the agent would measure it.
    pub(crate) fn inventory(&self) -> Inventory {
        Inventory {
            cpu: self.lend.cpu.unwrap_or_else(processors),
            memory: self.lend.memory.unwrap_or_else(memory),
            gpu: self.lend.gpu,
            watts: self.lend.watts,
        }
    }

    /// The most bytes of a job's inputs; by default 1 GiB, as in the agent.
    pub(crate) fn largest_input(&self) -> u64 {
        self.inputs.max.map_or(1 << 30, |max| max.bytes())
    }

    /// Where modules are looked for by digest.
    pub(crate) fn modules(&self, config: &Path) -> std::path::PathBuf {
        config.join(self.jobs.modules.as_deref().unwrap_or(Path::new("modules")))
    }
}

/// As in the agent: not hidden, and `.yaml`.
fn is_fragment(path: &Path) -> bool {
    let name = path.file_name().and_then(std::ffi::OsStr::to_str);
    name.is_some_and(|name| name.ends_with(".yaml") && !name.starts_with('.'))
}

fn processors() -> Cpu {
    let count = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    Cpu::from_millicores(u64::try_from(count).unwrap_or(1).saturating_mul(1_000))
}

/// Three quarters of what the machine has.
fn memory() -> ByteSize {
    let system = rustix::system::sysinfo();
    let bytes = system.totalram.saturating_mul(u64::from(system.mem_unit));
    ByteSize::new(bytes.div_euclid(4).saturating_mul(3))
}

fn read(path: &Path) -> Result<Value, Stop> {
    let bytes = match arch_files::read(path, LARGEST) {
        Ok(bytes) => bytes,
        Err(arch_files::FileError::Absent { .. }) => return Ok(Value::Object(Default::default())),
        Err(error) => return Err(Stop::file(error)),
    };
    let comment = |line: &str| line.trim().is_empty() || line.trim_start().starts_with('#');
    if String::from_utf8_lossy(&bytes).lines().all(comment) {
        return Ok(Value::Object(Default::default()));
    }
    serde_yaml::from_slice(&bytes).map_err(|error| {
        let message = format!("{}: {error}", path.display());
        Problem::new(codes::SETTINGS_FORM, message.lines().next().unwrap_or_default()).into()
    })
}

fn overlay(under: Value, over: Value) -> Value {
    match (under, over) {
        (Value::Object(mut under), Value::Object(over)) => {
            for (key, value) in over {
                let below = under.remove(&key).unwrap_or_default();
                under.insert(key, overlay(below, value));
            }
            Value::Object(under)
        }
        (_, over) => over,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fragments_are_laid_over_the_settings() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("node.d")).unwrap();
        std::fs::write(dir.path().join("node.yaml"), "lend: { cpu: \"4\", memory: 2Gi }\n")
            .unwrap();
        std::fs::write(dir.path().join("node.d/1.yaml"), "lend: { cpu: \"1\" }\n").unwrap();
        // An editor's leftovers are no fragment for the agent, nor are they here.
        std::fs::write(dir.path().join("node.d/.2.yaml"), "lend: { cpu: \"9\" }\n").unwrap();
        let settings = NodeSettings::load(dir.path()).unwrap();
        let inventory = settings.inventory();
        assert_eq!(
            (inventory.cpu.to_string(), inventory.memory.to_string()),
            ("1".into(), "2Gi".into())
        );
        assert!(settings.facts.contains_key("node.os"));
    }
}
