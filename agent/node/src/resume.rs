//! After a start: every accepted job without an end is brought to one.

use std::sync::Arc;

use arch_identity::Digest;
use arch_ledger::Record;
use arch_problem::{Problem, codes};
use arch_schedule::{Arrival, JobState};

use crate::{
    attempt::launch,
    ending::{end, give_up},
    interruption::AGENT_DIED,
    node::Node,
    point::Point,
    product::sweep,
    readmission::take_up,
    reason::is_the_machines,
    records,
    told::problem,
};

/// How often the agent may die under one job. More than an executor may: the machine is switched off
/// for reasons of its own, but a job under which it dies every time must not be taken up for ever.
const MOST_DEATHS: u32 = 10;

/// Takes up what was left, in the order in which it was accepted.
///
/// # Errors
/// When the ledger does not take an interruption: nothing may run then.
pub(crate) async fn resume(node: &Arc<Node>) -> Result<(), crate::anchors::AnchorError> {
    let left = node.anchors.memory().unended();
    sweep(&node.places.scratch(), &left);
    for digest in left {
        let Some(job) = node.anchors.memory().open_job(&digest).cloned() else { continue };
        if job.called_off {
            end_beside(node, records::called_off(digest, job.attempts));
            continue;
        }
        // What was found is found: another attempt might hide it.
        if let Some(found) = &job.diverged {
            end_beside(node, records::diverged(digest, &job, found.evidence));
            continue;
        }
        // The attempt before is cut off for certain before another one can begin.
        if job.state == JobState::Running {
            Point::FoundRunning.reached();
            let record = records::interrupted(digest, job.attempts, AGENT_DIED);
            node.anchors.anchor_one(record).await?;
            if job.deaths.saturating_add(1) >= MOST_DEATHS {
                let text = format!("the agent died under it {MOST_DEATHS} times");
                let problem = problem(codes::ATTEMPTS_SPENT, text);
                end_beside(node, records::spent(digest, job.attempts, &problem));
                continue;
            }
        }
        Point::TakenUp.reached();
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
                if is_the_machines(problem.code) {
                    tracing::error!(job = %digest, %problem, "left for the next start");
                } else {
                    give_up_beside(node, digest, problem);
                }
            }
        }
    }
    Ok(())
}

/// Ends the job beside everything else: on a full disk it waits for room, and nobody waits for it.
fn end_beside(node: &Arc<Node>, record: Record) {
    let at_work = node.at_work();
    let node = Arc::clone(node);
    tokio::spawn(async move {
        end(&node, record).await;
        drop(at_work);
    });
}

fn give_up_beside(node: &Arc<Node>, digest: Digest, problem: Problem) {
    let at_work = node.at_work();
    let node = Arc::clone(node);
    tokio::spawn(async move {
        give_up(&node, digest, &problem).await;
        drop(at_work);
    });
}
