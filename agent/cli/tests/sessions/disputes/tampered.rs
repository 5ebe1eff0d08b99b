//! Whatever is changed, a replay names it.

use std::path::PathBuf;

use arch_dispute::{Resolver, Says};
use arch_identity::Digest;
use arch_ledger::Record;

use super::stage::{self, Changes};
use crate::world::World;

/// The checks that do not hold, by what they are about, and what was found.
fn wrong(world: &World, id: &str, code: i32) -> Vec<(String, String)> {
    let told = world.run(&["dispute", "replay", id, "--state", "state", "--json"]);
    assert_eq!(told.code, code, "{told:?}");
    let told = told.json();
    assert_eq!(told["ok"], code == 0);
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let bad = told["checks"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|check| matches!(check["result"].as_str().unwrap(), "wrong" | "unclear"));
    bad.map(|check| (text(&check["what"]), text(&check["found"]))).collect()
}

/// Where the archive keeps the message of this word, and the entry that names it.
fn message(world: &World, id: &str, word: &str) -> (PathBuf, u64) {
    let shown = world.done(&["dispute", "show", id, "--state", "state", "--json"]).json();
    let all = shown["messages"].as_array().unwrap().clone();
    let found = all.iter().find(|said| said["word"] == word).unwrap();
    let digest = found["message"].as_str().unwrap().strip_prefix("sha256:").unwrap().to_owned();
    (world.path("state/archive/documents").join(digest), found["entry"].as_u64().unwrap())
}

#[test]
fn a_message_that_is_changed_exchanged_or_gone_is_named_by_its_entry() {
    let (world, id) = stage::settled();
    let (answer, entry) = message(&world, &id, "answer");
    let (steps, _) = message(&world, &id, "steps");
    let kept = std::fs::read(&answer).unwrap();
    let named = format!("message of entry {entry}");

    let text = String::from_utf8(kept.clone()).unwrap();
    let at = text.find("\"sig\":\"").unwrap() + 12;
    let mut changed = text.into_bytes();
    changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
    std::fs::write(&answer, &changed).unwrap();
    let told = wrong(&world, &id, 1);
    assert_eq!((told.len(), &told[0].0), (1, &named), "{told:?}");
    assert!(told[0].1.contains("ARCH-Q002") && told[0].1.contains("does not hold"), "{told:?}");

    std::fs::copy(&steps, &answer).unwrap();
    let told = wrong(&world, &id, 1);
    assert_eq!(told[0].0, named);
    assert!(told[0].1.contains("ARCH-Q003"), "{told:?}");

    std::fs::write(&answer, b"kind: Job").unwrap();
    assert_eq!(wrong(&world, &id, 1)[0].0, named);

    std::fs::remove_file(&answer).unwrap();
    let told = wrong(&world, &id, 3);
    assert_eq!((told.len(), &told[0].0), (1, &named), "{told:?}");
    let listed = world.run(&["dispute", "list", "--state", "state"]);
    assert!(listed.code == 3 && listed.data.contains("is not in the archive"), "{listed:?}");
    assert_eq!(world.run(&["dispute", "show", &id, "--state", "state"]).code, 3);

    std::fs::write(&answer, kept).unwrap();
    assert!(wrong(&world, &id, 0).is_empty());
}

#[test]
fn a_list_that_is_changed_or_gone_tells_nothing() {
    let (world, id) = stage::settled();
    let entries = world.done(&["ledger", "show", "state", "--json"]).json();
    let all = entries["entries"].as_array().unwrap().clone();
    let committed = all.iter().find(|entry| entry["entry"]["kind"] == "committed").unwrap();
    let digest = committed["entry"]["commitments"].as_str().unwrap().to_owned();
    let digest = digest.strip_prefix("sha256:").unwrap();
    let path = world.path("state/archive/sha256").join(&digest[..2]).join(&digest[2..]);
    let mut bytes = std::fs::read(&path).unwrap();
    let last = bytes.len() - 3;
    bytes[last] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let told = wrong(&world, &id, 3);
    assert!(told[0].1.contains("holds other bytes"), "{told:?}");
    std::fs::remove_file(&path).unwrap();
    assert!(wrong(&world, &id, 3)[0].1.contains("is not in the archive"));
}

