//! One run of one program.

use std::collections::BTreeMap;

use arch_wire::executor::{Denied, Limits, Outcome};
use wasmtime::Store;
use wasmtime::component::Component;

use super::engine::WasmEngine;
use super::guest::{Guest, RESOURCES_MAX};
use super::limiter::Gauge;
use super::meter::Meter;
use super::outcome;
use super::preview2;
use super::program::{Code, Program};
use super::vfs::mounts::Mounts;
use super::vfs::{Caps, Vfs};

/// Most bytes a component may pass to the host in one call.
const CALL_BYTES_MAX: usize = 16 << 20;

/// What to run a program with.
#[derive(Debug)]
pub struct Job<'a> {
    /// `argv`, the program's name first.
    pub args: &'a [String],
    /// The whole environment.
    pub env: &'a BTreeMap<String, String>,
    /// Where the guest's randomness comes from.
    pub seed: [u8; 32],
    /// The caps of this run.
    pub limits: &'a Limits,
    /// Ticks of the engine's [`Ticker`](super::Ticker) until the run ends with `Deadline`.
    pub ticks: u64,
    /// What the guest sees of the world.
    pub mounts: Mounts,
}

/// What a run gave. The same job gives the same result on every node, whatever the outcome, save
/// for deadlines, changed inputs and what stood in write grants before.
#[derive(Debug)]
pub struct RunResult {
    /// How it ended.
    pub outcome: Outcome,
    /// Fuel used, in the engine's units.
    pub fuel: u64,
    /// Most linear memory held, in bytes.
    pub peak_memory_bytes: u64,
    /// Whether a growth of memory was refused, however the run ended.
    pub memory_refused: bool,
    /// Whether a growth of a table was refused, however the run ended.
    pub table_refused: bool,
    /// What was printed, up to the output cap.
    pub stdout: Vec<u8>,
    /// What was told, up to the output cap.
    pub stderr: Vec<u8>,
    /// Every file in `/out`, by its path below that.
    pub outputs: BTreeMap<String, Vec<u8>>,
    /// Lines `sha256:… size path`, sorted: every file read through a read grant.
    pub reads: Option<Vec<u8>>,
    /// What was reached for without a grant.
    pub denied: Denied,
}

/// Runs `program` to its end.
pub fn run(engine: &WasmEngine, program: &Program, job: Job<'_>) -> RunResult {
    let limits = job.limits;
    let meter = Meter::new(limits.memory_bytes);
    let gauge = Gauge::new(meter.clone(), u64::from(limits.table_elements), limits.instances);
    let caps = Caps {
        output_bytes: limits.output_bytes,
        read_bytes: limits.read_bytes,
        write_bytes: limits.write_bytes,
        write_entries: u64::from(limits.write_entries),
    };
    let vfs = Vfs::new(job.mounts, caps, meter);
    let args = job.args.to_vec();
    let guest = Guest::new(vfs, args, job.env, &job.seed, limits.host_calls, gauge);
    let mut store = Store::new(engine.inner(), guest);
    store.limiter(|guest| &mut guest.gauge);
    store.set_epoch_deadline(job.ticks);
    store.epoch_deadline_trap();
    store.set_hostcall_fuel(CALL_BYTES_MAX);
    store.set_max_component_handles(RESOURCES_MAX);
    let ended = match store.set_fuel(limits.fuel) {
        Ok(()) => start(engine, program, &mut store),
        Err(error) => Err(error),
    };
    let fuel = limits.fuel.saturating_sub(store.get_fuel().unwrap_or(0));
    result(ended, fuel, store.into_data())
}

fn result(ended: wasmtime::Result<Outcome>, fuel: u64, guest: Guest) -> RunResult {
    let outcome = match ended {
        Ok(Outcome::Completed) => Outcome::Completed,
        Ok(other) => outcome::capped(&guest.gauge).unwrap_or(other),
        Err(error) => outcome::of_error(&error, &guest.gauge),
    };
    let Guest { gauge, vfs, .. } = guest;
    let remains = vfs.finish();
    RunResult {
        outcome,
        fuel,
        peak_memory_bytes: gauge.memory(),
        memory_refused: gauge.memory_refused(),
        table_refused: gauge.table_refused(),
        stdout: remains.stdout,
        stderr: remains.stderr,
        outputs: remains.outputs,
        reads: remains.reads,
        denied: remains.denied,
    }
}

fn start(
    engine: &WasmEngine,
    program: &Program,
    store: &mut Store<Guest>,
) -> wasmtime::Result<Outcome> {
    match &program.code {
        Code::Module(module) => {
            let instance = engine.module_linker().instantiate(&mut *store, module)?;
            instance.get_typed_func::<(), ()>(&mut *store, "_start")?.call(store, ())?;
            Ok(Outcome::Completed)
        }
        Code::Component(component) => start_component(engine, component, store),
    }
}

fn start_component(
    engine: &WasmEngine,
    component: &Component,
    store: &mut Store<Guest>,
) -> wasmtime::Result<Outcome> {
    let world = component.component_type();
    let mut linker = engine.component_linker().clone();
    if world.imports(engine.inner()).any(|(name, _)| preview2::denies(name)) {
        linker.define_unknown_imports_as_traps(component)?;
    }
    let instance = linker.instantiate(&mut *store, component)?;
    let name = world.exports(engine.inner()).map(|(name, _)| name).find(|n| preview2::is_run(n));
    let interface = name.and_then(|name| instance.get_export_index(&mut *store, None, name));
    let run = interface.and_then(|i| instance.get_export_index(&mut *store, Some(&i), "run"));
    let run = run.ok_or_else(|| wasmtime::Error::msg("no `run` in `wasi:cli/run`"))?;
    let run = instance.get_typed_func::<(), (Result<(), ()>,)>(&mut *store, &run)?;
    match run.call(&mut *store, ())? {
        (Ok(()),) => Ok(Outcome::Completed),
        (Err(()),) => Ok(Outcome::Exit { code: 1 }),
    }
}
