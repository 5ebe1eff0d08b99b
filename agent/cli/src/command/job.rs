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
    New(Box<new::Args>),
    Sign(sign::Args),
    Verify(verify::Args),
    Plan(plan::Args),
    Submit(submit::Args),
    List(list::Args),
    Show(show::Args),
    Logs(logs::Args),
    Cancel(cancel::Args),
    Release(release::Args),
    Reject(reject::Args),
    Retry(retry::Args),
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
