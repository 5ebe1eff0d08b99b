//! `archctl job show`

use arch_wire::control::JobDetail;
use serde::Serialize;

use crate::answer::{Answer, Outcome};
use crate::control::Control;
use crate::named_job::NamedJob;
use crate::places::{Format, Socket};
use crate::say;

/// Show all that is known of one job
#[derive(Debug, clap::Args)]
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
    job: &'a JobDetail,
}

impl Args {
    pub(crate) fn run(self) -> Outcome {
        let mut control = Control::connect(&self.socket.path())?;
        let digest = self.job.find(&mut control)?;
        let job = control.job(digest)?;
        if self.format.json {
            say::json(&Shown { schema: "arch.job/v1", job: &job })?;
        } else {
            say::data(&text(&job))?;
        }
        Ok(Answer::Yes)
    }
}

fn text(job: &JobDetail) -> String {
    let mut lines: Vec<(&str, String)> = vec![
        ("job", job.row.name.clone()),
        ("digest", job.row.digest.to_string()),
        ("owner", job.row.owner.clone()),
        ("state", format!("{} since {}", job.row.state, job.row.time)),
    ];
    lines.extend(job.row.code.iter().map(|code| ("code", why(code, job))));
    lines.extend(job.outcome.iter().map(|outcome| ("outcome", outcome.clone())));
    lines.extend(job.diverged.iter().map(|what| ("diverged", what.clone())));
    lines.extend(job.module.iter().map(|module| ("module", module.to_string())));
    lines.extend(job.grants.iter().map(|grant| ("grant", grant.clone())));
    if !job.rules.is_empty() {
        lines.push(("rules", job.rules.join(", ")));
    }
    lines.extend(job.outputs.iter().map(|(name, digest)| ("output", format!("{name} {digest}"))));
    lines.extend(job.reads.iter().map(|reads| ("reads", reads.to_string())));
    lines.extend(used(job));
    lines.extend(denied(job));
    lines.extend(anchors(job));
    lines.iter().map(|(name, value)| format!("{name:<9} {value}")).collect::<Vec<_>>().join("\n")
}

fn why(code: &str, job: &JobDetail) -> String {
    match (job.line, job.column) {
        (Some(line), Some(column)) => format!("{code} at {}:{line}:{column}", job.row.name),
        _ => format!("{code}; `archctl explain {code}` says more"),
    }
}

fn used(job: &JobDetail) -> Option<(&'static str, String)> {
    let used = job.used.as_ref()?;
    Some((
        "used",
        format!(
            "{} instructions, {} ms of processor in {} ms, {} bytes of memory, {} bytes out",
            used.fuel, used.cpu_millis, used.wall_millis, used.peak_memory_bytes, used.output_bytes
        ),
    ))
}

fn denied(job: &JobDetail) -> Option<(&'static str, String)> {
    let count = job.used.as_ref()?.denied;
    let told = format!("{count} times it reached for what it was not granted; see the agent's log");
    (count > 0).then_some(("denied", told))
}

fn anchors(job: &JobDetail) -> Option<(&'static str, String)> {
    let at = &job.anchors;
    let steps = [
        ("refused", at.refused),
        ("accepted", at.accepted),
        ("started", at.started),
        ("finished", at.finished),
        ("decided", at.decided),
    ];
    let told: Vec<String> =
        steps.iter().filter_map(|(step, index)| Some(format!("{step} {}", (*index)?))).collect();
    (!told.is_empty()).then(|| ("ledger", told.join(", ")))
}
