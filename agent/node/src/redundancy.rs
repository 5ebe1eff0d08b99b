//! Running a job more than once, each time in a worker of its own, because its owner asked for as many
//! equal results.

use std::sync::Arc;

use arch_identity::Digest;
use arch_problem::codes;
use arch_schedule::Placed;
use arch_wire::executor::Outcome;
use serde::Serialize;

use crate::{
    cancel::Cancel,
    diverged,
    executor_client::Lost,
    gave::Gave,
    node::Node,
    supplies::Supplies,
    told::problem,
    validate::{Findings, Store, Unlooked, Validated, validate},
};

/// What shows that runs of a job differ, as the ledger's `diverged` entry names it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Evidence<'a> {
    schema: &'static str,
    document: Digest,
    attempt: u32,
    /// What each run gave, in their order.
    runs: &'a [Gave],
}

/// Runs the job again as often as its owner asked for, and compares with what the first run gave.
pub(crate) async fn compare(
    node: &Arc<Node>,
    placed: &Placed,
    supplies: &Supplies,
    attempt: u32,
    cancel: &Cancel,
    first: Findings,
) -> Result<Validated, Unlooked> {
    let verify = placed.job().job().get().spec.verify.clone().unwrap_or_default();
    let mut runs = vec![Gave::from(&first)];
    for _ in 1..verify.redundancy {
        let executed = node.executor.run(placed, supplies, cancel).await?;
        let looked = || validate(placed.job(), &executed, Store::Nowhere);
        let again = tokio::task::block_in_place(looked)?;
        match &again.findings().outcome {
            // Somebody else's doing: nothing is said about the result.
            Outcome::Cancelled => {
                return Err(Lost("it says that the run was called off".to_owned()).into());
            }
            // A machine under load: as if the first run had ended so.
            Outcome::Deadline | Outcome::MemoryCap => return Ok(again),
            _ => runs.push(Gave::from(again.findings())),
        }
    }
    let Some((one, others)) = runs.split_first() else { return Ok(Validated::Good(first)) };
    let differing = others.iter().find_map(|other| {
        let found = one.differences(other);
        (!found.is_empty()).then_some(found)
    });
    match differing {
        None => Ok(Validated::Good(first)),
        Some(found) => dead(node, placed, attempt, first, &runs, &found).await,
    }
}

/// Keeps what shows it, and anchors that.
async fn dead(
    node: &Arc<Node>,
    placed: &Placed,
    attempt: u32,
    first: Findings,
    runs: &[Gave],
    found: &[String],
) -> Result<Validated, Unlooked> {
    let document = placed.job().digest();
    let schema = "arch.network/redundancy-evidence/v1";
    let evidence = Evidence { schema, document, attempt, runs };
    let what = format!("of {} runs not all gave the same: {}", runs.len(), found.join("; "));
    let diverged = diverged::anchor(node, (document, attempt), &evidence, &what).await;
    let (_, what) = diverged.map_err(Unlooked::Machine)?;
    Ok(Validated::Dead(first, problem(codes::UNREPEATABLE, what)))
}
