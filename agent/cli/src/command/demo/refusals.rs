//! Three jobs that must not run, and why.

use arch_identity::Digest;
use arch_ledger::Record;
use arch_problem::Problem;

use super::deadline::Deadline;
use super::folder::Folder;
use super::jobs::SignedJob;
use super::report::Refused;
use super::story::Story;
use crate::answer::Stop;
use crate::command::job::plan;
use crate::ledger_folder::LedgerFolder;
use crate::render::Sources;

/// Drops a bad job, waits for its refusal in the ledger, and shows it with its places.
pub(super) fn show(
    bad: &SignedJob,
    folder: &Folder,
    story: Story,
    deadline: Deadline,
) -> Result<Refused, Stop> {
    let config = folder.path("config");
    let name = format!("jobs/{}", bad.file);
    // What the agent's own crates say of it, before it is dropped: the ledger keeps no snippets.
    let reasons = plan::reasons(&name, &bad.text, &config)?;
    folder.put(&format!("config/{name}"), &bad.text, 0o644)?;
    let anchored =
        deadline.wait_for(&format!("refusal of {name}"), || Ok(refusal(folder, bad.digest)))?;
    let sources = Sources::default().with(&name, &bad.text).look_in(&config);
    match reasons.iter().find(|reason| reason.code.as_str() == anchored.code) {
        Some(reason) => story.refusal(&relative(reason, folder), &sources)?,
        None => {
            return Err(Stop::could_not(
                format!("{name} was refused with {}, which is not what a plan says", anchored.code),
                "this is an error of ours",
            ));
        }
    }
    story.tell(&format!("anchored as entry {} of the ledger", anchored.index))?;
    Ok(Refused { file: bad.file.clone(), code: anchored.code })
}

/// A refusal as the ledger has it.
struct Anchored {
    index: u64,
    code: String,
}

/// Nothing while the agent has not got there, or is writing this very moment.
fn refusal(folder: &Folder, job: Digest) -> Option<Anchored> {
    let entries = LedgerFolder::open(&folder.path("state/ledger")).ok()?.entries().ok()?;
    entries.into_iter().rev().find_map(|entry| match entry.record {
        Record::Refused { subject, code, .. } if subject == job => {
            Some(Anchored { index: entry.index, code })
        }
        _ => None,
    })
}

/// Files under the names that they have in the configuration folder.
fn relative(problem: &Problem, folder: &Folder) -> Problem {
    let prefix = format!("{}/", folder.path("config").display());
    let mut problem = problem.clone();
    for place in [&mut problem.at, &mut problem.rule].into_iter().flatten() {
        if let Some(name) = place.file.strip_prefix(&prefix) {
            place.file = name.to_owned();
        }
    }
    problem
}
