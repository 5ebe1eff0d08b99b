//! `archctl root sign`

use arch_document::{Kind, Revocation, Root};

use crate::answer::Outcome;
use crate::documents;
use crate::signing::Signing;

/// Sign a root or a revocation; comments and layout of the file are kept
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    signing: Signing,
}

impl Args {
    pub(crate) fn run(self) -> Outcome {
        self.signing.run(&[Kind::Root, Kind::Revocation], |document| {
            let read = match document.kind() {
                Kind::Root => document.read::<Root>().map(|_root| ()),
                _ => document.read::<Revocation>().map(|_revocation| ()),
            };
            read.map_err(|problem| documents::refused(document, *problem))
        })
    }
}
