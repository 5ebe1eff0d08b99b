//! How it ends: with a product in the archive that was checked there, or with what shows that it is none.

use std::{collections::BTreeMap, fs::File, os::unix::fs::FileExt as _};

use arch_identity::Digest;
use arch_kernels::stream::{Assembled, ReadAt};
use arch_ledger::{Record, Usage};
use arch_matrix::{Plan, Splits, file::npy, plan::Order};
use arch_problem::{Problem, codes};
use arch_wire::executor::Outcome;

use super::{
    Run, Stop, audit,
    commit::keep,
    divergence::{Evidence, Finding},
    draw::{Promised, Report},
    scratch::Scratch,
    shares::Used,
};
use crate::{
    point::Point,
    told::problem,
    validate::{Findings, Validated, judge},
};

/// What people read first of a divergence; the rest is in the evidence.
const WORDS: usize = 4;

/// Ends the attempt.
pub(super) async fn conclude(
    run: &Run<'_>,
    scratch: &Scratch,
    promised: &Promised,
    mut report: Report,
    findings: Vec<Finding>,
    used: Used,
) -> Result<Validated, Stop> {
    let mut outputs = BTreeMap::from([("commitments".to_owned(), promised.list)]);
    if findings.is_empty() {
        let (product, holds) = tokio::task::block_in_place(|| product(run, scratch, promised))?;
        report.product = holds;
        outputs.insert("product".to_owned(), product);
        if holds != Some(false) {
            outputs.insert("audit".to_owned(), tokio::task::block_in_place(|| keep(run, &report))?);
            let spec = &run.placed.job().job().get().spec;
            outputs.retain(|name, _| spec.outputs.contains_key(name));
            let size = run.product.grid.shape();
            let bytes = u64::from(size.rows())
                .saturating_mul(size.columns().into())
                .saturating_mul(run.product.format.carrier().sum_bytes());
            let findings = findings_of(Outcome::Completed, outputs, run.used(used, bytes));
            return Ok(judge(run.placed.job(), findings, Vec::new()));
        }
        outputs.remove("product");
    }
    disputed(run, promised, &report, &findings, outputs, used).await
}

/// Anchors what was found; what was computed is no result.
async fn disputed(
    run: &Run<'_>,
    promised: &Promised,
    report: &Report,
    findings: &[Finding],
    mut outputs: BTreeMap<String, Digest>,
    used: Used,
) -> Result<Validated, Stop> {
    let document = run.placed.job().digest();
    let evidence = Evidence {
        schema: "arch.network/matrix-evidence/v1",
        document,
        attempt: run.attempt,
        commitments: promised.list,
        entry: promised.entry,
        findings,
    };
    let kept = tokio::task::block_in_place(|| Ok::<_, Box<Problem>>((keep(run, &evidence)?, keep(run, report)?)));
    let (evidence, report) = kept?;
    outputs.insert("evidence".to_owned(), evidence);
    outputs.insert("audit".to_owned(), report);
    let what = words(findings);
    let record =
        Record::Diverged { document, attempt: run.attempt, evidence, what: what.clone() };
    run.node.anchors.anchor_one(record).await.map_err(|error| {
        run.node.heed(&error);
        Stop::Machine(error.problem())
    })?;
    Point::Diverged.reached();
    let findings = findings_of(Outcome::Completed, outputs, run.used(used, 0));
    Ok(Validated::Disputed(findings, problem(codes::DISPUTED, what)))
}

fn words(findings: &[Finding]) -> String {
    if findings.is_empty() {
        return "the product is not what A and B give, though each part was: values were changed \
                after they had been committed to"
            .to_owned();
    }
    let mut words: Vec<String> = findings.iter().take(WORDS).map(Finding::words).collect();
    if let Some(more) = findings.len().checked_sub(WORDS).filter(|more| *more > 0) {
        words.push(format!("and {more} more findings"));
    }
    words.join("; ")
}

/// Puts C into the archive, and checks it there: what scratch files hold may change behind our back.
fn product(
    run: &Run<'_>,
    scratch: &Scratch,
    promised: &Promised,
) -> Result<(Digest, Option<bool>), Stop> {
    let product = run.product;
    let alone = alone(run);
    let plan = match (&product.plan, &alone) {
        (Some(plan), _) | (None, Some(plan)) => plan,
        (None, None) => return Err(problem(codes::MATRIX_SHAPE, "there is no plan").into()),
    };
    let values = |node: usize, part| {
        let own = |values: &&super::scratch::Values| {
            values.share.part == part && (values.share.node == node || product.plan.is_none())
        };
        scratch.parts().iter().find(own).map(|values| &values.file)
    };
    let mut c = Assembled::new(plan, product.format, values)?;
    let length = c.len();
    let digest = run.node.stores.shelf.put_stream(&mut c, length)?;
    if !product.freivalds {
        return Ok((digest, None));
    }
    let (file, length) = run.node.stores.shelf.open_object(&digest)?;
    let mut begin = vec![0; usize::try_from(npy::ENOUGH.min(length)).unwrap_or(0)];
    let unreadable = |error: std::io::Error| problem(codes::ARCHIVE_IO, error.to_string());
    file.read_exact_at(&mut begin, 0).map_err(unreadable)?;
    let stored = npy::read(&begin, length)
        .map_err(|error| problem(codes::ARCHIVE_IO, format!("the product: {error}")))?;
    let body = Behind { file, offset: stored.offset };
    Ok((digest, Some(audit::whole(run, &body, promised, &digest)?)))
}
