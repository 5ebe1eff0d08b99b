//! `archctl job …`

mod cancel;
mod list;
mod logs;
mod new;
pub(crate) mod plan;
mod reject;
mod release;
mod replay;
mod retry;
mod show;
mod sign;
mod submit;
mod verify;

use clap::Subcommand;

use crate::answer::Outcome;

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Write a job that is ready to be signed
    New(Box<new::Args>),
    /// Sign a job
    Sign(sign::Args),
    /// Say whether a job is signed by enough of the right people
    Verify(verify::Args),
    /// Say what an agent would do with a job; runs nothing
    Plan(plan::Args),
    /// Hand a signed job to the running agent
    Submit(submit::Args),
    /// List the jobs that the agent knows, newest first
    List(list::Args),
    /// Show all that is known of one job
    Show(show::Args),
    /// Print what a job wrote to standard output
    Logs(logs::Args),
    /// Stop a job that waits or runs
    Cancel(cancel::Args),
    /// Let a quarantined result out
    Release(release::Args),
    /// Throw a result away that cannot be relied upon: quarantined, disputed or dead
    Reject(reject::Args),
    /// Have a dead letter tried again
    Retry(retry::Args),
    /// Run an ended job again from the archive and compare
    Replay(replay::Args),
}

impl Verb {
    pub(crate) fn run(self) -> Outcome {
        match self {
            Self::New(args) => args.run(),
            Self::Sign(args) => args.run(),
            Self::Verify(args) => args.run(),
            Self::Plan(args) => args.run(),
            Self::Submit(args) => args.run(),
            Self::List(args) => args.run(),
            Self::Show(args) => args.run(),
            Self::Logs(args) => args.run(),
            Self::Cancel(args) => args.run(),
            Self::Release(args) => args.run(),
            Self::Reject(args) => args.run(),
            Self::Retry(args) => args.run(),
            Self::Replay(args) => args.run(),
        }
    }
}
