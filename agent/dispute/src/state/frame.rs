//! What every state has.

use std::sync::Arc;

use arch_identity::{Digest, DigestWriter, Timestamp};

use super::{Case, Decided, Dispute, Located};
use crate::{
    fault::{Finding, Rule},
    pair::Side,
};

/// A place in the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) case: Arc<Case>,
    /// Digest of all that was said before.
    pub(crate) stage: Digest,
    /// The last message that was heard, and when.
    pub(crate) last: (Digest, Timestamp),
    /// The last second of the time that there is.
    pub(crate) until: Timestamp,
    /// The disputed step, once it is known.
    pub(crate) located: Option<Located>,
}

/// Stands in a stage for a message that never came.
const SILENCE: &[u8] = b"arch-network.v1 dispute silence\n";

impl Frame {
    /// The next place: after these messages, with so many seconds from the last of them on.
    pub(crate) fn next(&self, said: &[Digest], heard: (Digest, Timestamp), seconds: u64) -> Self {
        let mut stage = DigestWriter::new();
        stage.update(b"arch-network.v1 dispute stage\n");
        stage.update(self.stage.as_bytes());
        said.iter().for_each(|digest| stage.update(digest.as_bytes()));
        let until = heard.1.plus(seconds);
        let (case, located) = (self.case.clone(), self.located);
        Self { case, stage: stage.finish(), last: heard, until, located }
    }

    /// The same place, where one of two has said his part.
    pub(crate) fn heard(&self, heard: (Digest, Timestamp)) -> Self {
        Self { last: heard, ..self.clone() }
    }

    /// It is clear who is at fault, by a message.
    pub(crate) fn decide(
        &self,
        said: &[Digest],
        heard: (Digest, Timestamp),
        finding: Finding,
    ) -> Dispute {
        let frame = self.next(said, heard, self.case.terms.verdict);
        Decided::found(frame, finding).or_stands(heard.1)
    }

    /// These were silent, and their time is over.
    pub(crate) fn silent(
        &self,
        said: &[Digest],
        sides: impl Iterator<Item = Side>,
        rule: Rule,
    ) -> Dispute {
        let finding = Finding::of(sides, rule, self.last);
        let said = [said, &[Digest::of(SILENCE)]].concat();
        let mut frame = self.next(&said, self.last, 0);
        frame.until = self.until.plus(self.case.terms.verdict);
        Decided::found(frame, finding).or_stands(self.until)
    }
}
