//! Proofs of one step of a product: making one, beside snarkjs with the same key and the same numbers,
//! and checking them.

use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

use arch_circuits::groth16::{Groth16Proof, ProvingKey, dev_key, prove, verify_all};
use arch_circuits::tile::{TileShape, TileStatement, TileStep, context};
use arch_circuits::{Assignment, Circuit, Fr, iden3};

use crate::{Bench, Side, Sides, places};

/// From the tiles to a proof that was checked.
pub(crate) const PROVE: Bench =
    Bench { name: "prove", unit: "s, 16 × 16 × 128, checked", prepare: alone };

/// The same, and snarkjs from the key and the numbers to a proof, all in memory.
pub(crate) const BESIDE_SNARKJS: Bench =
    Bench { name: "prove-vs-snarkjs", unit: "proofs/s, 16 × 16 × 128", prepare: beside_snarkjs };

/// From 128 bytes and five numbers to a yes, the key being prepared.
pub(crate) const VERIFY: Bench = Bench { name: "verify-proof", unit: "ms", prepare: verify };

/// A hundred at once.
pub(crate) const VERIFY_MANY: Bench =
    Bench { name: "verify-proof-batch", unit: "ms each, of 100", prepare: verify_many };

/// What a prover holds before it is asked.
struct Prover {
    key: ProvingKey,
    step: TileStep,
    statement: TileStatement,
}

impl Prover {
    fn new() -> Result<Self, String> {
        let numbers = |count: u32, factor: i64| {
            let number =
                |i: u32| i64::from(i).wrapping_mul(factor).rem_euclid(256).saturating_sub(128);
            (0..count).map(number).collect()
        };
        let before = (0..256_i64).map(|i| i.saturating_mul(5_000_000).saturating_sub(640_000_000));
        let step = TileStep::compute(
            TileShape::I8_128,
            numbers(2_048, 37),
            numbers(2_048, 91),
            before.collect(),
        );
        let step = step.map_err(|error| error.to_string())?;
        let key = dev_key(Circuit::Tile.system()).ok_or("no key")?;
        Ok(Self { key, statement: step.statement(context(b"a bench")), step })
    }

    fn prove(&self, seed: u8) -> Result<Groth16Proof, String> {
        let assignment = Assignment::of_tile(&self.statement, &self.step).ok_or("no circuit")?;
        let proof = prove(Circuit::Tile.system(), &self.key, assignment.numbers(), &[seed; 32]);
        proof.map_err(|error| error.to_string())
    }

    fn seconds(&self) -> Result<f64, String> {
        let started = Instant::now();
        self.prove(1)?;
        Ok(started.elapsed().as_secs_f64())
    }
}

fn alone() -> Result<Sides, String> {
    let prover = Prover::new()?;
    Ok(Sides { ours: Box::new(move || prover.seconds()), peer: None })
}

fn beside_snarkjs() -> Result<Sides, String> {
    let prover = Arc::new(Prover::new()?);
    let peer = match snarkjs(&prover)? {
        Some(peer) => peer,
        None => return Ok(Sides::skipped("snarkjs is not installed")),
    };
    Ok(Sides { ours: Box::new(move || prover.seconds().map(f64::recip)), peer: Some(peer) })
}

/// The second of two proofs in one process of Node.js: the first one also compiles.
fn snarkjs(prover: &Prover) -> Result<Option<Side>, String> {
    let folder = std::env::var_os("ARCH_PEER_SNARKJS").map(PathBuf::from);
    let Some(folder) = folder.filter(|folder| folder.join("node_modules/snarkjs").is_dir()) else {
        return Ok(None);
    };
    let files = tempfile::tempdir().map_err(|error| error.to_string())?;
    let assignment = Assignment::of_tile(&prover.statement, &prover.step).ok_or("no circuit")?;
    let put = |name: &str, bytes: Vec<u8>| {
        let path = files.path().join(name);
        std::fs::write(&path, bytes).map(|()| path).map_err(|error| error.to_string())
    };
    let zkey = put("key.zkey", iden3::write_zkey(Circuit::Tile.system(), &prover.key))?;
    let wtns = put("numbers.wtns", iden3::write_wtns(assignment.numbers()))?;
    let script = places::checkout().join("tests/referees/circuits.mjs");
    Ok(Some(Box::new(move || {
        let _kept = &files;
        let mut node = Command::new("node");
        node.arg(&script).arg(&folder).arg("seconds").arg(&zkey).arg(&wtns).arg("2");
        let output = node.output().map_err(|error| error.to_string())?;
        let seconds: Vec<f64> = serde_json::from_slice(&output.stdout)
            .map_err(|_| String::from_utf8_lossy(&output.stderr).into_owned())?;
        seconds.last().map(|seconds| seconds.recip()).ok_or_else(|| "no figure".to_owned())
    })))
}

fn verify() -> Result<Sides, String> {
    let prover = Prover::new()?;
    let (bytes, publics) = (prover.prove(1)?.to_bytes(), prover.statement.publics());
    let ours = move || {
        let started = Instant::now();
        for _ in 0..20 {
            let proof = Groth16Proof::read(&bytes).map_err(|error| error.to_string())?;
            if !prover.key.verifying().verify(&publics, &proof) {
                return Err("a good proof was refused".to_owned());
            }
        }
        Ok(started.elapsed().as_secs_f64() * 1e3 / 20.0)
    };
    Ok(Sides { ours: Box::new(ours), peer: None })
}

fn verify_many() -> Result<Sides, String> {
    let prover = Prover::new()?;
    let publics = prover.statement.publics();
    let bytes: Vec<_> =
        (0..4).map(|seed| prover.prove(seed).map(|p| p.to_bytes())).collect::<Result<_, _>>()?;
    let ours = move || {
        let started = Instant::now();
        let hundred: Vec<_> = bytes.iter().cycle().take(100).collect();
        let proofs = Groth16Proof::read_all(&hundred).map_err(|error| error.to_string())?;
        let all: Vec<(&[Fr], &Groth16Proof)> =
            proofs.iter().map(|proof| (&publics[..], proof)).collect();
        if !verify_all(prover.key.verifying(), &all, &[3; 32]) {
            return Err("good proofs were refused".to_owned());
        }
        Ok(started.elapsed().as_secs_f64() * 1e3 / 100.0)
    };
    Ok(Sides { ours: Box::new(ours), peer: None })
}
