//! `archctl dispute import`

use std::path::{Path, PathBuf};

use arch_document::MAX_ENVELOPE_BYTES;
use arch_problem::Problem;
use arch_wire::control::{Answer as Told, Bytes, Call, HeardOf};
use serde::Serialize;

use crate::answer::{Answer, Outcome, Stop};
use crate::control::{Control, unexpected};
use crate::places::{Format, Socket};
use crate::render::{self, Sources};
use crate::say;

/// Hand messages of disputes to the running agent, in the order in which they are given
///
/// Each is answered for itself; one that is refused does not keep the agent from hearing the next.
#[derive(Debug, clap::Args)]
#[command(after_help = "Exit codes: 0 all are heard, 1 one is refused, 3 could not tell")]
pub(crate) struct Args {
    /// The messages
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    socket: Socket,
    #[command(flatten)]
    format: Format,
}

#[derive(Serialize)]
struct Imported {
    schema: &'static str,
    ok: bool,
    messages: Vec<Fate>,
}

#[derive(Serialize)]
struct Fate {
    file: PathBuf,
    #[serde(skip_serializing_if = "Option::is_none")]
    heard: Option<HeardOf>,
    /// Why it was refused; empty otherwise.
    problems: Vec<Problem>,
}

impl Args {
    pub(crate) fn run(self) -> Outcome {
        // All are read before any is told.
        let files: Vec<(PathBuf, Vec<u8>)> =
            self.files.iter().map(|path| read(path)).collect::<Result<_, _>>()?;
        let mut control = Control::connect(&self.socket.path())?;
        let mut messages = Vec::new();
        for (file, bytes) in files {
            let fate = tell(&mut control, file, bytes)?;
            if !self.format.json {
                say_fate(&fate)?;
            }
            messages.push(fate);
        }
        let ok = messages.iter().all(|fate| fate.heard.is_some());
        if self.format.json {
            say::json(&Imported { schema: "arch.dispute-import/v1", ok, messages })?;
        }
        Ok(Answer::from_truth(ok))
    }
}

fn read(path: &Path) -> Result<(PathBuf, Vec<u8>), Stop> {
    let bytes = arch_files::read(path, MAX_ENVELOPE_BYTES).map_err(Stop::file)?;
    Ok((path.to_path_buf(), bytes))
}

fn tell(control: &mut Control, file: PathBuf, bytes: Vec<u8>) -> Result<Fate, Stop> {
    let name = Path::new(file.file_name().unwrap_or(file.as_os_str())).display().to_string();
    match control.call(&Call::DisputeHear { file: name, bytes: Bytes(bytes) }) {
        Ok(Told::DisputeHear(heard)) => Ok(Fate { file, heard: Some(heard), problems: Vec::new() }),
        Ok(other) => Err(unexpected(&other)),
        Err(Stop::Refused { reasons, .. }) => Ok(Fate { file, heard: None, problems: reasons }),
        Err(other) => Err(other),
    }
}

fn say_fate(fate: &Fate) -> Result<(), Stop> {
    let file = fate.file.display();
    let Some(heard) = &fate.heard else {
        let sources = Sources::default();
        fate.problems.iter().for_each(|problem| say::talk(&render::problem(problem, &sources)));
        return say::data(&format!("refused  {file}"));
    };
    let HeardOf { message, word, entry, already, state, .. } = heard;
    let entry = entry.map_or("waits for stakes".to_owned(), |entry| format!("entry {entry}"));
    let known = if *already { ", known before" } else { "" };
    let state = state.as_ref().map_or(String::new(), |state| format!(", then `{state}`"));
    say::data(&format!("heard  {file}  {word}, {entry}{known}{state}  {message}"))
}
