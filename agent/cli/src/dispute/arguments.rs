//! Arguments that several commands have.

use super::folder::From;
use super::office::{Now, Place};
use super::signer::Signer;
use crate::circuits::Manifest;
use crate::places::Format;

/// Of whoever has a ledger and an archive, and reads.
#[derive(Debug, clap::Args)]
pub(crate) struct Reading {
    #[command(flatten)]
    pub(crate) place: Place,
    #[command(flatten)]
    pub(crate) now: Now,
    #[command(flatten)]
    pub(crate) format: Format,
}

/// Of whoever has a folder and a key, and signs.
#[derive(Debug, clap::Args)]
pub(crate) struct Signing {
    #[command(flatten)]
    pub(crate) from: From,
    #[command(flatten)]
    pub(crate) signer: Signer,
}

/// Of whoever judges what is in a folder, with what he has himself.
#[derive(Debug, clap::Args)]
pub(crate) struct Judging {
    #[command(flatten)]
    pub(crate) manifest: Manifest,
    #[command(flatten)]
    pub(crate) now: Now,
}
