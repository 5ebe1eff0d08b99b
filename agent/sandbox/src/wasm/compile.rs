//! From wasm bytes to native code. Run this in a short-lived child: hostile bytes may make the
//! compiler slow or hungry.

use wasmtime::component::Component;
use wasmtime::component::types::ComponentItem;
use wasmtime::{ExternType, Module};

use super::engine::WasmEngine;
use super::program::{COMPONENT_MARK, MODULE_MARK};
use super::{preview1, preview2, shape};

/// Why a module will not be run; each text is for the job's owner.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Larger than the job's limits allow.
    #[error("the module has {size} bytes, and {cap} are allowed")]
    TooLarge {
        /// Bytes it has.
        size: u64,
        /// Bytes it may have.
        cap: u64,
    },
    /// Text or anything else that is no wasm binary.
    #[error("this is no wasm binary (the text form is not accepted)")]
    NotWasm,
    /// More functions, types or other parts than any honest module has.
    #[error("the module has too many {0}")]
    TooComplex(&'static str),
    /// The binary breaks the rules of wasm, or uses a proposal that is off here.
    #[error("{0}")]
    Invalid(String),
    /// It imports something that no guest gets here.
    #[error("it imports `{0}`, which is not offered")]
    Import(String),
    /// It exports no way to start it.
    #[error("it exports neither `_start` nor `wasi:cli/run`")]
    NoEntry,
}

/// Compiles a module or a component of at most `max_bytes`. The result is trusted by
/// [`Program::load`](super::Program::load): keep it where nobody else writes, under a MAC.
pub fn compile(engine: &WasmEngine, bytes: &[u8], max_bytes: u64) -> Result<Vec<u8>, Refused> {
    let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    if size > max_bytes {
        return Err(Refused::TooLarge { size, cap: max_bytes });
    }
    match shape::check(bytes)? {
        shape::Sort::Module => compile_module(engine, bytes),
        shape::Sort::Component => compile_component(engine, bytes),
    }
}

fn compile_module(engine: &WasmEngine, bytes: &[u8]) -> Result<Vec<u8>, Refused> {
    let module = Module::from_binary(engine.inner(), bytes).map_err(invalid)?;
    for import in module.imports() {
        if import.module() != preview1::MODULE {
            return Err(Refused::Import(clip(&format!("{}.{}", import.module(), import.name()))));
        }
    }
    match module.get_export("_start") {
        Some(ExternType::Func(start))
            if start.params().len() == 0 && start.results().len() == 0 => {}
        _ => return Err(Refused::NoEntry),
    }
    marked(MODULE_MARK, module.serialize())
}

fn compile_component(engine: &WasmEngine, bytes: &[u8]) -> Result<Vec<u8>, Refused> {
    let component = Component::from_binary(engine.inner(), bytes).map_err(invalid)?;
    let world = component.component_type();
    for (name, _) in world.imports(engine.inner()) {
        if !preview2::offers(name) {
            return Err(Refused::Import(clip(name)));
        }
    }
    let mut exports = world.exports(engine.inner());
    if !exports.any(|(name, item)| {
        preview2::is_run(name) && matches!(item.ty, ComponentItem::ComponentInstance(_))
    }) {
        return Err(Refused::NoEntry);
    }
    marked(COMPONENT_MARK, component.serialize())
}

fn marked(mark: u8, code: wasmtime::Result<Vec<u8>>) -> Result<Vec<u8>, Refused> {
    let mut code = code.map_err(invalid)?;
    code.push(mark);
    Ok(code)
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err asks for")]
fn invalid(error: wasmtime::Error) -> Refused {
    let why: Vec<String> = error.chain().map(ToString::to_string).collect();
    Refused::Invalid(clip(&why.join(": ")))
}

/// Names and messages can hold what the module's author likes: one printable, bounded line.
pub(crate) fn clip(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(300).collect()
}
