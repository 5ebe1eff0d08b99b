//! What is told of a dispute.

use arch_dispute::{Resolver, Says};

use super::stage::{self, Changes};
use crate::world::World;

fn replay(world: &World, id: &str, code: i32) -> serde_json::Value {
    let told = world.run(&["dispute", "replay", id, "--state", "state", "--json"]);
    assert_eq!(told.code, code, "{told:?}");
    told.json()
}

#[test]
fn a_dispute_that_a_proof_settled_is_listed_told_replayed_and_booked() {
    let (world, id) = stage::settled();
    let listed = world.done(&["dispute", "list", "--state", "state"]);
    assert_eq!(listed.data.lines().count(), 1, "{listed:?}");
    for words in [&id[..12], "groth16", "ended", "respondent at fault"] {
        assert!(listed.data.contains(words), "{words}: {listed:?}");
    }
    let listed = world.done(&["dispute", "list", "--state", "state", "--json"]).json();
    assert_eq!(listed["disputes"][0]["atFault"], serde_json::json!(["respondent"]));

    let shown = world.done(&["dispute", "show", &id[..8], "--state", "state"]);
    for words in [
        "leaf 0 of cell 0, 0: rows 0–19 and columns 0–17 of C, over 0–299 of the depth",
        "40 × 300 × 36 of i8",
        "tile 3 (rows 16–19, columns 16–17), step 2 of 3 (256–299 of the depth)",
        "respondent did:key:",
        "by `proved`: the proof says another digest of the sums than he signed",
        "the proof has 128 bytes",
        "lost by did:key:",
        "50 units to did:key:",
        "51 units burnt",
    ] {
        assert!(shown.data.contains(words), "{words}: {}", shown.data);
    }
    let shown = world.done(&["dispute", "show", &id, "--state", "state", "--json"]).json();
    assert_eq!((&shown["schema"], &shown["state"]), (&"arch.dispute/v1".into(), &"ended".into()));
    assert_eq!(shown["proofBytes"], 128);
    assert_eq!(shown["finding"]["key"]["reopenable"], false);
    assert!(shown["messageBytes"].as_u64().unwrap() < 64 << 10, "{shown}");
    assert_eq!(shown["messages"].as_array().unwrap().len(), 8);
    assert!(shown.get("awaits").is_none());

    let told = world.done(&["dispute", "replay", &id, "--state", "state"]);
    for words in ["ok       ledger", "ok       proof", "ok       settled", "ok       book"] {
        assert!(told.data.contains(words), "{words}: {}", told.data);
    }
    let replayed = replay(&world, &id, 0);
    assert_eq!(replayed["ok"], true);
    let book = world.done(&["dispute", "book", "--state", "state", "--json"]).json();
    assert_eq!((&book["deposited"], &book["burnt"]), (&5_000.into(), &51.into()));
    assert_eq!((&book["free"], &book["bonded"]), (&4_949.into(), &0.into()));
    let book = world.done(&["dispute", "book", "--state", "state"]);
    assert!(book.data.contains("5000 units came in: 4949 are free, 0 bonded, 51 burnt"));
}

#[test]
fn a_dispute_that_was_shown_needs_no_key_and_its_deadline_is_told_while_it_runs() {
    let (world, id) = stage::with(Resolver::Reveal, &Changes::none());
    let shown = world.done(&["dispute", "show", &id, "--state", "state", "--json"]).json();
    assert_eq!(shown["finding"]["atFault"][0]["rule"], "computed");
    assert!(shown.get("proofBytes").is_none());
    assert_eq!(replay(&world, &id, 0)["ok"], true);
}

