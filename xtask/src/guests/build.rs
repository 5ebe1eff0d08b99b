//! One guest: source, core module, and where asked for, component.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Form, Toolchain};
use crate::{house, process};

/// The whole size of a module that we commit, at most.
const LARGEST: usize = 200 << 10;

/// The folder that holds the guests' sources.
pub(super) fn sources() -> PathBuf {
    house::root().join("tests/guests")
}

/// The bytes of a guest, as delivered.
pub(super) fn guest(toolchain: &Toolchain, name: &str, form: Form) -> Result<Vec<u8>, String> {
    let folder = house::kept("guests")?;
    let module = folder.join(format!("{name}.core.wasm"));
    process::succeed(&mut rustc(toolchain, name, &module))?;
    let built = match form {
        Form::Module => module,
        Form::Component => component(&module, &folder.join(format!("{name}.component.wasm")))?,
    };
    let bytes = std::fs::read(&built).map_err(|error| format!("{}: {error}", built.display()))?;
    if bytes.len() > LARGEST {
        return Err(format!("{name}: {} bytes, more than {LARGEST}", bytes.len()));
    }
    Ok(bytes)
}

/// Everything that could make a difference is stated; no path of this machine gets in.
fn rustc(toolchain: &Toolchain, name: &str, module: &Path) -> Command {
    let sources = sources();
    let mut command = Command::new(&toolchain.rustc);
    command.env_clear().env("PATH", "/usr/bin:/bin").current_dir(&sources);
    command.args(["--edition", "2021", "--target", "wasm32-wasi", "--crate-type", "bin"]);
    command.args(["--crate-name", &name.replace('-', "_")]);
    for option in ["opt-level=3", "panic=abort", "lto=fat", "codegen-units=1", "strip=symbols"] {
        command.args(["-C", option]);
    }
    command.arg("-C").arg(format!("linker={}", toolchain.linker.display()));
    command.arg(format!("--remap-path-prefix={}=guests", sources.display()));
    command.arg(format!("{name}/main.rs")).arg("-o").arg(module);
    command
}

/// Makes a component of a module with a program of its own, which links the encoder.
fn component(module: &Path, component: &Path) -> Result<PathBuf, String> {
    let run = ["run", "--quiet", "--locked", "-p", "xtask", "--features", "component"];
    let mut encode = process::cargo(run);
    process::succeed(encode.args(["--bin", "component", "--"]).arg(module).arg(component))?;
    Ok(component.to_path_buf())
}
