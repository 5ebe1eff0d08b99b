//! Auditors: circuits, keys and proofs.

use std::path::{Path, PathBuf};

use crate::world::World;

/// What is shipped beside the sources.
fn shipped(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../circuits").join(name)
}

fn shipped_text(name: &str) -> String {
    shipped(name).display().to_string()
}

#[test]
fn the_circuits_are_listed_and_shown_with_shape_rows_hashes_kind_and_status() {
    let world = World::empty();
    let listed = world.done(&["circuit", "list"]);
    assert_eq!(listed.data.lines().count(), 6, "{listed:?}");
    let shown = world.done(&["circuit", "show", "arch-tile-fma-v1"]);
    for words in [
        "arch-tile-fma-v1, version 1, active",
        "16 × 16 × 128, numbers of 8 bits, sums of 32",
        "ctx, hA, hB, hCin, hCout",
        "45805 over 45902 cells",
        "poseidon2-bn254-t16",
        "r1cs       sha256 8b9bbe70d1029424",
        "key        dev",
        "vk         sha256 ",
        "pk         sha256 ",
    ] {
        assert!(shown.data.contains(words), "{words}: {shown:?}");
    }
    assert!(shown.talk.contains("everybody"), "{shown:?}");
    let json = world.done(&["circuit", "show", "arch-fold-v3", "--json"]).json();
    assert_eq!(json["schema"], "arch.circuit-shown/v1");
    assert_eq!(json["circuit"]["laid"]["rows"], 10156);
    let unknown = world.run(&["circuit", "show", "arch-fold-v9"]);
    assert_eq!(unknown.code, 1);
    assert!(unknown.talk.contains("ARCH-C002"), "{unknown:?}");
}

#[test]
fn circuits_are_verified_against_the_rows_that_this_program_lays() {
    let world = World::empty();
    let told = world.done(&["circuit", "verify", "arch-fold-v3", "--keys", ".", "--json"]).json();
    assert_eq!((&told["ok"], &told["circuits"][0]["id"]), (&true.into(), &"arch-fold-v3".into()));
    let text = std::fs::read_to_string(shipped("manifest.json")).unwrap();
    world.write("other.json", &text.replace("aae40a1948200b3a", "aae40a1948200b30"));
    let told = world.run(&["circuit", "verify", "arch-fold-v3", "--manifest", "other.json"]);
    assert_eq!(told.code, 1, "{told:?}");
    assert!(told.data.contains("WRONG arch-fold-v3 version 1"), "{told:?}");
    world.write("none.json", "{}");
    let told = world.run(&[
        "proof",
        "verify",
        &shipped_text("example/step.json"),
        "--manifest",
        "other.json",
    ]);
    assert_eq!(told.code, 2, "a manifest that was given needs a pin: {told:?}");
    let told = world.run(&["circuit", "list", "--manifest", "none.json"]);
    assert_eq!(told.code, 1, "{told:?}");
    assert!(told.talk.contains("ARCH-C008"), "{told:?}");
}

