//! How it ends: with a product in the archive that was checked there, or with what shows that it is none.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{Cursor, Read},
};

use arch_identity::Digest;
use arch_kernels::stream::{Assembled, Behind, stored};
use arch_ledger::Usage;
use arch_matrix::{
    CarrierKind,
    file::{Dtype, npy},
};
use arch_problem::codes;
use arch_wire::executor::Outcome;

use super::{
    Run, Share, Stop, audit,
    divergence::{Evidence, Finding},
    draw::{Promised, Report},
    kept,
    scratch::{Scratch, machine},
    shares::Used,
};
use crate::{
    diverged,
    memfd::ByPosition,
    node::Node,
    told::{Told, problem},
    validate::{Findings, MOST_NUMBER, Validated, judge, short},
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
            outputs.insert("audit".to_owned(), keep(run, &report)?);
            let spec = &run.placed.job().job().get().spec;
            outputs.retain(|name, _| spec.outputs.contains_key(name));
            let usage = run.usage(used, run.product.bytes());
            let findings = findings_of(Outcome::Completed, outputs, usage);
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
    outputs.insert("audit".to_owned(), keep(run, report)?);
    let (evidence, what) =
        diverged::anchor(run.node, (document, run.attempt), &evidence, &words(findings)).await?;
    outputs.insert("evidence".to_owned(), evidence);
    run.node.executor.distrust("parts of a product contradict each other");
    let findings = findings_of(Outcome::Completed, outputs, run.usage(used, 0));
    Ok(Validated::Disputed(findings, problem(codes::DISPUTED, what)))
}

/// Keeps the report.
fn keep(run: &Run<'_>, report: &Report) -> Told<Digest> {
    tokio::task::block_in_place(|| run.node.stores.shelf.put_json(report))
}

fn words(findings: &[Finding]) -> String {
    if findings.is_empty() {
        return "the product is not what was committed to, or not what A and B give: values were \
                changed after their hashes had been taken"
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
    let (mut c, length) = assembled(run, scratch)?;
    let digest = run.node.stores.shelf.put_stream(&mut c, length)?;
    let (file, offset) = stored_values(run.node, &digest)?;
    let body = Behind { bytes: file, offset };
    if !kept::is_what_was_promised(run, &body, promised)? {
        return Ok((digest, Some(false)));
    }
    if !product.freivalds {
        return Ok((digest, None));
    }
    Ok((digest, Some(audit::whole(run, &body, promised, &digest)?)))
}

/// A product in the archive, and where its values begin.
///
/// # Errors
/// When it is not there, or is no matrix.
pub(crate) fn stored_values(node: &Node, product: &Digest) -> Told<(File, u64)> {
    let (file, length) = node.stores.shelf.open_object(product)?;
    let stored = stored(&file, length, None)
        .map_err(|error| problem(codes::ARCHIVE_IO, format!("the product: {error}")))?;
    Ok((file, stored.offset))
}

/// C as an .npy file, read in order.
fn assembled<'s>(run: &Run<'_>, scratch: &'s Scratch) -> Result<(Box<dyn Read + 's>, u64), Stop> {
    let product = run.product;
    if let Some(plan) = &product.plan {
        let values = |node: usize, part| {
            let node = run.mirrors.leader(node);
            scratch.of(Share { node, part }).map(|of| &of.file)
        };
        let c = Assembled::new(plan, product.format, values)?;
        let length = c.len();
        return Ok((Box::new(c), length));
    }
    let [whole] = scratch.parts() else {
        return Err(problem(codes::WENT_MISSING, "the part that is all of C").into());
    };
    let (shape, kind) = (product.grid.shape(), product.format.carrier());
    let dtype = match kind {
        CarrierKind::I16 => Dtype::I64,
        _ => Dtype::I32,
    };
    let header = npy::header(dtype, shape.rows(), shape.columns());
    let length = u64::try_from(header.len()).unwrap_or(u64::MAX).saturating_add(product.bytes());
    let file = whole.file.try_clone().map_err(|error| machine(&error))?;
    let values = ByPosition::from_start(file).take(product.bytes());
    Ok((Box::new(Cursor::new(header).chain(values)), length))
}

/// A run that ended before there was a product.
pub(super) fn failed(outcome: Outcome, usage: Usage) -> Validated {
    let code = outcome.code().unwrap_or(codes::WENT_MISSING);
    let detail = outcome.detail().map(|text| format!(": {}", short(&text))).unwrap_or_default();
    let text = format!("the run ended with `{}`{detail}", outcome.word());
    let findings = findings_of(outcome, BTreeMap::new(), usage);
    Validated::Failed(findings, problem(code, text))
}

fn findings_of(outcome: Outcome, outputs: BTreeMap<String, Digest>, usage: Usage) -> Findings {
    Findings { outcome, outputs, logs: None, reads: None, fuel: 0, usage }
}

impl Run<'_> {
    /// What it used; processor time and memory as the workers claim.
    pub(super) fn usage(&self, used: Used, output_bytes: u64) -> Usage {
        let wall = u64::try_from(self.since.elapsed().as_millis()).unwrap_or(MOST_NUMBER);
        Usage {
            cpu_millis: used.cpu_millis.min(MOST_NUMBER),
            peak_memory_bytes: used.peak_memory_bytes.min(MOST_NUMBER),
            output_bytes: output_bytes.min(MOST_NUMBER),
            wall_millis: wall.min(MOST_NUMBER),
            denied: 0,
        }
    }
}
