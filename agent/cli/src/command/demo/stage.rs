//! The demo from the first scene to the last.

mod liar;
mod products;

use std::path::{Path, PathBuf};

use super::agent::{Agent, Programs};
use super::broom::Broom;
use super::cast::Cast;
use super::deadline::Deadline;
use super::dependencies::{LOCK, Sources};
use super::factors::Factors;
use super::folder::Folder;
use super::jobs::{ALL, AUDIT, CHECKSUMS, Draft, INDEX, SignedJob};
use super::prover::Prover;
use super::report::{JobTold, LedgerTold, Refused, Report, Restarted, seconds};
use super::story::Story;
use super::watch::Watch;
use super::{disputed, documents, proof, refusals};
use crate::answer::Stop;
use crate::archive_folder;
use crate::control::Control;

/// Lines of a report that are shown.
const HEAD: usize = 12;

/// How often a job may be too quick to be interrupted.
const ATTEMPTS: u32 = 5;

/// The programs of almost all scenes, those of the one with a liar, and who proves and checks.
pub(super) struct All {
    pub(super) honest: Programs,
    pub(super) liar: Option<Programs>,
    pub(super) prover: PathBuf,
    /// Where snarkjs is, if it is there.
    pub(super) snarkjs: Option<PathBuf>,
}

/// Everything that the scenes share.
pub(super) struct Stage {
    folder: Folder,
    /// Put away after the folder is gone: fields are dropped in this order.
    _broom: Broom,
    /// Runs through all scenes; nobody asks it anything before the last one.
    _prover: Prover,
    programs: All,
    sources: Sources,
    cast: Cast,
    lock: PathBuf,
    factors: Factors,
    story: Story,
    deadline: Deadline,
}

impl Stage {
    /// Keys, documents, modules and inputs, all in the demo's folder.
    pub(super) fn set(
        keep: Option<&Path>,
        programs: All,
        sources: Sources,
        story: Story,
        deadline: Deadline,
    ) -> Result<Self, Stop> {
        story.part("keys, trust root, policy")?;
        let folder = Folder::make(keep)?;
        let broom = Broom::take(&folder)?;
        let cast = Cast::make(&folder)?;
        let prover = Prover::start(&programs.prover, &folder, deadline)?;
        let root = documents::write(&folder, &cast, std::slice::from_ref(&sources.folder))?;
        for example in ALL {
            let file = format!("config/modules/{}.wasm", example.name);
            folder.put(&file, example.module, 0o644)?;
        }
        let lock = folder.put("inputs/Cargo.lock", LOCK.as_bytes(), 0o644)?;
        let factors = Factors::make(&folder)?;
        story.tell(&format!("root {root}\nsigned by 2 of 2, pinned in node.yaml"))?;
        story.tell(&format!("everything is in {}", folder.root().display()))?;
        Ok(Self {
            folder,
            _broom: broom,
            _prover: prover,
            programs,
            sources,
            cast,
            lock,
            factors,
            story,
            deadline,
        })
    }

    pub(super) fn play(self) -> Result<Report, Stop> {
        let mut troupe = self.start(&self.programs.honest)?;
        let mut jobs = vec![self.audit(&mut troupe)?];
        jobs.push(self.index(&mut troupe)?);
        jobs.push(self.checksums(&mut troupe)?);
        let refused = self.refusals()?;
        let (mut troupe, survived) = self.kill(troupe)?;
        self.compare(jobs.first(), &survived)?;
        jobs.push(survived);
        let products = self.products(&mut troupe, &mut jobs)?;
        let (troupe, disputed) = self.liar(troupe)?;
        let mut skipped = Vec::new();
        match &disputed {
            None => skipped.push(liar::SKIPPED.to_owned()),
            Some(_) if self.programs.snarkjs.is_none() => {
                skipped.push(disputed::SKIPPED.to_owned());
            }
            Some(_) => {}
        }
        let (restarted, ledger) = self.close(troupe)?;
        let schema = "arch.demo/v1";
        let seconds = seconds(self.deadline.passed());
        self.story.tell(&format!("\n{seconds} seconds in all"))?;
        Ok(Report {
            schema,
            jobs,
            refused,
            restarted,
            products,
            disputed,
            skipped,
            ledger,
            seconds,
        })
    }

    fn start(&self, programs: &Programs) -> Result<Troupe, Stop> {
        self.story.progress("starting the agent and its executor");
        let (agent, control) = Agent::start(programs, &self.folder, self.deadline)?;
        Ok(Troupe { agent, control })
    }

    fn audit(&self, troupe: &mut Troupe) -> Result<JobTold, Stop> {
        self.story.part("dependency-audit over this project's own dependencies")?;
        self.story.tell(&format!(
            "{} of {} locked packages are in {}",
            self.sources.present,
            self.sources.wanted,
            self.sources.folder.display()
        ))?;
        let job = self.audit_job("dependency-audit")?;
        let told = self.run(troupe, &job)?;
        self.show(&told, "report.txt")?;
        self.story.part("its receipt and inclusion proof")?;
        proof::show(&self.folder, told.index, self.story, self.deadline)?;
        Ok(told)
    }

    fn audit_job(&self, name: &str) -> Result<SignedJob, Stop> {
        Draft::of(AUDIT)?
            .named(name)
            .reading(&self.sources.folder, &[])
            .input("lock", &self.lock, LOCK.as_bytes())
            .sign(&format!("{name}.yaml"), &self.cast.issuer)
    }

    fn index(&self, troupe: &mut Troupe) -> Result<JobTold, Stop> {
        self.story.part("text-index over the sources of one dependency")?;
        let job = Draft::of(INDEX)?
            .reading(&self.sources.package(), &["error", "handling"])
            .sign("text-index.yaml", &self.cast.issuer)?;
        let told = self.run(troupe, &job)?;
        self.show(&told, "stdout")?;
        Ok(told)
    }

