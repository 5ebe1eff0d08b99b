//! Reading, whoever wrote it.

use std::path::{Path, PathBuf};

use arch_document::MAX_ENVELOPE_BYTES;
use arch_identity::Digest;
use arch_ledger::{Entry, Receipt, Record, VerifierKey};
use arch_problem::codes;

use super::{Contents, LIST, Listed, MESSAGES, RECEIPT, SCHEMA, TASK};
use crate::answer::Stop;
use crate::command::ledger;
use crate::dispute::evidence::{Evidence, Message};
use crate::dispute::flaw::Flaw;
use crate::dispute::sources;
use crate::say;

/// The most bytes of `task.json`, of a list, and of a receipt.
const LARGEST: u64 = 64 * 1024 * 1024;

/// The most messages that are read.
const MOST: usize = 10_000;

/// Which folder.
#[derive(Debug, clap::Args)]
pub(crate) struct From {
    /// The folder that `archctl dispute export` wrote
    #[arg(long = "from", value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// A verifier key of the ledger, `NAME+ID+KEY` or a file of such lines, to check the folder's receipt
    /// with; may be given several times
    #[arg(long = "ledger-key", value_name = "VKEY")]
    ledger_keys: Vec<String>,
}

impl From {
    /// Reads all of it. Every message is signed and is what `task.json` says, and the list is the one
    /// that the receipt's entry names. That the entry is in a ledger is checked with its keys alone.
    pub(crate) fn read(&self) -> Result<Evidence, Stop> {
        let keys = ledger::keys(&self.ledger_keys)?;
        let contents = self.contents()?;
        let bytes = arch_files::read(&self.dir.join(LIST), LARGEST).map_err(Stop::file)?;
        let list = sources::read_list(LIST, &bytes)?;
        if (list.document, list.attempt) != (contents.job, contents.attempt) {
            let text = "the list is of another job or attempt than `task.json` says";
            return Err(Flaw::wrong(codes::COMMITMENT_LIST, text).into());
        }
        self.receipt(&contents, &bytes, &keys)?;
        let (mut witnesses, mut said) = (Vec::new(), Vec::new());
        for listed in &contents.messages {
            let message = self.message(listed)?;
            match (message.heard.says(), message.entry) {
                // A line of the list, which says so itself.
                (arch_dispute::Says::Commit(_), None) => {}
                (arch_dispute::Says::Commit(_), Some(_)) => witnesses.push(message),
                _ => said.push(message),
            }
        }
        if said.first().map(|first| first.heard.digest()) != contents.dispute {
            let text = "the first message is not the challenge that `task.json` names";
            return Err(Flaw::record(text).into());
        }
        let anchor = (contents.entry, contents.leaf, contents.committed_at);
        Ok(Evidence::assemble((list, bytes), anchor, witnesses, said)?)
    }

    fn contents(&self) -> Result<Contents, Stop> {
        let path = self.dir.join(TASK);
        let bytes = arch_files::read(&path, LARGEST).map_err(Stop::file)?;
        let wrong = |why: String| Flaw::record(format!("{}: {why}", path.display()));
        let contents: Contents =
            serde_json::from_slice(&bytes).map_err(|error| wrong(error.to_string()))?;
        if contents.schema != SCHEMA {
            return Err(wrong(format!("its schema is not {SCHEMA}")).into());
        }
        if contents.messages.len() > MOST {
            return Err(wrong(format!("it names more than {MOST} messages")).into());
        }
        Ok(contents)
    }

    fn message(&self, listed: &Listed) -> Result<Message, Stop> {
        let Listed { file: name, message, at, entry } = listed;
        // One component, so that nobody leads us elsewhere.
        if name.contains('/') || name.starts_with('.') {
            return Err(Flaw::record(format!("`{name}` is no name of a message's file")).into());
        }
        let path = self.dir.join(MESSAGES).join(name);
        let bytes = arch_files::read(&path, MAX_ENVELOPE_BYTES).map_err(Stop::file)?;
        let (file, heard) = sources::read(name, &bytes)?;
        if heard.digest() != *message {
            let text = format!("`{name}` is another message than `task.json` says");
            return Err(Flaw::record(text).into());
        }
        Ok(Message { file, heard, at: *at, entry: *entry })
    }

    fn receipt(&self, contents: &Contents, list: &[u8], keys: &[VerifierKey]) -> Result<(), Stop> {
        let path = self.dir.join(RECEIPT);
        if !path.exists() && keys.is_empty() {
            say::talk("the folder has no receipt: that the list was anchored is not shown");
            return Ok(());
        }
        let bytes = arch_files::read(&path, LARGEST).map_err(Stop::file)?;
        anchors(&path, &bytes, contents, list, keys)?;
        if keys.is_empty() {
            say::talk("give `--ledger-key` to know whose ledger the folder's receipt is of");
        }
        Ok(())
    }
}

