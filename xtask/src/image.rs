//! `cargo xtask image`: the prover as an OCI image, for auditors.
//!
//! ```text
//! arch-prover, linked statically ──tar──> one layer ─┬─> config   who runs it, with what arguments
//!                                                    └─> manifest ──> index.json   (OCI image layout)
//! ```
//!
//! There is nothing else in it: no shell, no library, no package. Of one program it makes the same
//! bytes each time.

mod layer;
mod layout;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::{house, process};

/// Whoever runs the program in the image: nobody of the machine.
const USER: u32 = 65_532;

/// Linked with its C library, so that no other file is needed; chance comes from the kernel by its call,
/// which would be looked for in a library, and else in a file that a worker must not open.
const STATIC: &str = "-C target-feature=+crt-static --cfg getrandom_backend=\"linux_getrandom\"";

/// Build arch-prover and write it into a folder as an OCI image
#[derive(Debug, clap::Args)]
#[command(
    after_help = "`skopeo copy oci:DIR:VERSION containers-storage:arch-prover` hands it to podman. \
                        docs/CIRCUITS.md has a line that runs it."
)]
pub(crate) struct Args {
    /// A new folder for the image layout
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

impl Args {
    pub(crate) fn run(self) -> Result<ExitCode, String> {
        eprintln!("building arch-prover; the first time takes minutes");
        write(&self.out)?;
        println!("{}:{}", self.out.display(), env!("CARGO_PKG_VERSION"));
        Ok(ExitCode::SUCCESS)
    }
}

/// Writes the image into a folder that is not there yet.
pub(crate) fn write(out: &Path) -> Result<(), String> {
    let told = |error: std::io::Error| format!("{}: {error}", out.display());
    std::fs::create_dir(out).map_err(told)?;
    let layer = layer::of(&program()?)?;
    layout::write(out, &layer).map_err(told)
}

/// The program, built for nothing but Linux.
fn program() -> Result<PathBuf, String> {
    let architecture = std::env::consts::ARCH;
    let target = format!("{architecture}-unknown-linux-gnu");
    let mut cargo = process::cargo(["build", "--release", "--locked", "-p", "arch-prover"]);
    process::succeed(cargo.args(["--target", &target]).env("RUSTFLAGS", STATIC))?;
    let programs = house::programs()?;
    let folder = programs.parent().unwrap_or(&programs);
    Ok(folder.join(target).join("release/arch-prover"))
}
