//! The `archctl` program; everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    arch_cli::run()
}
