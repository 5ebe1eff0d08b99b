//! Everything that the ledger says of a dispute, held against what follows from its messages.

mod end;
mod stakes;

use arch_circuits::registry::Registry;
use arch_dispute::{Dispute, Says};
use arch_identity::{Digest, PublicKey};
use serde::Serialize;

use super::court::Keys;
use super::docket::Filed;
use super::flaw::Flaw;
use super::office::{Looked, Office};
use super::sources;
use super::words::{rule, side, word};

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

    /// Every message, each for itself: so that each that is wrong is named.
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
}
