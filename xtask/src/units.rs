//! `cargo xtask units`: everything for an init system that comes from one description.
//!
//! ```text
//! hardening (flag × unit) ─┬─> services ─┐
//!                          │   sockets ──┼─> dist/systemd/*
//!                          │   newer ────┤   (features that systemd 252 lacks, as drop-ins)
//!                          │   choices ──┤   (what an operator may choose, likewise)
//!                          │   snippets ─┘  └─> nix/module/table.nix (the same, as data)
//!                          │   settings ────> dist/node.d/* (where the agent finds its neighbours)
//!                          └─> matrix ─────> docs/HARDENING.md
//! ```

mod choices;
mod hardening;
mod matrix;
mod newer;
mod nix;
mod places;
mod services;
mod settings;
mod snippets;
mod sockets;
mod unit;
mod write;

use std::process::ExitCode;

pub(crate) use nix::{Parsed, Section, left_out_by_nix, parsed};
pub(crate) use places::FOLDER;

/// Write dist/systemd, dist/node.d, docs/HARDENING.md and nix/module/table.nix
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Write nothing; fail when a file is not what the table says
    #[arg(long)]
    check: bool,
}

impl Args {
    pub(crate) fn run(self) -> Result<ExitCode, String> {
        generate(self.check).map(|()| ExitCode::SUCCESS)
    }
}

/// Writes or compares every file that comes from the table.
pub(crate) fn generate(check: bool) -> Result<(), String> {
    write::all(&files(), check)
}

/// The files, by their path in this checkout.
fn files() -> Vec<(String, String)> {
    let units = [services::all(), sockets::all()].concat();
    let units = units.iter().map(|unit| (unit.name.to_owned(), unit.text()));
    let systemd = units.chain(newer::all()).chain(choices::all()).chain(snippets::all());
    let systemd: Vec<_> = systemd.collect();
    let nix = nix::file(&systemd);
    let place = |(name, text)| (format!("{}/{name}", places::FOLDER), text);
    let mut files: Vec<_> = systemd.into_iter().map(place).collect();
    files.extend([("docs/HARDENING.md".to_owned(), matrix::text()), nix]);
    files.extend(settings::all());
    files
}
