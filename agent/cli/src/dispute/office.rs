//! Where disputes are looked at: a node's ledger and archive, and the keys that this program has.

use std::path::PathBuf;

use arch_archive::Archive;
use arch_circuits::registry::Registry;
use arch_dispute::{Court, Roots, Says};
use arch_identity::{Digest, Timestamp};
use arch_problem::codes;

use super::course::Course;
use super::court::{Keys, Poseidon2};
use super::docket::{Committed, Docket, Filed};
use super::evidence::{Evidence, Message};
use super::flaw::Flaw;
use super::leaves::Leaves;
use super::product::Product;
use super::{inputs, sources};
use crate::answer::Stop;
use crate::circuits::Manifest;
use crate::clock;
use crate::ledger_folder::{Folder, LedgerFolder};

/// Which node's.
#[derive(Debug, clap::Args)]
pub(crate) struct Place {
    /// Folder with the node's ledger and archive
    #[arg(long, value_name = "DIR", env = "ARCH_STATE", default_value = "/var/lib/archagent")]
    state: PathBuf,
    #[command(flatten)]
    manifest: Manifest,
}

/// What is open.
#[derive(Debug)]
pub(crate) struct Office {
    pub(crate) ledger: LedgerFolder,
    pub(crate) archive: Archive,
    pub(crate) registry: Registry,
    pub(crate) docket: Docket,
}

/// A dispute, looked at.
#[derive(Debug)]
pub(crate) struct Looked {
    pub(crate) evidence: Evidence,
    pub(crate) course: Course,
    /// The roots of A and B where they decide; why they are not known, if so.
    pub(crate) inputs: Result<Option<Roots>, Flaw>,
}

/// Until when what nobody said counts as silence.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct Now {
    /// The time to look at it, such as 2026-11-26T12:00:00Z; without it, the clock's
    #[arg(long, value_name = "TIME", value_parser = time)]
    now: Option<Timestamp>,
}

fn time(text: &str) -> Result<Timestamp, String> {
    text.parse().map_err(|_no_time| "a time is written as 2026-11-26T12:00:00Z".to_owned())
}

impl Now {
    pub(crate) fn read(self) -> Result<Timestamp, Stop> {
        self.now.map_or_else(clock::now, Ok)
    }
}

impl Looked {
    /// Whether it rests on a key that is revoked by now, so that the two may dispute the leaf again.
    pub(crate) fn is_reopenable(&self, registry: &Registry) -> bool {
        let Ok(agreed) = self.evidence.agreed() else { return false };
        let keys = Keys::new(registry, agreed);
        let finding = self.finding();
        finding.is_some_and(|finding| finding.is_reopenable(|believed| keys.is_revoked(believed)))
    }
}

impl Place {
    /// The ledger alone: whoever is to judge it does not stop where it cannot be read.
    pub(crate) fn ledger(&self) -> Result<LedgerFolder, Stop> {
        Folder::at(&self.state).open()
    }

    pub(crate) fn open(&self) -> Result<Office, Stop> {
        let registry = self.manifest.open()?;
        let (folder, ledger) = (Folder::at(&self.state), self.ledger()?);
        // Beside the ledger, wherever that was found.
        let archive = Archive::to_read(&folder.path().with_file_name("archive"));
        let docket = Docket::read(&ledger)?;
        Ok(Office { ledger, archive, registry, docket })
    }
}

impl Office {
    /// Reads and plays a dispute up to its end, or up to now where the ledger has none.
    pub(crate) fn look(&self, filed: &Filed, now: Timestamp) -> Result<Looked, Flaw> {
        let evidence = self.evidence(filed)?;
        let now = filed.settled.first().map_or(now, |settled| settled.at);
        let inputs = |evidence: &Evidence, course: &Course| {
            let ground = &course.end.case().ground;
            inputs::archived(&self.ledger, &self.archive, &evidence.task.job, ground)
        };
        play(evidence, &self.registry, now, inputs)
    }

