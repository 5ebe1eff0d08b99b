//! One accepted job.

use std::sync::Arc;

use arch_identity::{Digest, Timestamp};
use arch_ledger::{EndState, Entry, Record, Usage};
use arch_schedule::{Event, JobState};
use arch_wire::control::Anchors;

use super::named::Named;
use crate::interruption::Counted;

/// What the ledger says of one accepted job.
#[derive(Debug, Clone)]
pub struct KnownJob {
    /// `metadata.name`.
    pub name: Box<str>,
    /// `metadata.owner`.
    pub owner: Arc<str>,
    /// Digest of the module; none if what runs is the node's own.
    pub module: Option<Digest>,
    /// Inputs by name.
    pub inputs: Named,
    /// Rules that let it in.
    pub rules: Arc<[String]>,
    /// What it may do.
    pub grants: Arc<[String]>,
    /// When it was accepted: the moment at which its signatures and its time were judged.
    pub accepted_at: Timestamp,
    /// Time of the newest entry about it.
    pub time: Timestamp,
    /// Where it stands in the ledger.
    pub anchors: Anchors,
    /// Its state.
    pub state: JobState,
    /// How often it was started.
    pub attempts: u32,
    /// How often the executor died under it.
    pub losses: u32,
    /// How often the agent died under it.
    pub deaths: u32,
    /// Engine and configuration of the last start.
    pub environment: Option<Digest>,
    /// Somebody called it off.
    pub called_off: bool,
    /// What shows that its last attempt cannot be relied upon.
    pub diverged: Option<Divergence>,
    /// How it ended, once it did.
    pub end: Option<Box<End>>,
}

/// What jobs often have in common.
#[derive(Debug)]
pub(super) struct Common {
    owner: Arc<str>,
    rules: Arc<[String]>,
    grants: Arc<[String]>,
}

impl Default for Common {
    fn default() -> Self {
        Self { owner: "".into(), rules: Arc::default(), grants: Arc::default() }
    }
}

impl From<&KnownJob> for Common {
    fn from(job: &KnownJob) -> Self {
        Self {
            owner: Arc::clone(&job.owner),
            rules: Arc::clone(&job.rules),
            grants: Arc::clone(&job.grants),
        }
    }
}

fn held_once(list: &[String], before: &Arc<[String]>) -> Arc<[String]> {
    if *list == **before { Arc::clone(before) } else { list.into() }
}

/// What differs between those who computed a job.
#[derive(Debug, Clone)]
pub struct Divergence {
    /// Digest of what shows it.
    pub evidence: Digest,
    /// In words.
    pub what: Box<str>,
}

/// How a job ended.
#[derive(Debug, Clone)]
pub struct End {
    /// The outcome in a word.
    pub outcome: Box<str>,
    /// The outcome's code.
    pub code: Option<String>,
    /// Outputs by name.
    pub outputs: Named,
    /// Standard error.
    pub logs: Option<Digest>,
    /// What it read.
    pub reads: Option<Digest>,
    /// Instructions.
    pub fuel: u64,
    /// What else it used.
    pub usage: Usage,
}

impl KnownJob {
    /// What it has in common with the job `before` it, most often, is held once.
    pub(super) fn accepted(
        index: u64,
        time: Timestamp,
        record: &Record,
        before: &Common,
    ) -> Option<Self> {
        let Record::Accepted { name, owner, module, inputs, rules, grants, .. } = record else {
            return None;
        };
        Some(Self {
            name: name.as_str().into(),
            owner: if **owner == *before.owner {
                Arc::clone(&before.owner)
            } else {
                owner.as_str().into()
            },
            module: *module,
            inputs: inputs.into(),
            rules: held_once(rules, &before.rules),
            grants: held_once(grants, &before.grants),
            accepted_at: time,
            time,
            anchors: Anchors { accepted: Some(index), ..Anchors::default() },
            state: JobState::Waiting,
            attempts: 0,
            losses: 0,
            deaths: 0,
            environment: None,
            called_off: false,
            diverged: None,
            end: None,
        })
    }

    /// Takes in another entry about it, but for how it ended.
    pub(super) fn learn(&mut self, index: u64, time: Timestamp, record: &Record) {
        self.time = time;
        match record {
            Record::Started { attempt, environment, .. } => {
                self.attempts = *attempt;
                self.environment = Some(*environment);
                self.anchors.started = Some(index);
                self.step(Event::Started);
            }
            Record::Interrupted { why, .. } => {
                match Counted::by(why) {
                    Counted::Loss => self.losses = self.losses.saturating_add(1),
                    Counted::Death => self.deaths = self.deaths.saturating_add(1),
                    Counted::Not => {}
                }
                self.step(Event::Interrupted);
            }
            Record::Finished { state, .. } => {
                self.anchors.finished = Some(index);
                self.state = match state {
                    EndState::Completed => JobState::Completed,
                    EndState::Failed => JobState::Failed,
                    EndState::Quarantined => JobState::Quarantined,
                    EndState::Disputed => JobState::Disputed,
                    EndState::Dead => JobState::Dead,
                    EndState::Cancelled => JobState::Cancelled,
                };
            }
            Record::Released { .. } => {
                self.anchors.decided = Some(index);
                self.step(Event::ReleasedByHand);
            }
            Record::Rejected { .. } => {
                self.anchors.decided = Some(index);
                self.step(Event::RejectedByHand);
            }
            Record::Diverged { evidence, what, .. } => {
                self.diverged =
                    Some(Divergence { evidence: *evidence, what: what.as_str().into() });
            }
            Record::Retried { .. } => {
                self.diverged = None;
                self.anchors.finished = None;
                self.end = None;
                (self.losses, self.deaths) = (0, 0);
                self.step(Event::RetriedByHand);
            }
            Record::Cancelled { .. } => self.called_off = true,
            _ => {}
        }
    }

    /// A job as its entries tell it, the acceptance first.
    pub(crate) fn told_by(entries: impl IntoIterator<Item = Entry>) -> Option<Self> {
        let mut entries = entries.into_iter();
        let Entry { index, time, record, .. } = entries.next()?;
        let mut job = Self::accepted(index, time, &record, &Common::default())?;
        for Entry { index, time, record, .. } in entries {
            job.learn(index, time, &record);
            job.keep_end(&record);
        }
        Some(job)
    }

    /// How it ended, in full. Most jobs are forgotten once they end, so [`KnownJob::learn`] does not ask.
    pub(super) fn keep_end(&mut self, record: &Record) {
        if let Some(end) = End::of(record) {
            self.end = Some(Box::new(end));
        }
    }

    fn step(&mut self, event: Event) {
        self.state = after(self.state, event);
    }
}

/// The ledger is the truth; a step that makes no sense is told and leaves the state.
pub(super) fn after(state: JobState, event: Event) -> JobState {
    state.after(event).unwrap_or_else(|error| {
        tracing::error!(%error, "the ledger holds an odd step");
        state
    })
}

impl End {
    fn of(record: &Record) -> Option<Self> {
        let Record::Finished { outcome, code, outputs, logs, reads, fuel, usage, .. } = record
        else {
            return None;
        };
        Some(Self {
            outcome: outcome.as_str().into(),
            code: code.clone(),
            outputs: outputs.into(),
            logs: *logs,
            reads: *reads,
            fuel: *fuel,
            usage: *usage,
        })
    }
}
