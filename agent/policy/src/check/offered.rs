//! Does the job ask for something that the format knows and this agent does not do, or not yet?

use arch_problem::codes;

use crate::{case::Case, finding::Finding};

pub(crate) fn check(case: &Case<'_>, findings: &mut Vec<Finding>) {
    after(case, findings);
    redundancy(case, findings);
}

/// Jobs that have to be done first, were done first: here, by the ledger's word.
fn after(case: &Case<'_>, findings: &mut Vec<Finding>) {
    for (index, digest) in case.job.spec.after.iter().enumerate() {
        let at = format!("/spec/after/{index}");
        findings.push(if case.facts.completed.contains(digest) {
            Finding::holds("after", at, None, format!("{digest} completed here"))
        } else {
            let message = format!("job {digest} has not completed here");
            Finding::fails("after", at, None, codes::NOT_YET_DONE, message)
        });
    }
}

/// KNOWN GAP: nobody recomputes yet; a job that wants it is refused and not run unchecked.
fn redundancy(case: &Case<'_>, findings: &mut Vec<Finding>) {
    let wanted = case.job.spec.verify.as_ref().map_or(1, |verify| verify.redundancy);
    if wanted > 1 {
        let message = format!("{wanted} nodes are to run the job; this agent runs it alone");
        let at = "/spec/verify/redundancy";
        findings.push(Finding::fails("verify", at, None, codes::NOT_OFFERED_YET, message));
    }
}
