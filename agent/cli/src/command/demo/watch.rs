//! Follows one job to its end.

use std::time::{Duration, Instant};

use arch_identity::Digest;
use arch_wire::control::JobDetail;

use super::agent::Agent;
use super::deadline::Deadline;
use super::report::JobTold;
use super::story::Story;
use crate::answer::Stop;
use crate::control::Control;

/// How often a word is said about a job in which nothing changes.
const WORD: Duration = Duration::from_secs(2);

/// States that nothing follows without a person.
const ENDS: [&str; 8] =
    ["completed", "failed", "quarantined", "disputed", "dead", "cancelled", "refused", "rejected"];

/// The one who watches.
pub(super) struct Watch<'a> {
    pub(super) agent: &'a mut Agent,
    pub(super) control: &'a mut Control,
    pub(super) story: Story,
    pub(super) deadline: Deadline,
}

impl Watch<'_> {
    /// Waits until the job has one of these states.
    pub(super) fn until(&mut self, job: Digest, states: &[&str]) -> Result<JobDetail, Stop> {
        let (mut last, mut word) = (String::new(), Instant::now());
        let (story, deadline) = (self.story, self.deadline);
        deadline.wait_for("end of a job", || {
            self.agent.still_there()?;
            let detail = match self.control.job(job) {
                Ok(detail) => detail,
                // The agent has not seen the file yet.
                Err(Stop::Refused { .. }) => return Ok(None),
                Err(stop) => return Err(stop),
            };
            let state = detail.row.state.clone();
            if state != last || word.elapsed() > WORD {
                let passed = deadline.passed().as_secs();
                story.progress(&format!("{} {state}, {passed} s since the start", detail.row.name));
                (last, word) = (state.clone(), Instant::now());
            }
            Ok(states.contains(&state.as_str()).then_some(detail))
        })
    }

    /// Waits for the end, whatever it is.
    pub(super) fn ended(&mut self, job: Digest) -> Result<JobTold, Stop> {
        self.until(job, &ENDS).map(|detail| told(&detail))
    }

    /// Waits for the end, which has to be a good one.
    pub(super) fn completed(&mut self, job: Digest) -> Result<JobTold, Stop> {
        let detail = self.until(job, &ENDS)?;
        let told = told(&detail);
        if told.state == "completed" {
            return Ok(told);
        }
        let code = detail.row.code.unwrap_or_default();
        let outcome = detail.outcome.unwrap_or_default();
        Err(Stop::could_not(
            format!("job `{}` ended {} ({outcome} {code})", told.name, told.state),
            "`archctl explain` says what the code means; look into agent.log with `--keep DIR`",
        ))
    }
}

fn told(detail: &JobDetail) -> JobTold {
    let outputs = detail.outputs.iter();
    JobTold {
        name: detail.row.name.clone(),
        digest: detail.row.digest.to_string(),
        state: detail.row.state.clone(),
        index: detail.anchors.finished.unwrap_or_default(),
        outputs: outputs.map(|(name, digest)| (name.clone(), digest.to_string())).collect(),
    }
}
