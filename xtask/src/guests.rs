//! `cargo xtask guests`: builds the example guests from tests/guests into manifests/examples.
//!
//! The compiler is that of Debian 12, which anyone can have in the same bits for years, so the
//! modules can be built again and compared byte by byte.

mod build;
mod toolchain;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use sha2::{Digest, Sha256};

use crate::house;
use crate::process;
pub(crate) use toolchain::{Install, Toolchain};

/// What a guest is delivered as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// A core module for WASI preview 1.
    Module,
    /// A component for WASI preview 2.
    Component,
}

/// The folders in tests/guests, which are also the names in manifests/examples.
pub(crate) const GUESTS: [(&str, Form); 4] = [
    ("checksums", Form::Component),
    ("dependency-audit", Form::Module),
    ("prepare", Form::Module),
    ("text-index", Form::Module),
];

/// Build the example guests into manifests/examples
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Write nothing; fail when a committed module is not what its source gives
    #[arg(long)]
    check: bool,
    /// Use only what is installed, even as root
    #[arg(long)]
    no_install: bool,
}

impl Args {
    pub(crate) fn run(self) -> Result<ExitCode, String> {
        match Toolchain::find(Install::unless(self.no_install)) {
            Ok(toolchain) => all(&toolchain, self.check).map(|()| ExitCode::SUCCESS),
            Err(why) if self.check => {
                println!("SKIPPED because {why}");
                Ok(ExitCode::SUCCESS)
            }
            Err(why) => Err(why),
        }
    }
}

/// Builds all; with `check` it compares instead of writing.
pub(crate) fn all(toolchain: &Toolchain, check: bool) -> Result<(), String> {
    let mut stale = Vec::new();
    for (name, form) in GUESTS {
        let bytes = build::guest(toolchain, name, form)?;
        let wasm = example(name, "wasm");
        let same = std::fs::read(&wasm).is_ok_and(|committed| committed == bytes);
        println!(
            "{name}: {} bytes, {}",
            bytes.len(),
            if same { "as committed" } else { "changed" }
        );
        if !same && check {
            stale.push(format!("manifests/examples/{name}.wasm"));
        } else if !same {
            write(&wasm, &bytes)?;
        }
        let manifest = example(name, "yaml");
        if manifest.is_file() && !named(&manifest, &bytes, check)? {
            stale.push(format!("manifests/examples/{name}.yaml"));
        }
    }
    if stale.is_empty() {
        return Ok(());
    }
    Err(format!("{} not what the sources give; run `cargo xtask guests`", stale.join(", ")))
}

/// Writes the module's digest into the manifest's `image`; says whether it was, or is now, there.
fn named(manifest: &Path, module: &[u8], check: bool) -> Result<bool, String> {
    let text = house::text(manifest)?;
    let fresh = with_digest(&text, &hex(module))
        .ok_or_else(|| format!("{}: no `image: \"…@sha256:…\"`", manifest.display()))?;
    if fresh != text && !check {
        write(manifest, fresh.as_bytes())?;
    }
    Ok(fresh == text || !check)
}

/// The text with the digest of its first image replaced.
fn with_digest(text: &str, digest: &str) -> Option<String> {
    let image = text.find("\n  image: ")?;
    let (before, rest) = text.split_at(image);
    let (name, rest) = rest.split_once("@sha256:")?;
    if name.trim_start().contains('\n') || rest.len() < digest.len() {
        return None;
    }
    Some(format!("{before}{name}@sha256:{digest}{}", rest.get(digest.len()..)?))
}

fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn example(name: &str, extension: &str) -> PathBuf {
    house::root().join("manifests/examples").join(format!("{name}.{extension}"))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    std::fs::write(path, bytes).map_err(|error| format!("{}: {error}", path.display()))
}

/// Builds the guests' unit tests for this machine and runs them; each line goes to `hear`.
pub(crate) fn unit_tests(mut hear: impl FnMut(&str)) -> Result<bool, String> {
    let folder = house::kept("guests")?;
    let mut good = true;
    for (name, _) in GUESTS {
        let program = folder.join(format!("{name}-tests"));
        let mut rustc = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
        rustc.current_dir(build::sources()).args(["--edition", "2021", "--test", "-D", "warnings"]);
        rustc.arg(format!("{name}/main.rs")).arg("-o").arg(&program);
        process::succeed(&mut rustc)?;
        good &= process::heard(Command::new(&program).arg("--quiet"), &mut hear)?;
    }
    Ok(good)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_digest_of_the_image_is_replaced() {
        let text = "spec:\n  image: \"a@sha256:0000\"\n  inputs: { lock: \"x@sha256:0000\" }\n";
        let fresh = with_digest(text, "abcd").unwrap();
        assert_eq!(
            fresh,
            "spec:\n  image: \"a@sha256:abcd\"\n  inputs: { lock: \"x@sha256:0000\" }\n"
        );
        assert_eq!(
            with_digest("spec:\n  image: \"a:latest\"\n  x: \"y@sha256:0000\"\n", "abcd"),
            None
        );
    }
}
