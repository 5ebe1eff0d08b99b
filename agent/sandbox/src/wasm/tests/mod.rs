//! Guests, honest and hostile, from text to outcome.

mod compiling;
mod components;
mod determinism;
mod files;
mod grant_caps;
mod grants;
mod hostile;
mod modules;
mod race;
mod script;

use std::collections::BTreeMap;
use std::io::Write;
use std::os::fd::OwnedFd;
use std::sync::LazyLock;

use arch_wire::executor::Limits;

use super::{Access, Input, Job, Mounts, Program, RunResult, Shared, WasmEngine, compile, run};

/// One engine for all tests: the pool has slots for more than two runs at a time.
pub(crate) static ENGINE: LazyLock<WasmEngine> = LazyLock::new(|| WasmEngine::new().unwrap());

/// A run in the making.
pub(crate) struct World {
    pub(crate) args: Vec<String>,
    pub(crate) env: BTreeMap<String, String>,
    pub(crate) seed: [u8; 32],
    pub(crate) limits: Limits,
    pub(crate) inputs: Vec<(String, Vec<u8>)>,
    pub(crate) shared: Vec<Shared>,
}

impl World {
    pub(crate) fn new() -> Self {
        Self {
            args: vec!["guest".into()],
            env: BTreeMap::new(),
            seed: [7; 32],
            limits: limits(),
            inputs: Vec::new(),
            shared: Vec::new(),
        }
    }

    pub(crate) fn share(mut self, path: &std::path::Path, access: Access) -> Self {
        self.shared.push(Shared { path: path.to_str().unwrap().into(), access });
        self
    }

    pub(crate) fn input(mut self, name: &str, bytes: &[u8]) -> Self {
        self.inputs.push((name.into(), bytes.to_vec()));
        self
    }

    pub(crate) fn limit(mut self, change: impl FnOnce(&mut Limits)) -> Self {
        change(&mut self.limits);
        self
    }

    /// Compiles, loads and runs a binary.
    pub(crate) fn run_binary(&self, engine: &WasmEngine, wasm: &[u8]) -> RunResult {
        let code = compile(engine, wasm, self.limits.module_bytes).unwrap();
        // SAFETY: `code` comes from `compile`.
        #[expect(unsafe_code, reason = "compiled right here")]
        let program = unsafe { Program::load(engine, &code) }.unwrap();
        let inputs = self.inputs.iter().map(|(name, bytes)| input(name, bytes)).collect();
        let job = Job {
            args: &self.args,
            env: &self.env,
            seed: self.seed,
            limits: &self.limits,
            ticks: u64::MAX / 2,
            mounts: Mounts::open(&self.shared, inputs).unwrap(),
        };
        run(engine, &program, job)
    }

    /// Runs text.
    pub(crate) fn run(&self, wat: &str) -> RunResult {
        self.run_binary(&ENGINE, &wat::parse_str(wat).unwrap())
    }

    /// Runs text as a component made by the preview 1 adapter.
    pub(crate) fn run_component(&self, wat: &str) -> RunResult {
        self.run_binary(&ENGINE, &adapted(wat))
    }
}

/// A preview 1 module made into a component the way example guests are.
pub(crate) fn adapted(wat: &str) -> Vec<u8> {
    use wasi_preview1_component_adapter_provider as adapter;
    wit_component::ComponentEncoder::default()
        .module(&wat::parse_str(wat).unwrap())
        .unwrap()
        .adapter(
            adapter::WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME,
            adapter::WASI_SNAPSHOT_PREVIEW1_COMMAND_ADAPTER,
        )
        .unwrap()
        .validate(true)
        .encode()
        .unwrap()
}

fn input(name: &str, bytes: &[u8]) -> Input {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    Input { name: name.into(), size: bytes.len().try_into().unwrap(), file: OwnedFd::from(file) }
}

/// Roomy limits.
pub(crate) fn limits() -> Limits {
    Limits {
        fuel: 1_000_000_000,
        wall_millis: 60_000,
        memory_bytes: 64 << 20,
        table_elements: 10_000,
        instances: 16,
        output_bytes: 1 << 20,
        host_calls: 100_000,
        write_bytes: 1 << 20,
        write_entries: 100,
        read_bytes: 1 << 20,
        compile_millis: 60_000,
        module_bytes: 8 << 20,
    }
}
