//! Native code into executable memory: the one place where it is believed.
#![expect(unsafe_code, reason = "native code is as good as the MAC in front of it")]

use crate::wasm::{Program, WasmEngine};

/// Loads code that the cache vouched for, or that the compiler gave just now.
pub(super) fn load(engine: &WasmEngine, code: &[u8]) -> Result<Program, String> {
    // WHY: the engine offers no safe way to load compiled code.
    // SAFETY: the bytes come from `Cache::find`, under a MAC that only this executor can make, or
    // straight from its own compiler's sealed memfd; nobody changed them since.
    let program = unsafe { Program::load(engine, code) };
    program.map_err(|error| error.to_string())
}
