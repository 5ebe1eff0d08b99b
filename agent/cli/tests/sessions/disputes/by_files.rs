//! A dispute between people who exchange files and nothing else: the keeper of the ledger, an outsider who
//! challenges, and a judge, each with a folder of his own.

use std::path::Path;

use arch_dispute::{Recorded, Resolver, Says, book};
use arch_ledger::Record;
use arch_matrix::{Cell, Format, commit::LeafTree};
use arch_stakes::entry_of;

use super::stage::{self, Clerk, Numbers};
use crate::world::{Told, World};

/// The hashes of the leaves of the respondent's cells, as evidence has them.
fn leaves(world: &World, numbers: &Numbers) {
    let cells = [0, 1].map(|row| {
        let cell = Cell { row, column: 0 };
        let place = numbers.grid.cell(cell);
        let tree = LeafTree::of_cell(Format::I8, &numbers.wrong, &place.rows, &place.columns);
        serde_json::json!({ "cell": cell, "leaves": tree.leaves() })
    });
    world.write("leaves.json", &serde_json::json!({ "cells": cells }).to_string());
}

/// Sends a folder to somebody else.
fn send(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        match entry.file_type().unwrap().is_dir() {
            true => send(&entry.path(), &to.join(entry.file_name())),
            false => drop(std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap()),
        }
    }
}

/// The keeper of the ledger, who has taken in the commitments.
struct Keeper {
    world: World,
    numbers: Numbers,
    clerk: Clerk,
    facts: arch_dispute::Facts,
    record: Vec<Recorded>,
}

impl Keeper {
    fn new() -> Self {
        let (world, numbers) = (World::empty(), Numbers::new());
        let mut clerk = Clerk::open(&world);
        clerk.deposits();
        let (_, facts) = clerk.commit(&numbers, &stage::list_of_others(&numbers));
        Self { world, numbers, clerk, facts, record: Vec::new() }
    }

    fn now(&self) -> String {
        self.clerk.now.to_string()
    }

    /// Takes a message in, as an agent would.
    fn take(&mut self, file: &str) {
        let (said, heard) = self.clerk.said(file);
        let mut unit = vec![said];
        if let Says::Commit(_) = heard.says() {
            assert!(self.facts.witness(&heard));
            self.clerk.write(&unit);
            return;
        }
        let says = heard.says().clone();
        let by = heard.by().clone();
        self.record.push(Recorded { at: self.clerk.now.plus(1), heard });
        let state = stage::state(&self.facts, &self.record, self.clerk.now.plus(1));
        match says {
            Says::Challenge(_) => unit.extend(book::stake(state.case()).iter().map(entry_of)),
            Says::Verdict(_) => {
                unit.push(entry_of(&book::stake_of_judge(state.case(), &by)));
            }
            _ => {}
        }
        self.clerk.write(&unit);
    }

    fn settle(&mut self) {
        let ended = stage::state(&self.facts, &self.record, self.clerk.now);
        let unit: Vec<Record> = stage::settlement(&ended);
        self.clerk.write(&unit);
    }

    /// Takes the dispute along and sends it to another.
    fn send(&self, what: &[&str], name: &str, to: &World) {
        let args = ["dispute", "export", "--out", name, "--state", "state", "--now"];
        let now = self.now();
        self.world.done(&[&args[..], &[&now], what].concat());
        send(&self.world.path(name), &to.path(name));
    }
}

