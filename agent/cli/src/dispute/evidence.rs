//! All that there is to judge by, wherever it was read.

use arch_dispute::{Agreed, Facts, Heard, List, Task};
use arch_identity::{Digest, Timestamp};
use arch_problem::codes;

use super::flaw::Flaw;

/// A signed message, and when the ledger had it.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    /// The file, as it was signed.
    pub(crate) file: Vec<u8>,
    pub(crate) heard: Heard,
    pub(crate) at: Timestamp,
    /// Index of the entry that has it; none for a line of the list.
    pub(crate) entry: Option<u64>,
}

/// What is said of a job's product, and, where there is one, in a dispute about it.
#[derive(Debug)]
pub(crate) struct Evidence {
    pub(crate) list: List,
    /// The list as it stands in the archive.
    pub(crate) bytes: Vec<u8>,
    pub(crate) task: Task,
    /// When the commitments were anchored.
    pub(crate) committed_at: Timestamp,
    pub(crate) facts: Facts,
    /// Those of the list, and then those that were signed later.
    pub(crate) commits: Vec<Message>,
    /// The challenge and what followed; empty for a job without a dispute.
    pub(crate) said: Vec<Message>,
}

impl Evidence {
    /// Puts together what belongs together. Commitments of other attempts are left out.
    pub(crate) fn assemble(
        (list, bytes): (List, Vec<u8>),
        (entry, leaf, committed_at): (u64, Digest, Timestamp),
        witnesses: Vec<Message>,
        said: Vec<Message>,
    ) -> Result<Self, Flaw> {
        let wrong = |why: String| Flaw::wrong(codes::COMMITMENT_LIST, why);
        let facts = list.facts(entry, leaf).map_err(|why| wrong(why.to_string()))?;
        let none = || wrong("nothing of this product is disputed: nobody signed for it".to_owned());
        let mut facts = facts.ok_or_else(none)?;
        let task = Task { job: list.document, attempt: list.attempt, entry, leaf };
        let own = list.messages().map_err(|why| wrong(why.to_string()))?;
        let own = own.into_iter().map(|(file, heard)| Message {
            file: file.into_bytes(),
            heard,
            at: committed_at,
            entry: None,
        });
        let mut commits: Vec<Message> = own.collect();
        for message in witnesses {
            if facts.witness(&message.heard) {
                commits.push(message);
            }
        }
        Ok(Self { list, bytes, task, committed_at, facts, commits, said })
    }

    /// On what terms it is disputed.
    pub(crate) fn agreed(&self) -> Result<&Agreed, Flaw> {
        let none = || Flaw::wrong(codes::COMMITMENT_LIST, "the list agrees on no terms");
        self.list.disputes.as_ref().ok_or_else(none)
    }
}
