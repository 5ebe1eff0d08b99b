//! Everything that the ledger says of a dispute, held against what follows from its messages.

use arch_circuits::registry::Registry;
use arch_dispute::{
    Dispute, Says,
    book::{self, Op},
};
use arch_identity::{Digest, PublicKey};
use serde::Serialize;

use super::books::{Booking, Books};
use super::court::Keys;
use super::docket::{Filed, Settled};
use super::flaw::Flaw;
use super::office::{Looked, Office};
use super::sources;
use super::words::{rule, short_key, side, word};

/// What was looked at, and what was found.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Check {
    /// A few words.
    pub(crate) what: String,
    pub(crate) result: Verdict,
    /// What was found, in words.
    pub(crate) found: String,
}

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Verdict {
    /// It holds.
    Ok,
    /// It does not.
    Wrong,
    /// Something is missing.
    Unclear,
    /// Neither: something to know.
    Note,
}

impl Verdict {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Wrong => "WRONG",
            Self::Unclear => "unclear",
            Self::Note => "note",
        }
    }
}

/// All checks, in the order in which they were made.
#[derive(Debug, Default)]
pub(crate) struct Checks(Vec<Check>);

impl Checks {
    pub(crate) fn all(&self) -> &[Check] {
        &self.0
    }

    pub(crate) fn have(&self, result: Verdict) -> bool {
        self.0.iter().any(|check| check.result == result)
    }

    pub(crate) fn say(&mut self, what: &str, result: Verdict, found: impl Into<String>) {
        self.0.push(Check { what: what.to_owned(), result, found: found.into() });
    }

    fn take(&mut self, what: &str, found: Result<String, Flaw>) -> bool {
        let (result, found) = match found {
            Ok(found) => (Verdict::Ok, found),
            Err(flaw @ Flaw::Missing(_)) => (Verdict::Unclear, flaw.text()),
            Err(flaw @ Flaw::Wrong(_)) => (Verdict::Wrong, flaw.text()),
        };
        self.say(what, result, found);
        result == Verdict::Ok
    }

    /// The list and every message, each for itself: so that each that is wrong is named.
    pub(crate) fn sources(&mut self, office: &Office, filed: &Filed) -> bool {
        let mut sound = true;
        for told in &filed.said {
            let read = sources::message(&office.archive, told);
            let named = format!("message of entry {}", told.entry);
            let by = |key: &PublicKey| format!("`{}` signed by {key}", told.word);
            sound &= self.take(&named, read.map(|message| by(message.heard.by())));
        }
        sound
    }

    /// The list of commitments, with all of its signatures, as the challenge names it.
    pub(crate) fn list(&mut self, looked: &Looked) {
        let (task, list) = (looked.evidence.task, &looked.evidence.list);
        let found = format!(
            "{} commitments, each signed, anchored by entry {} of leaf {}",
            list.commitments.len(),
            task.entry,
            task.leaf
        );
        self.say("commitments", Verdict::Ok, found);
    }

    /// What each message did, and what was proved.
    pub(crate) fn course(&mut self, looked: &Looked, registry: &Registry) -> Result<(), Flaw> {
        let keys = Keys::new(registry, looked.evidence.agreed()?);
        for (step, message) in looked.course.steps.iter().zip(&looked.evidence.said) {
            let entry = message.entry.unwrap_or_default();
            let named = format!("`{}` of entry {entry}", message.heard.says().word());
            if let Some(why) = step.rejected {
                self.say(&named, Verdict::Note, format!("changes nothing: {why}"));
                continue;
            }
            let (Some(Dispute::AwaitsProof(state)), Says::Proof(proof)) =
                (&step.before, message.heard.says())
            else {
                continue;
            };
            let file = keys.file(state.statement(), proof);
            let found = file.map(|(file, _key)| {
                let statement = Digest::from_bytes(file.statement_id());
                let (circuit, version) = (file.circuit().to_owned(), file.version());
                format!("{circuit} version {version} under {}, statement {statement}", proof.key)
            });
            let none = || Flaw::record("it does not hold");
            self.take("proof", found.ok_or_else(none));
        }
        Ok(())
    }

