//! What is taken along of a dispute, and what is handed in.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixListener;

use arch_wire::control::{Answer, Call, HeardOf, Reply, read_call, write_reply};

use super::stage;
use crate::world::World;

fn exported() -> (World, String) {
    let (world, id) = stage::settled();
    world.done(&["dispute", "export", &id, "--state", "state", "--out", "folder"]);
    (world, id)
}

#[test]
fn a_dispute_is_taken_along_whole_and_its_proof_is_checked_by_other_means() {
    let (world, id) = exported();
    for name in [
        "report.md",
        "list.json",
        "task.json",
        "receipt.txt",
        "proof.json",
        "snarkjs/proof.json",
        "snarkjs/public.json",
        "snarkjs/verification_key.json",
        "snarkjs/calldata.txt",
    ] {
        assert!(world.path("folder").join(name).is_file(), "{name}");
    }
    let task: serde_json::Value = serde_json::from_str(&world.read("folder/task.json")).unwrap();
    let messages = task["messages"].as_array().unwrap();
    let words: Vec<&str> = messages
        .iter()
        .map(|said| said["file"].as_str().unwrap().split('-').nth(1).unwrap())
        .collect();
    let said = ["commit", "commit", "challenge", "answer", "steps", "steps", "tiles", "tiles"];
    assert_eq!(words, [&said[..], &["proof", "verdict"]].concat());
    assert!(world.read("folder/report.md").contains("by `proved`"));
    world.done(&["proof", "verify", "folder/proof.json", "--allow-dev-keys"]);
    let public = ["--public", "folder/snarkjs/public.json", "--circuit", "arch-tile-fma-v1"];
    let verify = ["proof", "verify", "folder/snarkjs/proof.json", "--allow-dev-keys"];
    world.done(&[&verify[..], &public].concat());
    let vkeys = world.done(&["ledger", "show", "--keys", "state"]).data;
    world.write("vkeys", &vkeys);
    world.done(&["ledger", "verify", "--receipt", "folder/receipt.txt", "--key", "vkeys"]);

    let again = world.run(&["dispute", "export", &id, "--state", "state", "--out", "folder"]);
    assert_eq!(again.code, 1, "nothing is written over: {again:?}");
    let none = world.run(&["dispute", "export", "abcdef", "--state", "state", "--out", "none"]);
    assert_eq!(none.code, 1);
    assert!(!world.path("none").exists());
    let left: Vec<_> = std::fs::read_dir(world.dir.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with('.'))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

/// What somebody does to a file.
type Change<'a> = &'a dyn Fn(String) -> String;

#[test]
fn a_folder_that_is_changed_is_not_judged_by() {
    let (world, _id) = exported();
    let key = stage::key_file(&world, stage::JUDGES[0]);
    let rule = || world.run(&["dispute", "rule", "--from", "folder", "--key", &key]);
    let told = rule();
    assert!(told.code == 1 && told.talk.contains("the dispute has ended"), "{told:?}");
    let cases: [(&str, Change, &str); 7] = [
        ("list.json", &|text| text.replacen("\"bond\":101", "\"bond\":100", 1), "anchors another"),
        ("list.json", &|text| text.replacen("\"attempt\":1", "\"attempt\":2", 1), "ARCH-Q001"),
        ("list.json", &|_| "{}".to_owned(), "ARCH-Q001"),
        ("task.json", &|text| text.replacen("\"attempt\": 1", "\"attempt\": 2", 1), "ARCH-Q001"),
        ("task.json", &|text| text.replacen("\"0000-", "\"../0000-", 1), "no name of a message"),
        ("task.json", &|text| text.replacen("/v1\"", "/v2\"", 1), "its schema is not"),
        ("receipt.txt", &|text| text.replacen("index ", "index 1", 1), "anchors another"),
    ];
    for (name, change, words) in cases {
        let kept = world.read(&format!("folder/{name}"));
        let changed = change(kept.clone());
        assert_ne!(changed, kept, "{name}");
        world.write(&format!("folder/{name}"), &changed);
        let told = rule();
        assert!(told.code == 1 && told.talk.contains(words), "{name}: {told:?}");
        world.write(&format!("folder/{name}"), &kept);
    }
    let task: serde_json::Value = serde_json::from_str(&world.read("folder/task.json")).unwrap();
    let file =
        |n: usize| format!("folder/messages/{}", task["messages"][n]["file"].as_str().unwrap());
    std::fs::copy(world.path(&file(4)), world.path(&file(3))).unwrap();
    let told = rule();
    assert!(told.code == 1 && told.talk.contains("is another message"), "{told:?}");
    std::fs::remove_file(world.path(&file(3))).unwrap();
    assert_eq!(rule().code, 3);
}

/// An agent that takes commitments and refuses everything else.
fn agent(world: &World, calls: usize) -> std::thread::JoinHandle<Vec<String>> {
    std::fs::create_dir_all(world.path("other/run")).unwrap();
    let listener = UnixListener::bind(world.path("other/run/control.sock")).unwrap();
    std::thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let (mut reader, mut writer) = (BufReader::new(stream.try_clone().unwrap()), stream);
        let answer = |call| {
            let Call::DisputeHear { file, bytes } = call else { panic!("{call:?}") };
            let heard = stage::read(std::str::from_utf8(&bytes.0).unwrap());
            let word = heard.says().word().to_owned();
            let reply = match word.as_str() {
                "commit" => Reply::Ok(Answer::DisputeHear(HeardOf {
                    message: heard.digest(),
                    word,
                    dispute: None,
                    entry: Some(41),
                    already: false,
                    state: None,
                })),
                _ => Reply::Problem(Box::new(arch_problem::Problem::new(
                    arch_problem::codes::DISPUTE_REFUSED,
                    "of another task",
                ))),
            };
            (file, write_reply(&reply).unwrap())
        };
        (0..calls)
            .map(|_| {
                let mut line = Vec::new();
                reader.read_until(b'\n', &mut line).unwrap();
                let (file, reply) = answer(read_call(&line).unwrap());
                writer.write_all(&reply).unwrap();
                file
            })
            .collect()
    })
}

#[test]
fn messages_are_handed_to_the_agent_in_their_order_and_each_is_answered() {
    let (world, _id) = exported();
    let mut files: Vec<String> = std::fs::read_dir(world.path("folder/messages"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    files.sort_unstable();
    let import = |numbers: [usize; 3], more: &str| {
        let paths = numbers.map(|number| format!("folder/messages/{}", files[number]));
        let [one, other, last] = paths.each_ref().map(String::as_str);
        let calls = agent(&world, 3);
        let told = world.run(&["dispute", "import", one, other, last, "--state", "other", more]);
        std::fs::remove_file(world.path("other/run/control.sock")).unwrap();
        (told, calls.join().unwrap())
    };
    let (told, calls) = import([0, 2, 1], "--json");
    assert_eq!(told.code, 1, "{told:?}");
    assert_eq!(calls, [0, 2, 1].map(|number| files[number].clone()));
    let json = told.json();
    assert_eq!((&json["ok"], &json["messages"][0]["heard"]["entry"]), (&false.into(), &41.into()));
    assert_eq!(json["messages"][1]["problems"][0]["code"], "ARCH-Q004");
    assert!(json["messages"][2]["problems"].as_array().unwrap().is_empty());
    let absent = world.run(&["dispute", "import", "none.json", "--state", "other"]);
    assert_eq!(absent.code, 3, "{absent:?}");
}
