//! What the ledger is told, made from what the pipeline knows. Texts are cut to what an entry holds.

use std::collections::BTreeMap;

use arch_identity::Digest;
use arch_ledger::{EndState, Record, Usage};
use arch_policy::Admitted;
use arch_problem::{Problem, codes};

use crate::memory::KnownJob;
use crate::supplies::Secured;
use crate::validate::{Findings, Validated};

/// Characters of one text.
pub(crate) const TEXT: usize = 2_000;

/// Most bytes of one list.
const LIST: usize = 16_384;

/// Bytes of both lists and the inputs of an acceptance; the rest of the entry is names and digests.
const LISTS: usize = 60_000;

/// The refusal of a document or file, all reasons in one entry.
pub(crate) fn refused(subject: Digest, file: &str, problems: &[Problem]) -> Option<Record> {
    let first = problems.first()?;
    let messages: Vec<&str> = problems.iter().map(|problem| problem.message.as_str()).collect();
    Some(Record::Refused {
        subject,
        file: cut(file, 255),
        code: first.code.to_string(),
        message: cut(&messages.join("; "), TEXT),
        line: first.at.as_ref().map(|place| place.span.line),
        column: first.at.as_ref().map(|place| place.span.column),
        rule: first.rule.as_ref().map(|place| cut(&place.to_string(), TEXT)),
    })
}

/// So many refusals came that they were not anchored one by one.
pub(crate) fn left_off(count: u64) -> Record {
    let code = codes::REFUSALS_LEFT_OFF;
    let message = format!("{count} refusals came too quickly to be written one by one");
    Record::Refused {
        subject: Digest::of(format!("{code} {message}").as_bytes()),
        file: String::new(),
        code: code.to_string(),
        message,
        line: None,
        column: None,
        rule: None,
    }
}

/// A job waits to be run.
pub(crate) fn accepted(admitted: &Admitted, secured: &Secured, policy: Digest) -> Record {
    let job = admitted.job().get();
    let room = list_room(&secured.inputs);
    Record::Accepted {
        document: admitted.digest(),
        name: job.metadata.name.clone(),
        owner: admitted.owner().to_owned(),
        module: secured.module,
        inputs: secured.inputs.clone(),
        policy,
        rules: listed(admitted.rules().iter().map(|rule| rule.id.clone()), room),
        grants: listed(admitted.grants().iter().map(ToString::to_string), room),
    }
}

/// The end of a run that was looked at.
pub(crate) fn finished(document: Digest, attempt: u32, validated: &Validated) -> Record {
    let (state, findings, problem) = match validated {
        Validated::Good(findings) => (EndState::Completed, findings, None),
        Validated::Failed(findings, problem) => (EndState::Failed, findings, Some(problem)),
        Validated::Quarantined(findings, problem) => {
            (EndState::Quarantined, findings, Some(problem))
        }
        Validated::Disputed(findings, problem) => (EndState::Disputed, findings, Some(problem)),
        Validated::Dead(findings, problem) => (EndState::Dead, findings, Some(problem)),
    };
    let Findings { outcome, outputs, logs, reads, fuel, usage } = findings;
    Record::Finished {
        document,
        attempt,
        state,
        outcome: outcome.word().to_owned(),
        code: problem.map(|problem| problem.code.to_string()),
        outputs: outputs.clone(),
        logs: *logs,
        reads: *reads,
        fuel: *fuel,
        usage: *usage,
    }
}

/// The end of a job that an operator called off.
pub(crate) fn called_off(document: Digest, attempt: u32) -> Record {
    without_a_result(document, attempt, EndState::Cancelled, "cancelled", None)
}

/// The end of a job that cannot have what it needs, or is not believed any more.
pub(crate) fn given_up(document: Digest, attempt: u32, problem: &Problem) -> Record {
    without_a_result(document, attempt, EndState::Failed, "givenUp", Some(problem))
}

/// The end of a job that was cut off too often.
pub(crate) fn spent(document: Digest, attempt: u32, problem: &Problem) -> Record {
    without_a_result(document, attempt, EndState::Failed, "attemptsSpent", Some(problem))
}

