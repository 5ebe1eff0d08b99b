//! `archctl job sign`

use arch_document::{Job, Kind};

use crate::answer::Outcome;
use crate::documents;
use crate::signing::Signing;

/// Sign a job; comments and layout of the file are kept
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    signing: Signing,
}

impl Args {
    pub(crate) fn run(self) -> Outcome {
        self.signing.run(&[Kind::Job], |document| {
            let read = document.read::<Job>();
            read.map(|_job| ()).map_err(|problem| documents::refused(document, *problem))
        })
    }
}