#[test]
fn a_dispute_is_carried_by_files_between_the_ledgers_keeper_an_outsider_and_a_judge() {
    let mut keeper = Keeper::new();
    let [outsider, judge] = [World::empty(), World::empty()];
    keeper.numbers.write(&outsider);
    let own = stage::key_file(&outsider, stage::CHALLENGER);
    let other = stage::key_file(&outsider, stage::RESPONDENT);
    let job = stage::job().to_string();
    keeper.send(&["--job", &job], "job", &outsider);
    assert!(outsider.read("job/report.md").contains("| 1 | 1 | `{\"column\":{\"index\":0}}` |"));

    // A commitment of his own, to the part that he doubts.
    let says = ["dispute", "commit", "--from", "job", "--key", &own, "--product", "right.npy"];
    outsider.done(&[&says[..], &["--like", "1", "--out", "commit.dsse.json"]].concat());
    let part = outsider.done(&[&says[..], &["--part", "column:0"]].concat());
    assert_eq!(part.data, outsider.read("commit.dsse.json"), "the same part, and one spelling");
    assert_eq!(outsider.run(&[&says[..], &["--part", "column:7"]].concat()).code, 1);
    assert_eq!(outsider.run(&[&says[..], &["--like", "9"]].concat()).code, 2);
    outsider.done(&["key", "generate", "--plain", "--kind", "hybrid", "--out", "hybrid.key"]);
    let says = ["dispute", "commit", "--from", "job", "--key", "hybrid.key", "--like", "1"];
    let told = outsider.done(&[&says[..], &["--product", "right.npy"]].concat());
    assert_eq!(stage::read(&told.data).by().algorithm(), arch_identity::Algorithm::Ed25519);
    keeper.take(&outsider.read("commit.dsse.json"));

    let now = keeper.now();
    let challenge = |more: &[&str]| -> Told {
        let says = [
            "dispute",
            "challenge",
            "--from",
            "job",
            "--key",
            &own,
            "--product",
            "right.npy",
            "--commit",
            "commit.dsse.json",
            "--a",
            "a.npy",
            "--b",
            "b.npy",
            "--now",
            &now,
        ];
        outsider.run(&[&says[..], more].concat())
    };
    let told = challenge(&["--against", "1"]);
    assert!(told.code == 3 && told.talk.contains("--theirs"), "{told:?}");
    let told = challenge(&["--against", "1", "--theirs", "right.npy"]);
    assert!(told.code == 1 && told.talk.contains("do not lead to the committed root"), "{told:?}");
    let told = challenge(&["--against", "1", "--theirs", "wrong.npy"]);
    assert_eq!(told.code, 0, "{told:?}");
    let by_product = stage::read(&told.data).says().clone();
    leaves(&outsider, &keeper.numbers);
    let told = challenge(&["--against", "0", "--leaves", "leaves.json"]);
    assert!(told.code == 1 && told.talk.contains("nothing differs"), "{told:?}");
    let text = outsider.read("leaves.json");
    outsider.write("other.json", &text.replacen("\"row\":1", "\"row\":2", 1));
    let first = text.find("blake3:").unwrap() + 8;
    let digit = if &text[first..=first] == "0" { "1" } else { "0" };
    let changed = format!("{}{digit}{}", &text[..first], &text[first + 1..]);
    outsider.write("changed.json", &changed);
    let told = challenge(&["--against", "1", "--leaves", "changed.json"]);
    assert!(told.code == 1 && told.talk.contains("do not lead to the committed root"), "{told:?}");
    let more = ["--against", "1", "--leaves", "leaves.json", "--out", "challenge.dsse.json"];
    let told = challenge(&more);
    assert_eq!(told.code, 0, "{told:?}");
    let by_leaves = outsider.read("challenge.dsse.json");
    assert_eq!(stage::read(&by_leaves).says(), &by_product, "either way says the same");
    keeper.take(&by_leaves);
    let id = told.data.trim().strip_prefix("sha256:").unwrap().to_owned();

    // Each says what he has to, until nobody has to any more.
    let mut words = Vec::new();
    for turn in 0.. {
        assert!(turn < 9, "{words:?}");
        let folder = format!("turn-{turn}");
        keeper.send(&[&id], &folder, &outsider);
        let now = keeper.now();
        let reply = |key: &str, product: &str| {
            let says = ["dispute", "reply", "--from", &folder, "--key", key, "--product", product];
            outsider.run(&[&says[..], &["--a", "a.npy", "--b", "b.npy", "--now", &now]].concat())
        };
        let told = [reply(&own, "right.npy"), reply(&other, "wrong.npy")];
        let Some(said) = told.iter().find(|told| told.code == 0) else {
            assert!(told.iter().all(|told| told.talk.contains("ARCH-Q006")), "{told:?}");
            break;
        };
        words.push(stage::read(&said.data).says().word());
        keeper.take(&said.data);
        if turn == 0 {
            let told = reply(&other, "right.npy");
            let other_leaf = "has another leaf than was committed to";
            assert!(told.code == 1 && told.talk.contains(other_leaf), "{told:?}");
        }
    }
    assert_eq!(words, ["answer", "steps", "steps", "tiles", "tiles", "proof"]);

    keeper.send(&[&id], "folder", &judge);
    let vkeys = keeper.world.done(&["ledger", "show", "--keys", "state"]).data;
    judge.write("vkeys", &vkeys);
    let now = keeper.now();
    let rule = |number: u8| {
        let key = stage::key_file(&judge, number);
        let says = ["dispute", "rule", "--from", "folder", "--key", &key, "--now", &now];
        judge.run(&[&says[..], &["--ledger-key", "vkeys"]].concat())
    };
    let told = stage::JUDGES.map(rule);
    let drawn: Vec<&Told> = told.iter().filter(|told| told.code == 0).collect();
    let [drawn] = drawn[..] else { panic!("{told:?}") };
    assert!(rule(stage::CHALLENGER).talk.contains("ARCH-Q006"));
    keeper.take(&drawn.data);
    keeper.settle();

    let told = keeper.world.run(&["dispute", "replay", &id, "--state", "state"]);
    assert_eq!(told.code, 0, "{told:?}");
    keeper.send(&[&id], "end", &outsider);
    let told = outsider.done(&["proof", "verify", "end/proof.json", "--allow-dev-keys"]);
    assert!(told.data.starts_with("ok: arch-tile-fma-v1"), "{told:?}");
    let told = outsider.run(&[
        "dispute",
        "reply",
        "--from",
        "end",
        "--key",
        &own,
        "--product",
        "right.npy",
        "--a",
        "a.npy",
        "--b",
        "b.npy",
    ]);
    assert!(told.code == 1 && told.talk.contains("the dispute has ended"), "{told:?}");
}

