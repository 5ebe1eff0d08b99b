//! Auditors: proofs that are believed because a signed policy pins the key, and those that are not.
//!
//! A ceremony takes people. Here the dev keys of small systems stand for its keys: they have as many
//! public numbers as the circuit, and what a manifest says of their makers nobody can check; that is why
//! a policy pins their digests.

use std::{path::Path, sync::OnceLock};

use arch_circuits::{
    Circuit,
    groth16::{dev_key, prove},
    registry::{Entry, KeyKind, ProofFile, Registry, Transcript},
    tile::{Inputs, TileShape, TileStep, context},
    tile_numbers, tile_system,
};
use arch_identity::Digest;
use arch_ledger::Record;

use crate::world::{Told, World};

const CIRCUIT: &str = "arch-tile-fma-v1";

/// A manifest in which version 1 has a dev key, and 2 and 3 have keys of ceremonies; 3 is active.
struct Made {
    manifest: String,
    /// By version; of each a proof and the SHA-256 of its key.
    proofs: [(String, Digest); 3],
}

fn made() -> &'static Made {
    static MADE: OnceLock<Made> = OnceLock::new();
    MADE.get_or_init(|| {
        let step = include_str!("../../../../circuits/example/step.json");
        let shipped = ProofFile::read(step.as_bytes()).unwrap();
        let (second, two) = ceremony(2, 2);
        let (third, three) = ceremony(3, 4);
        let manifest = Registry::built_in().unwrap().rotated(second);
        let manifest = Registry::parse(&manifest).unwrap().rotated(third);
        let one = (step.to_owned(), Digest::from_bytes(shipped.vk_sha256()));
        Made { manifest, proofs: [one, two, three] }
    })
}

/// The entry of a version with the key of a small system, and a proof under it.
fn ceremony(version: u32, depth: usize) -> (Entry, (String, Digest)) {
    let shape = TileShape::new(1, 1, depth, Inputs::I8).unwrap();
    let step = TileStep::compute(shape, vec![3; depth], vec![5; depth], vec![100]).unwrap();
    let statement = step.statement(context(b"a place"));
    let (system, numbers) = (tile_system(shape), tile_numbers(&statement, &step));
    let key = dev_key(&system).unwrap();
    let proof = prove(&system, &key, &numbers, &[7; 32]).unwrap();
    let publics = statement.publics();
    let file = ProofFile::new(CIRCUIT, version, key.verifying(), &publics, proof);
    let names = ["one", "two", "three", "beacon"].map(str::to_owned);
    let transcript = Transcript {
        contributors: names.to_vec(),
        digests: names.to_vec(),
        zkey_sha256: "00".repeat(32),
    };
    let entry = Entry::of(Circuit::Tile, version, KeyKind::Ceremony, &key, Some(transcript));
    (entry, (file.to_json(), Digest::from_bytes(file.vk_sha256())))
}

fn key(version: u32) -> Digest {
    let (_, (_, key)) = (1..).zip(&made().proofs).find(|(of, _)| *of == version).unwrap();
    *key
}

/// A root with its signers, the manifest, and a proof of each version.
fn world() -> World {
    let world = World::with_root();
    world.write("manifest.json", &made().manifest);
    for (version, (proof, _)) in (1..).zip(&made().proofs) {
        world.write(&format!("proof-{version}.json"), proof);
    }
    world
}