#[test]
fn a_list_that_the_ledger_names_with_a_line_that_nobody_signed_is_refused() {
    let (world, numbers) = (World::empty(), stage::Numbers::new());
    let mut clerk = stage::Clerk::open(&world);
    let sound = stage::list(&numbers);
    let mut list = sound.clone();
    list.commitments[1].signed.as_mut().unwrap().sig.0[9] ^= 1;
    let task = clerk.anchor(&numbers, &list);
    let says = stage::challenge(&numbers, task, &sound, Resolver::Reveal);
    let file = stage::post(&stage::key(stage::CHALLENGER), says);
    let (said, heard) = clerk.said(&file);
    clerk.write(&[said]);
    let id = heard.digest().hex();
    let told = wrong(&world, &id, 1);
    assert!(told[0].1.contains("ARCH-Q001") && told[0].1.contains("line 1"), "{told:?}");
    for what in [id.as_str(), "--job"] {
        let job = stage::job().to_string();
        let more = if what == "--job" { vec![what, &job] } else { vec![what] };
        let args = ["dispute", "export", "--state", "state", "--out", "none"];
        let told = world.run(&[&args[..], &more].concat());
        assert!(told.code == 1 && told.talk.contains("ARCH-Q001"), "{told:?}");
        assert!(!world.path("none").exists());
    }
}

#[test]
fn a_byte_of_the_ledger_is_found_whatever_it_says() {
    let (world, id) = stage::settled();
    for (name, at) in [("tile/0", 40), ("journal", 3_000)] {
        let path = world.path("state/ledger").join(name);
        let kept = std::fs::read(&path).unwrap();
        let mut bytes = kept.clone();
        bytes[at] ^= 1;
        std::fs::write(&path, bytes).unwrap();
        assert_eq!(wrong(&world, &id, 1)[0].0, "ledger", "{name}");
        std::fs::write(&path, kept).unwrap();
    }
    assert!(wrong(&world, &id, 0).is_empty());
}

/// A ledger whose keeper settled otherwise than follows.
fn settled_otherwise(change: impl Fn(&mut Record) + 'static) -> Vec<(String, String)> {
    let entries = Box::new(move |unit: &mut Vec<Record>| unit.iter_mut().for_each(&change));
    let changes = Changes { entries, ..Changes::none() };
    let (world, id) = stage::with(Resolver::Reveal, &changes);
    wrong(&world, &id, 1)
}

#[test]
fn an_end_that_does_not_follow_is_named_with_what_is_wrong_in_it() {
    let challenger = stage::key(stage::CHALLENGER).public().did();
    let told = settled_otherwise(move |record| {
        if let Record::Settled { at_fault, .. } = record {
            *at_fault = vec![challenger.clone()];
        }
    });
    assert_eq!((told.len(), told[0].0.as_str()), (1, "settled"), "{told:?}");
    assert!(told[0].1.contains("`atFault`"), "{told:?}");
    let told = settled_otherwise(|record| {
        if let Record::Settled { upheld, judge, key, .. } = record {
            (*upheld, *judge, *key) = (false, None, Some(Digest::of(b"a key")));
        }
    });
    for words in ["`upheld`", "`judge`", "`key`"] {
        assert!(told[0].1.contains(words), "{told:?}");
    }
}

#[test]
fn stakes_that_do_not_follow_and_units_that_are_made_are_named_by_their_entry() {
    let told = settled_otherwise(|record| {
        if let Record::BondLost { shares, burnt, .. } = record {
            (shares[0].units, *burnt) = (101, 0);
        }
    });
    assert_eq!((told.len(), told[0].0.as_str()), (1, "payout"), "{told:?}");
    let told = settled_otherwise(|record| {
        if let Record::BondLost { shares, .. } = record {
            shares[0].units += 1;
        }
    });
    let what: Vec<&str> = told.iter().map(|(what, _)| what.as_str()).collect();
    assert_eq!(what, ["payout", "book"], "{told:?}");
    assert!(told[1].1.contains("ARCH-Q005") && told[1].1.contains("the bond has 101 units"));
    let told = settled_otherwise(|record| {
        if let Record::Bond { units, .. } = record {
            *units = 100;
        }
    });
    assert_eq!(told[0].0, "stakes", "{told:?}");

    let entries = Box::new(|unit: &mut Vec<Record>| {
        unit.retain(|record| !matches!(record, Record::BondReturned { .. }));
    });
    let (world, id) = stage::with(Resolver::Reveal, &Changes { entries, ..Changes::none() });
    let told = wrong(&world, &id, 1);
    assert_eq!(told[0].0, "payout", "{told:?}");
}

