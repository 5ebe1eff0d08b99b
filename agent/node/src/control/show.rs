//! What the agent shows of itself and of jobs.

use std::sync::Arc;

use arch_document::{SignedDocument, Validity};
use arch_identity::Digest;
use arch_problem::codes;
use arch_schedule::{Inventory, JobState};
use arch_wire::control::{
    Amounts, Anchors, Answer, Bytes, DocumentState, ExecutorState, JobDetail, JobRow, JobUse,
    LINE_CAP, LedgerState, Status, Text,
};

use super::decide::no_such_job;
use crate::{
    memory::{KnownJob, KnownRefusal},
    node::Node,
    told::{Told, blocking, problem},
};

/// Rows of one list.
const ROWS: usize = 1_000;

/// Bytes of all rows of one list as they are sent, well below the cap of a line.
const ROOM: usize = LINE_CAP.saturating_sub(65_536);

/// Bytes of one stream that are shown.
const HEAD: usize = 262_144;

pub(super) async fn status(node: &Arc<Node>) -> Told<Status> {
    let head = node.anchors.head().await.map_err(|error| error.problem())?;
    let authority = node.authority();
    let executor = node.executor.state();
    let (whole, free) = node.desk.room();
    let why = node.gate.why();
    Ok(Status {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        node: node.did.clone(),
        since: node.since,
        accepting: why.is_none(),
        why: why.map(|shut| shut.why().to_owned()),
        root: document(authority.root.root(), authority.root.document()),
        policy: document(authority.policy.policy(), authority.policy.document()),
        ledger: LedgerState { origin: head.origin, size: head.size, root: head.root },
        executor: ExecutorState {
            ready: executor.is_ready(),
            engine: executor.engine,
            environment: executor.environment,
            restarts: executor.restarts,
        },
        jobs: node.anchors.memory().counts(),
        lends: amounts(&whole),
        free: amounts(&free),
        listen: node
            .listen
            .as_ref()
            .map(|address| format!("not listening on {address}: listening comes with the mesh")),
    })
}

fn document(typed: &impl arch_document::Document, document: &SignedDocument) -> DocumentState {
    let (name, version) = typed.version().unwrap_or_default();
    let Validity { not_after, .. } = typed.validity();
    DocumentState { name, version, digest: document.digest(), not_after }
}

fn amounts(inventory: &Inventory) -> Amounts {
    Amounts {
        cpu: inventory.cpu.to_string(),
        memory: inventory.memory.to_string(),
        gpu: inventory.gpu.to_string(),
        watts: inventory.watts.watts(),
    }
}

pub(super) fn list(node: &Node, state: Option<&str>) -> Told<Answer> {
    let wanted: Option<JobState> =
        state.map(str::parse).transpose().map_err(|error: arch_schedule::NoSuchState| {
            problem(codes::MALFORMED_CALL, error.to_string())
        })?;
    let memory = node.anchors.memory();
    let jobs = memory.jobs().map(|(digest, job)| (job.anchors.accepted, row(*digest, job)));
    let refused =
        memory.refusals().map(|(subject, known)| (Some(known.index), refused_row(*subject, known)));
    let fits = |state: &str| wanted.is_none_or(|wanted| wanted.as_str() == state);
    let mut rows: Vec<_> = jobs.chain(refused).filter(|(_, row)| fits(&row.state)).collect();
    rows.sort_by_key(|(index, _)| std::cmp::Reverse(*index));
    let all = rows.len();
    let jobs = fitting(rows.into_iter().take(ROWS).map(|(_, row)| row));
    Ok(Answer::JobList { truncated: jobs.len() < all, jobs })
}

/// As many rows as one line holds; names and owners are others' choice.
fn fitting(rows: impl Iterator<Item = JobRow>) -> Vec<JobRow> {
    let mut room = ROOM;
    let fits = |row: &JobRow| {
        let size = serde_json::to_string(row).map_or(usize::MAX, |text| text.len());
        let left = room.checked_sub(size.saturating_add(1));
        room = left.unwrap_or(0);
        left.is_some()
    };
    rows.take_while(fits).collect()
}

