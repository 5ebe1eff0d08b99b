//! The one engine configuration, and its digest.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use arch_identity::{Digest, DigestWriter};
use wasmtime::{
    Config, Enabled, Engine, InstanceAllocationStrategy, OptLevel, PoolingAllocationConfig,
    Strategy,
};

use super::guest::Guest;
use super::limiter::{INSTANCE_SLOTS, MEMORY_MAX, MEMORY_SLOTS, TABLE_MAX, TABLE_SLOTS};
use super::{preview1, preview2};

/// Stack of the guest, in bytes. Part of the environment: it decides when recursion ends.
const STACK: usize = 512 << 10;
/// Most bytes of engine state in an instance (functions, globals).
const INSTANCE_SIZE: usize = 4 << 20;
/// Bytes at the start of a memory that are written over after a run, not given back: the next run of a
/// shared worker finds them clean, and its pages need not be made again one by one.
const RESIDENT: usize = 64 << 10;
/// Raised when our host functions change what a guest can see.
const HOST_VERSION: &str = "arch host functions 2";

/// Why there is no engine.
#[derive(Debug, thiserror::Error)]
#[error("the wasm engine does not start here: {0}")]
pub struct EngineError(String);

/// The engine that compiles and runs. Make it once a process, before the process confines itself:
/// it reserves the pool's address space and installs signal handlers.
#[derive(Clone)]
pub struct WasmEngine {
    engine: Engine,
    modules: Arc<wasmtime::Linker<Guest>>,
    components: Arc<wasmtime::component::Linker<Guest>>,
}

/// Moves an engine's epoch on; a run ends with `Deadline` after its number of ticks.
#[derive(Clone)]
pub struct Ticker {
    engine: Engine,
}

impl WasmEngine {
    /// Makes the engine.
    pub fn new() -> Result<Self, EngineError> {
        Self::build().map_err(|error| EngineError(error.to_string()))
    }

    fn build() -> wasmtime::Result<Self> {
        let engine = Engine::new(&config())?;
        let mut modules = wasmtime::Linker::new(&engine);
        preview1::link(&mut modules)?;
        let mut components = wasmtime::component::Linker::new(&engine);
        preview2::link(&mut components)?;
        Ok(Self { engine, modules: Arc::new(modules), components: Arc::new(components) })
    }

    /// Name and version, for people.
    #[must_use]
    pub fn name() -> &'static str {
        concat!("wasmtime ", "48")
    }

    /// Digest over everything that decides what a guest computes: the engine's version, target and
    /// settings, and the version of our host functions. Compiled code is valid for one digest.
    #[must_use]
    pub fn environment_digest(&self) -> Digest {
        let mut sink = DigestSink(DigestWriter::new());
        HOST_VERSION.hash(&mut sink);
        STACK.hash(&mut sink);
        self.engine.precompile_compatibility_hash().hash(&mut sink);
        sink.0.finish()
    }

    /// The handle with which the executor counts time for this engine.
    #[must_use]
    pub fn ticker(&self) -> Ticker {
        Ticker { engine: self.engine.clone() }
    }

    pub(crate) fn module_linker(&self) -> &wasmtime::Linker<Guest> {
        &self.modules
    }

    pub(crate) fn component_linker(&self) -> &wasmtime::component::Linker<Guest> {
        &self.components
    }

    pub(crate) fn inner(&self) -> &Engine {
        &self.engine
    }
}

impl std::fmt::Debug for WasmEngine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(Self::name())
    }
}

impl std::fmt::Debug for Ticker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ticker")
    }
}

impl Ticker {
    /// One tick. Safe in a signal handler: it adds to one atomic number.
    pub fn tick(&self) {
        self.engine.increment_epoch();
    }
}

fn config() -> Config {
    let mut config = Config::new();
    config
        // what a guest can see is the same on every node
        .cranelift_nan_canonicalization(true)
        .relaxed_simd_deterministic(true)
        .wasm_threads(false)
        .shared_memory(false)
        .wasm_memory64(false)
        .max_wasm_stack(STACK)
        // limits
        .consume_fuel(true)
        .epoch_interruption(true)
        // one way to compile, in this thread only
        .strategy(Strategy::Cranelift)
        .cranelift_opt_level(OptLevel::Speed)
        .wasm_backtrace_max_frames(None)
        .generate_address_map(false)
        .memory_init_cow(true)
        .allocation_strategy(InstanceAllocationStrategy::Pooling(pool()));
    config
}

// One run at a time needs few slots. The address space is reserved, not used.
fn pool() -> PoolingAllocationConfig {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_core_instances(INSTANCE_SLOTS)
        .total_component_instances(INSTANCE_SLOTS)
        .max_core_instance_size(INSTANCE_SIZE)
        .max_component_instance_size(INSTANCE_SIZE)
        .total_memories(MEMORY_SLOTS)
        .max_memories_per_module(MEMORY_SLOTS)
        .max_memory_size(MEMORY_MAX)
        .total_tables(TABLE_SLOTS)
        .max_tables_per_module(TABLE_SLOTS)
        .table_elements(TABLE_MAX)
        .max_unused_warm_slots(0)
        .linear_memory_keep_resident(RESIDENT)
        // /proc/self/pagemap would be the parent's after a fork
        .pagemap_scan(Enabled::No);
    pool
}

// A hasher that keeps every byte: `Hash` tells the engine's settings, SHA-256 sums them up.
struct DigestSink(DigestWriter);

impl Hasher for DigestSink {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        0 // never asked for: the digest is taken from the writer
    }
}
