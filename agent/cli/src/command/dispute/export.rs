//! `archctl dispute export`

use std::fmt;
use std::path::PathBuf;

use arch_circuits::registry::ProofFile;
use arch_dispute::{Dispute, Says};
use serde::Serialize;

use crate::answer::{Answer, Outcome, Stop};
use crate::command::{ledger, proof};
use crate::dispute::arguments::Reading;
use crate::dispute::court::Keys;
use crate::dispute::folder::{self, Draft};
use crate::dispute::leaves;
use crate::dispute::named::NamedDispute;
use crate::dispute::office::{Looked, Office};
use crate::dispute::story::{Stake, Story};
use crate::named_job::{NamedJob, only_one};
use crate::say;

/// Take a dispute, or a job's commitments, along: all that it is judged by, in a new folder
///
/// The folder is for whoever has no ledger. It has `report.md`, the list of commitments, the task, every
/// message as a DSSE envelope with the time at which the ledger had it, and the receipt of the entry that
/// anchors the list. Where a proof decided, it is there for `archctl proof verify`, for snarkjs, and for a contract.
///
/// With `--job` it has the commitments to a product that nobody disputes yet, for whoever wants to; and, if
/// the archive has that product, the hashes of its leaves, with which one challenges.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("which").required(true))]
pub(crate) struct Args {
    /// The challenge's digest, or its first digits
    #[arg(value_name = "DISPUTE", group = "which")]
    dispute: Option<NamedDispute>,
    /// The commitments to this job's product instead: its digest, or its first digits
    #[arg(long, value_name = "DIGEST", group = "which")]
    job: Option<NamedJob>,
    /// The folder to make; it must not exist
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    #[command(flatten)]
    reading: Reading,
}

#[derive(Serialize)]
struct Exported {
    schema: &'static str,
    folder: PathBuf,
    messages: usize,
    /// Whether a proof is with it.
    proof: bool,
    /// Whether the hashes of the product's leaves are with it.
    leaves: bool,
}

/// What a folder has.
#[derive(Debug, Default)]
struct Had {
    messages: usize,
    proof: bool,
    leaves: bool,
}

impl fmt::Display for Had {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} messages", self.messages)?;
        if self.proof {
            f.write_str(", and a proof")?;
        }
        if self.leaves {
            f.write_str(", and the hashes of the product's leaves")?;
        }
        Ok(())
    }
}

impl Args {
    pub(crate) fn run(self) -> Outcome {
        let office = self.reading.place.open()?;
        let draft = Draft::begin(&self.out)?;
        let had = match (&self.dispute, &self.job) {
            (Some(dispute), _) => self.of_dispute(&office, dispute, &draft)?,
            (None, Some(job)) => of_job(&office, job, &draft)?,
            (None, None) => return Err(Stop::usage("nothing is named", "name a dispute")),
        };
        draft.finish()?;
        if self.reading.format.json {
            let schema = "arch.dispute-export/v1";
            let Had { messages, proof, leaves } = had;
            say::json(&Exported { schema, folder: self.out, messages, proof, leaves })?;
        } else {
            say::data(&self.out.display().to_string())?;
            say::talk(&had.to_string());
        }
        Ok(Answer::Yes)
    }

    fn of_dispute(
        &self,
        office: &Office,
        dispute: &NamedDispute,
        draft: &Draft,
    ) -> Result<Had, Stop> {
        let filed = dispute.find(&office.docket)?;
        let looked = office.look(filed, self.reading.now.read()?)?;
        let stakes = Stake::all(&office.docket.bookings, &filed.id);
        let settled = filed.settled.first().map(|settled| settled.entry);
        let story = Story::of(&looked, &office.registry, stakes, settled)?;
        let evidence = &looked.evidence;
        folder::write(draft, evidence, receipt(office, evidence.task.entry).as_deref())?;
        draft.put("report.md", story.page().as_bytes())?;
        let file = proof_file(office, &looked)?;
        if let Some((file, key)) = &file {
            draft.put("proof.json", format!("{}\n", file.to_json()).as_bytes())?;
            for (name, bytes) in proof::files(file, key) {
                draft.put(&format!("snarkjs/{name}"), &bytes)?;
            }
        }
        let messages = evidence.commits.len().saturating_add(evidence.said.len());
        Ok(Had { messages, proof: file.is_some(), leaves: false })
    }
}

/// The receipt of the entry that anchors the commitments, with the entry in it.
fn receipt(office: &Office, index: u64) -> Option<String> {
    let entry = office.ledger.reader.entry(index).ok()?;
    let receipt = ledger::receipt(&office.ledger, &entry, false).ok();
    if receipt.is_none() {
        say::talk("the ledger gives no receipt of the commitments: none is in the folder");
    }
    receipt
}

fn of_job(office: &Office, job: &NamedJob, draft: &Draft) -> Result<Had, Stop> {
    let all = office.docket.committed.iter().map(|committed| committed.document);
    let job = match job {
        NamedJob::Whole(digest) => *digest,
        NamedJob::Start(start) => only_one(start, all)?,
    };
    let evidence = office.commitments(&job)?;
    folder::write(draft, &evidence, receipt(office, evidence.task.entry).as_deref())?;
    let lines = evidence.list.commitments.iter().enumerate().map(|(number, line)| {
        let by = line.signed.as_ref().map(|signed| signed.by.did()).unwrap_or_default();
        let part = serde_json::to_string(&line.commitment.part()).unwrap_or_default();
        format!("| {number} | {} | `{part}` | {by} |\n", line.node)
    });
    let lines: String = lines.collect();
    let page = format!(
        "# Commitments to the product of job {}\n\nAttempt {}, entry {} of the ledger.\n\n\
         | line | node | part | by |\n|---|---|---|---|\n{lines}",
        job.hex(),
        evidence.task.attempt,
        evidence.task.entry
    );
    draft.put("report.md", page.as_bytes())?;
    let leaves = office.leaves(&evidence).unwrap_or_else(|flaw| {
        say::talk(&format!("the product's leaves are not hashed: {}", flaw.text()));
        None
    });
    if let Some(leaves) = &leaves {
        draft.put(leaves::FILE, &leaves.to_file()?)?;
    }
    Ok(Had { messages: evidence.commits.len(), proof: false, leaves: leaves.is_some() })
}

/// The proof that decided, as a file of its own, with the key to check it.
fn proof_file(
    office: &Office,
    looked: &Looked,
) -> Result<Option<(ProofFile, arch_circuits::groth16::VerifyingKey)>, Stop> {
    let keys = Keys::new(&office.registry, looked.evidence.agreed()?);
    let mut steps = looked.course.steps.iter().zip(&looked.evidence.said);
    Ok(steps.find_map(|(step, message)| match (&step.before, message.heard.says()) {
        (Some(Dispute::AwaitsProof(state)), Says::Proof(proof)) if step.rejected.is_none() => {
            keys.file(state.statement(), proof)
        }
        _ => None,
    }))
}
