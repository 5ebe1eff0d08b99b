//! Compiled code, ready to run.

use wasmtime::Module;
use wasmtime::component::Component;

use super::engine::WasmEngine;

/// Last byte of compiled code: what was compiled. At the end, so that the code keeps its alignment.
pub(crate) const MODULE_MARK: u8 = b'm';
/// See [`MODULE_MARK`].
pub(crate) const COMPONENT_MARK: u8 = b'c';

/// Why compiled code could not be loaded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the compiled module cannot be loaded: {0}")]
pub struct NotLoaded(String);

/// A module or component in this process's executable memory.
#[derive(Clone)]
pub struct Program {
    pub(crate) code: Code,
}

/// Which interface the guest speaks.
#[derive(Clone)]
pub(crate) enum Code {
    /// A core module: preview 1.
    Module(Module),
    /// A component: preview 2.
    Component(Component),
}

impl std::fmt::Debug for Program {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self.code {
            Code::Module(_) => "Program(module)",
            Code::Component(_) => "Program(component)",
        })
    }
}

impl Program {
    /// Loads what [`compile`](super::compile) gave. Code of another engine or configuration is
    /// refused. Makes all that the code needs (executable pages, memory images) now.
    ///
    /// # Safety
    /// `compiled` must be the unchanged result of [`compile`](super::compile): it is native code
    /// and will be run as such. The executor's cache proves that with its MAC.
    #[expect(unsafe_code, reason = "native code is only as good as the MAC its caller checked")]
    pub unsafe fn load(engine: &WasmEngine, compiled: &[u8]) -> Result<Self, NotLoaded> {
        let wrong = |error: wasmtime::Error| NotLoaded(error.to_string());
        let code = match compiled.split_last() {
            Some((&MODULE_MARK, code)) => {
                // WHY: the engine offers no safe way to load code that was compiled before.
                // SAFETY: the caller promises that `code` is what `compile` gave.
                let module = unsafe { Module::deserialize(engine.inner(), code) }.map_err(wrong)?;
                module.initialize_copy_on_write_image().map_err(wrong)?;
                Code::Module(module)
            }
            Some((&COMPONENT_MARK, code)) => {
                // WHY: as above.
                // SAFETY: as above.
                let component =
                    unsafe { Component::deserialize(engine.inner(), code) }.map_err(wrong)?;
                component.initialize_copy_on_write_image().map_err(wrong)?;
                Code::Component(component)
            }
            _ => return Err(NotLoaded("unknown kind of code".to_owned())),
        };
        Ok(Self { code })
    }
}
