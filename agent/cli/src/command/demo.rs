//! `archctl demo`

mod agent;
mod audited;
mod broom;
mod cast;
mod claim;
mod committed;
mod counted;
mod cover;
mod deadline;
mod dependencies;
mod disputed;
mod documents;
mod entries;
mod evidence;
mod factors;
mod folder;
mod jobs;
mod proof;
mod prover;
mod refusals;
mod report;
mod stage;
mod story;
mod watch;

use std::path::PathBuf;
use std::time::Duration;

use crate::answer::{Answer, Outcome, Stop};
use crate::places::Format;
use crate::{programs, say};
use agent::Programs;
use deadline::Deadline;
use stage::{All, Stage};
use story::Story;

/// Show everything on this machine: jobs verified, run, anchored, proved, refused and survived
///
/// Needs no root and no network, writes into one fresh folder, and leaves nothing running.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Keep everything in this new folder for a look, instead of a temporary one
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
    /// Folder with the unpacked sources of this project's dependencies; cargo's if not given
    #[arg(long, value_name = "DIR")]
    sources: Option<PathBuf>,
    /// The program arch-node-agent; the one beside this program if not given
    #[arg(long, value_name = "PATH")]
    agent: Option<PathBuf>,
    /// The program arch-executor; the one beside this program if not given
    #[arg(long, value_name = "PATH")]
    executor: Option<PathBuf>,
    /// The program arch-prover; the one beside this program if not given
    #[arg(long, value_name = "PATH")]
    prover: Option<PathBuf>,
    /// The folder node_modules with snarkjs in it, to have the demo's proof checked by others
    #[arg(long, value_name = "DIR")]
    snarkjs: Option<PathBuf>,
    /// A program in place of arch-executor that tells lies about products, for the chapter about one
    // Nobody but this project has such a program.
    #[arg(long, value_name = "PROGRAM", hide = true)]
    liar: Option<PathBuf>,
    /// When to give up, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 900)]
    patience: u64,
    #[command(flatten)]
    format: Format,
}

impl Args {
    pub(crate) fn run(self) -> Outcome {
        if broom::is_wanted() {
            return broom::run(std::io::stdin().lock());
        }
        let deadline = Deadline::starting_now(Duration::from_secs(self.patience));
        let story = Story::new(self.format.json);
        let programs = Programs {
            agent: program(self.agent.as_ref(), "arch-node-agent")?,
            executor: program(self.executor.as_ref(), "arch-executor")?,
        };
        let prover = program(self.prover.as_ref(), "arch-prover")?;
        let sources = dependencies::find(self.sources.as_deref())?;
        agent::adopt_orphans();
        let liar = self.liar.map(|liar| Programs { executor: liar, ..programs.clone() });
        let programs = All { honest: programs, liar, prover, snarkjs: self.snarkjs };
        let stage = Stage::set(self.keep.as_deref(), programs, sources, story, deadline)?;
        let played = stage.play();
        let quiet = agent::nothing_left(Duration::from_secs(60));
        let report = played?;
        quiet?;
        if self.format.json {
            say::json(&report)?;
        } else if let Some(kept) = &self.keep {
            say::data(&format!("\nlook around in {}", kept.display()))?;
        }
        let sound =
            report.ledger.verified && report.restarted.lost == 0 && report.restarted.doubled == 0;
        Ok(Answer::from_truth(sound))
    }
}

fn program(given: Option<&PathBuf>, name: &str) -> Result<PathBuf, Stop> {
    given.cloned().or_else(|| programs::find(name)).ok_or_else(|| {
        Stop::could_not(
            format!("there is no `{name}` beside this program or on PATH"),
            "build everything with `cargo build`, or run `cargo xtask demo`",
        )
    })
}
