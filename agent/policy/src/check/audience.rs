//! Is the job meant for this node?

use arch_problem::codes;

use crate::{case::Case, finding::Finding};

const ABOUT: &str = "audience";
const AT: &str = "/metadata/audience";

pub(crate) fn check(case: &Case<'_>, findings: &mut Vec<Finding>) {
    let facts = case.facts;
    let audience = &case.job.metadata.audience;
    findings.push(if audience.is_everyone() {
        Finding::holds(ABOUT, AT, None, "meant for every node")
    } else if audience.includes(&facts.node, &facts.groups) {
        Finding::holds(ABOUT, AT, None, "meant for this node")
    } else {
        let message = format!("this node, `{}`, is not in the audience", facts.node);
        Finding::fails(ABOUT, AT, None, codes::NOT_FOR_THIS_NODE, message)
    });
}
