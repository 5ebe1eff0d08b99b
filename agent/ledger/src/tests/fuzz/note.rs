//! Notes, checkpoints, proofs and receipts as text: one spelling, and no other meaning.

use arch_campaign::{Campaign, Case, Mutator};

use crate::tests::world::*;
use crate::{Checkpoint, ConsistencyProof, Note, Receipt, VerifierKey};

const SPELLED: &str = "texts of two spellings";
const FORGED: &str = "forgeries believed";

struct Good {
    /// Size and root by the checkpoint's text.
    texts: Vec<String>,
    entries: Vec<Vec<u8>>,
    keys: Vec<String>,
}

#[test]
fn a_changed_note_proof_or_receipt_has_one_spelling_and_proves_nothing_new() {
    let (good, corpus) = good();
    let words = [
        "\n",
        "\n\n",
        "\u{2014} ",
        "c2sp.org/tlog-proof@v1\n",
        "index ",
        "extra ",
        "old ",
        "=",
        "A",
        "+",
        " ",
        "0",
        "example.org/node",
        "\r\n",
        "\t",
    ];
    let mutator = Mutator::new(corpus).with_words(&words);
    Campaign::new("fuzz-note", 400).watch(SPELLED).watch(FORGED).run(|case| {
        let bytes = match case.once_in(20) {
            true => case.pick(mutator.corpus()).clone(),
            false => mutator.draw(case),
        };
        case.count("texts");
        note(case, &bytes);
        checkpoint(case, &good, &bytes);
        if let Ok(text) = std::str::from_utf8(&bytes) {
            receipt(case, &good, text);
            proof(case, &good, text);
            key(case, &good, text);
        }
    });
}

fn good() -> (Good, Vec<Vec<u8>>) {
    let fs = ledger_of(0);
    let (mut ledger, _) = open(&fs).unwrap();
    let mut texts = Vec::new();
    let mut corpus = Vec::new();
    for n in 0..9 {
        ledger.append(noon(), &[refused(n)]).unwrap();
        let checkpoint = ledger.checkpoint().to_owned();
        texts.push(Note::parse(checkpoint.as_bytes()).unwrap().text);
        corpus.push(checkpoint.into_bytes());
    }
    for index in [0, 3, 9] {
        corpus.push(ledger.receipt(index).unwrap().into_bytes());
    }
    let entries = ledger.entries(0).map(|entry| entry.unwrap().bytes).collect();
    drop(ledger);
    let reader = crate::Reader::new(fs);
    for old in [2, 5, 9] {
        corpus.push(reader.consistency_proof(old).unwrap().to_string().into_bytes());
    }
    let keys: Vec<String> = keys().verifiers().iter().map(ToString::to_string).collect();
    corpus.extend(keys.iter().map(|key| key.clone().into_bytes()));
    (Good { texts, entries, keys }, corpus)
}

fn note(case: &mut Case, bytes: &[u8]) {
    if let Ok(note) = Note::parse(bytes) {
        case.count("notes read");
        if note.to_string().as_bytes() != bytes {
            case.fault(SPELLED, format!("note {}", bytes.escape_ascii()));
        }
    }
}

fn checkpoint(case: &mut Case, good: &Good, bytes: &[u8]) {
    if let Ok(verified) = Checkpoint::verify(bytes, keys().verifiers()) {
        case.count("checkpoints believed");
        if !good.texts.contains(&verified.checkpoint().text()) {
            case.fault(FORGED, format!("checkpoint {}", bytes.escape_ascii()));
        }
    }
    let text = String::from_utf8_lossy(bytes);
    if let Ok(read) = Checkpoint::from_text(&text)
        && read.text() != text
    {
        case.fault(SPELLED, format!("checkpoint {}", bytes.escape_ascii()));
    }
}

fn receipt(case: &mut Case, good: &Good, text: &str) {
    let Ok(receipt) = text.parse::<Receipt>() else { return };
    case.count("receipts read");
    if receipt.to_string() != text {
        case.fault(SPELLED, format!("receipt {text:?}"));
    }
    for (index, entry) in (0..).zip(&good.entries) {
        if receipt.verify(entry, keys().verifiers()).is_ok() {
            case.count("receipts believed");
            if receipt.index != index {
                case.fault(FORGED, format!("entry {index} at {}", receipt.index));
            }
        }
    }
    let invented = receipt.verify(b"an entry that never was", keys().verifiers());
    if invented.is_ok() {
        case.fault(FORGED, format!("receipt {text:?}"));
    }
}

fn proof(case: &mut Case, good: &Good, text: &str) {
    let Ok(proof) = text.parse::<ConsistencyProof>() else { return };
    case.count("proofs read");
    if proof.to_string() != text {
        case.fault(SPELLED, format!("proof {text:?}"));
    }
    for old in &good.texts {
        let old = Checkpoint::from_text(old).unwrap();
        let forked = Checkpoint { root: crate::Hash::leaf(b"another"), ..old.clone() };
        if proof.verify(&old, keys().verifiers()).is_ok() {
            case.count("proofs believed");
            if proof.old != old.size {
                case.fault(FORGED, format!("{} as {}", proof.old, old.size));
            }
        }
        // Of nothing everything is an extension; there is no such checkpoint here.
        if proof.verify(&forked, keys().verifiers()).is_ok() {
            case.fault(FORGED, format!("a fork of {}: {text:?}", old.size));
        }
    }
}

fn key(case: &mut Case, good: &Good, text: &str) {
    let Ok(key) = text.parse::<VerifierKey>() else { return };
    case.count("keys read");
    if key.to_string() != text {
        case.fault(SPELLED, format!("key {text}"));
    }
    // The hint is a hash over name and key: a changed one with the old hint is no key.
    if !good.keys.iter().any(|known| known == text) && good.keys.iter().any(|k| same_hint(k, text))
    {
        case.fault(FORGED, format!("key {text}"));
    }
}

/// Whether two keys, as text, claim one hint.
fn same_hint(one: &str, other: &str) -> bool {
    let hint = |text: &str| text.split('+').nth(1).map(str::to_owned);
    hint(one) == hint(other)
}
