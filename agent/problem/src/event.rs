//! What the agent tells the journal of, in classes that a reader can ask for.
//!
//! A class is known by the message of its log line. Its id never changes: operators filter by it
//! (`journalctl MESSAGE_ID=…`), and `journalctl --catalog` shows what stands here beneath the line.

/// One class of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event {
    /// The message, exactly as it is logged.
    pub message: &'static str,
    /// 32 hexadecimal digits, made once.
    pub id: &'static str,
    /// One line, with the journal's fields between `@`.
    pub subject: &'static str,
    /// What it means, and what to do if anything.
    pub text: &'static str,
}

/// All classes.
pub const EVENTS: [Event; 15] = [
    event(
        "ready",
        "fc12f4ba48eb4b8dabd092bfa71f9dc4",
        "The node is ready",
        "Root and policy are verified and the ledger is whole: jobs are taken in from now on.",
    ),
    event(
        "accepted",
        "8852e6c536c548668ed6addaf95ee9eb",
        "Job @JOB@ was accepted",
        "Its signatures, its time and the policy allow it. It waits until what it reserves is free.",
    ),
    event(
        "started",
        "ad88c6a615ad4dc49daa6a5863a1ed8c",
        "Job @JOB@ was started",
        "Attempt @ATTEMPT@. The ledger says so, whatever happens next.",
    ),
    event(
        "completed",
        "22af92b9806e43798521900138f1ff7c",
        "Job @JOB@ is completed",
        "Its outputs are in the archive: `archctl job result`; `archctl ledger prove --job` gives its \
         receipt.",
    ),
    event(
        "failed",
        "e05b81ca5b6044489418c300753cb9aa",
        "Job @JOB@ failed",
        "@CODE@: `archctl explain @CODE@` has the cause, and what to do about it.",
    ),
    event(
        "quarantined",
        "bcdaceaf8bba4ee1a42b280f394d14b4",
        "The result of job @JOB@ is quarantined",
        "@CODE@. It is not given out until a person decides: `archctl job release` or `reject`.",
    ),
    event(
        "interrupted",
        "f4a99d88ca454dcba977a2d59f7e910d",
        "Job @JOB@ was interrupted",
        "No answer came for attempt @ATTEMPT@: @WHY@. It is tried again, as often as `jobs.attempts` \
         in node.yaml says.",
    ),
    event(
        "refused",
        "18e8f910d4a346f78569881eca3743d4",
        "@FILE@ was refused",
        "@CODE@: `archctl explain @CODE@` has the cause, and what to do about it. The refusal is in \
         the ledger, with the digest @DIGEST@ of the document.",
    ),
    event("called off", "a100da6ec81045babba7b44ff6f6091d", "Job @JOB@ was called off", "By @BY@."),
    event(
        "no jobs are taken in",
        "3fa65055b1b94ea1ab9665104b69c941",
        "The node takes in no jobs",
        "@WHY@. What runs goes on; `archctl status` shows when it is over.",
    ),
    event(
        "the executor is gone",
        "30a582c537034f1f814c47278e5c20d9",
        "The executor is gone",
        "@WHY@. It is started again, and what ran there is tried again.",
    ),
    event(
        "the ledger has stopped",
        "e6f42e7ceaed449e919bc533885da316",
        "The ledger has stopped",
        "@WHY@. Nobody can say whether the last entries are on disk, so nothing is added to them. Look \
         at the disk, then start the agent again: it reads the ledger anew.",
    ),
    event(
        "no sign of life; the watchdog is not fed",
        "ff23557fa76e474cb26923b9af77b385",
        "A part of the agent hangs",
        "@PARTS@. The service manager ends the agent and starts it again.",
    ),
    event(
        "not as it should be",
        "21eb480469f341198df7b04d592a4a66",
        "Something of the installation is not as it should be",
        "@CODE@: @WHY@. The agent goes on in spite of it. What to do: @HELP@.",
    ),
    event(
        "cannot go on",
        "de5b830f552240a6b7b1aa5e537a3c14",
        "The agent cannot go on",
        "@CODE@: @WHY@. It has ended; where that may pass, it is started again. What to do: @HELP@.",
    ),
];

const fn event(
    message: &'static str,
    id: &'static str,
    subject: &'static str,
    text: &'static str,
) -> Event {
    Event { message, id, subject, text }
}

/// The class of a message.
#[must_use]
pub fn event_of(message: &str) -> Option<&'static Event> {
    EVENTS.iter().find(|event| event.message == message)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn ids_are_of_32_digits_and_each_is_there_once() {
        let ids: BTreeSet<&str> = EVENTS.iter().map(|event| event.id).collect();
        assert_eq!(ids.len(), EVENTS.len());
        let digits = |id: &&str| id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit());
        assert!(ids.iter().all(digits));
    }
}
