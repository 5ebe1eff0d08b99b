//! Receipts and the whole ledger, checked with nothing but the files.

use std::path::Path;

use arch_identity::Digest;
use arch_ledger::{Receipt, Record};

use super::deadline::Deadline;
use super::folder::Folder;
use super::report::{LedgerTold, Restarted};
use super::story::Story;
use crate::answer::Stop;
use crate::command::ledger::receipt;
use crate::ledger_folder::{LedgerFolder, broken};

/// Prints the receipt of an entry and checks it.
pub(super) fn show(
    folder: &Folder,
    index: u64,
    story: Story,
    deadline: Deadline,
) -> Result<(), Stop> {
    let ledger = LedgerFolder::open(&folder.path("state/ledger"))?;
    // The agent may be writing its tiles this very moment.
    let (entry, text) = deadline.wait_for("receipt", || {
        let found = ledger.reader.entry(index).ok().and_then(|entry| {
            let text = receipt(&ledger, &entry, false).ok()?;
            Some((entry, text))
        });
        Ok(found)
    })?;
    folder.put("receipt.txt", text.as_bytes(), 0o644)?;
    let read: Receipt = text.parse().map_err(|error| unproved(&error))?;
    story.tell("the receipt, a C2SP tlog-proof:")?;
    story.tell(&shortened(&text))?;
    let keys = ledger.reader.stated_keys().map_err(|error| broken(&error))?;
    let verified = read.verify(&entry.bytes, &keys).map_err(|error| unproved(&error))?;
    let checkpoint = verified.checkpoint();
    story.tell(&format!(
        "verified: entry {index} is in the log of {} entries, by {} hashes and {} signatures, \
         root {}",
        checkpoint.size,
        read.path.len(),
        keys.len(),
        checkpoint.root
    ))
}

/// Long lines of base64 tell people nothing.
fn shortened(text: &str) -> String {
    let cut = |line: &str| match line.char_indices().nth(88) {
        Some((at, _c)) => format!("   {}…", line.get(..at).unwrap_or(line)),
        None => format!("   {line}"),
    };
    text.trim_end().lines().map(cut).collect::<Vec<_>>().join("\n")
}

/// Every byte of the ledger.
pub(super) fn whole(folder: &Path, story: Story) -> Result<LedgerTold, Stop> {
    let ledger = LedgerFolder::open(folder)?;
    let found = ledger.reader.verify(None).map_err(|failure| unproved(&failure))?;
    let root = found.root.to_string();
    story.tell(&format!("ok: {} entries, every byte checked, root {root}", found.size))?;
    Ok(LedgerTold { size: found.size, root, verified: true })
}

/// Counts ends: a job that was accepted must have exactly one.
pub(super) fn ends(folder: &Path) -> Result<Restarted, Stop> {
    let entries = LedgerFolder::open(folder)?.entries()?;
    let records: Vec<&Record> = entries.iter().map(|entry| &entry.record).collect();
    Ok(count(&records))
}

fn count(records: &[&Record]) -> Restarted {
    let accepted = records.iter().filter_map(|record| match record {
        Record::Accepted { document, .. } => Some(document),
        _ => None,
    });
    let (mut lost, mut doubled) = (0_u64, 0_u64);
    for job in accepted {
        match records.iter().filter(|record| is_end_of(record, job)).count() {
            0 => lost = lost.saturating_add(1),
            1 => {}
            _more => doubled = doubled.saturating_add(1),
        }
    }
    Restarted { lost, doubled }
}

/// How often one job was started, and how often it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Runs {
    pub(super) starts: usize,
    pub(super) ends: usize,
}

/// Counts what the ledger says of one job.
pub(super) fn runs(folder: &Path, job: &str) -> Result<Runs, Stop> {
    let entries = LedgerFolder::open(folder)?.entries()?;
    let of_job = |record: &&Record| record.job().is_some_and(|digest| digest.to_string() == job);
    let records: Vec<&Record> = entries.iter().map(|entry| &entry.record).filter(of_job).collect();
    let count = |fits: fn(&Record) -> bool| records.iter().filter(|record| fits(record)).count();
    Ok(Runs {
        starts: count(|record| matches!(record, Record::Started { .. })),
        ends: count(|record| matches!(record, Record::Finished { .. })),
    })
}

fn is_end_of(record: &Record, job: &Digest) -> bool {
    matches!(record, Record::Finished { document, .. } if document == job)
}

fn unproved(error: &dyn std::fmt::Display) -> Stop {
    Stop::could_not(format!("the proof does not hold: {error}"), "this is an error of ours")
}

#[cfg(test)]
mod tests {
    use arch_ledger::{EndState, Usage};

    use super::*;

    fn accepted(document: Digest) -> Record {
        Record::Accepted {
            document,
            name: "x".into(),
            owner: "user:x".into(),
            module: Some(document),
            inputs: Default::default(),
            policy: document,
            rules: vec![],
            grants: vec![],
        }
    }

    fn finished(document: Digest) -> Record {
        Record::Finished {
            document,
            attempt: 1,
            state: EndState::Completed,
            outcome: "completed".into(),
            code: None,
            outputs: Default::default(),
            logs: None,
            reads: None,
            fuel: 0,
            usage: Usage::default(),
        }
    }

    #[test]
    fn a_job_without_an_end_is_lost_and_one_with_two_is_doubled() {
        let [a, b, c] = [b"a", b"b", b"c"].map(|name| Digest::of(name));
        let records =
            [accepted(a), accepted(b), accepted(c), finished(b), finished(c), finished(c)];
        let records: Vec<&Record> = records.iter().collect();
        assert_eq!(count(&records), Restarted { lost: 1, doubled: 1 });
        assert_eq!(count(&records[1..4]), Restarted { lost: 1, doubled: 0 });
    }
}