/// The text of a policy with these lines about circuits.
fn policy(circuits: &str) -> String {
    format!(
        "apiVersion: arch.network/v1
kind: Policy
metadata: {{ name: lab, version: 2, notAfter: \"2099-01-01T00:00:00Z\" }}
spec:
  owners: []
  runtimes: [matrix]
  images: {{ allow: [] }}
  resources:
    max: {{ cpu: \"1\", memory: \"1Gi\", timeout: \"10m\" }}
  circuits:
{circuits}"
    )
}

fn pins(pins: &[(u32, Digest)]) -> String {
    let pin = |(version, key): &(u32, Digest)| {
        format!("      - {{ circuit: {CIRCUIT}, version: {version}, vkSha256: \"{key}\" }}\n")
    };
    format!("    pins:\n{}", pins.iter().map(pin).collect::<String>())
}

/// Writes a policy and has its signer sign it.
fn sign(world: &World, file: &str, text: &str) {
    world.write(file, text);
    world.done(&["policy", "sign", file, "--key", "policy.key"]);
}

/// Asks whether the proof of a version is believed by the policy in a file.
fn verify(world: &World, version: u32, policy: &str, more: &[&str]) -> Told {
    let proof = format!("proof-{version}.json");
    let asked = ["proof", "verify", &proof, "--manifest", "manifest.json", "--policy", policy];
    world.run(&[&asked[..], &["--root", "root.yaml"], more].concat())
}

#[track_caller]
fn refused(told: &Told, code: &str, at: &str) {
    assert_eq!(told.code, 1, "{told:?}");
    assert!(told.talk.contains(&format!("error[{code}]")), "{code}: {told:?}");
    assert!(told.talk.contains(at), "{at}: {told:?}");
    assert!(told.data.is_empty(), "{told:?}");
}

#[test]
fn a_proof_is_believed_under_the_key_that_a_signed_policy_pins() {
    let world = world();
    sign(&world, "policy.yaml", &policy(&pins(&[(3, key(3))])));
    let told = verify(&world, 3, "policy.yaml", &[]);
    assert_eq!(told.code, 0, "{told:?}");
    assert!(told.data.starts_with(&format!("ok: {CIRCUIT} version 3")), "{told:?}");
    assert!(told.data.contains("pinned by    policy `lab` version 2 by policy-1, sha256:"));

    let json = verify(&world, 3, "policy.yaml", &["--json"]).json();
    assert_eq!((&json["ok"], &json["key"]), (&true.into(), &"ceremony".into()));
    assert_eq!(json["vkSha256"], key(3).hex());
    let by = &json["policy"];
    assert_eq!((&by["name"], &by["version"]), (&"lab".into(), &2.into()));
    assert_eq!((&by["signers"][0], &by["allowDevKeys"]), (&"policy-1".into(), &false.into()));
    let shown = world.done(&["policy", "check", "policy.yaml", "--root", "root.yaml", "--json"]);
    assert_eq!(by["digest"], shown.json()["digest"]);

    // A statement that is not so is none, whoever pins the key.
    let proof = world.read("proof-3.json");
    let changed = proof.replacen("\"publics\": [\n    \"", "\"publics\": [\n    \"1", 1);
    assert_ne!(changed, proof);
    world.write("proof-3.json", &changed);
    refused(&verify(&world, 3, "policy.yaml", &[]), "ARCH-C007", "proof-3.json");
}

#[test]
fn a_key_that_is_pinned_otherwise_or_not_at_all_is_not_believed() {
    let world = world();
    let other = Digest::of(b"another key");
    sign(&world, "policy.yaml", &policy(&pins(&[(3, other)])));
    let told = verify(&world, 3, "policy.yaml", &[]);
    refused(&told, "ARCH-C005", "policy.yaml:12:9");
    assert!(told.talk.contains("pinned here"), "{told:?}");
    let told = verify(&world, 2, "policy.yaml", &[]);
    refused(&told, "ARCH-C012", "policy.yaml:11:5");
    assert!(told.talk.contains("`arch-tile-fma-v1` of version 2"), "{told:?}");
    let json = verify(&world, 2, "policy.yaml", &["--json"]);
    let problem = &json.json()["problems"][0];
    assert_eq!((json.code, &problem["code"]), (1, &"ARCH-C012".into()));
    assert_eq!(problem["at"]["file"], "policy.yaml");

    // The key of another version is not this one's, though it is pinned.
    sign(&world, "swapped.yaml", &policy(&pins(&[(2, key(3)), (3, key(2))])));
    for version in [2, 3] {
        refused(&verify(&world, version, "swapped.yaml", &[]), "ARCH-C005", "swapped.yaml");
    }
    // A policy that says nothing of circuits believes nothing.
    let silent = policy("").replace("  circuits:\n", "");
    sign(&world, "silent.yaml", &silent);
    refused(&verify(&world, 3, "silent.yaml", &[]), "ARCH-C012", "silent.yaml");
}

#[test]
fn a_pin_that_is_given_beside_the_policy_has_to_be_the_policys() {
    let world = world();
    sign(&world, "policy.yaml", &policy(&pins(&[(3, key(3))])));
    for pin in [key(3).to_string(), key(3).hex()] {
        assert_eq!(verify(&world, 3, "policy.yaml", &["--pin", &pin]).code, 0, "{pin}");
    }
    let told = verify(&world, 3, "policy.yaml", &["--pin", &key(2).hex()]);
    refused(&told, "ARCH-C013", "policy.yaml:12:9");
    assert!(told.talk.contains(&key(3).to_string()), "{told:?}");
    // Nor does a right pin help where the policy has another one, or none.
    sign(&world, "other.yaml", &policy(&pins(&[(3, key(2))])));
    let told = verify(&world, 3, "other.yaml", &["--pin", &key(3).hex()]);
    refused(&told, "ARCH-C013", "other.yaml");
    let told = verify(&world, 2, "policy.yaml", &["--pin", &key(2).hex()]);
    refused(&told, "ARCH-C012", "policy.yaml");
    assert_eq!(verify(&world, 3, "policy.yaml", &["--pin", "short"]).code, 2);
}

#[test]
fn a_dev_key_is_believed_if_it_is_pinned_and_the_policy_allows_such_keys() {
    let world = world();
    let pinned = pins(&[(1, key(1))]);
    sign(&world, "strict.yaml", &policy(&pinned));
    let told = verify(&world, 1, "strict.yaml", &[]);
    refused(&told, "ARCH-C006", "strict.yaml:10:3");
    sign(&world, "no.yaml", &policy(&format!("{pinned}    allowDevKeys: false\n")));
    let told = verify(&world, 1, "no.yaml", &[]);
    refused(&told, "ARCH-C006", "no.yaml:13:19");
    assert!(told.talk.contains("dev keys are not allowed"), "{told:?}");
    // An option does not widen what the policy allows.
    let told = verify(&world, 1, "strict.yaml", &["--allow-dev-keys"]);
    assert!(told.code == 2 && told.talk.contains("--allow-dev-keys"), "{told:?}");

    sign(&world, "lenient.yaml", &policy(&format!("    allowDevKeys: true\n{pinned}")));
    let told = verify(&world, 1, "lenient.yaml", &[]);
    assert_eq!(told.code, 0, "{told:?}");
    assert!(told.talk.contains("anybody could have made this proof"), "{told:?}");
    let json = verify(&world, 1, "lenient.yaml", &["--json"]).json();
    assert_eq!((&json["key"], &json["policy"]["allowDevKeys"]), (&"dev".into(), &true.into()));
    sign(&world, "unpinned.yaml", &policy("    allowDevKeys: true\n"));
    refused(&verify(&world, 1, "unpinned.yaml", &[]), "ARCH-C012", "unpinned.yaml");
}

#[test]
fn a_key_whose_ceremony_nobody_verified_is_worth_a_dev_key_though_it_is_pinned() {
    let world = world();
    let text = world.read("manifest.json").replace("\"ceremony\"", "\"unverified\"");
    world.write("manifest.json", &text);
    let pinned = pins(&[(3, key(3))]);
    sign(&world, "strict.yaml", &policy(&pinned));
    refused(&verify(&world, 3, "strict.yaml", &[]), "ARCH-C011", "strict.yaml:10:3");
    sign(&world, "lenient.yaml", &policy(&format!("{pinned}    allowDevKeys: true\n")));
    assert_eq!(verify(&world, 3, "lenient.yaml", &[]).code, 0);
}

#[test]
fn while_a_key_is_replaced_both_versions_are_believed_and_a_revoked_one_is_not() {
    let world = world();
    let (old, new) = ((2, key(2)), (3, key(3)));
    let believed = |policy: &str| [2, 3].map(|version| verify(&world, version, policy, &[]));
    let told = |policy: &str| believed(policy).map(|told| told.code);
    // Before, while and after: 2 is `verify-only` in the manifest all the time, which says that proofs
    // that were made are believed.
    for (file, pinned, codes) in [
        ("before.yaml", &[old][..], [0, 1]),
        ("while.yaml", &[old, new], [0, 0]),
        ("after.yaml", &[new], [1, 0]),
    ] {
        sign(&world, file, &policy(&pins(pinned)));
        assert_eq!(told(file), codes, "{file}");
    }
    refused(&believed("before.yaml")[1], "ARCH-C012", "before.yaml");
    refused(&believed("after.yaml")[0], "ARCH-C012", "after.yaml");

    // No pin brings back what the manifest has revoked.
    let revoked = world.read("manifest.json").replace("\"verify-only\"", "\"revoked\"");
    assert_ne!(revoked, world.read("manifest.json"));
    world.write("manifest.json", &revoked);
    let [old, new] = believed("while.yaml");
    refused(&old, "ARCH-C003", "proof-2.json");
    assert_eq!(new.code, 0, "{new:?}");
    // Nor what a manifest does not have.
    let asked = ["proof", "verify", "proof-3.json", "--policy", "while.yaml"];
    let told = world.run(&[&asked[..], &["--root", "root.yaml"]].concat());
    refused(&told, "ARCH-C002", "proof-3.json");
}

#[test]
fn a_policy_that_is_not_believed_pins_nothing() {
    let world = world();
    let good = policy(&pins(&[(3, key(3))]));
    let refused = |file: &str, code: &str| {
        let told = verify(&world, 3, file, &[]);
        refused(&told, code, file);
        let json = verify(&world, 3, file, &["--json"]);
        assert_eq!((json.code, &json.json()["problems"][0]["code"]), (1, &code.into()));
    };
    world.write("unsigned.yaml", &good);
    refused("unsigned.yaml", "ARCH-D001");
    sign(&world, "expired.yaml", &good.replace("2099-", "2026-"));
    refused("expired.yaml", "ARCH-D008");
    let early = good.replace("version: 2,", "version: 2, notBefore: \"2098-01-01T00:00:00Z\",");
    sign(&world, "early.yaml", &early);
    refused("early.yaml", "ARCH-D009");
    sign(&world, "policy.yaml", &good);
    world.write("changed.yaml", &world.read("policy.yaml").replace("version: 3", "version: 2"));
    refused("changed.yaml", "ARCH-D003");
    world.write("jobs.yaml", &good);
    world.done(&["policy", "sign", "jobs.yaml", "--key", "issuer.key"]);
    refused("jobs.yaml", "ARCH-D005");
    world.done(&["key", "generate", "--plain", "--out", "stranger.key"]);
    world.write("stranger.yaml", &good);
    world.done(&["policy", "sign", "stranger.yaml", "--key", "stranger.key"]);
    refused("stranger.yaml", "ARCH-D002");

    // Nobody's word is taken for who must have signed.
    let bare = ["proof", "verify", "proof-3.json", "--policy", "policy.yaml"];
    assert_eq!(world.run(&bare).code, 2);
    let alone = ["proof", "verify", "proof-3.json", "--root", "root.yaml"];
    assert_eq!(world.run(&alone).code, 2, "a root alone is for nothing");
    let list = ["circuit", "list", "--policy", "unsigned.yaml", "--root", "root.yaml"];
    let told = world.run(&list);
    assert!(told.code == 1 && told.talk.contains("ARCH-D001"), "{told:?}");
}

#[test]
fn a_node_that_had_a_newer_policy_does_not_believe_an_older_one() {
    let world = world();
    std::fs::create_dir(world.path("config")).unwrap();
    std::fs::rename(world.path("root.yaml"), world.path("config/root.yaml")).unwrap();
    sign(&world, "policy.yaml", &policy(&pins(&[(3, key(3))])));
    let asked = |state: &[&str]| {
        let asked = ["proof", "verify", "proof-3.json", "--manifest", "manifest.json"];
        let by = ["--policy", "policy.yaml", "--config", "config"];
        world.run(&[&asked[..], &by, state].concat())
    };
    assert_eq!(asked(&[]).code, 0);
    let document = Digest::of(b"a policy");
    let now = "2026-11-23T12:00:00Z".parse().unwrap();
    for (version, code) in [(1, 0), (3, 1)] {
        let mut ledger = world.ledger("state/ledger", now);
        ledger.append(now, &[Record::Policy { document, name: "lab".into(), version }]).unwrap();
        drop(ledger);
        let told = asked(&["--state", "state"]);
        assert_eq!(told.code, code, "{version}: {told:?}");
        assert_eq!(told.talk.contains("ARCH-D011"), code == 1, "{told:?}");
    }
}

#[test]
fn a_proof_of_snarkjs_is_held_against_the_policy_as_well() {
    let world = world();
    let export = ["proof", "export", "proof-3.json", "--manifest", "manifest.json"];
    world.done(&[&export[..], &["--out", "files"]].concat());
    sign(&world, "policy.yaml", &policy(&pins(&[(2, key(2))])));
    sign(&world, "other.yaml", &policy(&pins(&[(3, key(3))])));
    let asked = |policy: &str| {
        let proof = ["proof", "verify", "files/proof.json", "--public", "files/public.json"];
        let by = ["--circuit", CIRCUIT, "--manifest", "manifest.json", "--policy", policy];
        world.run(&[&proof[..], &by, &["--root", "root.yaml"]].concat())
    };
    assert_eq!(asked("other.yaml").code, 0);
    refused(&asked("policy.yaml"), "ARCH-C012", "policy.yaml");
}

#[test]
fn circuits_are_listed_and_shown_with_what_the_policy_pins_of_them() {
    let world = world();
    let text = policy(&pins(&[(1, Digest::of(b"x")), (3, key(3)), (9, Digest::of(b"y"))]));
    sign(&world, "policy.yaml", &text);
    let by = ["--manifest", "manifest.json", "--policy", "policy.yaml", "--root", "root.yaml"];
    let with = |words: &[&str]| world.done(&[words, &by].concat());
    let listed = with(&["circuit", "list"]);
    let rows: Vec<String> = listed
        .data
        .lines()
        .filter(|line| line.starts_with("arch-tile-fma-v1 ") || line.starts_with("CIRCUIT"))
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    let expected = [
        "CIRCUIT VERSION STATUS KEY ROWS PIN",
        "arch-tile-fma-v1 1 verify-only dev 45805 other key",
        "arch-tile-fma-v1 2 verify-only ceremony 45805 not pinned",
        "arch-tile-fma-v1 3 active ceremony 45805 pinned",
    ];
    assert_eq!(rows, expected, "{listed:?}");
    assert!(listed.talk.contains("of version 9, which the manifest does not have"), "{listed:?}");
    let json = with(&["circuit", "list", "--json"]).json();
    let told: Vec<_> = json["pins"].as_array().unwrap().iter().map(|p| &p["manifest"]).collect();
    assert_eq!(told, ["other-key", "same", "not"]);
    assert_eq!((&json["pins"][1]["version"], &json["policy"]["name"]), (&3.into(), &"lab".into()));
    assert_eq!(json["pins"][1]["vkSha256"], key(3).to_string());

    for (version, word) in [("1", "other key"), ("2", "not pinned"), ("3", "pinned")] {
        let shown = with(&["circuit", "show", CIRCUIT, "--version", version]);
        let line = format!("pin        {word} in policy `lab` version 2 by policy-1, sha256:");
        assert!(shown.data.contains(&line), "{shown:?}");
    }
    let json = with(&["circuit", "show", "arch-fold-v3", "--json"]).json();
    assert_eq!(json["pins"].as_array().unwrap().len(), 0, "none of this circuit");
    let plain = world.done(&["circuit", "list", "--json"]).json();
    assert!(plain.get("pins").is_none() && plain.get("policy").is_none(), "{plain}");
}

#[test]
fn the_example_policy_about_proofs_believes_the_shipped_proof_once_it_is_signed() {
    let world = world();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies/examples");
    let text = std::fs::read_to_string(folder.join("proofs.yaml")).unwrap();
    sign(&world, "proofs.yaml", &text.replace("2027-01-01", "2099-01-01"));
    let asked = ["proof", "verify", "proof-1.json", "--policy", "proofs.yaml"];
    world.done(&[&asked[..], &["--root", "root.yaml"]].concat());
    let explained = world.done(&["policy", "explain", "proofs.yaml"]).data;
    for words in [
        &format!("proofs of version 1 are believed under the key {}", key(1))[..],
        "anybody can forge with that key",
    ] {
        assert!(explained.contains(words), "{explained}");
    }
}
