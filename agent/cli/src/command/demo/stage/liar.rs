//! The same product once more, and one of its shards lies.

use arch_ledger::Record;
use arch_matrix::{Cell, Part, Plan};

use super::{Stage, Troupe};
use crate::answer::Stop;
use crate::command::demo::claim::claim;
use crate::command::demo::disputed::{self, Settled};
use crate::command::demo::entries;
use crate::command::demo::evidence::{self, Disputed, Waiting};
use crate::command::demo::jobs::{Draft, SignedJob};
use crate::ledger_folder::LedgerFolder;

/// What is said when there is no program that lies.
pub(super) const SKIPPED: &str = "no lying executor given; `cargo xtask demo` gives one";

/// The job that comes after the disputed one.
const AFTER: &str = "after-it";

/// Why a job waits for another one.
const WAITS: &str = "ARCH-P018";

impl Stage {
    /// Ends the agent, starts it with a liar in place of its executor, and looks whether that is found.
    pub(super) fn liar(&self, troupe: Troupe) -> Result<(Troupe, Option<Disputed>), Stop> {
        self.story.part("one shard lies")?;
        let Some(programs) = &self.programs.liar else {
            self.story.tell(&format!("SKIPPED: {SKIPPED}"))?;
            return Ok((troupe, None));
        };
        drop(troupe.control);
        troupe.agent.stop(self.deadline)?;
        let job = Draft::product(&self.factors, 3)?
            .named("lied-about")
            .sign("lied-about.yaml", &self.cast.issuer)?;
        let (plan, _cover) = self.plan(&job)?;
        let (row, column) = seen_by_two(&plan)?;
        // What the liar does, as it reads it in its cache folder.
        let trick = format!("add-one-at-{row}-{column} row");
        self.folder.put("state/cache/trick", trick.as_bytes(), 0o600)?;
        let mut troupe = self.start(programs)?;
        self.story.tell(&format!(
            "the executor is another program now, which adds one to C[{row}, {column}] in the shard that \
             has the row"
        ))?;
        self.drop_in(&job)?;
        let told = troupe.watch(self.story, self.deadline).ended(job.digest)?;
        let unseen = format!("a shard lied, and the job ended {}", told.state);
        claim(told.state == "disputed", &unseen)?;
        self.story
            .tell(&format!("{} {}, entry {} of the ledger", told.name, told.state, told.index))?;
        let state = self.folder.path("state");
        let entries = entries::read(&state, self.deadline)?;
        let lie = evidence::read((&state, &entries), &job, &told, &plan, &self.factors)?;
        lie.tell(self.story)?;
        let waits = self.waits(&mut troupe, &job)?;
        let dispute = self.dispute(&mut troupe, &job)?;
        Ok((troupe, Some(Disputed { job: told, lie, waits, dispute })))
    }

    /// Who lied is settled by a proof; then the verdict is replayed from the ledger, and the proof shown to
    /// others.
    fn dispute(&self, troupe: &mut Troupe, job: &SignedJob) -> Result<Settled, Stop> {
        self.story.part("who lied is settled by a proof of one step")?;
        let (state, deadline) = (self.folder.path("state"), self.deadline);
        self.story.progress("the first proof takes longer: a key for trying things out is made");
        let dispute = deadline.wait_for("settled dispute", || {
            troupe.agent.still_there()?;
            let entries = entries::read(&state, deadline)?;
            Ok(entries.into_iter().find_map(|entry| match entry.record {
                Record::Settled { document, dispute, .. } if document == job.digest => {
                    Some(dispute)
                }
                _ => None,
            }))
        })?;
        // What others see of the ledger follows a moment after the entry.
        deadline.wait_for("checkpoint of the verdict", || {
            let ledger = LedgerFolder::open(&state.join("ledger"));
            Ok(ledger.is_ok_and(|ledger| ledger.reader.verify(None).is_ok()).then_some(()))
        })?;
        disputed::tell(&self.folder, dispute, self.programs.snarkjs.as_deref(), self.story)
    }

    /// A job that is to come after it is not taken in.
    fn waits(&self, troupe: &mut Troupe, disputed: &SignedJob) -> Result<Waiting, Stop> {
        let job = Draft::product(&self.factors, 3)?
            .named(AFTER)
            .after(disputed.digest)
            .sign(&format!("{AFTER}.yaml"), &self.cast.issuer)?;
        self.drop_in(&job)?;
        let seen = troupe.watch(self.story, self.deadline).until(job.digest, &["refused"])?;
        let code = seen.row.code.unwrap_or_default();
        claim(code == WAITS, "the job after it is refused for another reason")?;
        let entries = entries::read(&self.folder.path("state"), self.deadline)?;
        let accepted = |record: &Record| match record {
            Record::Accepted { document, .. } => *document == job.digest,
            _ => false,
        };
        let taken_in = entries.iter().any(|entry| accepted(&entry.record));
        claim(!taken_in, "the job after it was accepted")?;
        self.story.tell(&format!("{AFTER} waits for it ({code}): nothing of it was run"))?;
        Ok(Waiting { job: job.digest.to_string(), code })
    }
}

/// The first number of the cell that the row and the column have in common.
fn seen_by_two(plan: &Plan) -> Result<(u32, u32), Stop> {
    let slabs = || plan.nodes().iter().map(|node| node.slab);
    let row = slabs().find_map(|slab| match slab {
        Part::Row { index } => Some(index),
        _ => None,
    });
    let column = slabs().find_map(|slab| match slab {
        Part::Column { index } => Some(index),
        _ => None,
    });
    let (Some(row), Some(column)) = (row, column) else {
        return Err(Stop::could_not("the plan has no row or no column", "tell us"));
    };
    let place = plan.grid().cell(Cell { row, column });
    Ok((place.rows.start, place.columns.start))
}