/// The end of a job of which it is known already that its result cannot be relied upon.
pub(crate) fn diverged(document: Digest, job: &KnownJob, evidence: Digest) -> Record {
    let (state, code) = match job.module {
        None => (EndState::Disputed, codes::DISPUTED),
        Some(_) => (EndState::Dead, codes::UNREPEATABLE),
    };
    let problem = Problem::new(code, String::new());
    let mut end = without_a_result(document, job.attempts, state, "completed", Some(&problem));
    if let Record::Finished { outputs, .. } = &mut end {
        outputs.insert("evidence".to_owned(), evidence);
    }
    end
}

fn without_a_result(
    document: Digest,
    attempt: u32,
    state: EndState,
    outcome: &str,
    problem: Option<&Problem>,
) -> Record {
    Record::Finished {
        document,
        attempt,
        state,
        outcome: outcome.to_owned(),
        code: problem.map(|problem| problem.code.to_string()),
        outputs: BTreeMap::new(),
        logs: None,
        reads: None,
        fuel: 0,
        usage: Usage::default(),
    }
}

/// An attempt was cut off.
pub(crate) fn interrupted(document: Digest, attempt: u32, why: &str) -> Record {
    Record::Interrupted { document, attempt, why: cut(why, TEXT) }
}

/// As much of a text as an entry takes, without control characters.
pub(crate) fn cut(text: &str, most: usize) -> String {
    text.chars().filter(|c| !c.is_control()).take(most).collect()
}

/// What the inputs leave for a list. Each input is told: no other place says what the job ran with.
fn list_room(inputs: &BTreeMap<String, Digest>) -> usize {
    // `"name":"sha256:<64>",` around the name.
    let taken = inputs.keys().map(|name| name.len().saturating_add(77));
    let left = LISTS.saturating_sub(taken.fold(0, usize::saturating_add));
    left.checked_div(2).unwrap_or(0).min(LIST)
}

/// As much of a list as an entry holds; the signed document has the whole.
fn listed(all: impl Iterator<Item = String>, mut room: usize) -> Vec<String> {
    let mut kept = Vec::new();
    let mut left_off = 0_usize;
    for text in all {
        match room.checked_sub(text.len().saturating_add(3)) {
            Some(rest) if left_off == 0 => {
                room = rest;
                kept.push(text);
            }
            _ => left_off = left_off.saturating_add(1),
        }
    }
    if left_off > 0 {
        kept.push(format!("… and {left_off} more"));
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_keeps_every_reason_and_the_first_ones_place() {
        let problems = [
            Problem::new(codes::NO_SUCH_JOB, "first\u{1b}"),
            Problem::new(codes::WRONG_STATE, "second"),
        ];
        let Some(Record::Refused { code, message, line, .. }) =
            refused(Digest::of(b""), "a.yaml", &problems)
        else {
            panic!("a refusal")
        };
        assert_eq!((code.as_str(), message.as_str(), line), ("ARCH-N102", "first; second", None));
        assert!(refused(Digest::of(b""), "a.yaml", &[]).is_none());
    }

    #[test]
    fn long_lists_are_cut_and_say_so() {
        let kept = listed((0..100).map(|_| "x".repeat(1_000)), list_room(&BTreeMap::new()));
        assert_eq!(kept.len(), 17);
        assert_eq!(kept[16], "… and 84 more");
    }

    #[test]
    fn the_most_inputs_of_a_job_still_fit_into_its_acceptance() {
        let named = |n: u32| (format!("{n:0128}"), Digest::of(b"input"));
        let inputs: BTreeMap<String, Digest> = (0..256).map(named).collect();
        let list = listed((0..1_000).map(|_| "x".repeat(100)), list_room(&inputs));
        assert!(list.len() > 10, "{list:?}");
        let document = Digest::of(b"job");
        let record = Record::Accepted {
            document,
            name: "n".repeat(253),
            owner: "o".repeat(253),
            module: Some(document),
            inputs,
            policy: document,
            rules: list.clone(),
            grants: list,
        };
        let time = "2026-11-23T12:00:00Z".parse().unwrap();
        arch_ledger::Entry::new(7, time, arch_ledger::Hash::ZERO, record).unwrap();
    }
}
