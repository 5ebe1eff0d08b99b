//! `archctl job replay`

use arch_identity::Digest;
use arch_wire::control::{Answer as Told, Call, Replayed};
use serde::Serialize;

use crate::answer::{Answer, Outcome, Stop};
use crate::control::{Control, unexpected};
use crate::named_job::NamedJob;
use crate::places::{Format, Socket};
use crate::progress::Progress;
use crate::say;

/// Run an ended job again from the archive and compare; changes nothing
#[derive(Debug, clap::Args)]
#[command(after_help = "Exit codes: 0 the same in everything, 1 something differs")]
pub(crate) struct Args {
    /// The job's digest, or its first digits
    #[arg(value_name = "DIGEST")]
    job: NamedJob,
    #[command(flatten)]
    socket: Socket,
    #[command(flatten)]
    format: Format,
}

#[derive(Serialize)]
struct Shown<'a> {
    schema: &'static str,
    #[serde(flatten)]
    replayed: &'a Replayed,
}

impl Args {
    pub(crate) fn run(self) -> Outcome {
        let mut control = Control::connect(&self.socket.path())?;
        let digest = self.job.find(&mut control)?;
        let replayed = match again(&mut control, digest)? {
            Told::JobReplay(replayed) => replayed,
            other => return Err(unexpected(&other)),
        };
        if self.format.json {
            say::json(&Shown { schema: "arch.job-replay/v1", replayed: &replayed })?;
        } else {
            say::data(&text(&replayed))?;
        }
        Ok(Answer::from_truth(replayed.same))
    }
}

/// As long as the job itself took.
fn again(control: &mut Control, digest: Digest) -> Result<Told, Stop> {
    let _progress = Progress::of("running it again");
    control.call(&Call::JobReplay { digest })
}

fn text(replayed: &Replayed) -> String {
    let verdict = if replayed.same {
        format!("the same: {}, {} instructions", replayed.outcome, replayed.fuel)
    } else {
        format!("differs: {}", replayed.differences.join("; "))
    };
    let outputs = replayed.outputs.iter().map(|(name, digest)| format!("  {name} {digest}"));
    std::iter::once(verdict).chain(outputs).collect::<Vec<_>>().join("\n")
}
