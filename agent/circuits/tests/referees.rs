//! What snarkjs, iden3's libraries, a Solidity compiler and an EVM say of our files, and we of theirs.
//! `cargo xtask test proofs` installs them.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests may be blunt"
)]

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

use arch_circuits::{
    Assignment, Circuit, Fr, System,
    field::to_decimal,
    fold::Output,
    groth16::{KeyError, NotAProvingKey, ProvingKey, dev_key, prove},
    iden3::{self, ZkeyError},
    solidity,
    tile::{Inputs, TileShape, TileStatement, TileStep, context},
    tile_numbers, tile_system,
};
use ark_ff::{BigInteger as _, PrimeField as _};
use serde_json::{Value, json};

#[path = "../examples/registry.rs"]
mod written;

/// Where the tools lie, or the reason why nothing can be asked of them.
fn tools() -> Option<PathBuf> {
    let folder =
        std::env::var_os("ARCH_REFEREES").map(|folder| PathBuf::from(folder).join("javascript"));
    let folder = folder.filter(|folder| folder.join("node_modules/snarkjs").is_dir());
    if folder.is_none() {
        let line = "SKIPPED because snarkjs is not installed; `cargo xtask test proofs` brings it";
        println!("{line}");
        if let Some(log) = std::env::var_os("ARCH_SKIPPED_LOG") {
            let log = fs::File::options().append(true).create(true).open(log);
            writeln!(log.unwrap(), "{line}").unwrap();
        }
    }
    folder
}

/// The answer of the script to a command.
fn ask(tools: &Path, command: &str, parameters: &[&Path]) -> Value {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/referees/circuits.mjs");
    let mut node = Command::new("node");
    node.arg(script).arg(tools).arg(command).args(parameters);
    let output = node.output().unwrap();
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command}: {words}");
    serde_json::from_slice(&output.stdout).unwrap()
}

struct World {
    system: System,
    key: ProvingKey,
    statement: TileStatement,
    numbers: Vec<Fr>,
}

/// A small circuit of steps, its dev key and good numbers.
fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| {
        let shape = TileShape::new(2, 2, 3, Inputs::I8).unwrap();
        let system = tile_system(shape);
        let key = dev_key(&system).unwrap();
        let (a, b) = (vec![1, 2, 3, -4, 5, 6], vec![-128, 127, 3, 2, 1, 0]);
        let step = TileStep::compute(shape, a, b, vec![0, 1, -1, 1 << 30]).unwrap();
        let statement = step.statement(context(b"a place"));
        let numbers = tile_numbers(&statement, &step);
        World { system, key, statement, numbers }
    })
}

/// A folder that is thrown away, with files of JSON or bytes.
struct Files(tempfile::TempDir);

impl Files {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn put(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    fn json(&self, name: &str) -> Value {
        serde_json::from_slice(&fs::read(self.0.path().join(name)).unwrap()).unwrap()
    }
}

fn aliased(number: &Fr) -> String {
    let mut sum = number.into_bigint();
    sum.add_with_carry(&Fr::MODULUS);
    sum.to_string()
}

#[test]
fn the_circuits_that_are_shipped_are_what_their_sources_and_seeds_give() {
    for (name, text) in written::files() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../circuits").join(name);
        assert!(fs::read_to_string(&path).unwrap() == text, "{} is written anew", path.display());
    }
}

#[test]
fn snarkjs_verifies_our_proof_and_refuses_wrong_and_aliased_numbers() {
    let Some(tools) = tools() else { return };
    let World { system, key, statement, numbers } = world();
    let proof = prove(system, key, numbers, &[1; 32]).unwrap();
    let files = Files::new();
    let key = files.put("key.json", iden3::verifying_key_to_json(key.verifying()).to_string());
    let proof = files.put("proof.json", iden3::proof_to_json(&proof).to_string());
    let good = iden3::publics_to_json(&statement.publics());
    let mut signals = vec![files.put("good.json", good.to_string())];
    for place in 0..5 {
        let mut wrong = statement.publics();
        wrong[place] += Fr::from(1);
        signals.push(
            files.put(&format!("wrong{place}.json"), iden3::publics_to_json(&wrong).to_string()),
        );
        let mut alias = good.clone();
        alias[place] = aliased(&statement.publics()[place]).into();
        signals.push(files.put(&format!("alias{place}.json"), alias.to_string()));
    }
    let mut parameters: Vec<&Path> = vec![&key, &proof];
    parameters.extend(signals.iter().map(PathBuf::as_path));
    let answers = ask(&tools, "verify", &parameters);
    assert_eq!(
        answers,
        json!([true, false, false, false, false, false, false, false, false, false, false])
    );
}