    fn checksums(&self, troupe: &mut Troupe) -> Result<JobTold, Stop> {
        self.story.part("a component (WASI preview 2) over the same")?;
        let job = Draft::of(CHECKSUMS)?
            .reading(&self.sources.package(), &[])
            .input("Cargo.lock", &self.lock, LOCK.as_bytes())
            .sign("checksums.yaml", &self.cast.issuer)?;
        let told = self.run(troupe, &job)?;
        self.show(&told, "SHA256SUMS")?;
        Ok(told)
    }

    /// Drops a job and follows it to its end.
    fn run(&self, troupe: &mut Troupe, job: &SignedJob) -> Result<JobTold, Stop> {
        self.drop_in(job)?;
        let told = troupe.watch(self.story, self.deadline).completed(job.digest)?;
        self.story
            .tell(&format!("{} {}, entry {} of the ledger", told.name, told.state, told.index))?;
        self.story.tell(&told.digest)?;
        Ok(told)
    }

    fn drop_in(&self, job: &SignedJob) -> Result<(), Stop> {
        self.story.tell(&format!("dropped jobs/{}", job.file))?;
        self.folder.put(&format!("config/jobs/{}", job.file), &job.text, 0o644)?;
        Ok(())
    }

    /// The first lines of an output, from the archive by its digest.
    fn show(&self, told: &JobTold, output: &str) -> Result<(), Stop> {
        let Some(digest) = told.outputs.get(output) else { return Ok(()) };
        let bytes = archive_folder::read(&self.folder.path("state/archive"), digest)?;
        let text = String::from_utf8_lossy(&bytes);
        self.story.tell(&format!("{output}, {} bytes, {digest}", bytes.len()))?;
        let head = text.lines().take(HEAD).map(|line| format!("   {line}"));
        self.story.tell(&head.collect::<Vec<_>>().join("\n"))
    }

    fn refusals(&self) -> Result<Vec<Refused>, Stop> {
        self.story.part("three jobs that must not run")?;
        let (issuer, stranger) = (&self.cast.issuer, &self.cast.stranger);
        let good = || Draft::of(INDEX).map(|draft| draft.reading(&self.sources.package(), &["x"]));
        let bad = [
            good()?.sign("tampered.yaml", issuer)?.tampered(
                "tampered.yaml",
                "text-index",
                "text-edit",
            )?,
            good()?.sign("unknown-signer.yaml", stranger)?,
            good()?.asking_for(&["egress:443", "egress:25"]).sign("too-much.yaml", issuer)?,
        ];
        bad.iter()
            .map(|job| {
                self.story.tell("")?;
                refusals::show(job, &self.folder, self.story, self.deadline)
            })
            .collect()
    }

    /// Pulls the plug while a job runs, and looks whether it ends exactly once nevertheless.
    fn kill(&self, mut troupe: Troupe) -> Result<(Troupe, JobTold), Stop> {
        self.story.part("SIGKILL in mid-job")?;
        let job = self.running_job(&mut troupe)?;
        troupe.agent.kill()?;
        self.story.tell("the agent is dead; starting it again")?;
        let mut troupe = self.start(&self.programs.honest)?;
        let told = troupe.watch(self.story, self.deadline).completed(job.digest)?;
        self.story.tell(&format!("{} {}, entry {}", told.name, told.state, told.index))?;
        Ok((troupe, told))
    }

    /// A job that runs right now. One that is too quick for us is left to its end, and another
    /// one is dropped.
    fn running_job(&self, troupe: &mut Troupe) -> Result<SignedJob, Stop> {
        for _attempt in 0..ATTEMPTS {
            let job = self.audit_job("survivor")?;
            self.drop_in(&job)?;
            let states = ["running", "completed", "failed"];
            let seen = troupe.watch(self.story, self.deadline).until(job.digest, &states)?;
            if seen.row.state == "running" {
                return Ok(job);
            }
        }
        Err(Stop::could_not(
            format!("{ATTEMPTS} jobs in turn ended before the agent could be killed"),
            "give `--sources` a folder with more in it",
        ))
    }

    /// The same work gives the same bytes, whatever happened on the way.
    fn compare(&self, first: Option<&JobTold>, survived: &JobTold) -> Result<(), Stop> {
        let runs = proof::runs(&self.folder.path("state/ledger"), &survived.digest)?;
        self.story.tell(&format!(
            "the ledger says of it: started {} times, ended {} time",
            runs.starts, runs.ends
        ))?;
        match first.filter(|first| first.outputs != survived.outputs) {
            None => self.story.tell("its outputs are those of the first run, byte by byte"),
            Some(_other) => Err(Stop::could_not(
                "the second run has other outputs than the first",
                "the sources changed meanwhile, or this is an error of ours",
            )),
        }
    }

    fn close(&self, troupe: Troupe) -> Result<(Restarted, LedgerTold), Stop> {
        drop(troupe.control);
        troupe.agent.stop(self.deadline)?;
        let ledger = self.folder.path("state/ledger");
        let restarted = proof::ends(&ledger)?;
        self.story.part("the whole ledger, offline")?;
        self.story.tell(&format!(
            "accepted jobs without an end: {}, with more than one: {}",
            restarted.lost, restarted.doubled
        ))?;
        let told = proof::whole(&ledger, self.story)?;
        Ok((restarted, told))
    }
}

/// The agent that runs right now, and the line to it.
struct Troupe {
    agent: Agent,
    control: Control,
}

impl Troupe {
    fn watch(&mut self, story: Story, deadline: Deadline) -> Watch<'_> {
        Watch { agent: &mut self.agent, control: &mut self.control, story, deadline }
    }
}
