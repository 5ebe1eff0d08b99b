//! `archctl dispute list`

use arch_dispute::{Resolver, Side};
use arch_identity::{Digest, PublicKey, Timestamp};
use serde::Serialize;

use crate::answer::{Answer, Outcome, Stop};
use crate::dispute::arguments::Reading;
use crate::dispute::docket::Filed;
use crate::dispute::flaw::Flaw;
use crate::dispute::office::{Looked, Office};
use crate::dispute::words::{short, short_key, word};
use crate::say;

/// List the disputes in a node's ledger, oldest first
///
/// Each is replayed from its messages, so that its state is what follows from them. What the archive does
/// not have is said, and the exit code is 3 then.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    reading: Reading,
}

#[derive(Serialize)]
struct Listed {
    schema: &'static str,
    disputes: Vec<Row>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    dispute: Digest,
    #[serde(skip_serializing_if = "Option::is_none")]
    job: Option<Digest>,
    #[serde(flatten)]
    known: Option<Known>,
    /// Why it could not be replayed.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
    /// Indices of all entries about it, stakes aside.
    entries: Vec<u64>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Known {
    challenger: PublicKey,
    respondent: PublicKey,
    resolver: Resolver,
    state: &'static str,
    /// None while nobody knows it.
    at_fault: Option<Vec<Side>>,
}

impl Args {
    pub(crate) fn run(self) -> Outcome {
        let (office, now) = (self.reading.place.open()?, self.reading.now.read()?);
        let disputes: Vec<Row> =
            office.docket.disputes.iter().map(|filed| row(&office, filed, now)).collect();
        let all = disputes.iter().all(|row| row.problem.is_none());
        self.tell(disputes)?;
        Ok(if all { Answer::Yes } else { Answer::Unclear })
    }

    fn tell(&self, disputes: Vec<Row>) -> Result<(), Stop> {
        if self.reading.format.json {
            return say::json(&Listed { schema: "arch.dispute-list/v1", disputes });
        }
        if disputes.is_empty() {
            say::talk("no disputes");
        }
        disputes.iter().try_for_each(|row| say::data(&line(row)))
    }
}

fn row(office: &Office, filed: &Filed, now: Timestamp) -> Row {
    let looked = office.look(filed, now);
    let problem = looked.as_ref().err().map(Flaw::text);
    let known = looked.ok().map(|looked| known(&looked));
    Row { dispute: filed.id, job: filed.job(), known, problem, entries: filed.entries() }
}

fn known(looked: &Looked) -> Known {
    let end = &looked.course.end;
    let case = end.case();
    let at_fault = looked.finding();
    Known {
        challenger: case.parties.challenger.clone(),
        respondent: case.parties.respondent.clone(),
        resolver: case.resolver,
        state: end.word(),
        at_fault: at_fault.map(|finding| finding.at_fault.iter().map(|fault| fault.who).collect()),
    }
}

fn line(row: &Row) -> String {
    let job = row.job.as_ref().map(short).unwrap_or_default();
    let entries: Vec<String> = row.entries.iter().map(ToString::to_string).collect();
    let rest = match (&row.known, &row.problem) {
        (Some(known), _) => {
            let parties =
                format!("{} → {}", short_key(&known.challenger), short_key(&known.respondent));
            let (resolver, state) = (word(&known.resolver), known.state);
            format!("{parties}  {resolver:<7}  {state:<12}  {:<24}", blamed(known))
        }
        (None, problem) => problem.clone().unwrap_or_default(),
    };
    format!("{}  job {job}  {rest}  entries {}", short(&row.dispute), entries.join(","))
}

fn blamed(known: &Known) -> String {
    match known.at_fault.as_deref() {
        None => "-".to_owned(),
        Some([]) => "nobody at fault".to_owned(),
        Some([one]) => format!("{} at fault", word(one)),
        Some(_both) => "both at fault".to_owned(),
    }
}