    /// Where it came to, and who is at fault.
    pub(crate) fn finding(&mut self, looked: &Looked) {
        let end = &looked.course.end;
        let parties = &end.case().parties;
        match looked.finding() {
            Some(finding) if finding.at_fault.is_empty() => {
                self.say("finding", Verdict::Ok, format!("{}: nobody is at fault", end.word()));
            }
            Some(finding) => finding.at_fault.iter().for_each(|fault| {
                let (who, by) = (side(fault.who), parties.of(fault.who));
                let (name, words) = (word(&fault.rule), rule(fault.rule));
                let found = format!("{who} {by} by `{name}` ({words}), by {}", fault.evidence);
                self.say("finding", Verdict::Ok, format!("{}: {found}", end.word()));
            }),
            None => self.say("finding", Verdict::Ok, format!("{}: none yet", end.word())),
        }
        match &looked.inputs {
            Ok(None) => {}
            Ok(Some(_)) => {
                self.say("inputs", Verdict::Ok, "the roots of A and B, from the job's own inputs");
            }
            Err(flaw) => self.say("inputs", Verdict::Unclear, flaw.text()),
        }
    }

    /// The entry that says how it ended, against the end that follows from the messages.
    pub(crate) fn settled(&mut self, looked: &Looked, filed: &Filed) {
        let end = &looked.course.end;
        let (settled, ended) = match (filed.settled.as_slice(), end) {
            ([], Dispute::Ended(ended)) => {
                let found = format!("it ended at {}, and no entry settles it yet", ended.at);
                return self.say("settled", Verdict::Note, found);
            }
            ([], _) => {
                let until = end.until().map_or(String::new(), |until| until.to_string());
                return self.say("settled", Verdict::Note, format!("not yet, until {until}"));
            }
            ([settled], Dispute::Ended(ended)) => (settled, ended),
            ([settled], _) => {
                let found = Flaw::record(format!(
                    "entry {} settles it at {}, and then it was at `{}`",
                    settled.entry,
                    settled.at,
                    end.word()
                ));
                self.take("settled", Err(found));
                return;
            }
            ([_, again, ..], _) => {
                let found = Flaw::record(format!("entry {} settles it once more", again.entry));
                self.take("settled", Err(found));
                return;
            }
        };
        let differs = differs(settled, ended, looked.evidence.task.job);
        let found = match differs.as_slice() {
            [] => Ok(format!("entry {} says what follows from the messages", settled.entry)),
            several => Err(Flaw::record(format!(
                "entry {} has another {} than follows from the messages",
                settled.entry,
                several.join(", ")
            ))),
        };
        self.take("settled", found);
    }

    /// The stakes of the dispute, against those that follow.
    pub(crate) fn stakes(&mut self, office: &Office, looked: &Looked, filed: &Filed) {
        let bookings: Vec<&Booking> =
            office.docket.bookings.iter().filter(|booking| booking.is_of(&filed.id)).collect();
        let (locks, ends): (Vec<&Booking>, Vec<&Booking>) =
            bookings.into_iter().partition(|booking| matches!(booking.op, Ok(Op::Lock { .. })));
        let staked = expected_stakes(looked);
        self.take("stakes", same(&locks, &staked, "stake"));
        let end: Vec<Op> = match (&looked.course.end, filed.settled.first()) {
            (Dispute::Ended(ended), Some(_)) => book::settle(ended),
            _ => Vec::new(),
        };
        self.take("payout", same(&ends, &end, "payout"));
        if let (Some(settled), false) = (filed.settled.first(), ends.is_empty()) {
            self.take("unit", in_one_unit(settled, &ends));
        }
    }

