//! Another engine runs the committed guest `prepare` as an embedder would, without WASI, and comes to
//! what the definition says; so does Python, which was told what docs/NUMERICS.md says and no more.

use std::io::Write as _;
use std::process::{Command, Stdio};

use arch_matrix::prepare::{Alpha, Clamp, NotFinite, Prepared, Quantised, Recipe};
use arch_matrix::{Element, Scale};
use arch_tests::{checkout, referee};
use serde_json::{Value, json};

/// One call: the floats, and the parameters as they pass the border.
struct Case {
    values: Vec<f32>,
    columns: usize,
    low: f32,
    high: f32,
    instead: Option<f32>,
    alpha: u32,
    scale: i8,
    bits: u32,
}

impl Case {
    fn draw(n: u32) -> Self {
        let bits = |at: u32| (n * 7_919 + at).wrapping_mul(2_654_435_761).rotate_left(11) ^ n;
        let value = |at: u32| match bits(at) % 9 {
            0 => f32::from_bits(bits(at + 1) | 0x7f80_0000),
            1 => f32::from_bits(bits(at + 1)),
            2 => (bits(at + 1) >> 20) as f32 / 8.0,
            _ => (bits(at + 1) as i32) as f32 / (1 << 27) as f32,
        };
        let columns = [1, 2, 7, 16, 17, 40][n as usize % 6];
        let finite = |value: f32| if n % 7 == 6 || value.is_finite() { value } else { 0.0 };
        Self {
            values: (0..columns * (n / 6 % 9 + 1)).map(|at| finite(value(at * 3))).collect(),
            columns: columns as usize,
            low: [-9.5, -0.1, 1.0][n as usize / 2 % 3],
            high: [8.0, 100.25, 0.9][n as usize / 3 % 3],
            instead: (n % 7 != 6).then_some([-0.0, 0.3, 1.0][n as usize % 3]),
            alpha: [0, 0, 1, 16_384, 65_536, 65_537, 50_001][n as usize / 4 % 7],
            scale: [4, 0, -2, 8, 12, 65][n as usize / 5 % 6],
            bits: [8, 16, 8, 16, 12][n as usize % 5],
        }
    }

    fn line(&self) -> String {
        let bytes: Vec<u8> = self.values.iter().flat_map(|value| value.to_le_bytes()).collect();
        let Self { columns, alpha, scale, bits, .. } = self;
        // As numbers of 64 bits, which every reader of JSON takes for the same.
        let [low, high] = [self.low, self.high].map(f64::from);
        let instead = self.instead.map(f64::from);
        let case = json!({
            "values": hex(&bytes), "columns": columns, "low": low, "high": high,
            "instead": instead, "alpha": alpha, "scale": scale, "bits": bits,
        });
        format!("{case}\n")
    }

    /// What the guest has to answer.
    fn defined(&self) -> Value {
        let clamp = Clamp::new(self.low, self.high, self.instead);
        let alpha = Alpha::new(self.alpha);
        let recipe = clamp.zip(Scale::new(self.scale.into())).and_then(|(clamp, scale)| {
            if alpha.is_none() && self.alpha != 0 { None } else { Recipe::new(clamp, alpha, scale) }
        });
        match (recipe, self.bits) {
            (Some(recipe), 8) => answer::<i8>(recipe.apply(self.values.clone(), self.columns)),
            (Some(recipe), 16) => answer::<i16>(recipe.apply(self.values.clone(), self.columns)),
            _ => json!({ "code": -2, "packed": "" }),
        }
    }
}

fn answer<T: Quantised + Element>(done: Result<Prepared<T>, NotFinite>) -> Value {
    match done {
        Ok(Prepared { values, replaced, clamped, saturated }) => {
            let mut bytes = vec![0; values.len() * T::BYTES];
            T::write(&values, &mut bytes);
            let told = [replaced, clamped, saturated, 0];
            json!({ "code": bytes.len(), "packed": hex(&bytes), "told": told })
        }
        Err(refused) => json!({ "code": -3, "packed": "", "told": [0, 0, 0, refused.at] }),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The lines that a program answers to all cases.
fn answers(mut program: Command, cases: &[Case]) -> Vec<Value> {
    let lines: String = cases.iter().map(Case::line).collect();
    let mut child = program.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || stdin.write_all(lines.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success(), "{}", output.status);
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn python_prepares_in_fractions_what_the_definition_says() {
    let Some(python) = referee::python("tests/referees/prepare.py", "fractions") else { return };
    let cases: Vec<Case> = (0..2_000).map(Case::draw).collect();
    let answers = answers(python, &cases);
    assert_eq!(answers.len(), cases.len());
    let averaged = |case: &&Case| case.alpha != 0 && case.defined()["code"].as_i64() > Some(0);
    assert!(cases.iter().filter(averaged).count() > 200);
    for (n, (case, answer)) in cases.iter().zip(answers).enumerate() {
        assert_eq!(answer, case.defined(), "case {n}: {}", case.line());
    }
}

#[test]
fn another_engine_prepares_the_same_without_wasi_and_the_guest_stands_any_calls() {
    let Some(mut node) = referee::node("tests/referees/call_prepare.mjs") else { return };
    let cases: Vec<Case> = (0..2_000).map(Case::draw).collect();
    node.arg(checkout().join("manifests/examples/prepare.wasm"));
    let mut answers = answers(node, &cases);
    let wild = answers.pop().unwrap();
    assert_eq!(answers.len(), cases.len());
    let mut seen = [0, 0, 0];
    for (n, (case, mut answer)) in cases.iter().zip(answers).enumerate() {
        let defined = case.defined();
        // What was told before stays; and what was taken is given back.
        assert_eq!(answer["freed"], 1, "case {n}");
        answer.as_object_mut().unwrap().retain(|name, _| defined.get(name).is_some());
        assert_eq!(answer, defined, "case {n}: {}", case.line());
        seen[match defined["code"].as_i64().unwrap() {
            -2 => 0,
            -3 => 1,
            _ => 2,
        }] += 1;
    }
    assert!(seen[0] > 100 && seen[1] > 50 && seen[2] > 500, "too much alike: {seen:?}");

    println!("{wild}");
    assert_eq!(wild["faults"], json!([]));
    assert_eq!(wild["calls"], 20_000);
    for count in ["given", "refused", "prepared"] {
        assert!(wild[count].as_u64().unwrap() > 100, "{wild}");
    }
    assert!(wild["largest"].as_u64().unwrap() < 80 << 20, "{wild}");
}