    /// All that a dispute's entries name.
    pub(crate) fn evidence(&self, filed: &Filed) -> Result<Evidence, Flaw> {
        let said = filed.said.iter().map(|told| sources::message(&self.archive, told));
        let said = said.collect::<Result<Vec<_>, _>>()?;
        let begins = || Flaw::record("the first entry of the dispute is no challenge");
        let first = said.first().ok_or_else(begins)?;
        let Says::Challenge(challenge) = first.heard.says() else { return Err(begins()) };
        let committed = self.docket.committed_by(challenge.task.entry).ok_or_else(|| {
            let entry = challenge.task.entry;
            Flaw::record(format!("the challenge names entry {entry}, which has no commitments"))
        })?;
        let named = challenge.challenger.commit;
        let before = first.entry.unwrap_or_default();
        self.assemble(committed, before, Some(named), said)
    }

    /// The commitments of a job's newest attempt that has any.
    pub(crate) fn commitments(&self, job: &Digest) -> Result<Evidence, Flaw> {
        let mut of_job = self.docket.committed.iter().rev();
        let newest = of_job.find(|committed| committed.document == *job).ok_or_else(|| {
            Flaw::record(format!("the ledger has no commitments to the product of {job}"))
        })?;
        self.assemble(newest, u64::MAX, None, Vec::new())
    }

    /// The hashes of the leaves of what was given out as the product; none if nothing was.
    pub(crate) fn leaves(&self, evidence: &Evidence) -> Result<Option<Leaves>, Flaw> {
        let lines = evidence.list.commitments.iter().map(|line| &line.commitment);
        // Sums over part of the depth do not stand in it.
        let mut lines = lines.filter(|line| line.part().is_final()).peekable();
        let product = self.docket.products.get(&(evidence.task.job, evidence.task.attempt));
        let (Some(product), Some(first)) = (product, lines.peek().copied()) else {
            return Ok(None);
        };
        let file = self.archive.open_object(product)?;
        let file = (file, format!("the product {product}"));
        let product = Product::in_file(file, first.format(), first.grid(), first.part())?;
        Leaves::of(&product, lines).map(Some)
    }

    /// With the commitments that were signed before an entry. One that is missing and that nobody
    /// names changes nothing.
    fn assemble(
        &self,
        committed: &Committed,
        before: u64,
        named: Option<Digest>,
        said: Vec<Message>,
    ) -> Result<Evidence, Flaw> {
        let list = sources::list(&self.archive, committed)?;
        let mut witnesses = Vec::new();
        for told in self.docket.witnesses_before(committed.document, before) {
            match sources::message(&self.archive, told) {
                Ok(message) => witnesses.push(message),
                Err(flaw) if named == Some(told.message) => return Err(flaw),
                Err(_of_nobody) => {}
            }
        }
        let anchor = (committed.entry, committed.leaf, committed.at);
        Evidence::assemble(list, anchor, witnesses, said)
    }
}

/// Plays a dispute. Where it depends on the inputs, they are asked for, and it is played with them.
pub(crate) fn play(
    mut evidence: Evidence,
    registry: &Registry,
    now: Timestamp,
    inputs: impl Fn(&Evidence, &Course) -> Result<Roots, Flaw>,
) -> Result<Looked, Flaw> {
    let mut course = course(&evidence, registry, now)?;
    let mut known = Ok(None);
    if course.needs_inputs() {
        known = inputs(&evidence, &course).map(Some);
        if let Ok(Some(roots)) = known {
            evidence.facts.inputs = Some(roots);
            course = self::course(&evidence, registry, now)?;
        }
    }
    Ok(Looked { evidence, course, inputs: known })
}

fn course(evidence: &Evidence, registry: &Registry, now: Timestamp) -> Result<Course, Flaw> {
    let keys = Keys::new(registry, evidence.agreed()?);
    let court = Court { facts: &evidence.facts, digester: &Poseidon2, proofs: &keys };
    let course = Course::play(&court, &evidence.said, now)
        .map_err(|why| Flaw::wrong(codes::DISPUTE_REFUSED, why.to_string()))?;
    if let Some(key) = keys.unknown().first() {
        let text = format!("a proof is under the key {key}, which no circuit of the manifest has");
        return Err(Flaw::missing(codes::UNKNOWN_CIRCUIT, text));
    }
    Ok(course)
}
