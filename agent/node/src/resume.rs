//! After a start: every accepted job without an end is brought to one.

use std::sync::Arc;

use arch_problem::codes;
use arch_schedule::{Arrival, JobState};

use crate::{
    interruption::AGENT_DIED,
    node::Node,
    pipeline::{called_off_record, end, give_up, launch, take_up},
    records,
};

/// Takes up what was left, in the order in which it was accepted.
///
/// # Errors
/// When the ledger does not take an interruption: nothing may run then.
pub(crate) async fn resume(node: &Arc<Node>) -> Result<(), crate::anchors::AnchorError> {
    let left = node.anchors.memory().unended();
    for digest in left {
        let Some(job) = node.anchors.memory().job(&digest).cloned() else { continue };
        if job.called_off {
            end(node, called_off_record(digest, job.attempts)).await;
            continue;
        }
        // The attempt before is cut off for certain before another one can begin.
        if job.state == JobState::Running {
            let record = records::interrupted(digest, job.attempts, AGENT_DIED);
            node.anchors.anchor_one(record).await?;
        }
        let placed = match take_up(node, digest) {
            Ok(admitted) => {
                node.desk.place(admitted, Arrival::Resumed).map_err(|never| never.reasons)
            }
            Err(problems) => Err(problems),
        };
        match placed {
            Ok(placed) => {
                tracing::info!(job = %digest, "taken up again");
                if let Some(placed) = placed {
                    launch(node, placed);
                }
            }
            Err(problems) => {
                let Some(problem) = problems.into_iter().next() else { continue };
                // A disk that does not answer now may answer after the next start.
                if [codes::FILE_MACHINE, codes::ARCHIVE_IO].contains(&problem.code) {
                    tracing::error!(job = %digest, %problem, "left for the next start");
                } else {
                    give_up(node, digest, &problem).await;
                }
            }
        }
    }
    Ok(())
}
