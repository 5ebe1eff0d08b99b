//! `archctl job submit`

use std::path::PathBuf;

use arch_problem::Problem;
use arch_wire::control::{Answer as Told, Bytes, Call, Submitted};
use serde::Serialize;

use crate::answer::{Answer, Outcome, Stop};
use crate::control::{Control, unexpected};
use crate::places::{Folders, Format, Socket};
use crate::render::{self, Sources};
use crate::say;

/// Hand a signed job to the running agent; the same as putting it into its jobs folder
#[derive(Debug, clap::Args)]
#[command(after_help = "Exit codes: 0 accepted, 1 refused, 3 could not tell")]
pub(crate) struct Args {
    /// The signed job
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The agent's control socket; found under `--state` if not given
    #[arg(long, value_name = "PATH", env = "ARCH_SOCKET")]
    socket: Option<PathBuf>,
    #[command(flatten)]
    folders: Folders,
    #[command(flatten)]
    format: Format,
}

#[derive(Serialize)]
struct Shown<'a> {
    schema: &'static str,
    #[serde(flatten)]
    submitted: &'a Submitted,
}

impl Args {
    pub(crate) fn run(self) -> Outcome {
        let bytes =
            arch_files::read(&self.file, arch_document::MAX_ENVELOPE_BYTES).map_err(Stop::file)?;
        let name = self.file.display().to_string();
        let call = Call::JobSubmit { file: name.clone(), bytes: Bytes(bytes.clone()) };
        let socket = Socket::given(self.socket.as_deref(), &self.folders.state);
        let submitted = match Control::connect(&socket.path())?.call(&call)? {
            Told::JobSubmit(submitted) => submitted,
            other => return Err(unexpected(&other)),
        };
        let sources = Sources::default().with(name, &bytes).look_in(&self.folders.config);
        self.tell(&submitted, &sources)?;
        Ok(Answer::from_truth(submitted.problems.is_empty() && submitted.state != "refused"))
    }

    fn tell(&self, submitted: &Submitted, sources: &Sources) -> Result<(), Stop> {
        if self.format.json {
            return say::json(&Shown { schema: "arch.job-submit/v1", submitted });
        }
        let draw = |problem: &Problem| say::talk(&render::problem(problem, sources));
        submitted.problems.iter().for_each(draw);
        let known = if submitted.already { " (was accepted before)" } else { "" };
        say::data(&format!("{}{known} {}", submitted.state, submitted.digest))
    }
}
