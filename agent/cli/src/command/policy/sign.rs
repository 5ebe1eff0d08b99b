//! `archctl policy sign`

use arch_document::Kind;
use arch_policy::Policy;

use crate::answer::Outcome;
use crate::documents;
use crate::signing::Signing;

/// Sign a policy; comments and layout of the file are kept
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    signing: Signing,
}

impl Args {
    pub(crate) fn run(self) -> Outcome {
        self.signing.run(&[Kind::Policy], |document| {
            let read = document.read::<Policy>();
            read.map(|_policy| ()).map_err(|problem| documents::refused(document, *problem))
        })
    }
}
