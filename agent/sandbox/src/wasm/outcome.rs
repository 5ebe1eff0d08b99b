//! How a run ended, in the words of the wire.

use arch_wire::executor::Outcome;
use wasmtime::Trap;

use super::compile::{Refused, clip};
use super::limiter::Gauge;
use super::stop::Stop;

impl From<Refused> for Outcome {
    /// A wish for what no guest gets is a denial; anything else is a refusal of the module.
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Import(what) => Self::Denied { what },
            other => Self::ModuleRefused { why: other.to_string() },
        }
    }
}

/// What ENOMEM is called at the end of an engine's error.
const OUT_OF_MEMORY: &str = "(os error 12)";

/// The outcome of a run that ended with `error`.
pub(crate) fn of_error(error: &wasmtime::Error, gauge: &Gauge) -> Outcome {
    if let Some(stop) = error.downcast_ref::<Stop>() {
        return of_stop(stop, gauge);
    }
    if let Some(trap) = error.downcast_ref::<Trap>() {
        return of_trap(*trap, gauge);
    }
    let text = clip(&error.root_cause().to_string());
    // The engine has no types for these.
    if text.starts_with("unknown import") {
        return Outcome::Denied { what: text };
    }
    if text.contains("instance count too high") || text.contains("maximum concurrent") {
        return Outcome::InstanceCap;
    }
    // The kernel keeps the worker to little more than the job's memory. The pool makes a memory's
    // first pages writable before it asks our limiter, so a large one meets the kernel first.
    if text.contains(OUT_OF_MEMORY) {
        return Outcome::MemoryCap;
    }
    // Memory that the host would hold for the guest: too many handles, too much in one call.
    if text.contains("handle limit exceeded") || text.starts_with("too much data is being copied") {
        return Outcome::MemoryCap;
    }
    capped(gauge).unwrap_or(Outcome::Trap { kind: text })
}

fn of_stop(stop: &Stop, gauge: &Gauge) -> Outcome {
    match stop {
        Stop::Exit(0) => Outcome::Completed,
        Stop::Exit(code) => capped(gauge).unwrap_or(Outcome::Exit { code: *code }),
        Stop::MemoryCap => Outcome::MemoryCap,
        Stop::OutputCap => Outcome::OutputCap,
        Stop::HostCallCap => Outcome::HostCallCap,
        Stop::WriteCap => Outcome::WriteCap,
        Stop::ReadCap => Outcome::ReadCap,
        Stop::InputChanged(path) => Outcome::InputChanged { path: path.clone() },
        Stop::Misuse(what) => Outcome::Trap { kind: (*what).to_owned() },
    }
}

fn of_trap(trap: Trap, gauge: &Gauge) -> Outcome {
    match trap {
        Trap::OutOfFuel => Outcome::OutOfFuel,
        Trap::Interrupt => Outcome::Deadline,
        Trap::StackOverflow => Outcome::StackOverflow,
        // A guest that was refused memory mostly dies of it a little later, by `unreachable`.
        other => capped(gauge).unwrap_or_else(|| Outcome::Trap { kind: word(other) }),
    }
}

/// The cap whose refusal a failing run is put down to.
pub(crate) fn capped(gauge: &Gauge) -> Option<Outcome> {
    if gauge.memory_refused() {
        Some(Outcome::MemoryCap)
    } else if gauge.table_refused() {
        Some(Outcome::TableCap)
    } else {
        None
    }
}

// Our own words: the engine's are not promised to stay.
fn word(trap: Trap) -> String {
    match trap {
        Trap::UnreachableCodeReached => "unreachable",
        Trap::MemoryOutOfBounds => "memory-out-of-bounds",
        Trap::TableOutOfBounds => "table-out-of-bounds",
        Trap::IndirectCallToNull => "null-call",
        Trap::BadSignature => "signature-mismatch",
        Trap::IntegerOverflow => "integer-overflow",
        Trap::IntegerDivisionByZero => "division-by-zero",
        Trap::BadConversionToInteger => "bad-conversion",
        other => return clip(&other.to_string()),
    }
    .to_owned()
}
