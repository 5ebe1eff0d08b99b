//! `archctl job plan`

mod admission;
mod belief;
mod inputs;
mod matrix;
mod node;
mod step;
mod supplies;

use std::path::{Path, PathBuf};

use arch_document::{Job, SignedDocument};
use arch_problem::Problem;
use serde::Serialize;

use crate::answer::{Answer, Outcome, Stop};
use crate::places::Format;
use crate::render::{self, Sources};
use crate::say;
use matrix::Cover;
use node::Node;
use step::{Step, Verdict};

/// Say what an agent would do with a job, check by check, each with its evidence; runs nothing
#[derive(Debug, clap::Args)]
#[command(after_help = "Exit codes: 0 it would run, 1 it would be refused, 3 could not tell")]
pub(crate) struct Args {
    /// The signed job
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Folder with root.yaml, policy.yaml and node.yaml
    #[arg(long, value_name = "DIR", env = "ARCH_CONFIG", default_value = "/etc/arch")]
    config: PathBuf,
    /// Folder with the ledger, which knows what was accepted before; skipped if not given
    #[arg(long, value_name = "DIR", env = "ARCH_STATE")]
    state: Option<PathBuf>,
    #[command(flatten)]
    format: Format,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Plan {
    schema: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    digest: Option<String>,
    would_run: bool,
    checks: Vec<Step>,
    /// Who would compute which part of a product that several shards share.
    #[serde(skip_serializing_if = "Option::is_none")]
    cover: Option<Cover>,
    /// Always false: a plan runs nothing.
    ran: bool,
}

impl Args {
    pub(crate) fn run(self) -> Outcome {
        let name = self.file.display().to_string();
        let bytes =
            arch_files::read(&self.file, arch_document::MAX_ENVELOPE_BYTES).map_err(Stop::file)?;
        let sources = Sources::default().with(&name, &bytes).look_in(&self.config);
        let (digest, checked) = match SignedDocument::parse(&name, &bytes) {
            Ok(document) => {
                let digest = document.digest().to_string();
                (Some(digest), checks(document, &self.config, self.state.as_deref())?)
            }
            Err(problem) => (None, Checked::from(vec![Step::no("syntax", *problem)])),
        };
        let Checked { steps: checks, cover } = checked;
        let would_run = checks.iter().all(|step| step.verdict != Verdict::No);
        let plan =
            Plan { schema: "arch.job-plan/v1", digest, would_run, checks, cover, ran: false };
        self.tell(&plan, &sources)?;
        Ok(Answer::from_truth(would_run))
    }

    fn tell(&self, plan: &Plan, sources: &Sources) -> Result<(), Stop> {
        if self.format.json {
            return say::json(plan);
        }
        if let Some(digest) = &plan.digest {
            say::data(&format!("plan for {digest}"))?;
        }
        plan.checks.iter().try_for_each(|step| say::data(&step.line()))?;
        let cover = plan.cover.iter().flat_map(Cover::lines);
        cover.into_iter().try_for_each(|line| say::data(&line))?;
        let draw = |problem: &Problem| say::talk(&render::problem(problem, sources));
        plan.checks.iter().filter_map(|step| step.problem.as_ref()).for_each(draw);
        say::data(if plan.would_run { "It would run." } else { "It would be refused." })?;
        say::data("Nothing was run.")
    }
}

/// Every reason for which a job would be refused, by the agent's own crates.
pub(crate) fn reasons(name: &str, bytes: &[u8], config: &Path) -> Result<Vec<Problem>, Stop> {
    let steps = match SignedDocument::parse(name, bytes) {
        Ok(document) => checks(document, config, None)?.steps,
        Err(problem) => vec![Step::no("syntax", *problem)],
    };
    Ok(steps.into_iter().filter_map(|step| step.problem).collect())
}

/// The checks, and what a product would be shared like.
struct Checked {
    steps: Vec<Step>,
    cover: Option<Cover>,
}

impl From<Vec<Step>> for Checked {
    fn from(steps: Vec<Step>) -> Self {
        Self { steps, cover: None }
    }
}

/// All checks in the agent's order; what rests on a check that failed is left out.
fn checks(document: SignedDocument, config: &Path, state: Option<&Path>) -> Result<Checked, Stop> {
    let mut steps = vec![Step::ok(
        "syntax",
        format!("strict form, {} bytes of canonical JSON", document.body().len()),
    )];
    let job: Job = match document.read() {
        Ok(job) => job,
        Err(problem) => {
            steps.push(Step::no("content", *problem));
            return Ok(steps.into());
        }
    };
    steps.push(Step::ok("content", format!("job `{}` of {}", job.metadata.name, job.owner())));
    let node = Node::load(config, state)?;
    steps.extend(belief::signatures(&document, &node.root));
    let Some(verified) = belief::verify(document, &job, &node, &mut steps) else {
        return Ok(steps.into());
    };
    steps.extend(admission::decide(&verified, &node));
    steps.extend(supplies::resources(&verified, &node));
    steps.extend(supplies::module(&job, &node));
    let (inputs, origins) = inputs::inputs(&verified, &node);
    steps.extend(inputs);
    let (product, cover) = matrix::product(&verified, &node, &origins);
    steps.extend(product);
    Ok(Checked { steps, cover })
}
