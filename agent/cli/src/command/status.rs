//! `archctl status`

use std::convert::Infallible;
use std::time::Duration;

use arch_wire::control::{DocumentState, Status};
use serde::Serialize;

use crate::answer::{Answer, Outcome, Stop};
use crate::control::Control;
use crate::places::{Format, Socket};
use crate::say;

/// Say how the node is
#[derive(Debug, clap::Args)]
#[command(after_help = "There is no web page yet. \
                  Exit codes: 0 it takes jobs in, 1 it does not, 3 no agent answers")]
pub(crate) struct Args {
    #[command(flatten)]
    socket: Socket,
    #[command(flatten)]
    format: Format,
    /// Say it again whenever something changed, until interrupted
    #[arg(long)]
    watch: bool,
}

#[derive(Serialize)]
struct Told<'a> {
    schema: &'static str,
    #[serde(flatten)]
    status: &'a Status,
}

impl Args {
    pub(crate) fn run(self) -> Outcome {
        let mut control = Control::connect(&self.socket.path())?;
        let status = control.status()?;
        self.tell(&status)?;
        if self.watch {
            let Err(stop) = self.follow(&mut control, status);
            return Err(stop);
        }
        Ok(Answer::from_truth(status.accepting))
    }

    /// Ends only when the agent no longer answers, or nobody reads any more.
    fn follow(&self, control: &mut Control, mut last: Status) -> Result<Infallible, Stop> {
        loop {
            std::thread::sleep(Duration::from_secs(1));
            let now = control.status()?;
            if now != last {
                self.tell(&now)?;
                last = now;
            }
        }
    }

    /// With `--watch`, JSON objects follow each other, one a line.
    fn tell(&self, status: &Status) -> Result<(), Stop> {
        let told = Told { schema: "arch.status/v1", status };
        match (self.format.json, self.watch) {
            (true, false) => say::json(&told),
            (true, true) => say::json_line(&told),
            (false, _) => say::data(&text(status)),
        }
    }
}

fn text(status: &Status) -> String {
    let accepting = match (&status.why, status.accepting) {
        (_, true) => "takes jobs in".to_owned(),
        (Some(why), false) => format!("takes no jobs in: {why}"),
        (None, false) => "takes no jobs in".to_owned(),
    };
    let jobs: Vec<String> =
        status.jobs.iter().map(|(state, count)| format!("{count} {state}")).collect();
    let executor = match (&status.executor.engine, status.executor.ready) {
        (Some(engine), true) => engine.clone(),
        (None, true) => "ready".to_owned(),
        (_, false) => "does not answer".to_owned(),
    };
    let (lends, free) = (&status.lends, &status.free);
    [
        ("node", status.node.clone()),
        ("state", accepting),
        ("jobs", if jobs.is_empty() { "none".to_owned() } else { jobs.join(", ") }),
        (
            "lends",
            format!(
                "cpu {}, memory {}, gpu {}, {} W",
                lends.cpu, lends.memory, lends.gpu, lends.watts
            ),
        ),
        (
            "free",
            format!("cpu {}, memory {}, gpu {}, {} W", free.cpu, free.memory, free.gpu, free.watts),
        ),
        ("root", document(&status.root)),
        ("policy", document(&status.policy)),
        ("ledger", format!("{} entries, root {}", status.ledger.size, status.ledger.root)),
        ("executor", executor),
        ("listens", status.listen.clone().unwrap_or_else(|| "on no network".to_owned())),
        ("agent", format!("{} since {}", status.version, status.since)),
    ]
    .map(|(name, value)| format!("{name:<10} {value}"))
    .join("\n")
}

fn document(state: &DocumentState) -> String {
    let until = state.not_after.map_or_else(|| "no end".to_owned(), |end| end.to_string());
    format!("{} version {}, until {until}, {}", state.name, state.version, state.digest)
}
