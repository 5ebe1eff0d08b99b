//! Is there a policy in force, and is this the job's time?

use arch_document::Document;
use arch_identity::Timestamp;
use arch_problem::codes;

use crate::{case::Case, finding::Finding};

const ABOUT: &str = "time";

pub(crate) fn check(case: &Case<'_>, findings: &mut Vec<Finding>) {
    let now = case.facts.now;
    let life = case.job.validity();
    findings.push(if !life.has_begun(now) {
        let message = format!("not valid before {}; it is {now}", shown(life.not_before));
        Finding::fails(ABOUT, "/metadata/notBefore", None, codes::JOB_OUT_OF_TIME, message)
    } else if life.not_after.is_none() || life.is_over(now) {
        let message = format!("its time was over at {}; it is {now}", shown(life.not_after));
        Finding::fails(ABOUT, "/metadata/notAfter", None, codes::JOB_OUT_OF_TIME, message)
    } else {
        let evidence = case.told(|| format!("{now} is not after {}", shown(life.not_after)));
        Finding::holds(ABOUT, "/metadata/notAfter", None, evidence)
    });
}

fn shown(time: Option<Timestamp>) -> String {
    time.map_or_else(|| "no stated time".to_owned(), |time| time.to_string())
}
