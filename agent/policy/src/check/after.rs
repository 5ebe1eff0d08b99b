//! Are the jobs done that have to be done first?

use arch_problem::codes;

use crate::{case::Case, finding::Finding};

pub(crate) fn check(case: &Case<'_>, findings: &mut Vec<Finding>) {
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
