//! What the ledger says of stakes.

use arch_dispute::{
    Dispute, Says, Side,
    book::{self, Op},
};
use arch_identity::Timestamp;
use arch_problem::codes;

use super::Checks;
use crate::dispute::books::{Booking, Books, Misbooked};
use crate::dispute::docket::Filed;
use crate::dispute::flaw::Flaw;
use crate::dispute::office::{Looked, Office};
use crate::dispute::words::short_key;

impl Checks {
    /// The stakes of the dispute, against those that follow.
    pub(crate) fn stakes(&mut self, office: &Office, looked: &Looked, filed: &Filed) {
        let bookings: Vec<&Booking> =
            office.docket.bookings.iter().filter(|booking| booking.is_of(&filed.id)).collect();
        let (locks, ends): (Vec<&Booking>, Vec<&Booking>) =
            bookings.into_iter().partition(|booking| matches!(booking.op, Ok(Op::Lock { .. })));
        let staked = expected_stakes(looked);
        let parties = Side::BOTH.len();
        let beside = filed.said.first().map(|challenge| (challenge.entry, challenge.at));
        let stakes = same(&locks, &staked, "stake").and_then(|found| {
            let own = locks.get(..parties).unwrap_or(&locks);
            in_one_unit(beside, own, "stakes do not stand beside the challenge").map(|()| found)
        });
        self.take("stakes", stakes);
        let end: Vec<Op> = match (&looked.course.end, filed.settled.first()) {
            (Dispute::Ended(ended), Some(_)) => book::settle(ended),
            _ => Vec::new(),
        };
        let beside = filed.settled.first().map(|settled| (settled.entry, settled.at));
        let payout = same(&ends, &end, "payout").and_then(|found| {
            in_one_unit(beside, &ends, "payout does not stand beside the end").map(|()| found)
        });
        self.take("payout", payout);
    }

    /// All of the book.
    pub(crate) fn books(&mut self, bookings: &[Booking]) {
        let told = Books::of(bookings).map(|books| {
            let (entries, deposited) = (books.entries, books.deposited);
            format!("{entries} entries from the first on; {deposited} units came in, and are there")
        });
        let broken = |misbooked: Misbooked| {
            let text = format!("entry {}: {}", misbooked.entry, misbooked.why);
            Flaw::wrong(codes::DISPUTE_BOOK, text)
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

/// That entries about stakes stand beside the one that they come from: whoever saw it saw them.
fn in_one_unit(
    beside: Option<(u64, Timestamp)>,
    entries: &[&Booking],
    broken: &str,
) -> Result<(), Flaw> {
    let Some((entry, at)) = beside else { return Ok(()) };
    let mut indices: Vec<u64> = entries.iter().map(|booking| booking.entry).collect();
    indices.push(entry);
    indices.sort_unstable();
    let mut pairs = indices.iter().zip(indices.iter().skip(1));
    let together = pairs.all(|(one, next)| next.saturating_sub(*one) == 1);
    match together && entries.iter().all(|booking| booking.at == at) {
        true => Ok(()),
        false => Err(Flaw::record(format!("the {broken}, entry {entry}"))),
    }
}
