//! `archctl job logs`

use arch_wire::control::{Answer as Told, Call, Text};
use serde::Serialize;

use crate::answer::{Answer, Outcome};
use crate::control::{Control, unexpected};
use crate::named_job::NamedJob;
use crate::places::{Format, Socket};
use crate::say;

/// Print what a job wrote to standard output; its standard error goes to ours
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The job's digest, or its first digits
    #[arg(value_name = "DIGEST")]
    job: NamedJob,
    /// Print standard error alone, to standard output
    #[arg(long)]
    stderr: bool,
    #[command(flatten)]
    socket: Socket,
    #[command(flatten)]
    format: Format,
}

#[derive(Serialize)]
struct Logs {
    schema: &'static str,
    digest: String,
    /// base64
    stdout: Text,
    /// base64
    stderr: Text,
}

impl Args {
    pub(crate) fn run(self) -> Outcome {
        let mut control = Control::connect(&self.socket.path())?;
        let digest = self.job.find(&mut control)?;
        let (stdout, stderr) = match control.call(&Call::JobLogs { digest })? {
            Told::JobLogs { stdout, stderr } => (stdout, stderr),
            other => return Err(unexpected(&other)),
        };
        if self.format.json {
            let (schema, digest) = ("arch.job-logs/v1", digest.to_string());
            say::json(&Logs { schema, digest, stdout, stderr })?;
            return Ok(Answer::Yes);
        }
        if self.stderr {
            return print(&stderr);
        }
        say::talk_untrusted(&stderr.bytes.0);
        print(&stdout)
    }
}

fn print(text: &Text) -> Outcome {
    say::untrusted(&text.bytes.0)?;
    let shown = u64::try_from(text.bytes.0.len()).unwrap_or(u64::MAX);
    if shown < text.size {
        let rest = text.digest.map(|digest| digest.to_string()).unwrap_or_default();
        say::talk(&format!("{shown} of {} bytes shown; the archive has all of {rest}", text.size));
    }
    Ok(Answer::Yes)
}
