//! Refusals: each anchored exactly once, however often the same bytes are dropped.

use std::{
    sync::{Arc, PoisonError},
    time::Instant,
};

use arch_files::FileError;
use arch_identity::Digest;
use arch_problem::{Code, Problem, codes};

use crate::{
    drop_folder::{Found, Judge, Verdict},
    node::Node,
    pipeline::{Fate, take_in},
    reason::{may_change, passing},
    records,
};

/// Judges what lies in the drop folder.
#[derive(Debug)]
pub(crate) struct DropJudge(pub(crate) Arc<Node>);

impl Judge for DropJudge {
    async fn judge(&self, found: Found) -> Verdict {
        let Found { file, bytes, half_written } = found;
        let ends = self.0.awaited.ends();
        let (subject, problems) = match bytes {
            // Gone before it could be read: nothing was dropped.
            Err(FileError::Absent { .. }) => return Verdict::LookAgain,
            Err(error) => (unread(&file, error.code()), vec![error.problem()]),
            Ok(bytes) => match take_in(&self.0, &format!("jobs/{file}"), &bytes).await {
                Fate::Accepted(_) | Fate::Known(..) => return Verdict::Settled,
                Fate::Refused(subject, problems) => (subject, problems),
            },
        };
        // Only a whole file is refused.
        if half_written {
            return Verdict::LookSoon;
        }
        if problems.iter().any(|problem| problem.code == codes::NOT_YET_DONE) {
            self.0.awaited.wait(ends);
        }
        let told = anchor(&self.0, subject, &file, &problems).await;
        let later = !told || problems.iter().all(|problem| may_change(problem.code));
        if later { Verdict::LookAgain } else { Verdict::Settled }
    }
}

/// What stands for a file whose bytes are not read: its name and what is wrong with it.
fn unread(file: &str, code: Code) -> Digest {
    Digest::of(format!("{code} {file}").as_bytes())
}

/// Anchors a refusal unless the same one stands in the ledger, or so many came that they are only
/// counted. False if the ledger did not take it: it is still to be told.
pub(crate) async fn anchor(
    node: &Arc<Node>,
    subject: Digest,
    file: &str,
    problems: &[Problem],
) -> bool {
    let Some(first) = problems.first() else { return true };
    // A hand on it, so that two who look at once do not both write.
    let _hand = node.hands.take(subject).await;
    let known = {
        let memory = node.anchors.memory();
        memory.was_refused(&subject, first.code.as_str()) || memory.has_job(&subject)
    };
    if known {
        return true;
    }
    // That the node takes nothing in right now is its own trouble, not the document's. Nothing else may
    // have told of it, so the log does, each time.
    if passing(first.code) {
        tracing::warn!(%file, digest = %subject, code = %first.code, problem = %first, "refused");
        return true;
    }
    let Some(record) = records::refused(subject, file, problems) else { return true };
    let turn = node.refusals.lock().unwrap_or_else(PoisonError::into_inner).take(Instant::now());
    let Some(left_off) = turn else { return true };
    // The log grows as the ledger does, and no quicker.
    for problem in problems {
        tracing::warn!(%file, digest = %subject, code = %problem.code, %problem, "refused");
    }
    let summary = (left_off > 0).then(|| records::left_off(left_off));
    let records = summary.into_iter().chain([record]).collect();
    let Err(error) = node.anchors.anchor(records).await else { return true };
    node.heed(&error);
    tracing::error!(%error, "a refusal is not anchored");
    false
}