/// That the receipt's entry names this list, and has the leaf that the task names.
fn anchors(
    path: &Path,
    bytes: &[u8],
    contents: &Contents,
    list: &[u8],
    keys: &[VerifierKey],
) -> Result<(), Flaw> {
    let wrong = |why: String| Flaw::record(format!("{}: {why}", path.display()));
    let receipt: Receipt = String::from_utf8_lossy(bytes)
        .parse()
        .map_err(|error: arch_ledger::NoteError| wrong(error.to_string()))?;
    let entry = receipt.extra.clone().ok_or_else(|| wrong("it has no entry in it".to_owned()))?;
    if !keys.is_empty() {
        receipt.verify(&entry, keys).map_err(|error| wrong(error.to_string()))?;
    }
    let entry = Entry::parse(receipt.index, entry).map_err(|error| wrong(error.to_string()))?;
    let Record::Committed { document, attempt, commitments } = entry.record else {
        return Err(wrong("its entry has no commitments".to_owned()));
    };
    let leaf = Digest::from_bytes(*arch_ledger::Hash::leaf(&entry.bytes).as_bytes());
    let told = (contents.job, contents.attempt, contents.entry, contents.leaf);
    if (document, attempt, receipt.index, leaf) != told || commitments != Digest::of(list) {
        return Err(wrong("its entry anchors another list or task".to_owned()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use arch_dispute::{Agreed, Line, List, Resolver, Terms};
    use arch_identity::{Algorithm, SigningKey, Timestamp};
    use arch_ledger::Hash;
    use arch_matrix::{Format, Grid, Matrix, Part, Shape, Splits, commit::Commitment};

    use super::*;
    use crate::dispute::folder::{Draft, write};

    /// A job's commitments, and the receipt of the entry that anchors them.
    fn commitments() -> (Evidence, String) {
        let grid = Grid::new(Shape::new(8, 8, 8).unwrap(), Splits::even(2)).unwrap();
        let job = Digest::of(b"job");
        let lines = [Part::Row { index: 0 }, Part::Column { index: 1 }].into_iter().zip(0_u8..);
        let lines = lines.map(|(part, number)| {
            let (rows, columns) = part.region(&grid).unwrap().size();
            let values = Matrix::<i32>::zero(rows, columns);
            let commitment = Commitment::of(Format::I8, grid, part, &values).unwrap();
            let key = SigningKey::from_seed(Algorithm::Ed25519, &[number; 32]);
            let says = arch_dispute::Commit { job, attempt: 3, commitment, marks: vec![] };
            Line::signed(number.into(), says, &key).unwrap()
        });
        let agreed = Agreed {
            terms: Terms { bond: 1, answer: 1, exchange: 1, proof: 1, verdict: 1 },
            resolvers: vec![Resolver::Reveal],
            judges: vec![],
            keys: vec![],
            dev_keys: false,
            marks: arch_dispute::Marks::OnDispute,
        };
        let list = List::new(job, 3, Some(agreed), lines.collect());
        let bytes = serde_json::to_vec(&list).unwrap();
        let at: Timestamp = "2026-11-26T12:00:00Z".parse().unwrap();
        let commitments = Digest::of(&bytes);
        let record = Record::Committed { document: job, attempt: 3, commitments };
        let entry = Entry::new(5, at, Hash::ZERO, record).unwrap();
        let leaf = Digest::from_bytes(*entry.leaf().as_bytes());
        let receipt = Receipt {
            extra: Some(entry.bytes),
            index: 5,
            path: vec![],
            checkpoint: "nobody looks at it without keys\n".to_owned(),
        };
        let evidence = Evidence::assemble((list, bytes), (5, leaf, at), vec![], vec![]);
        (evidence.unwrap(), receipt.to_string())
    }

    fn written(place: &Path) -> From {
        let (evidence, receipt) = commitments();
        let dir = place.join("folder");
        let draft = Draft::begin(&dir).unwrap();
        write(&draft, &evidence, Some(&receipt)).unwrap();
        draft.finish().unwrap();
        From { dir, ledger_keys: vec![] }
    }

    #[test]
    fn what_is_written_reads_back() {
        let place = tempfile::tempdir().unwrap();
        let (evidence, _) = commitments();
        let read = written(place.path()).read().unwrap();
        assert_eq!((read.list, read.task), (evidence.list, evidence.task));
        assert_eq!((read.commits.len(), read.committed_at), (2, evidence.committed_at));
    }

    #[test]
    fn no_changed_byte_makes_another_task_or_list() {
        let place = tempfile::tempdir().unwrap();
        let from = written(place.path());
        let sound = from.read().unwrap();
        let mut refused = 0;
        for name in [TASK, LIST, RECEIPT] {
            let path = from.dir.join(name);
            let kept = std::fs::read(&path).unwrap();
            for at in (0..kept.len()).step_by(5) {
                for change in [1, 0x80] {
                    let mut bytes = kept.clone();
                    bytes[at] ^= change;
                    std::fs::write(&path, &bytes).unwrap();
                    match from.read() {
                        Err(_) => refused += 1,
                        // The time of the entry is the keeper's word, and so is the checkpoint here.
                        Ok(read) => assert_eq!(
                            (&read.list, read.task),
                            (&sound.list, sound.task),
                            "{name}, byte {at}"
                        ),
                    }
                }
            }
            std::fs::write(&path, kept).unwrap();
        }
        assert!(refused > 500, "{refused}");
        assert!(from.read().is_ok());
    }
}
