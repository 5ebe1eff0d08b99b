//! Tests on 64-bit ARM: built here for it, and run by a QEMU that emulates the processor alone. It says
//! nothing about how quick anything is.

use std::path::Path;
use std::process::Command;

use crate::guests::Install;
use crate::{apt, house, process};

const TARGET: &str = "aarch64-unknown-linux-gnu";
const COMPILER: &str = "aarch64-linux-gnu-gcc";
/// Where Debian puts the C library of that machine.
const LIBRARIES: &str = "/usr/aarch64-linux-gnu";
/// Part of the package of headers, which needs the library itself.
const LIBRARY: &str = "/usr/aarch64-linux-gnu/lib/libc.so";
const PACKAGES: [&str; 3] = ["qemu-user", "gcc-aarch64-linux-gnu", "libc6-dev-arm64-cross"];

/// A processor that is emulated, and what has to be found in it.
#[derive(Debug)]
pub(crate) struct Processor {
    name: &'static str,
    backends: &'static str,
    tests: &'static [&'static str],
}

/// One with dot products, where the definition is tried as well, and one that came before them. The test
/// that counts memory is left out, since it takes minutes here.
pub(crate) const PROCESSORS: [Processor; 2] = [
    Processor {
        name: "max",
        backends: "scalar neon neon-dotprod",
        tests: &["dispatch", "same_answer", "same_bytes", "stream", "guest", "vectors"],
    },
    Processor {
        name: "cortex-a53",
        backends: "scalar neon",
        tests: &["dispatch", "same_answer", "same_bytes", "stream"],
    },
];

/// Installs what is missing, where that is allowed; else says what is.
pub(crate) fn prepare(install: Install) -> Result<(), String> {
    if std::env::consts::ARCH == "aarch64" {
        return Err(
            "this machine is a 64-bit ARM itself, and the group `unit` ran on it".to_owned()
        );
    }
    let missing = [
        (!process::exists("qemu-aarch64"), "qemu-aarch64"),
        (!process::exists(COMPILER), COMPILER),
        (!Path::new(LIBRARY).is_file(), LIBRARY),
    ];
    if let Some((_, what)) = missing.into_iter().find(|(missing, _)| *missing) {
        let remedy = format!("on Debian 12 `apt-get install {}` brings it", PACKAGES.join(" "));
        if install == Install::Forbidden {
            return Err(format!("{what} is not there; {remedy}"));
        }
        apt::install(&PACKAGES).map_err(|why| format!("{what} is not there; {why}"))?;
    }
    standard_library(install)
}

/// Rust's, which rustup can add.
fn standard_library(install: Install) -> Result<(), String> {
    let there = || {
        let mut rustc = Command::new("rustc");
        rustc.args(["--print", "target-libdir", "--target", TARGET]).current_dir(house::root());
        process::output(&mut rustc).is_ok_and(|folder| Path::new(folder.trim()).is_dir())
    };
    if there() {
        return Ok(());
    }
    let what = format!("the compiler has no library for {TARGET}");
    let remedy = format!("`rustup target add {TARGET}`");
    if install == Install::Forbidden || !process::exists("rustup") {
        return Err(format!("{what}; {remedy} brings it"));
    }
    eprintln!("installing Rust's library for {TARGET}");
    let mut rustup = Command::new("rustup");
    rustup.args(["target", "add", TARGET]).current_dir(house::root());
    match process::output(&mut rustup) {
        Ok(_) if there() => Ok(()),
        Ok(_) => Err(format!("{what}, and {remedy} does not bring it")),
        Err(why) => Err(format!("{what}, and {remedy} does not bring it: {why}")),
    }
}

/// Cargo's tests on that processor.
pub(crate) fn tests(processor: &Processor) -> Command {
    let packages = ["--lib", "--package", "arch-matrix", "--package", "arch-kernels"];
    let mut command = process::cargo(["test", "--locked", "--no-fail-fast", "--target", TARGET]);
    command.args(packages).args(processor.tests.iter().flat_map(|test| ["--test", test]));
    let runner = format!("qemu-aarch64 -L {LIBRARIES} -cpu {}", processor.name);
    command.env("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER", COMPILER);
    command.env("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER", runner);
    command.env("ARCH_BACKENDS", processor.backends);
    command
}
