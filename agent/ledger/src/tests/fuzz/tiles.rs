//! Tiles and checkpoint that were changed: found by a reader, written anew or refused by
//! the agent, and never a proof of something that did not happen.

use std::collections::BTreeMap;

use arch_campaign::{Campaign, Case, Mutator};

use crate::fault::MemFs;
use crate::tests::world::*;
use crate::tree::TilePath;
use crate::{Hash, Reader, Receipt};

const UNSEEN: &str = "changes not found";
const FORGED: &str = "false proofs";
const REBUILT: &str = "rebuilt otherwise";
const SPELLED: &str = "paths of two spellings";

struct Good {
    files: BTreeMap<String, Vec<u8>>,
    entries: Vec<Vec<u8>>,
}

fn good(entries: u64) -> Good {
    let fs = MemFs::default();
    let (mut ledger, _) = open(&fs).unwrap();
    ledger.append(noon(), &(1..entries).map(refused).collect::<Vec<_>>()).unwrap();
    let entries = ledger.entries(0).map(|entry| entry.unwrap().bytes).collect();
    drop(ledger);
    Good { files: fs.files(), entries }
}

#[test]
fn a_changed_tile_or_checkpoint_is_found_and_proves_nothing() {
    let small = [good(2), good(3), good(9)];
    // With a full tile and one above.
    let large = good(258);
    let all = small.iter().chain([&large]).flat_map(|good| &good.files);
    let derived = all.filter(|(path, _)| is_derived(path));
    let corpus: Vec<Vec<u8>> = derived.clone().map(|(_, bytes)| bytes.clone()).collect();
    let paths: Vec<Vec<u8>> = derived.map(|(path, _)| path.clone().into_bytes()).collect();
    let mutator = Mutator::new(corpus).with_words(&["\0\x01", "\u{2014} ", "\n", "{\"", "="]);
    let paths = Mutator::new(paths).with_words(&["x000/", ".p/", "/", "entries", "256", "0"]);
    Campaign::new("fuzz-tiles", 30).watch(UNSEEN).watch(FORGED).watch(REBUILT).watch(SPELLED).run(
        |case| {
            for _ in 0..8 {
                path(case, &paths);
            }
            let good = if case.once_in(12) { &large } else { case.pick(&small) };
            let names: Vec<&String> = good.files.keys().filter(|path| is_derived(path)).collect();
            let name = *case.pick(&names);
            let changed = mutator.mutant(case, &good.files[name]);
            file(case, good, name, changed);
        },
    );
}

fn is_derived(path: &str) -> bool {
    path.starts_with("tile") || path == "checkpoint"
}

/// A path that is read has one spelling.
fn path(case: &mut Case, paths: &Mutator) {
    let text = String::from_utf8_lossy(&paths.draw(case)).into_owned();
    case.count("paths");
    if TilePath::parse(&text).is_some_and(|read| read.to_string() != text) {
        case.fault(SPELLED, text);
    }
}

fn file(case: &mut Case, good: &Good, name: &str, changed: Vec<u8>) {
    case.count("files");
    let same = good.files[name] == changed;
    let fs = MemFs::with(&good.files);
    fs.tamper(name, Some(changed));
    let reader = Reader::new(fs.clone());
    if reader.verify(Some(keys().verifiers())).is_ok() && !same {
        case.fault(UNSEEN, format!("{name}, {} entries", good.entries.len()));
    }
    receipts(case, good, &reader);
    // The agent trusts none of them: it writes them anew, byte for byte, or does not start.
    let before = fs.files();
    match open(&fs) {
        Ok(_) if fs.files() == good.files => case.count("written anew"),
        Err(_) if fs.files() == before => case.count("refused by the agent"),
        Ok(_) => case.fault(REBUILT, format!("{name}, {} entries", good.entries.len())),
        Err(error) => case.fault(REBUILT, format!("{name}: refused and changed, {error}")),
    }
}

/// Whatever lies in the folder, a receipt that verifies is of an entry that is there.
fn receipts(case: &mut Case, good: &Good, reader: &Reader<MemFs>) {
    let index = case.below(good.entries.len() as u64 + 2);
    let entry = reader.entry(index);
    if let Ok(text) = reader.receipt(index) {
        let receipt: Receipt = text.parse().unwrap();
        let right = good.entries.get(usize::try_from(index).unwrap());
        let claimed = entry.as_ref().map(|entry| entry.bytes.clone()).unwrap_or_default();
        let proves = |bytes: &[u8]| receipt.verify(bytes, keys().verifiers()).is_ok();
        if proves(&claimed) && right != Some(&claimed) {
            case.fault(FORGED, format!("entry {index} as {}", claimed.escape_ascii()));
        }
        case.count("receipts read");
    }
    let size = good.entries.len() as u64;
    // Everything extends the empty tree, so the older one has an entry.
    let (old, new) = (1 + case.below(size + 1), 1 + case.below(size + 1));
    if let Ok(path) = reader.consistency(old, new) {
        // Nothing but the right hashes holds between the right roots.
        let root = |n: u64| naive(good, n);
        let holds = |a, b| crate::proof::verify_consistency(old, a, new, b, &path).is_ok();
        let other = Hash::leaf(b"another history");
        if old < new && (holds(root(old), other) || holds(other, root(new))) {
            case.fault(FORGED, format!("consistency of {old} and {new}"));
        }
    }
}

/// The root by the definition of RFC 6962 §2.1.
fn naive(good: &Good, size: u64) -> Hash {
    fn root(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => Hash::empty_root(),
            [one] => *one,
            many => {
                let half = many.len().next_power_of_two() / 2;
                Hash::node(root(&many[..half]), root(&many[half..]))
            }
        }
    }
    let size = usize::try_from(size).unwrap().min(good.entries.len());
    let leaves: Vec<Hash> = good.entries[..size].iter().map(|bytes| Hash::leaf(bytes)).collect();
    root(&leaves)
}
