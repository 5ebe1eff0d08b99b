//! How the ledger says that it ended.

use arch_dispute::Dispute;
use arch_identity::{Digest, PublicKey};

use super::{Checks, Verdict};
use crate::dispute::docket::{Filed, Settled};
use crate::dispute::flaw::Flaw;
use crate::dispute::office::{Looked, Office};

impl Checks {
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

    /// That the same two did not dispute this leaf before, unless a key is revoked since.
    pub(crate) fn subject(&mut self, office: &Office, looked: &Looked, filed: &Filed) {
        let own = looked.course.end.case();
        let disputes = office.docket.disputes.iter();
        let before = disputes.take_while(|other| other.id != filed.id);
        for other in before.filter(|other| other.job() == Some(own.task.job)) {
            // As of its end, or, where it has none, as of this one's beginning.
            let Ok(before) = office.look(other, own.opened) else {
                let found = format!("{} is about this job as well, and cannot be read", other.id);
                self.say("subject", Verdict::Note, found);
                continue;
            };
            if before.course.end.case().subject() != own.subject() {
                continue;
            }
            match before.is_reopenable(&office.registry) {
                true => {
                    let found = format!("{} again, whose proof's key is revoked since", other.id);
                    self.say("subject", Verdict::Note, found);
                }
                false => {
                    let text = format!("the two disputed this leaf before, in {}", other.id);
                    self.take("subject", Err(Flaw::record(text)));
                }
            }
        }
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
