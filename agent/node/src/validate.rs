//! From a claim to something believed: every byte hashed again, every name and size held against
//! what was asked for, every pinned output against its digest.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, Read},
    os::fd::OwnedFd,
};

use arch_identity::{Digest, DigestWriter};
use arch_ledger::Usage;
use arch_policy::{Admitted, Keep};
use arch_problem::{Problem, codes};
use arch_wire::executor::{Blob, Claim, Denied, Outcome, READS_CAP, STREAMS};

use crate::{
    executor_client::{Executed, Lost},
    memfd::{BlobError, stream_from, whole},
    shelf::Shelf,
    told::problem,
};

/// The largest number that the ledger can write (RFC 8785).
pub(crate) const MOST_NUMBER: u64 = (1 << 53) - 1;

/// What came out of a run, as far as we could check it ourselves.
#[derive(Debug)]
pub struct Findings {
    /// How it ended: the executor's word, of a known kind.
    pub outcome: Outcome,
    /// Outputs by name, with digests that we computed.
    pub outputs: BTreeMap<String, Digest>,
    /// Digest of standard error.
    pub logs: Option<Digest>,
    /// Digest of the list of files read.
    pub reads: Option<Digest>,
    /// Instructions, as claimed.
    pub fuel: u64,
    /// Usage, as claimed; the size of the outputs is ours.
    pub usage: Usage,
}

/// A run that was looked at.
#[derive(Debug)]
pub enum Validated {
    /// It ended well and everything expected is there.
    Good(Findings),
    /// It ended otherwise; nothing about it is suspicious.
    Failed(Findings, Box<Problem>),
    /// Something is not as it was expected or claimed; a person must look.
    Quarantined(Findings, Box<Problem>),
    /// Parts of a product contradict each other, or its factors.
    Disputed(Findings, Box<Problem>),
    /// Another run of the same job gave something else.
    Dead(Findings, Box<Problem>),
}

impl Validated {
    /// What came out, however it is judged.
    pub(crate) fn findings(&self) -> &Findings {
        match self {
            Self::Good(findings)
            | Self::Failed(findings, _)
            | Self::Quarantined(findings, _)
            | Self::Disputed(findings, _)
            | Self::Dead(findings, _) => findings,
        }
    }
}

/// Why a run could not be looked at.
#[derive(Debug)]
pub enum Unlooked {
    /// It cannot be an honest answer at all, or tells of a lost worker.
    Lost(Lost),
    /// The machine could not keep what came: nothing is said about job or executor.
    Machine(Box<Problem>),
}

impl From<Lost> for Unlooked {
    fn from(lost: Lost) -> Self {
        Self::Lost(lost)
    }
}

/// What is done with the bytes.
#[derive(Debug, Clone, Copy)]
pub enum Store<'a> {
    /// They go into the archive, as far as the policy keeps them.
    In(&'a Shelf),
    /// They are hashed and forgotten, for a replay.
    Nowhere,
}

/// Looks at what the executor sent. Blocks while it hashes and stores.
///
/// # Errors
/// [`Unlooked`].
pub fn validate(
    job: &Admitted,
    executed: &Executed,
    store: Store<'_>,
) -> Result<Validated, Unlooked> {
    let claim = &executed.claim;
    if let Outcome::WorkerLost { why } = &claim.outcome {
        return Err(Lost(format!("a worker was lost: {}", short(why))).into());
    }
    require_asked_for(job, claim)?;
    if !claim.denied.is_bounded() {
        return Err(Lost("a list of denials beyond its caps".to_owned()).into());
    }
    tell_denied(job, &claim.denied);
    let mut lies = Vec::new();
    let mut outputs = BTreeMap::new();
    let mut size = 0_u64;
    let mut files = executed.files.iter();
    for blob in &claim.outputs {
        outputs.insert(blob.name.clone(), take(job, blob, &mut files, store, &mut lies)?);
        size = size.saturating_add(blob.size);
    }
    let reads = claim.reads.as_ref();
    let reads = reads.map(|blob| take(job, blob, &mut files, store, &mut lies)).transpose()?;
    let logs = outputs.remove("stderr");
    let findings = Findings {
        outcome: claim.outcome.clone(),
        outputs,
        logs,
        reads,
        fuel: claim.fuel.min(MOST_NUMBER),
        usage: Usage {
            cpu_millis: claim.cpu_millis.min(MOST_NUMBER),
            peak_memory_bytes: claim.peak_memory_bytes.min(MOST_NUMBER),
            output_bytes: size.min(MOST_NUMBER),
            wall_millis: claim.wall_millis.min(MOST_NUMBER),
            denied: claim.denied.count.min(MOST_NUMBER),
        },
    };
    Ok(judge(job, findings, lies))
}