#[test]
fn a_stake_or_a_payout_that_is_written_later_and_a_second_dispute_of_one_leaf_are_named() {
    for (word, kind) in [("stakes", "bond"), ("payout", "bondReturned")] {
        let apart = Box::new(move |unit: &mut Vec<Record>| {
            let kind_of = |record: &Record| serde_json::to_value(record).unwrap()["kind"].clone();
            if unit.len() > 2 && unit.iter().any(|record| kind_of(record) == kind) {
                let (code, message) = ("ARCH-D004".to_owned(), "between".to_owned());
                unit.insert(1, Record::PolicyKept { code, message });
            }
        });
        let changes = Changes { entries: apart, ..Changes::none() };
        let (world, id) = stage::with(Resolver::Reveal, &changes);
        let told = wrong(&world, &id, 1);
        assert_eq!((told.len(), told[0].0.as_str()), (1, word), "{told:?}");
        assert!(told[0].1.contains("beside"), "{told:?}");
    }

    // The one who lost is challenged again by the same one, for the same leaf.
    let (world, first) = stage::settled();
    let again = stage::again(&world, &stage::Numbers::new());
    let told = wrong(&world, &again, 1);
    assert_eq!((told.len(), told[0].0.as_str()), (1, "subject"), "{told:?}");
    assert!(told[0].1.contains(&first), "{told:?}");
    assert!(wrong(&world, &first, 0).is_empty());
    let told = world.run(&["dispute", "show", "0000000", "--state", "state"]);
    assert_eq!(told.code, 1, "{told:?}");
}

#[test]
fn a_proof_that_does_not_hold_leaves_the_ledgers_end_without_a_reason() {
    let says = Box::new(|says: &mut Says| {
        if let Says::Proof(proof) = says {
            // Still points of the curve, and of another proof.
            let [one, other] = [&proof.proof.0[..32], &proof.proof.0[96..]];
            proof.proof.0 = [other, &proof.proof.0[32..96], one].concat();
        }
    });
    let (world, id) = stage::with(Resolver::Groth16, &Changes { says, ..Changes::none() });
    let told = world.run(&["dispute", "replay", &id, "--state", "state"]);
    assert_eq!(told.code, 1, "{told:?}");
    assert!(told.data.contains("changes nothing: the proof does not hold"), "{told:?}");
    assert_eq!(wrong(&world, &id, 1)[0].0, "settled");
}

#[test]
fn a_proof_under_a_key_that_is_not_here_cannot_be_told_and_under_a_revoked_one_still_holds() {
    let (world, id) = stage::settled();
    let text = arch_circuits::registry::BUILT_IN;
    let mut manifest: serde_json::Value = serde_json::from_str(text).unwrap();
    let circuits = manifest["circuits"].as_array_mut().unwrap();
    circuits[0]["status"] = "revoked".into();
    world.write("revoked.json", &manifest.to_string());
    let args = ["dispute", "show", &id, "--state", "state", "--manifest", "revoked.json", "--json"];
    let shown = world.done(&args).json();
    assert_eq!(shown["finding"]["key"]["reopenable"], true, "{shown}");
    let args = ["dispute", "replay", &id, "--state", "state", "--manifest", "revoked.json"];
    world.done(&args);
    let circuits = manifest["circuits"].as_array_mut().unwrap();
    circuits.remove(0);
    world.write("without.json", &manifest.to_string());
    let args = ["dispute", "replay", &id, "--state", "state", "--manifest", "without.json"];
    let told = world.run(&args);
    assert!(told.code == 3 && told.data.contains("ARCH-C002"), "{told:?}");
}
