//! The weights of a real model, read where they lie, with activations of real sentences: the agent's product
//! is NumPy's, number for number.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use arch_archive::Archive;
use arch_identity::Digest;
use arch_matrix::Element;
use arch_matrix::file::npy;
use arch_tests::{JobText, World, measured, referee};

fn numbers(bytes: &[u8]) -> Vec<i32> {
    let stored = npy::read(bytes, bytes.len() as u64).unwrap();
    <i32 as Element>::read(&bytes[stored.offset as usize..]).collect()
}

fn address(path: &Path) -> String {
    format!("file://{}@{}", path.display(), Digest::of(&fs::read(path).unwrap()))
}

#[test]
fn products_of_a_real_models_weights_are_numpys_number_for_number() {
    let Some(model) = referee::model() else { return };
    let script = referee::python("tests/referees/real_model.py", "numpy, safetensors");
    let Some(mut python) = script else { return };
    let world = World::new();
    let data = world.path("data");
    let output = python.arg(&model).arg(&data).stderr(Stdio::inherit()).output().unwrap();
    assert!(output.status.success());
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        measured(&format!("real model: {line}"));
    }
    let weights = address(&model.join("model.safetensors").canonicalize().unwrap());
    let activations = address(&data.join("activations.npy"));
    let mut agent = world.agent();
    for (name, shards) in [("attention.self.query", 3), ("intermediate.dense", 9)] {
        let tensor = format!("encoder.layer.0.{name}.weight");
        let matrix = format!(
            "a: {{ input: weights, tensor: \"{tensor}\" }}, b: {{ input: activations }}, \
             format: q6*q4, shards: {shards}"
        );
        let job = JobText::product("layer", &matrix, World::now())
            .spec(&format!(
                "  inputs: {{ weights: \"{weights}\", activations: \"{activations}\" }}"
            ))
            .spec("  outputs: { product: \"archive:\", audit: \"archive:\" }")
            .cpu("2");
        let ended = agent.wait_end(world.drop_job(&job));
        assert_eq!(ended.row.state, "completed", "{}", agent.log());
        let archive = Archive::to_read(&world.path("state/archive"));
        let ours = numbers(&archive.get(&ended.outputs["product"], 1 << 24).unwrap());
        let theirs = numbers(&fs::read(data.join(format!("{name}.npy"))).unwrap());
        assert!(theirs.iter().any(|number| *number != 0));
        assert!(ours == theirs, "{name}: {} numbers", theirs.len());
    }
}
