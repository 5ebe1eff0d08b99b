//! `archctl dispute show`

use crate::answer::{Answer, Outcome};
use crate::dispute::named::NamedDispute;
use crate::dispute::office::{Now, Place};
use crate::dispute::story::{Stake, Story};
use crate::places::Format;
use crate::say;

/// Tell what happened in a dispute: who claimed what, where they part, and who is at fault by what
///
/// It is replayed from its messages. The ledger itself is not checked, nor what it says of the end:
/// `archctl dispute replay` does.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The challenge's digest, or its first digits
    #[arg(value_name = "DISPUTE")]
    dispute: NamedDispute,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    now: Now,
    #[command(flatten)]
    format: Format,
}

impl Args {
    pub(crate) fn run(self) -> Outcome {
        let (office, now) = (self.place.open()?, self.now.read()?);
        let filed = self.dispute.find(&office.docket)?;
        let looked = office.look(filed, now)?;
        let stakes = Stake::all(&office.docket.bookings, &filed.id);
        let settled = filed.settled.first().map(|settled| settled.entry);
        let story = Story::of(&looked, &office.registry, stakes, settled)?;
        if self.format.json {
            say::json(&story)?;
        } else {
            say::data(&story.text())?;
        }
        Ok(Answer::Yes)
    }
}
