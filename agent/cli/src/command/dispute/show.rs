//! `archctl dispute show`

use crate::answer::{Answer, Outcome};
use crate::dispute::arguments::Reading;
use crate::dispute::named::NamedDispute;
use crate::dispute::story::{Stake, Story};
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
    reading: Reading,
}

impl Args {
    pub(crate) fn run(self) -> Outcome {
        let (office, now) = (self.reading.place.open()?, self.reading.now.read()?);
        let filed = self.dispute.find(&office.docket)?;
        let looked = office.look(filed, now)?;
        let stakes = Stake::all(&office.docket.bookings, &filed.id);
        let settled = filed.settled.first().map(|settled| settled.entry);
        let story = Story::of(&looked, &office.registry, stakes, settled)?;
        if self.reading.format.json {
            say::json(&story)?;
        } else {
            say::data(&story.text())?;
        }
        Ok(Answer::Yes)
    }
}