/// A dispute that goes on, taken along into `folder`; with the time.
fn under_way(until: (&str, usize)) -> (World, Clerk) {
    let (world, numbers) = (World::empty(), Numbers::new());
    numbers.write(&world);
    let mut clerk = Clerk::open(&world);
    let id = stage::dispute_until(&mut clerk, &numbers, Resolver::Groth16, until).hex();
    let now = clerk.now.to_string();
    world.done(&["dispute", "export", &id, "--out", "folder", "--state", "state", "--now", &now]);
    (world, clerk)
}

fn reply(world: &World, number: u8, product: &str, now: &str, more: &[&str]) -> Told {
    let key = stage::key_file(world, number);
    let says = ["dispute", "reply", "--from", "folder", "--key", &key, "--product", product];
    let inputs = ["--a", "a.npy", "--b", "b.npy", "--now", now];
    world.run(&[&says[..], &inputs, more].concat())
}

#[test]
fn a_respondent_concedes_while_he_is_asked_and_not_later() {
    let (world, clerk) = under_way(("challenge", 1));
    let now = clerk.now.to_string();
    let told = reply(&world, stage::RESPONDENT, "wrong.npy", &now, &["--concede"]);
    assert_eq!(told.code, 0, "{told:?}");
    assert_eq!(stage::read(&told.data).says().word(), "concede");
    let told = reply(&world, stage::RESPONDENT, "wrong.npy", &now, &[]);
    assert!(told.code == 0 && told.talk.contains("is not what A and B give"), "{told:?}");
    let told = reply(&world, stage::CHALLENGER, "right.npy", &now, &["--concede"]);
    assert!(told.code == 1 && told.talk.contains("ARCH-Q006"), "{told:?}");
    let told = reply(&world, stage::JUDGES[0], "right.npy", &now, &[]);
    assert!(told.code == 1 && told.talk.contains("neither the challenger's"), "{told:?}");
    let late = clerk.now.plus(601).to_string();
    let told = reply(&world, stage::RESPONDENT, "wrong.npy", &late, &["--concede"]);
    assert!(told.code == 1 && told.talk.contains("ARCH-Q006"), "{told:?}");
}

#[test]
fn whoever_cannot_prove_shows_the_step_where_that_is_agreed_upon() {
    let (world, clerk) = under_way(("tiles", 2));
    let now = clerk.now.to_string();
    let told = reply(&world, stage::CHALLENGER, "right.npy", &now, &["--show"]);
    assert_eq!(told.code, 0, "{told:?}");
    assert_eq!(stage::read(&told.data).says().word(), "opening");
    let text = arch_circuits::registry::BUILT_IN;
    let mut manifest: serde_json::Value = serde_json::from_str(text).unwrap();
    manifest["circuits"].as_array_mut().unwrap().remove(0);
    world.write("without.json", &manifest.to_string());
    let more = ["--manifest", "without.json"];
    let told = reply(&world, stage::CHALLENGER, "right.npy", &now, &more);
    assert!(told.code == 3 && told.talk.contains("give `--show`"), "{told:?}");
    let told = reply(&world, stage::RESPONDENT, "wrong.npy", &now, &[]);
    assert!(told.code == 1 && told.talk.contains("`proof` is asked of"), "{told:?}");
    let late = clerk.now.plus(601).to_string();
    let told = reply(&world, stage::CHALLENGER, "right.npy", &late, &[]);
    assert!(told.code == 1 && told.talk.contains("`verdict` is asked of"), "{told:?}");
}
