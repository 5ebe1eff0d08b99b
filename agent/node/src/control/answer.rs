//! One call, one answer.

use std::sync::Arc;

use arch_document::MAX_ENVELOPE_BYTES;
use arch_identity::Digest;
use arch_problem::{Problem, codes};
use arch_schedule::JobState;
use arch_wire::control::{Answer, Call, Reply, Submitted};

use super::{Peer, decide, show, status};
use crate::{
    dispute,
    node::Node,
    pipeline::{Fate, take_in},
    refusals, reload, replay,
    told::{self, Told},
};

/// Does what was asked.
pub(super) async fn answer(node: &Arc<Node>, peer: &Peer, call: Call) -> Reply {
    let answered = match call {
        Call::Status {} => status::status(node).await.map(|s| Answer::Status(Box::new(s))),
        Call::JobList { state } => show::list(node, state.as_deref()).await,
        Call::JobShow { digest } => {
            show::job(node, digest).await.map(|d| Answer::JobShow(Box::new(d)))
        }
        Call::JobSubmit { file, bytes } => {
            submit(node, &file, &bytes.0).await.map(Answer::JobSubmit)
        }
        Call::JobCancel { digest } => decide::cancel(node, peer, digest)
            .await
            .map(|state| Answer::JobCancel { state: state.to_string() }),
        Call::JobRelease { digest } => decide::release(node, peer, digest)
            .await
            .map(|state| Answer::JobRelease { state: state.to_string() }),
        Call::JobReject { digest } => decide::reject(node, peer, digest)
            .await
            .map(|state| Answer::JobReject { state: state.to_string() }),
        Call::JobRetry { digest } => decide::retry(node, peer, digest)
            .await
            .map(|state| Answer::JobRetry { state: state.to_string() }),
        Call::JobLogs { digest } => show::logs(node, digest).await,
        Call::JobReplay { digest } => replay::replay(node, digest).await.map(Answer::JobReplay),
        Call::DisputeHear { file, bytes } => {
            dispute::hear(node, &name(&file), &bytes.0).await.map(Answer::DisputeHear)
        }
        Call::Reload {} => reload::reload(node).await.map(Answer::Reload),
    };
    match answered {
        Ok(answer) => Reply::Ok(answer),
        Err(problem) => Reply::Problem(problem),
    }
}

/// A file's name as it may be told.
fn name(file: &str) -> String {
    file.chars().filter(|c| !c.is_control()).take(1_024).collect()
}

async fn submit(node: &Arc<Node>, file: &str, bytes: &[u8]) -> Told<Submitted> {
    if u64::try_from(bytes.len()).map_or(true, |size| size > MAX_ENVELOPE_BYTES) {
        let text = format!("a document has at most {MAX_ENVELOPE_BYTES} bytes");
        return Err(told::problem(codes::FILE_TOO_LARGE, text));
    }
    let file = name(file);
    Ok(match take_in(node, &file, bytes).await {
        Fate::Accepted(digest) => submitted(digest, JobState::Waiting, false, Vec::new()),
        Fate::Known(digest, state) => submitted(digest, state, true, Vec::new()),
        // KNOWN GAP: a job that waits for another (`after`) is refused like any other and not tried
        // again for the sender; in the drop folder it is, as soon as the other has ended.
        Fate::Refused(subject, problems) => {
            let name = file.rsplit('/').next().unwrap_or_default();
            refusals::anchor(node, subject, name, &problems).await;
            submitted(subject, JobState::Refused, false, problems)
        }
    })
}

fn submitted(digest: Digest, state: JobState, already: bool, problems: Vec<Problem>) -> Submitted {
    Submitted { digest, state: state.to_string(), already, problems }
}
