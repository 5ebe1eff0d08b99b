//! Everything a newcomer or CI types.
//!
//! ```text
//! cargo xtask demo      build everything, then a signed job from file to proof
//! cargo xtask test      all that CI runs; `--list` shows the groups, `--only GROUP` runs one
//! cargo xtask soak      the campaigns of the tests for as long as asked, from any seed
//! cargo xtask bench     ours beside a peer, one JSON line each
//! cargo xtask deps      who may import whom, sources, licences, purposes
//! cargo xtask docs      writes docs/ERRORS.md, schemas, completions, man pages; `--check` compares
//! cargo xtask units     writes dist/systemd and docs/HARDENING.md from one table; `--check` compares
//! cargo xtask nix       writes the options of the NixOS module into docs/NIX.md; `--check` judges nix/
//! cargo xtask image     the prover as an OCI image
//! cargo xtask guests    builds the example guests; `--check` compares
//! ```

mod apt;
mod arm;
mod bench;
mod demo;
mod deps;
mod docs;
mod guests;
mod house;
mod image;
mod import_table;
mod machine;
mod nix;
mod peers;
mod process;
mod referees;
mod soak;
mod test;
mod units;

use std::process::ExitCode;

use clap::Parser;

/// Demo, tests, benches and generated files of this project
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
enum Xtask {
    Demo(demo::Args),
    Test(test::Args),
    Soak(soak::Args),
    Bench(bench::Args),
    Deps(deps::Args),
    Docs(docs::Args),
    Units(units::Args),
    Nix(nix::Args),
    Image(image::Args),
    Guests(guests::Args),
}

fn main() -> ExitCode {
    let done = match Xtask::parse() {
        Xtask::Demo(args) => args.run(),
        Xtask::Test(args) => args.run(),
        Xtask::Soak(args) => args.run(),
        Xtask::Bench(args) => args.run(),
        Xtask::Deps(args) => args.run(),
        Xtask::Docs(args) => args.run(),
        Xtask::Units(args) => args.run(),
        Xtask::Nix(args) => args.run(),
        Xtask::Image(args) => args.run(),
        Xtask::Guests(args) => args.run(),
    };
    done.unwrap_or_else(|why| {
        eprintln!("error: {why}");
        ExitCode::FAILURE
    })
}
