//! From what was looked at to the story.

use arch_circuits::registry::Registry;
use arch_dispute::{Challenge, Dispute, Finding, Located, Says, Side, Stand, book::Op};

use super::{Awaits, Fault, Found, Key, Parted, Party, Place, Said, Stake, Story};
use crate::dispute::books::Booking;
use crate::dispute::evidence::Message;
use crate::dispute::flaw::Flaw;
use crate::dispute::office::Looked;
use arch_identity::Digest;

impl Story {
    /// Tells what was looked at, with the stakes as the ledger's entries have them.
    pub(crate) fn of(
        looked: &Looked,
        registry: &Registry,
        stakes: Vec<Stake>,
        settled: Option<u64>,
    ) -> Result<Self, Flaw> {
        let (evidence, end) = (&looked.evidence, &looked.course.end);
        let case = end.case();
        let first = evidence.said.first().map(|message| message.heard.says());
        let Some(Says::Challenge(challenge)) = first else {
            return Err(Flaw::record("the first message is no challenge"));
        };
        let reopenable = looked.is_reopenable(registry);
        let messages: Vec<Said> = messages(looked);
        let (judge, on_his_word, silent_judges, wrong_judges) = judges(end);
        let awaits = looked.course.asked(&evidence.said).zip(end.until());
        Ok(Self {
            schema: "arch.dispute/v1",
            dispute: case.id,
            job: case.task.job,
            attempt: case.task.attempt,
            committed: case.task.entry,
            challenger: party(looked, Side::Challenger, &challenge.challenger),
            respondent: party(looked, Side::Respondent, &challenge.respondent),
            place: place(end),
            resolver: case.resolver,
            state: end.word(),
            parted: end.located().and_then(|located| parted(end, located)),
            message_bytes: all_bytes(&evidence.commits, challenge, &evidence.said),
            messages,
            proof_bytes: proof_bytes(looked),
            awaits: awaits.map(|(asked, until)| Awaits { word: asked.word, of: asked.who, until }),
            finding: looked.finding().map(|finding| found(&finding, end, reopenable)),
            judge,
            on_his_word,
            silent_judges,
            wrong_judges,
            stakes,
            settled,
        })
    }
}

impl Looked {
    /// Who is at fault, once that is known: decided, or ended.
    pub(crate) fn finding(&self) -> Option<Finding> {
        match &self.course.end {
            Dispute::Decided(decided) => decided.finding(self.evidence.facts.inputs),
            Dispute::Ended(ended) => ended.finding.clone(),
            _ => None,
        }
    }
}

type Judges = (
    Option<arch_identity::PublicKey>,
    bool,
    Vec<arch_identity::PublicKey>,
    Vec<arch_identity::PublicKey>,
);

fn judges(end: &Dispute) -> Judges {
    match end {
        Dispute::Ended(ended) => {
            (ended.judge.clone(), ended.on_his_word, ended.silent.clone(), ended.wrong.clone())
        }
        _ => (None, false, Vec::new(), Vec::new()),
    }
}

fn party(looked: &Looked, side: Side, stand: &Stand) -> Party {
    let case = looked.course.end.case();
    Party { by: case.parties.of(side).clone(), commit: stand.commit, leaf_hash: stand.hash }
}

fn place(end: &Dispute) -> Place {
    let case = end.case();
    Place {
        cell: case.cell,
        leaf: case.leaf,
        rows: case.ground.rows.clone(),
        columns: case.ground.columns.clone(),
        depth: case.ground.depth.clone(),
        format: case.ground.format.to_string(),
        sides: case.ground.sides,
    }
}

fn parted(end: &Dispute, located: &Located) -> Option<Parted> {
    let ground = &end.case().ground;
    let [rows, columns] = ground.tile(located.spot.tile)?;
    Some(Parted {
        tile: located.spot.tile,
        rows,
        columns,
        step: located.spot.step,
        steps: ground.steps(),
        depth: ground.step(located.spot.step)?,
        before: located.before,
        challenger: located.after.challenger,
        respondent: located.after.respondent,
    })
}

fn messages(looked: &Looked) -> Vec<Said> {
    let steps = looked.course.steps.iter().zip(&looked.evidence.said);
    let said = steps.map(|(step, message)| Said {
        entry: message.entry,
        at: message.at,
        word: message.heard.says().word(),
        by: message.heard.by().clone(),
        message: message.heard.digest(),
        bytes: message.file.len(),
        changed_nothing: step.rejected.map(|why| why.to_string()),
    });
    said.collect()
}

/// Of the two commitments that are disputed, and of all that was said.
fn all_bytes(commits: &[Message], challenge: &Challenge, said: &[Message]) -> usize {
    let named = [challenge.challenger.commit, challenge.respondent.commit];
    let named = commits.iter().filter(|commit| named.contains(&commit.heard.digest()));
    named.chain(said).map(|message| message.file.len()).sum()
}

fn proof_bytes(looked: &Looked) -> Option<usize> {
    let mut steps = looked.course.steps.iter().zip(&looked.evidence.said);
    steps.find_map(|(step, message)| match message.heard.says() {
        Says::Proof(proof) if step.rejected.is_none() => Some(proof.proof.0.len()),
        _ => None,
    })
}

fn found(finding: &Finding, end: &Dispute, reopenable: bool) -> Found {
    let parties = &end.case().parties;
    let fault = |fault: &arch_dispute::Fault| Fault {
        who: fault.who,
        by: parties.of(fault.who).clone(),
        rule: fault.rule,
        evidence: fault.evidence,
        at: fault.at,
    };
    Found {
        upheld: finding.upheld(),
        at_fault: finding.at_fault.iter().map(fault).collect(),
        key: finding.believed.as_ref().map(|believed| Key {
            circuit: believed.circuit.clone(),
            key: believed.key,
            reopenable,
        }),
    }
}

impl Stake {
    /// The entries about the stakes in a dispute.
    pub(crate) fn all(bookings: &[Booking], id: &Digest) -> Vec<Self> {
        bookings.iter().filter(|booking| booking.is_of(id)).filter_map(Self::of).collect()
    }

    fn of(booking: &Booking) -> Option<Self> {
        let entry = booking.entry;
        let op = booking.op.as_ref().ok()?;
        let none = (None, Vec::new(), None);
        let (by, what, (units, shares, burnt)) = match op {
            Op::Deposit { .. } => return None,
            Op::Lock { account, units, .. } => {
                (account, "staked", (Some(*units), Vec::new(), None))
            }
            Op::Release { account, .. } => (account, "returned", none),
            Op::Slash { account, shares, burnt, .. } => {
                (account, "lost", (None, shares.clone(), Some(*burnt)))
            }
        };
        Some(Self { entry, by: by.clone(), what, units, shares, burnt })
    }
}