#[test]
fn snarkjs_proves_with_our_key_and_we_verify_it() {
    let Some(tools) = tools() else { return };
    let World { system, key, statement, numbers } = world();
    let files = Files::new();
    let zkey = files.put("ours.zkey", iden3::write_zkey(system, key));
    let wtns = files.put("numbers.wtns", iden3::write_wtns(numbers));
    let (proof, signals) = (files.0.path().join("proof.json"), files.0.path().join("public.json"));
    assert_eq!(ask(&tools, "prove", &[&zkey, &wtns, &proof, &signals]), true);
    let theirs = iden3::proof_from_json(&files.json("proof.json")).unwrap();
    let publics = iden3::publics_from_json(&files.json("public.json")).unwrap();
    assert_eq!(publics, statement.publics());
    assert!(key.verifying().verify(&publics, &theirs));
}

#[test]
fn snarkjs_checks_the_numbers_of_the_whole_circuits() {
    let Some(tools) = tools() else { return };
    let files = Files::new();
    let step = TileStep::compute(
        TileShape::I8_128,
        (0..2048).map(|i| (i * 37 % 256) - 128).collect(),
        (0..2048).map(|i| (i * 91 % 256) - 128).collect(),
        (0..256).map(|i| i * 5_000_000 - 640_000_000).collect(),
    );
    let step = step.unwrap();
    let statement = step.statement(context(b"whole"));
    let output = Output::of_bytes(b"the whole of an output").unwrap();
    let held = output.statement(Fr::from(7), Fr::from(99));
    let mut forged = held;
    forged.digest = Fr::from(0xdead_beef_u64);
    let assignments = [
        (Assignment::of_tile(&statement, &step).unwrap(), true),
        (Assignment::of_output(&held, &output), true),
        (Assignment::of_output(&forged, &output), false),
    ];
    for (assignment, good) in assignments {
        let r1cs = files.put("c.r1cs", iden3::write_r1cs(assignment.circuit().system()));
        let wtns = files.put("c.wtns", iden3::write_wtns(assignment.numbers()));
        let told = ask(&tools, "check", &[&r1cs, &wtns]);
        assert_eq!(told, json!([good]), "{}", assignment.circuit().id());
        assert_eq!(assignment.circuit().system().check(assignment.numbers()).is_ok(), good);
    }
}

/// Numbers drawn by a fixed rule.
struct Drawn(u64);

impl Drawn {
    fn below(&mut self, most: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % most
    }
}

/// One to three cells, each with another number: near the old one, a bit, its negative, or anything.
fn mutation(drawn: &mut Drawn, numbers: &[Fr]) -> Vec<(usize, Fr)> {
    let count = 1 + drawn.below(3);
    let mut changes = Vec::new();
    while changes.len() < count {
        let cell = 1 + drawn.below(numbers.len() - 1);
        let old = numbers[cell];
        let new = match drawn.below(6) {
            0 => old + Fr::from(1),
            1 => old - Fr::from(1),
            2 => Fr::from(1) - old,
            3 => -old,
            4 => old.double_of(),
            _ => Fr::from(drawn.0),
        };
        if new != old && changes.iter().all(|(other, _)| *other != cell) {
            changes.push((cell, new));
        }
    }
    changes
}

trait Doubled {
    fn double_of(self) -> Self;
}
impl Doubled for Fr {
    fn double_of(self) -> Self {
        self + self
    }
}

#[test]
fn changed_numbers_are_refused_by_iden3s_libraries_and_by_us_alike() {
    let Some(tools) = tools() else { return };
    let cases: usize =
        std::env::var("ARCH_MUTATIONS").ok().and_then(|cases| cases.parse().ok()).unwrap_or(10_000);
    let output = Output::new((1..=17_u64).map(Fr::from).collect()).unwrap();
    let fold = Assignment::of_output(&output.statement(Fr::from(7), Fr::from(99)), &output);
    let small = world();
    let circuits = [(&small.system, &small.numbers[..]), (Circuit::Fold.system(), fold.numbers())];
    let files = Files::new();
    let mut accepted = 0;
    for (seed, (system, honest)) in circuits.into_iter().enumerate() {
        let mut rows_of = vec![Vec::new(); system.cells()];
        for matrix in system.matrices() {
            for (row, terms) in matrix.iter().enumerate() {
                terms.iter().for_each(|(_, place)| rows_of[*place].push(row));
            }
        }
        let mut drawn = Drawn(u64::try_from(seed).unwrap() + 1);
        let mutations: Vec<_> = (0..cases).map(|_| mutation(&mut drawn, honest)).collect();
        let mut numbers = honest.to_vec();
        let ours = mutations.iter().map(|changes| {
            changes.iter().for_each(|(cell, new)| numbers[*cell] = *new);
            let touched = changes.iter().flat_map(|(cell, _)| &rows_of[*cell]);
            let good = touched.into_iter().all(|row| system.row_holds(*row, &numbers));
            changes.iter().for_each(|(cell, _)| numbers[*cell] = honest[*cell]);
            good
        });
        let ours: String = ours.map(|good| if good { '1' } else { '0' }).collect();
        accepted += ours.matches('1').count();
        let list: Vec<Value> = mutations
            .iter()
            .map(|changes| {
                changes.iter().map(|(cell, new)| json!([cell, to_decimal(new)])).collect()
            })
            .collect();
        let r1cs = files.put("c.r1cs", iden3::write_r1cs(system));
        let wtns = files.put("c.wtns", iden3::write_wtns(honest));
        let list = files.put("list.json", Value::from(list).to_string());
        assert_eq!(ask(&tools, "mutations", &[&r1cs, &wtns, &list]), ours);

        // And a few by `snarkjs wtns check` itself.
        let changed: Vec<PathBuf> = mutations
            .iter()
            .take(8)
            .enumerate()
            .map(|(place, changes)| {
                changes.iter().for_each(|(cell, new)| numbers[*cell] = *new);
                let file = files.put(&format!("{place}.wtns"), iden3::write_wtns(&numbers));
                changes.iter().for_each(|(cell, _)| numbers[*cell] = honest[*cell]);
                file
            })
            .collect();
        let mut parameters: Vec<&Path> = vec![&r1cs];
        parameters.extend(changed.iter().map(PathBuf::as_path));
        assert_eq!(ask(&tools, "check", &parameters), Value::from(vec![false; 8]));
    }
    assert_eq!(accepted, 0, "of {cases} changes to each circuit");
}