#[test]
fn whoever_is_asked_and_until_when_is_told_while_a_dispute_runs_and_silence_ends_it() {
    let (world, numbers) = (World::empty(), stage::Numbers::new());
    let mut clerk = stage::Clerk::open(&world);
    clerk.deposits();
    let list = stage::list(&numbers);
    let (task, facts) = clerk.commit(&numbers, &list);
    let says = stage::challenge(&numbers, task, &list, Resolver::Groth16);
    let file = stage::post(&stage::key(stage::CHALLENGER), says);
    let (said, heard) = clerk.said(&file);
    let record = [arch_dispute::Recorded { at: clerk.now.plus(1), heard }];
    let dispute = stage::state(&facts, &record, clerk.now);
    let stakes = arch_dispute::book::stake(dispute.case());
    let unit: Vec<_> = [said].into_iter().chain(stakes.iter().map(arch_stakes::entry_of)).collect();
    clerk.write(&unit);
    let (heard, id) = (clerk.now, dispute.case().id.hex());
    drop(clerk);
    let at = |seconds| heard.plus(seconds).to_string();
    let shown = |now: &str| {
        let args = ["dispute", "show", &id, "--state", "state", "--now", now, "--json"];
        world.done(&args).json()
    };
    let told = shown(&at(600));
    assert_eq!(
        (&told["state"], &told["awaits"]["word"]),
        (&"awaitsAnswer".into(), &"answer".into())
    );
    assert_eq!(told["awaits"]["until"], at(600));
    let respondent = stage::key(stage::RESPONDENT).public().did();
    assert_eq!(told["awaits"]["of"], serde_json::json!([respondent]));
    let told = shown(&at(601));
    assert_eq!((&told["state"], &told["awaits"]["word"]), (&"decided".into(), &"verdict".into()));
    assert_eq!(told["finding"]["atFault"][0]["rule"], "silent");
    // Three judges, each with his time.
    let told = shown(&at(601 + 3 * 600));
    assert_eq!(
        (&told["state"], &told["silentJudges"].as_array().unwrap().len()),
        (&"ended".into(), &3)
    );
    let now = at(601 + 3 * 600);
    let told = world.done(&["dispute", "replay", &id, "--state", "state", "--now", &now]);
    assert!(told.data.contains("no entry settles it yet"), "{told:?}");
    let book = world.done(&["dispute", "book", "--state", "state", "--json"]).json();
    assert_eq!((&book["free"], &book["bonded"]), (&4_798.into(), &202.into()));
}

#[test]
fn where_the_inputs_decide_they_come_from_the_jobs_own_and_without_them_nobody_can_tell() {
    let says = Box::new(|says: &mut Says| {
        if let Says::Challenge(challenge) = says {
            challenge.inputs.a = challenge.inputs.b;
        }
    });
    let (world, id) = stage::with(Resolver::Reveal, &Changes { says, ..Changes::none() });
    let told = world.done(&["dispute", "replay", &id, "--state", "state"]);
    for words in ["challenger did:key:", "`wrongInputs`", "from the job's own inputs"] {
        assert!(told.data.contains(words), "{words}: {told:?}");
    }
    let shown = world.done(&["dispute", "show", &id, "--state", "state", "--json"]).json();
    assert_eq!((&shown["onHisWord"], &shown["finding"]["upheld"]), (&false.into(), &false.into()));
    let a = arch_identity::Digest::of(&std::fs::read(world.path("a.npy")).unwrap()).hex();
    std::fs::remove_file(world.path("state/archive/sha256").join(&a[..2]).join(&a[2..])).unwrap();
    let told = world.run(&["dispute", "replay", &id, "--state", "state"]);
    assert!(told.code == 3 && told.data.contains("unclear  inputs"), "{told:?}");
    let shown = world.done(&["dispute", "show", &id, "--state", "state", "--json"]).json();
    assert_eq!(shown["onHisWord"], true, "{shown}");
}

#[test]
fn a_ledger_without_disputes_and_a_name_of_none_are_told_apart() {
    let world = World::empty();
    drop(stage::Clerk::open(&world));
    let told = world.done(&["dispute", "list", "--state", "state"]);
    assert!(told.data.is_empty() && told.talk.contains("no disputes"), "{told:?}");
    assert_eq!(world.run(&["dispute", "show", "abcdef", "--state", "state"]).code, 1);
    assert_eq!(world.run(&["dispute", "show", "abc", "--state", "state"]).code, 2);
    assert_eq!(world.run(&["dispute", "list", "--state", "nowhere"]).code, 3);
    assert_eq!(world.run(&["dispute", "book", "--state", "nowhere"]).code, 3);
}
