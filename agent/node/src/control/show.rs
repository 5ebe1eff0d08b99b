//! What the agent shows of jobs.

use std::sync::Arc;

use arch_identity::Digest;
use arch_ledger::Record;
use arch_problem::codes;
use arch_schedule::JobState;
use arch_wire::control::{Anchors, Answer, Bytes, JobDetail, JobRow, JobUse, LINE_CAP, Text};

use crate::{
    memory::{KnownJob, KnownRefusal},
    node::Node,
    told::{Told, blocking, no_such_job, problem},
};

/// Rows of one list.
const ROWS: usize = 1_000;

/// Bytes of all rows of one list as they are sent, well below the cap of a line.
const ROOM: usize = LINE_CAP.saturating_sub(65_536);

/// Bytes of one stream that are shown.
const HEAD: usize = 262_144;

pub(super) async fn list(node: &Node, state: Option<&str>) -> Told<Answer> {
    let wanted: Option<JobState> =
        state.map(str::parse).transpose().map_err(|error: arch_schedule::NoSuchState| {
            problem(codes::MALFORMED_CALL, error.to_string())
        })?;
    let fits = |state: JobState| wanted.is_none_or(|wanted| wanted == state);
    let mut found: Vec<_> =
        node.anchors.memory().subjects().filter(|(_, _, state)| fits(*state)).collect();
    found.sort_unstable_by_key(|(index, ..)| std::cmp::Reverse(*index));
    let (mut jobs, mut room) = (Vec::new(), Room(ROOM));
    for (index, digest, state) in found.iter().take(ROWS) {
        let row = match state {
            JobState::Refused => refused(node, *digest, *index).await?.row,
            _ => row(*digest, &node.job(*digest).await?),
        };
        if !room.takes(&row) {
            break;
        }
        jobs.push(row);
    }
    Ok(Answer::JobList { truncated: jobs.len() < found.len(), jobs })
}

/// What is left of a line; names and owners are others' choice.
struct Room(usize);

impl Room {
    fn takes(&mut self, row: &JobRow) -> bool {
        let size = serde_json::to_string(row).map_or(usize::MAX, |text| text.len());
        let left = self.0.checked_sub(size.saturating_add(1));
        self.0 = left.unwrap_or(0);
        left.is_some()
    }
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

pub(super) async fn job(node: &Node, digest: Digest) -> Told<JobDetail> {
    let refused_at = {
        let memory = node.anchors.memory();
        let refusal = memory.refusal(&digest).filter(|_| !memory.has_job(&digest));
        refusal.map(KnownRefusal::index)
    };
    match refused_at {
        Some(index) => refused(node, digest, index).await,
        None => {
            let detail = detail(digest, &node.job(digest).await?);
            Ok(JobDetail { progress: node.progress.get(&digest), ..detail })
        }
    }
}

/// What the entry `index` says of a document or file that was refused.
async fn refused(node: &Node, subject: Digest, index: u64) -> Told<JobDetail> {
    let entries = node.anchors.entries(vec![index]).await.map_err(|error| error.problem())?;
    let entry = entries.into_iter().next().ok_or_else(|| no_such_job(subject))?;
    let Record::Refused { file, code, message, line, column, .. } = entry.record else {
        return Err(no_such_job(subject));
    };
    Ok(JobDetail {
        row: JobRow {
            digest: subject,
            name: file,
            owner: String::new(),
            state: JobState::Refused.to_string(),
            code: Some(code),
            time: entry.time,
        },
        anchors: Anchors { refused: Some(index), ..Anchors::default() },
        attempts: 0,
        module: None,
        progress: None,
        rules: Vec::new(),
        grants: Vec::new(),
        outcome: Some(message),
        diverged: None,
        outputs: std::collections::BTreeMap::new(),
        reads: None,
        used: None,
        line,
        column,
    })
}

fn detail(digest: Digest, job: &KnownJob) -> JobDetail {
    let end = job.end.as_ref();
    JobDetail {
        row: row(digest, job),
        anchors: job.anchors.clone(),
        attempts: job.attempts,
        module: job.module,
        progress: None,
        rules: job.rules.to_vec(),
        grants: job.grants.to_vec(),
        outcome: end.map(|end| end.outcome.to_string()),
        diverged: job.diverged.as_ref().map(|found| found.what.to_string()),
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
    let job = node.job(digest).await?;
    let unended =
        || problem(codes::WRONG_STATE, format!("the job is {}; it wrote nothing yet", job.state));
    let end = job.end.as_ref().ok_or_else(unended)?;
    let (stdout, stderr) = (end.outputs.get("stdout").copied(), end.logs);
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
        let mut room = Room(ROOM);
        let jobs: Vec<_> = (0..1_000).map(row).take_while(|row| room.takes(row)).collect();
        assert!(jobs.len() > 300 && jobs.len() < 1_000, "{}", jobs.len());
        let reply = arch_wire::control::Reply::Ok(Answer::JobList { jobs, truncated: true });
        assert!(arch_wire::control::write_reply(&reply).is_ok());
    }
}