fn row(digest: Digest, job: &KnownJob) -> JobRow {
    JobRow {
        digest,
        name: job.name.to_string(),
        owner: job.owner.to_string(),
        state: job.state.to_string(),
        code: job.end.as_ref().and_then(|end| end.code.clone()),
        time: job.time,
    }
}

fn refused_row(subject: Digest, known: &KnownRefusal) -> JobRow {
    JobRow {
        digest: subject,
        name: known.file.clone(),
        owner: String::new(),
        state: JobState::Refused.to_string(),
        code: Some(known.code.clone()),
        time: known.time,
    }
}

pub(super) fn job(node: &Node, digest: Digest) -> Told<JobDetail> {
    let memory = node.anchors.memory();
    if let Some(job) = memory.job(&digest) {
        return Ok(detail(digest, job));
    }
    let known = memory.refusal(&digest).ok_or_else(|| no_such_job(digest))?;
    Ok(JobDetail {
        row: refused_row(digest, known),
        anchors: Anchors { refused: Some(known.index), ..Anchors::default() },
        attempts: 0,
        module: None,
        rules: Vec::new(),
        grants: Vec::new(),
        outcome: Some(known.message.clone()),
        outputs: std::collections::BTreeMap::new(),
        reads: None,
        used: None,
        line: known.line,
        column: known.column,
    })
}

fn detail(digest: Digest, job: &KnownJob) -> JobDetail {
    let end = job.end.as_ref();
    JobDetail {
        row: row(digest, job),
        anchors: job.anchors.clone(),
        attempts: job.attempts,
        module: Some(job.module),
        rules: job.rules.to_vec(),
        grants: job.grants.to_vec(),
        outcome: end.map(|end| end.outcome.to_string()),
        outputs: end.map(|end| end.outputs.to_map()).unwrap_or_default(),
        reads: end.and_then(|end| end.reads),
        used: end.map(|end| JobUse {
            fuel: end.fuel,
            cpu_millis: end.usage.cpu_millis,
            peak_memory_bytes: end.usage.peak_memory_bytes,
            output_bytes: end.usage.output_bytes,
            wall_millis: end.usage.wall_millis,
            denied: end.usage.denied,
        }),
        line: None,
        column: None,
    }
}

pub(super) async fn logs(node: &Arc<Node>, digest: Digest) -> Told<Answer> {
    let (stdout, stderr) = {
        let memory = node.anchors.memory();
        let job = memory.job(&digest).ok_or_else(|| no_such_job(digest))?;
        let unended = || {
            problem(codes::WRONG_STATE, format!("the job is {}; it wrote nothing yet", job.state))
        };
        let end = job.end.as_ref().ok_or_else(unended)?;
        (end.outputs.get("stdout").copied(), end.logs)
    };
    let node = Arc::clone(node);
    blocking(move || {
        Ok(Answer::JobLogs { stdout: text(&node, stdout)?, stderr: text(&node, stderr)? })
    })
    .await
}

fn text(node: &Node, digest: Option<Digest>) -> Told<Text> {
    let Some(found) = digest else { return Ok(Text::default()) };
    let shelf = &node.stores.shelf;
    if !shelf.has(&found) {
        // The policy kept the digest alone.
        return Ok(Text { digest, ..Text::default() });
    }
    let (bytes, size) = shelf.head(&found, HEAD)?;
    Ok(Text { bytes: Bytes(bytes), size, digest })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_long_names_is_cut_below_the_cap_of_a_line() {
        let row = |number: u64| JobRow {
            digest: Digest::of(&number.to_le_bytes()),
            name: "\u{fffd}".repeat(255),
            owner: "x".repeat(2_000),
            state: "waiting".to_owned(),
            code: None,
            time: arch_identity::Timestamp::from_unix(0).unwrap(),
        };
        let jobs = fitting((0..1_000).map(row));
        assert!(jobs.len() > 300 && jobs.len() < 1_000, "{}", jobs.len());
        let reply = arch_wire::control::Reply::Ok(Answer::JobList { jobs, truncated: true });
        assert!(arch_wire::control::write_reply(&reply).is_ok());
        assert_eq!(fitting((0..3).map(row)).len(), 3);
    }
}
