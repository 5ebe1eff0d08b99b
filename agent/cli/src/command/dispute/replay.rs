//! `archctl dispute replay`

use arch_identity::Digest;
use arch_ledger::KeySource;
use serde::Serialize;

use crate::answer::{Answer, Outcome, Stop};
use crate::command::ledger;
use crate::dispute::arguments::Reading;
use crate::dispute::checks::{Check, Checks, Verdict};
use crate::dispute::docket::Filed;
use crate::dispute::flaw::Flaw;
use crate::dispute::named::NamedDispute;
use crate::dispute::office::Office;
use crate::say;

/// Judge a dispute once more, from ledger and archive alone, and hold what the ledger says against it
///
/// Nobody is believed: the ledger is verified whole, every message is read and its signature checked,
/// every state follows from the messages and their times, the proof is checked under the key that was
/// agreed upon, and the end, the stakes and the whole book are compared with what follows.
#[derive(Debug, clap::Args)]
#[command(after_help = "Exit codes: 0 all of it holds, 1 something does not, 3 could not tell")]
pub(crate) struct Args {
    /// The challenge's digest, or its first digits
    #[arg(value_name = "DISPUTE")]
    dispute: NamedDispute,
    /// A verifier key that the ledger must have, `NAME+ID+KEY` or a file of such lines; may be given
    /// several times
    #[arg(long = "key", value_name = "VKEY")]
    keys: Vec<String>,
    #[command(flatten)]
    reading: Reading,
}

#[derive(Serialize)]
struct Replayed<'a> {
    schema: &'static str,
    /// None where the ledger cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    dispute: Option<Digest>,
    ok: bool,
    checks: &'a [Check],
}

impl Args {
    pub(crate) fn run(self) -> Outcome {
        let mut checks = Checks::default();
        let sound = self.ledger(&mut checks)?;
        let office = match self.reading.place.open() {
            Ok(office) => office,
            // Then it says nothing of disputes, and why was told.
            Err(Stop::Unclear(_)) if !sound => {
                self.tell(None, &checks)?;
                return Ok(Answer::No);
            }
            Err(stop) => return Err(stop),
        };
        let filed = self.dispute.find(&office.docket)?;
        self.judge(&office, filed, &mut checks)?;
        checks.books(&office.docket.bookings);
        self.tell(Some(filed.id), &checks)?;
        Ok(match (checks.have(Verdict::Wrong), checks.have(Verdict::Unclear)) {
            (true, _) => Answer::No,
            (false, true) => Answer::Unclear,
            (false, false) => Answer::Yes,
        })
    }

    /// Every byte of the ledger; says whether it holds.
    fn ledger(&self, checks: &mut Checks) -> Result<bool, Stop> {
        let keys = ledger::keys(&self.keys)?;
        let given = (!keys.is_empty()).then_some(keys.as_slice());
        let verified = self.reading.place.ledger()?.reader.verify(given);
        let sound = verified.is_ok();
        match verified {
            Ok(found) => {
                let whose = match found.key_source {
                    KeySource::Given => "under the keys that were given",
                    KeySource::FirstEntry => "under the keys that it names itself",
                };
                let (size, root) = (found.size, found.root);
                let text = format!("{size} entries of `{}`, root {root}, {whose}", found.origin);
                checks.say("ledger", Verdict::Ok, text);
            }
            Err(failure) => {
                let text = format!("{}: {failure}", failure.code);
                checks.say("ledger", Verdict::Wrong, text);
            }
        }
        Ok(sound)
    }

    fn judge(&self, office: &Office, filed: &Filed, checks: &mut Checks) -> Result<(), Stop> {
        if !checks.sources(office, filed) {
            return Ok(());
        }
        match office.look(filed, self.reading.now.read()?) {
            Ok(looked) => {
                checks.list(&looked);
                checks.course(&looked, &office.registry)?;
                checks.subject(office, &looked, filed);
                checks.finding(&looked);
                // What ends by the inputs, and what is paid then, follows from nothing without them.
                if looked.inputs.is_ok() {
                    checks.settled(&looked, filed);
                    checks.stakes(office, &looked, filed);
                }
            }
            Err(flaw @ Flaw::Missing(_)) => checks.say("replay", Verdict::Unclear, flaw.text()),
            Err(flaw @ Flaw::Wrong(_)) => checks.say("replay", Verdict::Wrong, flaw.text()),
        }
        Ok(())
    }

    fn tell(&self, dispute: Option<Digest>, checks: &Checks) -> Result<(), Stop> {
        let ok = !checks.have(Verdict::Wrong) && !checks.have(Verdict::Unclear);
        if self.reading.format.json {
            let (schema, checks) = ("arch.dispute-replay/v1", checks.all());
            return say::json(&Replayed { schema, dispute, ok, checks });
        }
        checks.all().iter().try_for_each(|check| {
            let Check { what, result, found } = check;
            say::data(&format!("{:<7}  {what:<20}  {found}", result.word()))
        })
    }
}
