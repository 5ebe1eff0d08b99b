//! A journal that was changed: the old state, a cut tail that is told, or an honest refusal.

use arch_campaign::{Campaign, Case, Mutator};

use super::{TOUCHED, UNSTEADY, is_whole, opened};
use crate::fault::MemFs;
use crate::tests::world::*;
use crate::{Entry, Record};

const INVENTED: &str = "invented or lost entries";

/// A ledger's folder, and its entries.
struct Good {
    fs: MemFs,
    entries: Vec<Vec<u8>>,
}

fn good(batches: u64) -> Good {
    let fs = ledger_of(batches);
    let (mut ledger, _) = open(&fs).unwrap();
    let job = [accepted(1), started(1, 1), finished(1, crate::EndState::Completed)];
    ledger.append(noon(), &job).unwrap();
    let bytes = |entry: Result<Entry, _>| entry.unwrap().bytes;
    let entries = ledger.entries(0).map(bytes).collect();
    drop(ledger);
    Good { fs, entries }
}

/// Headers, the words of a commit, and lengths at their borders.
fn words() -> Vec<Vec<u8>> {
    let texts = [&b"ARCHLJ2\n"[..], b"ARCHCMT2", b"{\"", b"\"index\":", b"\"prev\":", b"\0\0\0\0"];
    let lengths = [84_u32, 85, 0, 65_535, 65_536, 16 << 20, u32::MAX];
    let texts = texts.map(<[u8]>::to_vec).into_iter();
    texts.chain(lengths.map(|length| length.to_le_bytes().to_vec())).collect()
}

#[test]
fn a_changed_journal_is_the_old_state_a_cut_tail_or_a_refusal() {
    let ledgers = [good(0), good(1), good(4)];
    let journals = ledgers.iter().map(|good| good.fs.files()["journal"].clone()).collect();
    let mutator = Mutator::new(journals).with_words(&words());
    Campaign::new("fuzz-journal", 60).watch(INVENTED).watch(TOUCHED).watch(UNSTEADY).run(|case| {
        let good = case.pick(&ledgers);
        let fs = MemFs::with(&good.fs.files());
        let journal = mutator.mutant(case, &fs.files()["journal"]);
        let alone = case.once_in(2);
        if alone {
            // Nothing signed stands beside it any more.
            for path in fs.files().keys().filter(|path| *path != "journal") {
                fs.tamper(path, None);
            }
        }
        fs.tamper("journal", Some(journal));
        judge(case, good, &fs, alone);
    });
}

fn judge(case: &mut Case, good: &Good, fs: &MemFs, alone: bool) {
    let Some((ledger, recovery)) = opened(case, fs) else { return };
    case.count(if recovery.cut_bytes > 0 { "cut" } else { "opened" });
    let found: Vec<Entry> = ledger.entries(0).map(Result::unwrap).collect();
    drop(ledger);
    let old = found.iter().zip(&good.entries).take_while(|(f, old)| f.bytes == **old).count();
    // What follows the old entries says that it was cut, and nothing else.
    let told = |entry: &Entry| matches!(entry.record, Record::Recovered { cut_bytes } if cut_bytes == recovery.cut_bytes);
    let more = &found[old..];
    let rightly = more.is_empty() && recovery.cut_bytes == 0
        || more.len() == 1 && more.iter().all(told) && recovery.cut_bytes > 0;
    // A checkpoint counts its entries: none of them may be missing.
    if !rightly || (!alone && old < good.entries.len()) {
        let records: Vec<_> = more.iter().map(|entry| &entry.record).collect();
        case.fault(INVENTED, format!("{old} of {}, then {records:?}", good.entries.len()));
    }
    is_whole(case, fs);
}