#[test]
fn a_key_of_a_ceremony_is_read_and_proves_and_one_without_contributions_is_refused() {
    let Some(tools) = tools() else { return };
    let World { system, statement, numbers, .. } = world();
    let files = Files::new();
    // Made once: the first phase is the same for every circuit of this size, and takes minutes.
    let powers = tools.join("powers-12.ptau");
    if !powers.is_file() {
        assert_eq!(ask(&tools, "powers", &[&powers, Path::new("12")]), true);
    }
    let r1cs = files.put("c.r1cs", iden3::write_r1cs(system));
    assert_eq!(ask(&tools, "ceremony", &[&r1cs, &powers, files.0.path()]), true);
    let read = |name: &str| iden3::read_zkey(&fs::read(files.0.path().join(name)).unwrap(), system);

    let told = read("unused.zkey").unwrap_err();
    assert_eq!(told, ZkeyError::Key(NotAProvingKey::Verifying(KeyError::NotContributed)));
    assert_eq!(read("two.zkey").unwrap().contributions.len(), 2);
    let made = read("final.zkey").unwrap();
    let who: Vec<_> = made.contributions.iter().map(|c| (c.name.as_deref(), c.beacon)).collect();
    let expected = [("one", false), ("two", false), ("three", false), ("beacon", true)];
    assert_eq!(who, expected.map(|(name, beacon)| (Some(name), beacon)));

    let proof = prove(system, &made.key, numbers, &[4; 32]).unwrap();
    let key = iden3::verifying_key_to_json(made.key.verifying()).to_string();
    let key = files.put("key.json", key);
    let proof = files.put("proof.json", iden3::proof_to_json(&proof).to_string());
    let signals = files.put("p.json", iden3::publics_to_json(&statement.publics()).to_string());
    assert_eq!(ask(&tools, "verify", &[&key, &proof, &signals]), json!([true]));
}

#[test]
fn a_contract_accepts_the_proof_for_its_numbers_alone() {
    let Some(tools) = tools() else { return };
    let World { system, key, statement, numbers } = world();
    let proof = prove(system, key, numbers, &[5; 32]).unwrap();
    let files = Files::new();
    let zkey = files.put("ours.zkey", iden3::write_zkey(system, key));
    let hex = |words: &[[u8; 32]]| -> String {
        words.iter().flatten().map(|byte| format!("{byte:02x}")).collect()
    };
    let good = solidity::calldata(&proof, &statement.publics());
    let mut wrong = statement.publics();
    wrong[4] += Fr::from(1);
    let wrong = solidity::calldata(&proof, &wrong);
    let mut alias = good.clone();
    let mut sum = statement.publics()[0].into_bigint();
    sum.add_with_carry(&Fr::MODULUS);
    alias[8].copy_from_slice(&sum.to_bytes_be());
    let calls = json!([hex(&good), hex(&wrong), hex(&alias)]);
    let calls = files.put("calls.json", calls.to_string());
    let told = ask(&tools, "evm", &[&zkey, &calls]);
    let answers: Vec<_> =
        told.as_array().unwrap().iter().map(|told| told["accepted"] == true).collect();
    assert_eq!(answers, [true, false, false], "{told}");
    let gas = told[0]["transaction"].as_u64().unwrap();
    println!("COUNTED a verdict on a chain: {gas} gas, {} of it execution", told[0]["execution"]);
    if let Some(log) = std::env::var_os("ARCH_COUNTS_LOG") {
        let log = fs::File::options().append(true).create(true).open(log);
        writeln!(log.unwrap(), "proofs: {gas} gas for a verification on a chain").unwrap();
    }
    assert!(gas <= 245_000, "{gas}");
    let text = solidity::calldata_text(&proof, &statement.publics());
    assert_eq!(text.matches("0x").count(), 13);
}