/// Whether what was found is what the job expects; `lies` are what is not as it was claimed.
pub(crate) fn judge(job: &Admitted, findings: Findings, lies: Vec<String>) -> Validated {
    if !lies.is_empty() {
        let problem = Problem::new(codes::EXECUTOR_LIED, lies.join("; "));
        return Validated::Quarantined(findings, Box::new(problem));
    }
    if let Some(code) = findings.outcome.code() {
        let word = findings.outcome.word();
        let detail = findings.outcome.detail().map(|text| format!(": {}", short(&text)));
        let text = format!("the run ended with `{word}`{}", detail.unwrap_or_default());
        return Validated::Failed(findings, Box::new(Problem::new(code, text)));
    }
    for (name, address) in &job.job().get().spec.outputs {
        let pointer = format!("/spec/outputs/{name}");
        let place = job.job().document().place(&pointer, "named here");
        let told = |problem: Problem| Box::new(Problem { at: place.clone(), ..problem });
        let found = match name.as_str() {
            "stderr" => findings.logs.as_ref(),
            name => findings.outputs.get(name),
        };
        match (found, address.digest()) {
            (None, _) => {
                let text = format!("the job did not write the output `{name}`");
                return Validated::Failed(findings, told(Problem::new(codes::OUTPUT_ABSENT, text)));
            }
            (Some(found), Some(expected)) if *found != expected => {
                let text = format!("output `{name}` is {found}, expected was {expected}");
                let problem = told(Problem::new(codes::OUTPUT_DIFFERS, text));
                return Validated::Quarantined(findings, problem);
            }
            _ => {}
        }
    }
    Validated::Good(findings)
}

/// The ledger has the number; the operator who wonders finds the paths in the log.
fn tell_denied(job: &Admitted, denied: &Denied) {
    if denied.count > 0 {
        let what: Vec<String> = denied.first.iter().map(|line| short(line)).collect();
        tracing::warn!(
            job = %job.digest(), count = denied.count, ?what,
            "the guest reached for what it was not granted"
        );
    }
}

/// Each output was asked for, none stands twice, and together they keep to the cap.
fn require_asked_for(job: &Admitted, claim: &Claim) -> Result<(), Lost> {
    let asked = &job.job().get().spec.outputs;
    let mut seen = BTreeSet::new();
    let mut size = 0_u64;
    for blob in &claim.outputs {
        let known = STREAMS.contains(&blob.name.as_str()) || asked.contains_key(&blob.name);
        if !known || !seen.insert(&blob.name) {
            return Err(Lost(format!("nobody asked for the output `{}`", short(&blob.name))));
        }
        size = size.saturating_add(blob.size);
    }
    let limit = job.limits().output_bytes;
    if size > limit {
        return Err(Lost(format!("{size} bytes of outputs where {limit} are allowed")));
    }
    match &claim.reads {
        Some(reads) if reads.size > READS_CAP => {
            Err(Lost(format!("a list of {} bytes of files read", reads.size)))
        }
        _ => Ok(()),
    }
}

/// The digest of what is really there, stored as far as it is kept. What does not stand in the claim
/// is the next of `files`.
fn take(
    job: &Admitted,
    blob: &Blob,
    files: &mut std::slice::Iter<'_, OwnedFd>,
    store: Store<'_>,
    lies: &mut Vec<String>,
) -> Result<Digest, Unlooked> {
    let mut stream: Box<dyn Read> = match &blob.bytes {
        Some(inline) => Box::new(whole(inline.as_slice(), blob.size).map_err(unusable)?),
        None => {
            let file = files.next().ok_or_else(|| Lost("an output has no file".to_owned()))?;
            Box::new(stream_from(file, blob.size).map_err(unusable)?)
        }
    };
    let found = match store {
        Store::In(shelf) if job.archive().outputs == Keep::Whole => {
            // The file is sealed and of the claimed size: what fails is the archive.
            shelf.put_stream(&mut stream, blob.size).map_err(Unlooked::Machine)?
        }
        _ => digest_of(&mut stream).map_err(|error| unusable(BlobError::from(error)))?,
    };
    if found != blob.digest {
        lies.push(format!("`{}` is {found}, claimed was {}", short(&blob.name), blob.digest));
    }
    Ok(found)
}

fn digest_of(stream: &mut impl Read) -> io::Result<Digest> {
    let mut digest = DigestWriter::new();
    io::copy(stream, &mut digest)?;
    Ok(digest.finish())
}

fn unusable(error: BlobError) -> Unlooked {
    match error {
        BlobError::Io(error) => {
            Unlooked::Machine(problem(codes::FILE_MACHINE, format!("an output: {error}")))
        }
        error => Unlooked::Lost(Lost(error.to_string())),
    }
}

/// The executor's words, as far as they fit into a line.
pub(crate) fn short(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(200).collect()
}