#[test]
fn the_shipped_proof_is_believed_on_its_terms_and_refused_after_a_change() {
    let world = World::empty();
    let proof = shipped_text("example/step.json");
    let told = world.run(&["proof", "verify", &proof]);
    assert_eq!(told.code, 1, "{told:?}");
    assert!(told.talk.contains("ARCH-C006"), "a dev key is not enough: {told:?}");
    let told = world.done(&["proof", "verify", &proof, "--allow-dev-keys"]);
    assert!(told.data.starts_with("ok: arch-tile-fma-v1 version 1"), "{told:?}");
    assert!(told.talk.contains("anybody could have made this proof"), "{told:?}");
    let json = world.done(&["proof", "verify", &proof, "--allow-dev-keys", "--json"]).json();
    assert_eq!((&json["ok"], &json["key"]), (&true.into(), &"dev".into()));
    assert_eq!(json["publics"].as_array().unwrap().len(), 5);
    let pin = json["vkSha256"].as_str().unwrap();
    world.done(&["proof", "verify", &proof, "--allow-dev-keys", "--pin", pin]);

    let text = std::fs::read_to_string(&proof).unwrap();
    let first = json["publics"][0]["value"].as_str().unwrap();
    let (start, last) = first.split_at(first.len() - 1);
    let other = format!("{start}{}", if last == "1" { "2" } else { "1" });
    let cases = [
        ("a number", text.replace(first, &other), "ARCH-C007"),
        (
            "a number that is written otherwise",
            text.replace(first, &format!("0{first}")),
            "ARCH-C001",
        ),
        ("the circuit", text.replace("arch-tile-fma-v1", "arch-tile-fma-v1-k256"), "ARCH-C004"),
        ("the version", text.replace("\"version\": 1", "\"version\": 7"), "ARCH-C002"),
        ("the key", text.replace(pin, &"0".repeat(64)), "ARCH-C004"),
        ("the proof", text.replace("\"proof\": \"", "\"proof\": \"00"), "ARCH-C001"),
        ("all of it", "not JSON".to_owned(), "ARCH-C001"),
        (
            "its kind",
            text.replace("arch-tile-fma-v1", "shardy_task_proof_v2").replace(": 1,", ": 2,"),
            "ARCH-C003",
        ),
    ];
    for (what, changed, code) in cases {
        assert_ne!(changed, text, "{what}");
        world.write("changed.json", &changed);
        let told = world.run(&["proof", "verify", "changed.json", "--allow-dev-keys"]);
        assert_eq!(told.code, 1, "{what}: {told:?}");
        assert!(told.talk.contains(code), "{what}: {told:?}");
        let told = world.run(&["proof", "verify", "changed.json", "--allow-dev-keys", "--json"]);
        assert_eq!((told.code, &told.json()["ok"]), (1, &false.into()), "{what}");
    }
    let zeros = "0".repeat(64);
    let told = world.run(&["proof", "verify", &proof, "--allow-dev-keys", "--pin", &zeros]);
    assert!(told.code == 1 && told.talk.contains("ARCH-C005"), "{told:?}");
    assert_eq!(world.run(&["proof", "verify", &proof, "--pin", "short"]).code, 2);
    assert_eq!(world.run(&["proof", "verify", "nowhere.json"]).code, 3);
}

#[test]
fn a_proof_is_handed_to_snarkjs_and_taken_back_from_it() {
    let world = World::empty();
    world.done(&["proof", "export", &shipped_text("example/step.json"), "--out", "files"]);
    for name in ["proof.json", "public.json", "verification_key.json"] {
        let shipped = std::fs::read_to_string(shipped("example/snarkjs").join(name)).unwrap();
        assert_eq!(world.read(&format!("files/{name}")), shipped, "{name}");
    }
    let calldata = std::fs::read_to_string(shipped("example/calldata.txt")).unwrap();
    assert_eq!(world.read("files/calldata.txt"), calldata);
    let again =
        world.run(&["proof", "export", &shipped_text("example/step.json"), "--out", "files"]);
    assert_eq!(again.code, 1, "nothing is written over: {again:?}");

    let back = |public: &str, circuit: &str| {
        let verify = ["proof", "verify", "files/proof.json", "--allow-dev-keys", "--public"];
        world.run(&[&verify[..], &[public, "--circuit", circuit]].concat())
    };
    assert_eq!(back("files/public.json", "arch-tile-fma-v1").code, 0);
    assert_eq!(back("files/public.json", "arch-tile-fma-v1-k256").code, 1);
    let revoked = back("files/public.json", "shardy_task_proof_v2");
    assert!(revoked.code == 1 && revoked.talk.contains("ARCH-C003"), "{revoked:?}");
    let publics = world.read("files/public.json");
    world.write("wrong.json", &publics.replacen('1', "2", 1));
    assert_eq!(back("wrong.json", "arch-tile-fma-v1").code, 1);
    world.write("fewer.json", "[\"1\"]");
    assert_eq!(back("fewer.json", "arch-tile-fma-v1").code, 1);
    assert_eq!(world.run(&["proof", "verify", "files/proof.json", "--circuit", "x"]).code, 2);
}

#[test]
fn a_key_that_too_few_contributed_to_or_of_another_circuit_is_not_taken_in() {
    let world = World::empty();
    let export = ["circuit", "export", "arch-fold-v3", "--zkey", "--out", "fold"];
    world.done(&export);
    assert!(world.read("fold/verification_key.json").contains("\"nPublic\": 4"));
    let import = |circuit: &str, file: &str| {
        world.run(&["circuit", "import", circuit, "--zkey", file, "--out", "new"])
    };
    let told = import("arch-fold-v3", "fold/circuit.zkey");
    assert!(told.code == 1 && told.talk.contains("ARCH-C010"), "{told:?}");
    let told = import("arch-tile-fma-v1", "fold/circuit.zkey");
    assert!(told.code == 1 && told.talk.contains("ARCH-C009"), "{told:?}");
    let told = import("arch-fold-v3", "fold/verification_key.json");
    assert!(told.code == 1 && told.talk.contains("ARCH-C009"), "{told:?}");
    assert!(!world.path("new").exists(), "nothing is left behind");
}