    /// All of the book.
    pub(crate) fn books(&mut self, bookings: &[Booking]) {
        let told = Books::of(bookings).map(|books| {
            let (entries, deposited) = (books.entries, books.deposited);
            format!("{entries} entries from the first on; {deposited} units came in, and are there")
        });
        let broken = |misbooked: super::books::Misbooked| {
            let text = format!("entry {}: {}", misbooked.entry, misbooked.why);
            Flaw::wrong(arch_problem::codes::DISPUTE_BOOK, text)
        };
        self.take("book", told.map_err(broken));
    }
}

/// Both parties' stakes, and that of each judge who signed a verdict in his turn.
fn expected_stakes(looked: &Looked) -> Vec<Op> {
    let case = looked.course.end.case();
    let mut staked = book::stake(case).to_vec();
    let steps = looked.course.steps.iter().zip(&looked.evidence.said);
    let judges = steps.filter(|(step, message)| {
        step.rejected.is_none() && matches!(message.heard.says(), Says::Verdict(_))
    });
    staked.extend(judges.map(|(_, message)| book::stake_of_judge(case, message.heard.by())));
    staked
}

/// Whether the entries are these operations, in this order.
fn same(entries: &[&Booking], expected: &[Op], what: &str) -> Result<String, Flaw> {
    let place = entries.iter().zip(expected).position(|(entry, op)| entry.op.as_ref() != Ok(op));
    if let Some(entry) = place.and_then(|place| entries.get(place)) {
        return Err(Flaw::record(format!("entry {} is another {what} than follows", entry.entry)));
    }
    match (entries.get(expected.len()), expected.get(entries.len())) {
        (Some(entry), _) => {
            Err(Flaw::record(format!("entry {} is a {what} that does not follow", entry.entry)))
        }
        (None, Some(op)) => {
            let (Op::Deposit { account, .. }
            | Op::Lock { account, .. }
            | Op::Release { account, .. }
            | Op::Slash { account, .. }) = op;
            let who = short_key(account);
            Err(Flaw::record(format!("there is no entry for the {what} of {who}")))
        }
        (None, None) => {
            let indices: Vec<String> =
                entries.iter().map(|entry| entry.entry.to_string()).collect();
            Ok(match indices.as_slice() {
                [] => "none, and none follows".to_owned(),
                some => format!("entries {} are those that follow", some.join(", ")),
            })
        }
    }
}

/// That whoever saw the end saw what it did to the stakes.
fn in_one_unit(settled: &Settled, ends: &[&Booking]) -> Result<String, Flaw> {
    let mut indices: Vec<u64> = ends.iter().map(|booking| booking.entry).collect();
    indices.push(settled.entry);
    indices.sort_unstable();
    let together = indices.iter().zip(indices.iter().skip(1));
    let together = together.into_iter().all(|(one, next)| next.saturating_sub(*one) == 1);
    let at_once = ends.iter().all(|booking| booking.at == settled.at);
    match together && at_once {
        true => Ok("the payout stands beside the end".to_owned()),
        false => Err(Flaw::record("the payout does not stand beside the end".to_owned())),
    }
}

/// What the entry says otherwise.
fn differs(settled: &Settled, ended: &arch_dispute::Ended, job: Digest) -> Vec<&'static str> {
    let finding = ended.finding.as_ref();
    let at_fault: Vec<String> = finding.map_or(Vec::new(), |finding| {
        let dids = finding.at_fault.iter().map(|fault| ended.case.parties.of(fault.who).did());
        dids.collect()
    });
    let key = finding.and_then(|finding| finding.believed.as_ref()).map(|believed| believed.key);
    let upheld = finding.is_some_and(arch_dispute::Finding::upheld);
    let judge = ended.judge.as_ref().map(PublicKey::did);
    [
        ("job", settled.document == job),
        ("outcome (`upheld`)", settled.upheld == upheld),
        ("list of who is at fault (`atFault`)", settled.at_fault == at_fault),
        ("judge (`judge`)", settled.judge == judge),
        ("key (`key`)", settled.key == key),
    ]
    .into_iter()
    .filter_map(|(what, same)| (!same).then_some(what))
    .collect()
}
